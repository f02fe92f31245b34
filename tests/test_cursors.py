from pathlib import Path

import pytest

from builder.fetch.cursors import FILE, Cursors
from builder.upstreams.base import Question

UPSTREAMS = ("pypi", "github", "forgejo")
HOSTS = ("pypi", "github github.com", "forgejo codeberg.org", "forgejo git.example.org")
QUESTIONS = [Question(slug, slug, {}) for slug in "aehmz"]


def cursors(folder: Path) -> Cursors:
    found = Cursors(folder)
    found.begin(UPSTREAMS, HOSTS)
    return found


def split(folder: Path, host: str) -> tuple[str, str]:
    first, second = cursors(folder).split(host, QUESTIONS)
    return "".join(q.slug for q in first), "".join(q.slug for q in second)


def test_what_is_saved_is_there_the_next_time(tmp_path: Path) -> None:
    new = cursors(tmp_path)
    new.set("pypi", "m")
    new.set("github github.com", "a")
    new.save()
    assert (tmp_path / FILE).read_text() == '{\n  "next": {\n    "pypi": "m",\n    "github github.com": "a"\n  }\n}\n'
    again = cursors(tmp_path)
    assert (again.get("pypi"), again.get("github github.com"), again.get("gitlab")) == ("m", "a", "")
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_a_new_round_asks_everybody(tmp_path: Path) -> None:
    assert split(tmp_path, "pypi") == ("aehmz", "")


def test_the_rest_of_a_round_comes_before_what_was_asked_in_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"pypi": "h", "forgejo codeberg.org": "zz"}}')
    assert split(tmp_path, "pypi") == ("hmz", "ae")
    assert split(tmp_path, "github github.com") == ("", "aehmz")  # it is through
    assert split(tmp_path, "forgejo codeberg.org") == ("", "aehmz")


def test_a_round_of_others_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"gitlab gitlab.com": "h"}}')
    assert split(tmp_path, "pypi") == ("aehmz", "")


def test_hosts_of_the_file_come_first_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"forgejo git.example.org": "x", "github github.com": "x"}}')
    assert cursors(tmp_path).order(HOSTS) == [
        "forgejo git.example.org",
        "github github.com",
        "pypi",
        "forgejo codeberg.org",
    ]


def test_the_last_that_is_noted_stands_last(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"pypi": "a", "github github.com": "a"}}')
    new = cursors(tmp_path)
    new.set("pypi", "b")
    assert new.order(HOSTS)[:2] == ["github github.com", "pypi"]


def test_the_file_is_removed_when_all_got_through(tmp_path: Path) -> None:
    new = cursors(tmp_path)
    new.set("pypi", "m")
    new.save()
    new.set("pypi", "")
    new.set("github github.com", "")
    new.save()
    assert list(tmp_path.iterdir()) == []
    new.save()


def test_what_other_upstreams_go_on_with_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"gitlab gitlab.com": "g", "pypi": "m"}}')
    new = cursors(tmp_path)
    new.set("pypi", "")
    new.save()
    assert (tmp_path / FILE).read_text() == '{\n  "next": {\n    "gitlab gitlab.com": "g"\n  }\n}\n'


def test_a_host_that_is_none_any_more_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"forgejo gone.example.org": "x"}}')
    cursors(tmp_path).save()
    assert list(tmp_path.iterdir()) == []


def test_writes_only_what_differs(tmp_path: Path) -> None:
    new = cursors(tmp_path)
    new.set("pypi", "m")
    new.save()
    before = (tmp_path / FILE).stat()
    again = cursors(tmp_path)
    again.set("pypi", "m")
    again.save()
    after = (tmp_path / FILE).stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"next": []}', '{"next": {"pypi": 3}}', "\x00"])
def test_a_file_that_cannot_be_read_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert cursors(tmp_path).get("pypi") == ""


def test_bytes_that_are_no_text_are_as_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"next": {"pypi": "\xff"}}')
    assert cursors(tmp_path).get("pypi") == ""


def test_what_a_later_version_adds_is_ignored(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"next": {"pypi": "m"}, "more": 1}')
    assert cursors(tmp_path).get("pypi") == "m"
