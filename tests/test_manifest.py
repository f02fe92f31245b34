"""The list of a site's files, and whether a copy or a live address holds what it names."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from folders import grid, package, tree, write_data
from loopback import Answer, of_folder, serving

from builder import build
from builder.api.generation import GENERATION, MANIFEST
from builder.cli import main
from builder.errors import VerificationError
from builder.hosts import HOSTS, Host, host_named
from builder.resources import ManifestFileResource, ManifestHeadResource
from builder.upstreams.transport.plain import Plain
from builder.verify import of_copy, of_live
from builder.verify.manifest import PACKED
from builder.write.place import MARKER

PAGE = "packages/p/a/index.html"
ITEM = "api/v4/packages/1/index.json"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give two sites, which differ in the title of a package."""
    folder = tmp_path_factory.mktemp("manifest")
    sites = []
    for title in ("One", "Two"):
        data = write_data(folder / f"data-{title}", packages={"a": package(1, title=title)}, grids={"g": grid(1, "a")})
        build.build(data, folder / title)
        sites.append(folder / title)
    return sites[0], sites[1]


@pytest.fixture
def copy(built: tuple[Path, Path], tmp_path: Path) -> Path:
    return shutil.copytree(built[0], tmp_path / "copy")


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    made = Plain("verify (+https://example.org/contact)")
    yield made
    made.close()


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_it_names_every_file_but_two(tmp_path: Path, host: Host) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    build.build(data, tmp_path / "site", host=host)
    files = tree(tmp_path / "site")
    first, *lines = files[MANIFEST].splitlines()
    head = ManifestHeadResource.model_validate_json(first)
    named = [ManifestFileResource.model_validate_json(line) for line in lines]
    assert {entry.path for entry in named} == files.keys() - {MANIFEST, PACKED, GENERATION, MARKER}
    assert [entry.path for entry in named] == sorted(entry.path for entry in named)
    assert all((entry.bytes, entry.sha256) == _sum(files[entry.path]) for entry in named)
    assert (head.files, head.generation) == (len(named), json.loads(files[GENERATION])["generation"])
    packed = {entry.role for entry in named if entry.path.endswith((".gz", ".br"))}
    assert packed == ({"derived", "form"} if host.choices.siblings else {"derived"})
    sums = "".join(f"{entry.sha256}  {entry.path}\n" for entry in named if entry.role in {"content", "host"})
    assert hashlib.sha256(sums.encode()).hexdigest() == head.generation
    assert of_copy(tmp_path / "site").wrong == []


def _sum(body: bytes) -> tuple[int, str]:
    return len(body), hashlib.sha256(body).hexdigest()


def test_a_whole_copy_is_as_it_should_be(copy: Path) -> None:
    found = of_copy(copy)
    assert (found.wrong, found.looked_at) == ([], found.total)
    assert found.total > 50
    assert str(found).endswith("all as they should be.")
    found.hold()


def flip(path: Path) -> None:
    body = path.read_bytes()
    path.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte": (lambda site: flip(site / ITEM), rf"{ITEM}: has other bytes than it should: SHA-256 \w+, not \w+"),
    "shorter": (lambda site: (site / PAGE).write_bytes(b"x"), rf"{PAGE}: has 1 bytes, not [0-9,]+"),
    "missing": (lambda site: (site / PAGE).unlink(), f"{PAGE}: is missing"),
    "a folder": (lambda site: make_folder(site / ITEM), f"{ITEM}: cannot be read: Is a directory"),
    "a stray": (lambda site: (site / "new.html").write_bytes(b""), "new.html: is in no manifest"),
    "packed badly": (
        lambda site: flip(site / "api/data/v1/dump.json.gz"),
        "api/data/v1/dump.json.gz: has other bytes than it should: .*",
    ),
    "the manifest packed badly": (
        lambda site: (site / PACKED).write_bytes(b"x"),
        f"{PACKED}: holds another manifest",
    ),
    "the manifest not packed": (lambda site: (site / PACKED).unlink(), f"{PACKED}: is missing"),
    "no generation": (lambda site: (site / GENERATION).write_bytes(b"{}"), f"{GENERATION}: tells no generation"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_what_is_wrong_is_named(copy: Path, kind: str) -> None:
    damage, words = DAMAGE[kind]
    damage(copy)
    found = of_copy(copy)
    assert len(found.wrong) == 1
    with pytest.raises(VerificationError, match="1 thing is wrong"):
        found.hold()
    assert re.fullmatch(words, found.wrong[0]), found.wrong


def test_two_generations_are_told_apart(built: tuple[Path, Path], copy: Path) -> None:
    """As a copy is that was begun before a deploy and ended after it."""
    other = built[1]
    shutil.copy(other / GENERATION, copy / GENERATION)
    shutil.copy(other / PAGE, copy / PAGE)
    wrong = of_copy(copy).wrong
    assert [line.partition(":")[0] for line in wrong] == [GENERATION, PAGE]
    assert wrong[0].endswith("two are mixed")
    for path in (MANIFEST, PACKED):
        shutil.copy(other / path, copy / path)
    named = {line.partition(":")[0] for line in of_copy(copy).wrong}
    assert ITEM in named
    assert PAGE not in named


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda _: b"", "has a line 1 that is none of a manifest"),
        (lambda body: body + b"{}\n", r"has a line \d+ that is none of a manifest"),
        (
            lambda body: b"".join(body.splitlines(keepends=True)[:-1]),
            "is not whole: its lines do not make what its first line tells",
        ),
    ],
)
def test_a_damaged_manifest_is_no_manifest(copy: Path, edit: Callable[[bytes], bytes], words: str) -> None:
    (copy / MANIFEST).write_bytes(edit((copy / MANIFEST).read_bytes()))
    with pytest.raises(VerificationError, match=words):
        of_copy(copy)


def test_a_copy_without_what_the_host_keeps_to_itself_is_whole(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"a": package(1)})
    build.build(data, tmp_path / "site", host=host_named("github-pages"))
    (tmp_path / "site/.nojekyll").unlink()
    found = of_copy(tmp_path / "site")
    assert (found.wrong, found.looked_at) == ([], found.total - 1)


def test_a_folder_without_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match=f"{MANIFEST} is missing. Load the whole site again"):
        of_copy(tmp_path)


def test_a_live_site_is_asked_for_some_or_all(copy: Path, plain: Plain) -> None:
    with serving(of_folder(copy)) as server:
        some = of_live(server.url + "/", plain, 10)
        assert (some.wrong, some.where) == ([], server.url)
        assert 8 <= some.looked_at <= 10 < some.total
        assert len(server.asked) == some.looked_at + 2
        flip(copy / ITEM)
        (copy / PAGE).unlink()
        wrong = of_live(server.url, plain, None).wrong
        assert [line.partition(": ")[0] for line in wrong] == [ITEM, PAGE]
        assert wrong[1].endswith("is answered with 404")


def test_an_address_that_does_not_answer_says_so(plain: Plain) -> None:
    empty = serving(lambda _request: Answer(404, {}, b""))
    with empty as server, pytest.raises(VerificationError, match="is answered with 404"):
        of_live(server.url, plain, None)
    with pytest.raises(VerificationError, match="is not answered"):
        of_live("http://127.0.0.1:1", plain, None)


def test_the_command(copy: Path) -> None:
    done = CliRunner().invoke(main, ["verify", "--manifest", str(copy)])
    assert done.exit_code == 0, done.output
    assert done.stdout.count("\n") == 1
    flip(copy / ITEM)
    done = CliRunner().invoke(main, ["--quiet", "verify", "--manifest", "--json", str(copy)])
    assert done.exit_code == 1
    assert [line.partition(":")[0] for line in json.loads(done.stdout)["wrong"]] == [ITEM]
    assert done.stderr == f"Error: {copy}: 1 thing is wrong.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--manifest", "--wait", "3", "x"], "--manifest looks at files alone"),
        (["--files", "3", "https://example.org"], "needs --manifest"),
        (["--manifest", "nowhere"], "nor with --manifest a folder"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(main, ["verify", *arguments])
    assert done.exit_code == 2
    assert words in done.stderr.replace("\n", " ")
