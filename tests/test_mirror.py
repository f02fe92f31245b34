"""A copy of a live site: whole from nothing, and from any older copy with few requests; never anything in between."""

import fcntl
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from click.testing import CliRunner
from folders import grid, package, renew, tree, write_data
from loopback import Answer, Loopback, Request, of_folder, serving

from builder import build, mirror
from builder.api.generation import GENERATION, MANIFEST, SERVED, role
from builder.choices import Choices
from builder.cli import main
from builder.errors import SiteError, UpstreamError, VerificationError
from builder.hosts import HOSTS, Host, host_named
from builder.mirror import Mirrored
from builder.upstreams.transport.plain import Plain
from builder.verify import of_copy
from builder.verify.manifest import PACKED
from builder.write.place import MARKER

ITEM = "api/v4/packages/1/index.json"
PAGE = "packages/p/a/index.html"
SMALL = Choices(pictures=False, extras=False)


class Catalogue:
    """A made-up catalogue that changes at random, and the site that a new machine makes of it each time."""

    def __init__(self, folder: Path, seed: int, host: Host, choices: Choices | None = None) -> None:
        self.folder, self.host, self.choices = folder, host, choices or host.choices
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.packages: dict[str, dict[str, Any]] = {f"p{number}": self.named(number) for number in range(1, 13)}
        self.next = 13
        self.site = folder / "site-0"
        self.number = 0

    @staticmethod
    def named(number: int) -> dict[str, Any]:
        return package(number, title=f"Title {number}")

    def edit(self) -> None:
        """Change what a day may change."""
        for _ in range(self.chance.randint(0, 3)):
            slug = self.chance.choice(sorted(self.packages))
            match self.chance.choice(("add", "remove", "rename", "title", "title", "tag")):
                case "add":
                    self.packages[f"p{self.next}"] = self.named(self.next)
                    self.next += 1
                case "remove" if len(self.packages) > 5:
                    del self.packages[slug]
                case "rename":
                    self.packages[f"{slug.partition('-')[0]}-{self.chance.randint(0, 99)}"] = self.packages.pop(slug)
                case "tag":
                    self.packages[slug] |= {"tags": [f"tag{self.chance.randint(0, 9)}"]}
                case _:
                    self.packages[slug] |= {"title": f"Title {self.chance.randint(0, 10**6)}"}

    def answer(self, request: Request) -> Answer:
        return of_folder(self.site)(request)

    def publish(self) -> Path:
        """Build on a new machine, which has nothing but what is kept."""
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        write_data(data, packages=self.packages, grids={"g": grid(1, *list(self.packages)[:4])})
        if self.site.exists():
            shutil.rmtree(self.site)
        self.number += 1
        self.site = self.folder / f"site-{self.number}"
        build.build(data, self.site, host=self.host, choices=self.choices, kept=self.folder / "past")
        return self.site


@pytest.fixture
def plain() -> Iterator[Plain]:
    made = Plain("mirror (+https://example.org/contact)")
    yield made
    made.close()


def never(_seconds: float) -> None:
    """Wait for nothing."""


def follow(server: Loopback, folder: Path, plain: Plain) -> Mirrored:
    return mirror.mirror(server.url, folder, plain, pause=never)


def served(site: Path) -> dict[str, bytes]:
    """Give the files of a site that a host serves, and our mark."""
    return {
        path: body for path, body in tree(site).items() if path == MARKER or (role(path) in SERVED or path == PACKED)
    }


def test_a_hundred_generations_are_followed_from_anywhere(tmp_path: Path, plain: Plain) -> None:
    made = Catalogue(tmp_path, 8, host_named("github-pages"), SMALL)
    every, lazy, gone = tmp_path / "every", tmp_path / "lazy", tmp_path / "gone"
    requests: dict[Path, list[int]] = {every: [], lazy: [], gone: []}
    with serving(made.answer) as server:
        for number in range(100):
            made.edit()
            site = made.publish()
            for folder, when in ((every, 1), (lazy, 7), (gone, 33)):
                if number % when == 0:
                    done = follow(server, folder, plain)
                    assert tree(folder) == served(site), number
                    assert done.generation == json.loads((site / GENERATION).read_bytes())["generation"]
                    requests[folder].append(done.requests)
            if number == 40:  # what is kept is lost: a gap that no pack fills
                shutil.rmtree(tmp_path / "past")
    generations = {
        each["generation"] for each in json.loads((made.site / "api/data/v1/changes.json").read_bytes())["generations"]
    }
    assert len(generations) > 40
    first, *later = requests[every]
    assert first > 100
    assert sorted(later)[-2] <= 6, "but for the gap: generation, manifest, changes, day, pack, and one form of a dump"
    assert sorted(requests[lazy][1:])[-2] <= 5 + 7
    assert len(tree(every)) > 100


@pytest.fixture
def site(tmp_path: Path) -> Path:
    build.build(data(tmp_path, title="One"), tmp_path / "site", choices=SMALL, kept=tmp_path / "past")
    return tmp_path / "site"


def data(folder: Path, **first: object) -> Path:
    packages = {"a": package(1) | first, "b": package(2)}
    return write_data(folder / "data", packages=packages, grids={"g": grid(1, "a")})


def next_one(site: Path) -> None:
    """Let the site become another generation."""
    folder = site.parent
    build.build(data(folder, title="Two"), site, choices=SMALL, kept=folder / "past")


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_the_site_of_every_kind_of_host(tmp_path: Path, host: Host, plain: Plain) -> None:
    made = Catalogue(tmp_path, 3, host)
    folder = tmp_path / "copy"
    with serving(made.answer) as server:
        for number in range(3):
            made.packages["p1"] |= {"title": f"Another {number}"}
            made.publish()
            done = follow(server, folder, plain)
            assert tree(folder) == served(made.site)
            assert of_copy(folder).wrong == []
            assert number == 0 or done.requests < 10


def test_what_is_here_already_costs_one_request(site: Path, tmp_path: Path, plain: Plain) -> None:
    with serving(of_folder(site)) as server:
        first = follow(server, tmp_path / "copy", plain)
        assert (first.before, first.new, first.removed) == ("", first.files, 0)
        again = follow(server, tmp_path / "copy", plain)
    assert (again.requests, again.new, again.before) == (1, 0, first.generation)


@pytest.mark.parametrize("harm", [lambda file: file.write_bytes(b"x"), lambda file: file.unlink()])
def test_what_is_damaged_here_is_mended(
    site: Path, tmp_path: Path, plain: Plain, harm: Callable[[Path], object]
) -> None:
    copy = tmp_path / "copy"
    with serving(of_folder(site)) as server:
        follow(server, copy, plain)
        for path in (ITEM, "api/data/v1/dump.json", "api/data/v1/dump.ndjson.br"):
            harm(copy / path)
        (copy / "stray.html").write_bytes(b"")
        done = follow(server, copy, plain)
        assert tree(copy) == served(site)
        assert (done.requests, done.removed) == (2, 1), "the dump and its form are made here"
        harm(copy / MANIFEST)
        assert follow(server, copy, plain).requests == 2
    assert tree(copy) == served(site)


def flip(path: Path) -> None:
    body = path.read_bytes()
    path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))


def test_what_does_not_come_changes_nothing_and_is_gone_on_with(site: Path, tmp_path: Path, plain: Plain) -> None:
    copy, part = tmp_path / "copy", tmp_path / ".copy.part"
    whole = of_folder(site)
    with serving(whole) as server:
        follow(server, copy, plain)
        before = tree(copy)
        next_one(site)
        pack = next((site / "api/data/v1/changes").glob("*.tar.br"))
        pack_body = pack.read_bytes()
        pack.write_bytes(b"\x0b\x02x")
        flip(site / PAGE)
        server.app = lambda request: Answer(404) if request.path.startswith("/api/v3/packages/a/") else whole(request)
        with pytest.raises(UpstreamError) as error:
            follow(server, copy, plain)
        lines = str(error.value).splitlines()
        assert "The copy is as it was" in lines[0]
        assert lines[1:] == [
            f"{pack.relative_to(site)}: came with other bytes than the manifest tells",
            "api/v3/packages/a/index.json: is answered with 404",
            f"{PAGE}: came with other bytes than the manifest tells",
        ]
        assert tree(copy) == before
        assert len(list(part.iterdir())) > 3
        flip(site / PAGE)
        pack.write_bytes(pack_body)
        server.app = whole
        assert follow(server, copy, plain).requests <= 3
    assert tree(copy) == served(site)
    assert not part.exists()


def test_a_site_that_cannot_be_reached_leaves_nothing(tmp_path: Path, plain: Plain) -> None:
    with stamina.set_testing(True), pytest.raises(UpstreamError, match="is not answered"):
        mirror.mirror("http://127.0.0.1:1", tmp_path / "copy", plain, pause=never)
    assert not (tmp_path / "copy").exists()
    assert not (tmp_path / ".copy.part").exists()


def test_a_deploy_in_between_is_followed(site: Path, tmp_path: Path, plain: Plain) -> None:
    asked = 0

    def deploying(request: Request) -> Answer:
        nonlocal asked
        asked += 1
        if asked == 3:  # after the generation and the manifest
            next_one(site)
        return of_folder(site)(request)

    with serving(deploying) as server:
        follow(server, tmp_path / "copy", plain)
    assert asked > 3
    assert tree(tmp_path / "copy") == served(site)


def test_a_manifest_that_lags_is_waited_for(site: Path, tmp_path: Path, plain: Plain) -> None:
    old = {f"/{path}": (site / path).read_bytes() for path in (MANIFEST, PACKED)}
    next_one(site)
    waited: list[float] = []

    def lagging(request: Request) -> Answer:
        if request.path in old and len(waited) < 2:
            return Answer(200, {}, old[request.path])
        return of_folder(site)(request)

    with serving(lagging) as server:
        mirror.mirror(server.url, tmp_path / "copy", plain, pause=waited.append)
    assert len(waited) == 2
    assert tree(tmp_path / "copy") == served(site)
    waited.clear()
    shutil.rmtree(tmp_path / "copy")
    with serving(lagging) as server, pytest.raises(UpstreamError, match="is not that of the generation"):
        mirror.mirror(server.url, tmp_path / "copy", plain, pause=never)
    assert not (tmp_path / "copy").exists()


def test_a_busy_site_is_asked_again(site: Path, tmp_path: Path, plain: Plain) -> None:
    first: set[str] = set()

    def busy(request: Request) -> Answer:
        if request.path not in first and len(first) < 2:
            first.add(request.path)
            return Answer(503)
        return of_folder(site)(request)

    with serving(busy) as server, stamina.set_testing(True, attempts=3):
        follow(server, tmp_path / "copy", plain)
    assert len(first) == 2
    assert tree(tmp_path / "copy") == served(site)


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/x", "a/../../x", "a\\..\\x"])
def test_no_manifest_leads_out_of_the_folder(site: Path, tmp_path: Path, plain: Plain, path: str) -> None:
    renew(site, {path: b"evil"})
    with serving(of_folder(site)) as server, pytest.raises(VerificationError, match="is no path inside a site"):
        follow(server, tmp_path / "copy", plain)
    assert not (tmp_path / "outside.txt").exists()
    assert not (tmp_path / "copy").exists()


def test_one_run_at_a_time(site: Path, tmp_path: Path, plain: Plain) -> None:
    part = tmp_path / ".copy.part"
    part.mkdir()
    lock = os.open(part, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with serving(of_folder(site)) as server, pytest.raises(SiteError, match="Another run is mirroring into"):
        follow(server, tmp_path / "copy", plain)
    os.close(lock)


def test_a_part_of_somebody_else_is_not_touched(site: Path, tmp_path: Path, plain: Plain) -> None:
    (tmp_path / ".copy.part").mkdir()
    (tmp_path / ".copy.part/mine").write_text("mine")
    with serving(of_folder(site)) as server, pytest.raises(SiteError, match="is in the way"):
        follow(server, tmp_path / "copy", plain)
    assert (tmp_path / ".copy.part/mine").is_file()


def test_a_site_that_fails_is_left_alone_after_a_while(site: Path, tmp_path: Path, plain: Plain) -> None:
    whole, asked = of_folder(site), 0

    def failing(request: Request) -> Answer:
        nonlocal asked
        asked += "/data/v1/" not in request.path
        return whole(request) if "/data/v1/" in request.path else Answer(404)

    with serving(failing) as server, pytest.raises(UpstreamError, match=r"too many others had failed|with 404"):
        follow(server, tmp_path / "copy", plain)
    assert asked < 3 * 2 * (64 + 20)


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (200, {"Content-Encoding": "gzip"}, "comes encoded as 'gzip'"),
        (301, {"Location": "https://example.org/"}, "leads to 'https://example.org/'"),
        (301, {"Location": "http://[bad"}, "leads to 'http://[bad'"),
    ],
)
def test_what_comes_encoded_or_from_elsewhere_is_told(
    tmp_path: Path, plain: Plain, status: int, headers: dict[str, str], words: str
) -> None:
    odd = serving(lambda _request: Answer(status, headers, b"x"))
    with odd as server, pytest.raises(UpstreamError, match=re.escape(words)):
        follow(server, tmp_path / "copy", plain)


def test_a_folder_of_somebody_else_is_not_touched(site: Path, tmp_path: Path, plain: Plain) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/mine.txt").write_text("mine")
    with serving(of_folder(site)) as server, pytest.raises(SiteError, match="holds files that this program did not"):
        follow(server, tmp_path / "copy", plain)
    assert tree(tmp_path / "copy") == {"mine.txt": b"mine"}
    assert server.asked == []


def test_what_is_no_site_is_told(tmp_path: Path, plain: Plain) -> None:
    no_site = serving(lambda _request: Answer(200, {}, b"{}"))
    with no_site as server, pytest.raises(VerificationError, match=r"tells no generation\. Is this the address"):
        follow(server, tmp_path / "copy", plain)


def test_the_command(site: Path, tmp_path: Path) -> None:
    with serving(of_folder(site)) as server:
        done = CliRunner().invoke(main, ["mirror", server.url, str(tmp_path / "copy")])
        assert done.exit_code == 0, done.output
        assert "files new, 0 removed;" in done.stdout
        done = CliRunner().invoke(main, ["mirror", "--json", server.url, str(tmp_path / "copy")])
        assert json.loads(done.stdout)["requests"] == 1
        (site / GENERATION).write_bytes(b"{}")
        done = CliRunner().invoke(main, ["--quiet", "mirror", server.url, str(tmp_path / "copy")])
    assert (done.exit_code, done.stdout) == (1, "")
    done = CliRunner().invoke(main, ["mirror", "https://example.org/?x", str(tmp_path / "copy")])
    assert done.exit_code == 2
    done = CliRunner().invoke(main, ["mirror", "example.org", str(tmp_path / "copy")])
    assert done.exit_code == 2
    assert "is not a web address" in done.stderr
