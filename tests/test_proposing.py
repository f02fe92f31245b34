"""Drafts of new packages' files: what they say as text, and what is wrong with them beside the records."""

from dataclasses import replace
from pathlib import Path

import pytest
from folders import package, tree, write_data
from hypothesis import given
from hypothesis import strategies as st

from builder import build, source, tidy
from builder.derive import RepositoryName
from builder.entries import Records
from builder.errors import DataError, Problem
from builder.proposing import Draft, contents, repository_of, review, slug_of, write
from builder.records import PackageRecord
from builder.slugs import is_slug
from builder.source import yaml_writer

OURS = "https://github.com/ann/django-thing"
DRAFT = Draft("django-thing", "Thing", "apps", OURS, "django-thing", "https://thing.example.org/", ("one", "two"))
TOMBSTONES = """packages:
  - {id: 5, slug: gone, removed: 2026-02-01, reason: Its author asked for it.}
  - {id: 6, slug: silent, removed: 2026-02-01}
"""

STEPS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", min_size=1, max_size=60).filter(
    lambda step: step not in {".", ".."} and not step.lower().endswith(".git")
)
FORMS = (
    "https://github.com/{}/{}",
    "https://github.com/{}/{}/",
    "https://github.com/{}/{}.git",
    "http://www.github.com/{}/{}/tree/main/docs#start",
    "git@github.com:{}/{}.git",
    "ssh://git@github.com/{}/{}.git",
    "git+https://github.com/{}/{}",
    "github.com/{}/{}",
    " GitHub.com/{}/{}/issues ",
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    packages = {
        "django-messages": package(1, repository="https://github.com/arneb/django-messages", pypi="Django.Messages"),
        "older": package(2, repository="https://github.com/ann/older"),
    }
    moved = {"older": {"repository": {"name": "ann/newer"}, "sources": {"github": {"asked": "github.com/ann/older"}}}}
    made = write_data(tmp_path / "data", packages=packages, snapshots=moved)
    (made / "tombstones.yaml").write_text(TOMBSTONES)
    return made


@pytest.fixture
def records(data: Path) -> Records:
    return build.load(data)


def told(problems: list[Problem]) -> list[str]:
    assert all(problem.line == 0 for problem in problems)
    return [str(problem) for problem in problems]


@given(STEPS, STEPS)
def test_every_form_of_an_address_is_one_repository_with_one_slug(owner: str, name: str) -> None:
    found = {repository_of(form.format(owner, name)) for form in FORMS}
    assert found == {RepositoryName("github.com", f"{owner}/{name}")}
    slugs = {slug_of(each) for each in found if each}
    assert len(slugs) == 1
    assert all(map(is_slug, slugs))


@given(st.text())
def test_any_text_is_a_repository_or_none(text: str) -> None:
    found = repository_of(text)
    assert found is None or is_slug(slug_of(found))


@pytest.mark.parametrize(
    "text", ["", "thing", "ann/thing", "https://github.com", "https://127.0.0.1/a/b", "file:///a/b"]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert repository_of(text) is None


def test_a_draft_is_written_as_records_are() -> None:
    text = DRAFT.text()
    entry, problems = source.read_entry(DRAFT.path(), text.encode(), PackageRecord)
    assert problems == []
    assert entry is not None
    assert yaml_writer.of(entry.record) == text
    assert tidy.in_order(text, tidy.ORDERS["packages"]) == text
    assert (entry.slug, entry.path, entry.record.id, entry.record.created) == (
        "django-thing",
        "data/packages/django-thing.yaml",
        None,
        None,
    )


def test_what_is_not_given_is_not_written() -> None:
    bare = Draft("django-thing", "Thing", "apps", OURS, documentation="", pypi="", tags=())
    assert bare.text() == f"title: Thing\ncategory: apps\nrepository: {OURS}\n"


@given(
    st.builds(
        Draft, st.just("django-thing"), *(st.text() | st.none() for _ in range(5)), st.lists(st.text()).map(tuple)
    )
)
def test_a_file_says_what_it_was_given_or_is_refused(draft: Draft) -> None:
    entry, problems = source.read_entry(draft.path(), draft.text().encode(errors="replace"), PackageRecord)
    assert problems or entry is not None
    if entry is not None and not problems:
        assert entry.record == PackageRecord.model_validate(
            {key: value for key in PackageRecord.model_fields if (value := getattr(draft, key, None))}
        )


def test_a_good_draft_has_no_problem(records: Records) -> None:
    assert review(DRAFT, records) == []


GOLDEN = {
    "the slug of another package": (
        replace(DRAFT, slug="older"),
        (
            "data/packages/older.yaml: there is a package of this name already (found 'https://github.com/ann/older')"
            " [slug-taken]\n"
            "    Edit this file to change what it says. If yours is another package, give it another slug."
        ),
    ),
    "the slug and repository of another package": (
        replace(DRAFT, slug="older", repository="git@github.com:Ann/Older.git"),
        (
            "data/packages/older.yaml: there is a package of this name already (found 'https://github.com/ann/older')"
            " [slug-taken]\n"
            "    Edit this file to change what it says. If yours is another package, give it another slug."
        ),
    ),
    "a slug like another": (
        replace(DRAFT, slug="django_messages"),
        (
            "data/packages/django_messages.yaml: its name is that of data/packages/django-messages.yaml but for - and _"
            " (found 'django_messages') [slug-alike]\n"
            "    If both are the same, keep the older file; else give this one a name that is not mistaken"
            " for the other."
        ),
    ),
    "the slug of what was removed": (
        replace(DRAFT, slug="gone"),
        (
            "data/packages/gone.yaml: was the name of a package that was removed on 2026-02-01: Its author asked for it"
            " (found 'gone') [slug-taken]\n"
            "    Who asks for the old one must not get a new one. If yours is another package, give it another slug."
        ),
    ),
    "the slug of what was removed without a word": (
        replace(DRAFT, slug="silent"),
        (
            "data/packages/silent.yaml: was the name of a package that was removed on 2026-02-01 (found 'silent')"
            " [slug-taken]\n"
            "    Who asks for the old one must not get a new one. If yours is another package, give it another slug."
        ),
    ),
    "the repository of another package": (
        replace(DRAFT, repository="git@github.com:ArneB/Django-Messages.git"),
        (
            "data/packages/django-thing.yaml: repository: is the repository of"
            " data/packages/django-messages.yaml already"
            " (found 'git@github.com:ArneB/Django-Messages.git') [repository-twice]\n"
            "    A repository stands in one file only: if both are the same package, keep one of them."
        ),
    ),
    "the present name of another package's repository": (
        replace(DRAFT, repository="https://github.com/ann/newer"),
        (
            "data/packages/django-thing.yaml: repository: is the repository of data/packages/older.yaml already:"
            " both lead to github.com/ann/newer (found 'https://github.com/ann/newer') [repository-twice]\n"
            "    A repository stands in one file only: if both are the same package, keep one of them."
        ),
    ),
    "the project of another package": (
        replace(DRAFT, pypi="django_messages"),
        (
            "data/packages/django-thing.yaml: pypi: is the project on PyPI of"
            " data/packages/django-messages.yaml already"
            " (found 'django_messages') [pypi-twice]\n"
            "    A project stands in one file only: if both are the same package, keep one of them."
        ),
    ),
    "a category that is not there": (
        replace(DRAFT, category="app"),
        (
            "data/packages/django-thing.yaml: category: there is no such category (found 'app') [unknown-category]\n"
            "    Did you mean apps?"
        ),
    ),
    "no category": (
        replace(DRAFT, category=None),
        "data/packages/django-thing.yaml: category: is missing [missing-key]\n    Add a line such as category: apps",
    ),
    "a slug that leads elsewhere": (
        replace(DRAFT, slug="../thing"),
        (
            "data/packages: slug: is not a slug (found '../thing') [slug]\n"
            "    Use a-z, 0-9, - and _ only, and begin with a letter or a digit. Did you mean thing?"
        ),
    ),
    "a mark that turns the direction of writing": (
        replace(DRAFT, title="a\u202eb"),
        (
            "data/packages/django-thing.yaml: the text holds a mark that turns the direction of writing"
            " (U+202E, right-to-left override) [bidi-character]\n"
            "    Take it away: a line must read as it is."
        ),
    ),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_what_is_wrong_is_told(records: Records, case: str) -> None:
    draft, expected = GOLDEN[case]
    assert told(review(draft, records)) == [expected]


@pytest.mark.parametrize("title", ["a\udc80", "a\n\udc80"])
def test_what_no_file_can_hold_is_a_problem(records: Records, title: str) -> None:
    assert review(replace(DRAFT, title=title), records)


def test_all_problems_are_told_at_once(records: Records) -> None:
    draft = Draft("older", " x", "app", "https://github.com/arneb/django-messages", tags=("A",))
    codes = {problem.code for problem in review(draft, records)}
    assert codes == {"repository-twice", "slug-taken", "spaces", "tag", "unknown-category"}


def test_a_broken_file_has_its_slug_too(data: Path) -> None:
    (data / "packages/torn.yaml").write_text("[")
    found, problems = build.look(data)
    assert found is not None
    [problem] = review(replace(DRAFT, slug="torn"), found, problems)
    assert (problem.code, problem.path) == ("slug-taken", "data/packages/torn.yaml")


def test_problems_that_were_there_before_are_no_draft_s(data: Path) -> None:
    (data / "packages/older.yaml").write_text("title: Older\ncategory: nowhere\n")
    found, problems = build.look(data)
    assert found is not None
    assert problems
    assert review(DRAFT, found, problems) == review(DRAFT, found) == []


def test_a_draft_is_written_once(data: Path) -> None:
    file = write(data, DRAFT)
    assert file == data / "packages/django-thing.yaml"
    assert file.read_text() == DRAFT.text()
    assert build.look(data)[1] == []
    before = tree(data)
    with pytest.raises(DataError) as caught:
        write(data, replace(DRAFT, title="Other"))
    assert [problem.code for problem in caught.value.problems] == ["slug-taken"]
    assert tree(data) == before


def test_a_file_begins_with_the_line_by_which_editors_find_its_schema(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    draft = Draft("a", title="A", category="apps")
    assert contents(data, draft) == draft.text()
    (data / "schemas").mkdir()
    (data / "schemas/package.json").write_bytes(b"{}")
    file = write(data, draft)
    line = "# yaml-language-server: $schema=../schemas/package.json\n"
    assert file.read_text(encoding="utf-8") == contents(data, draft) == line + draft.text()
