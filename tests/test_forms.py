"""Forms: what becomes of an issue. The text is anybody's, so most cases are of those who mean no good or paste."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from expected import BROKEN, agree
from folders import grid as a_grid
from folders import package, tree, write_data
from forges.pypi import Projects, PyPI
from forges.server import Forges
from form_issues import add, body, change, event, grid, report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builder import build, source
from builder.derive import RepositoryName
from builder.entries import Records
from builder.errors import BuilderError
from builder.forms import Answer, Outcome, Proposal, answers, propose, trial, words
from builder.forms.event import SIZE_LIMIT, EventError, read
from builder.forms.known import asking, offline
from builder.forms.outcome import Fault
from builder.forms.table import ADD, CHANGE, FORMS, GRID, LABEL, REPORT, Form
from builder.metadata import PyPIFacts
from builder.proposing import Found
from builder.source import yaml_text
from builder.upstreams.glance import Glance

ONE = """\
# Ours.
id: 1
title: Package One # as they call it
category: apps
repository: https://github.com/owner/one
pypi: One.One
pypi_url: http://pypi.python.org/pypi/one-one
# Where one reads.
documentation: https://one.example.org/
tags: [first]
created: 2026-01-01T00:00:00+00:00
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder, which no test changes: packages one, two and broken, and a grid."""
    data = write_data(
        tmp_path_factory.mktemp("site") / "data",
        packages={
            "two": package(2, title="The Second"),
            "old": package(3),
            "new": package(4, replaces=["old"], pypi="new"),
        },
        grids={"side": a_grid(1, "two", title="Side by Side")},
        categories={"frameworks": {"id": 2, "title": "Framework", "title_plural": "Frameworks"}},
    )
    (data / "packages/one.yaml").write_text(ONE)
    (data / "packages/broken.yaml").write_text("title: [\n")
    return data


def proposed(text: str, data: Path, **issue: Any) -> Proposal:  # noqa: ANN401 - any field of an issue
    outcome = propose(event(text, **issue), data)
    assert isinstance(outcome, Proposal), outcome
    return outcome


def asked(text: str, data: Path, found: Found) -> Outcome:
    """Give what becomes of a form where upstreams say what was found, of the repository that was asked about."""

    def find(name: RepositoryName, _project: str | None) -> Found:
        return replace(found, asked=name)

    return propose(event(text), data, find)


def answered(text: str | None, data: Path, **issue: Any) -> Answer:  # noqa: ANN401 - any field of an issue
    outcome = propose(event(text, **issue), data)
    assert isinstance(outcome, Answer), outcome
    return outcome


# --- What is proposed


def test_a_package_is_added(data: Path) -> None:
    made = proposed(
        add(
            repository="<https://github.com/owner/django-new>",
            title="Django New",
            pypi="https://pypi.org/project/Django-New/",
            documentation="https://django-new.readthedocs.io/",
            tags="Messaging, real time,, messaging",
        ),
        data,
    )
    assert made.path == "data/packages/django-new.yaml"
    assert made.body.decode() == (
        "title: Django New\ncategory: apps\nrepository: https://github.com/owner/django-new\npypi: Django-New\n"
        "documentation: https://django-new.readthedocs.io/\ntags:\n  - messaging\n  - real-time\n"
    )
    assert made.title == "Add django-new"
    assert "Proposed in #12 by `octocat`" in made.text
    assert made.text.endswith("Closes #12.\n")


def test_repository_and_category_are_enough(data: Path) -> None:
    made = proposed(add(category="frameworks", tags="-", documentation="None"), data)
    assert made.body.decode() == (
        "title: django-new\ncategory: frameworks\nrepository: https://github.com/owner/django-new\n"
    )


def test_a_package_is_changed_and_what_was_not_asked_for_stays(data: Path) -> None:
    made = proposed(
        change(title="First", pypi="one", tags="first, second", category="Frameworks", why="They `said` so.\n\n@all"),
        data,
    )
    assert made.path == "data/packages/one.yaml"
    assert made.body.decode() == ONE.replace("Package One", "First").replace("apps", "frameworks").replace(
        "pypi: One.One\npypi_url: http://pypi.python.org/pypi/one-one\n", "pypi: one\n"
    ).replace("[first]", "\n  - first\n  - second").replace("tags: \n", "tags:\n")
    assert made.title == "Change one"
    assert "```text\nThey `said` so.\n\n@all\n```\n" in made.text


def test_values_are_taken_away_and_put_in_in_order(data: Path) -> None:
    made = proposed(change(package="https://e.org/packages/p/one/", documentation="-", replaced_by="The Second"), data)
    assert made.body.decode() == ONE.replace("documentation: https://one.example.org/\n", "").replace(
        "# Where one reads.\ntags", "replaced_by: two\n# Where one reads.\ntags"
    )


def test_a_value_that_is_there_already_changes_nothing_beside_it(data: Path) -> None:
    made = proposed(change(pypi="One.One", deprecated="2026-02-03"), data)
    assert b"pypi_url: " in made.body
    assert b"deprecated: 2026-02-03\n" in made.body


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_bytes_that_nobody_sees_stay(ending: str, tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"two": package(2)})
    written = "\ufeff" + "title: One\ncategory: apps\n".replace("\n", ending)
    (data / "packages/one.yaml").write_bytes(written.encode())
    made = proposed(change(title="First"), data)
    assert made.body == written.replace("One", "First").encode()


def test_a_file_that_a_form_cannot_change_is_told(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    (data / "packages/one.yaml").write_text("{title: One, category: apps} # in braces\n")
    assert "the file is written so that a form cannot change" in answered(change(title="First"), data).text


def test_only_what_a_change_brings_is_told(tmp_path: Path) -> None:
    data = write_data(
        tmp_path / "data", packages={"one": package(1, pypi="not a name"), "two": package(2, category="x")}
    )
    assert proposed(change(title="First"), data).title == "Change one"
    told = answered(change(title="First", tags="UPPER!", category="y"), data).text
    assert re.findall(r"^- \*\*(.+?)\*\*", told, re.MULTILINE) == ["New category", "New tags"]


def test_what_is_no_record_at_all_is_told_as_such() -> None:
    [problem] = trial.problems(trial.Draft("grids", "side", b"- a\n", None, ""), Records())
    assert problem.code == "not-mapping"


def test_a_grid_is_proposed(data: Path) -> None:
    made = proposed(
        grid(
            title="All: of them",
            description="Two.\n\nAnd more.",
            packages="- The Second\n* /packages/p/one/\n",
            features="1. Threads: kept\nInbox",
        ),
        data,
    )
    assert made.path == "data/grids/all-of-them.yaml"
    assert yaml_text.read(made.body.decode()).value == {
        "title": "All: of them",
        "description": "Two.\n\nAnd more.",
        "packages": ["two", "one"],
        "features": [{"title": "Threads", "description": "kept"}, {"title": "Inbox"}],
    }
    assert made.title == "Add the grid all-of-them"


@pytest.mark.parametrize(
    ("subject", "matter", "label", "named"),
    [
        ("one", "It should be removed", "removal", "`packages/one`"),
        ("https://e.org/grids/g/side/", "It is archived, unmaintained or replaced", "unmaintained", "`grids/side`"),
        ("Side by Side", "Something that it says is wrong", "wrong-data", "`grids/side`"),
        ("broken", "Something else", "report", "`packages/broken`"),
        ("data/packages/two.yaml", "Something else", "report", "`packages/two`"),
    ],
)
def test_a_report_is_answered_and_labelled(subject: str, matter: str, label: str, named: str, data: Path) -> None:
    said = answered(report(subject=subject, matter=matter), data)
    assert said.labels == (LABEL, label)
    assert named in said.text


def test_what_is_proposed_passes_the_check_when_it_is_there(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", packages={"one": package(1), "two": package(2)})
    for text in (add(tags="a, b"), change(title="x: y # z"), grid(features="a: b: c")):
        made = proposed(text, data)
        (tmp_path / made.path).write_bytes(made.body)
    assert build.look(data)[1] == []


def test_nothing_is_done_where_no_form_is_or_where_nobody_is_to_change_anything(data: Path) -> None:
    assert propose(event("### Steps\n\nIt crashes."), data) is None
    assert propose(event(None), data) is None
    assert propose(event(add(), state="closed"), data) is None
    assert propose(event(add(), locked=True), data) is None


def test_somebody_whose_account_is_gone_is_not_named(data: Path) -> None:
    assert "Proposed in #12 with the form" in proposed(add(), data, user=None).text


def test_windows_line_ends_are_read(data: Path) -> None:
    assert proposed(add(title="A").replace("\n", "\r\n"), data).body == proposed(add(title="A"), data).body


def test_headings_that_are_not_the_forms_are_part_of_an_answer(data: Path) -> None:
    made = proposed(grid(description="### Why\n\nSo."), data)
    assert yaml_text.read(made.body.decode()).value["description"] == "### Why\n\nSo."  # type: ignore[call-overload, index] # a mapping


def test_a_question_that_is_not_asked_any_more_counts_as_left_out(data: Path) -> None:
    assert proposed(add(tags="x").replace("### Tags\n\nx\n", ""), data).body == proposed(add(), data).body


def test_there_must_be_data(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="There is no folder"):
        propose(event(add()), tmp_path / "data")


# --- What upstreams tell

NEW = RepositoryName("github.com", "owner/django-new")
PROJECT = PyPIFacts(name="Django-New", project_urls={"Docs": "https://new.example.org/"}, summary="Calls @everyone, #1")


def test_what_was_left_out_is_filled_in_and_said_without_calling_anybody(data: Path) -> None:
    glance = Glance(NEW, "See https://evil.example and @octocat `x`", archived=True)
    made = asked(add(), data, Found(NEW, NEW, glance, PROJECT, is_ours=True, unheard=("so.",)))
    assert isinstance(made, Proposal)
    assert made.body.decode() == (
        "title: Django-New\ncategory: apps\nrepository: https://github.com/owner/django-new\n"
        "pypi: Django-New\ndocumentation: https://new.example.org/\n"
    )
    assert "What upstreams say of it:" in made.text
    harmless(made.text)


def test_what_was_answered_stays(data: Path) -> None:
    made = asked(add(title="New", pypi="-", documentation="-"), data, Found(NEW, NEW, None, PROJECT, is_ours=True))
    assert isinstance(made, Proposal)
    assert made.body.decode() == "title: New\ncategory: apps\nrepository: https://github.com/owner/django-new\n"


def test_a_repository_that_is_one_of_ours_by_now_is_told(data: Path) -> None:
    said = asked(add(), data, Found(NEW, RepositoryName("github.com", "Owner/One")))
    assert isinstance(said, Answer)
    assert "is the repository of `data/packages/one.yaml` already" in said.text


def test_what_is_not_there_is_told(data: Path) -> None:
    said = asked(add(), data, Found(NEW, NEW, missing=("https://github.com/owner/django-new: is not there",)))
    assert isinstance(said, Answer)
    assert "there is no such thing: `https://github.com/owner/django-new`: is not there" in said.text
    harmless(said.text)


def test_nobody_is_asked_about_what_is_wrong_as_it_is(data: Path) -> None:
    def find(_name: RepositoryName, _project: str | None) -> Found:
        raise AssertionError

    for text in (add(category="x"), add(repository="https://github.com/owner/one"), add(repository="x"), change()):
        assert isinstance(propose(event(text), data, find), Answer)


def test_upstreams_are_asked_as_the_settings_allow(forges: Forges, tmp_path: Path) -> None:
    world = forges.github.world
    world.make("owner/django-new", description="New.")
    site = {
        "forges": {"github.com": {"kind": "github", "api": forges.github.base}},
        "pypi_url": forges.mount(PyPI(Projects(forges.clock))),
    }
    data = write_data(tmp_path / "data", site=site)
    assert asking(data, forges.clock.now.date(), {})(NEW, None).repository == Glance(NEW, "New.")
    assert asking(data, forges.clock.now.date(), {})(RepositoryName("evil.example.org", "a/b"), "").unheard
    (data / "site.yaml").write_text("title: [\n")
    assert asking(data, forges.clock.now.date(), {}) is offline


# --- What is told: each case with its comment

HOSTILE: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing but a label": ("Hello", {"labels": [{"name": "form"}]}),
    "no text at all": ("", {"labels": [{"name": "form"}]}),
    "two forms in one": (add() + "\n\n" + grid(), {"labels": [{"name": "form"}]}),
    "nothing is answered": (body(ADD), {}),
    "nothing of a grid is answered": (body(GRID), {}),
    "nothing of a report is answered": (body(REPORT, confirm="- [ ] I know that everybody can read this."), {}),
    "a heading of the form in an answer": (
        grid(description="Two.\n\n### Packages\n\n../../etc/passwd\n\n### Name in addresses\n\nevil"),
        {},
    ),
    "a heading of the form in a fence": (grid(description="```\n### Packages\n```"), {}),
    "a heading is gone": (add().replace("### Category\n", ""), {}),
    "all but the first heading is gone": ("### Repository of the new package\n\nx", {}),
    "too long": (grid(description="long " * 5000), {}),
    "an answer that is too long": (grid(description="long " * 1001), {}),
    "64 KB": (add(title="x" * 65_000), {}),
    "several lines where one is meant": (add(title="Django\n\nx: y"), {}),
    "a fence where a line is meant": (add(repository="```\nhttps://github.com/a/b\n```"), {}),
    "a control character": (add(title="A\x1b[31m"), {}),
    "a mark that turns the direction of writing": (add(title="a\u202eb"), {}),
    "characters that nobody sees": (grid(description="a\u200bb"), {}),
    "a lone carriage return": (grid(description="a\rb"), {}),
    "a comment that nobody sees": (grid(description="Nice. <!-- and ignore the rules -->"), {}),
    "people and issues are called": (
        add(title="@octocat closes #1, GH-1, a/b#2", documentation="@org/team", category="@everyone"),
        {},
    ),
    "marks of Markdown": (
        add(documentation="](https://evil.example) ![x](https://evil.example/x.png) `` <b> | **"),
        {},
    ),
    "neither a title nor a repository": (add(repository="x", slug="x"), {}),
    "a category that is none": (add(category="Aps"), {}),
    "a hidden network": (add(repository="http://169.254.169.254/latest", documentation="javascript:alert(1)"), {}),
    "a shell's line": (add(repository="$(touch /tmp/x); `id` && rm -rf ~", pypi="'; DROP TABLE packages; --"), {}),
    "a workflow's expression": (add(title="${{ github.token }}" + "x" * 100), {}),
    "a path for a name": (add(slug="../../.github/workflows/x"), {}),
    "a name of a device": (add(slug="con"), {}),
    "a name that cannot be made": (add(title="漢字", repository="https://github.com/a/漢字"), {}),
    "a number for a name": (add(slug="359"), {}),
    "a package that is here": (add(slug="one"), {}),
    "a file that is here and broken": (add(slug="broken"), {}),
    "a repository that is here": (add(repository="git@github.com:Owner/One.git", slug="first"), {}),
    "a project that is here": (add(pypi="one_one", slug="first"), {}),
    "a name that is alike": (add(slug="t_wo", title="x", documentation="x", tags="a b, ÄÖ", pypi="a b"), {}),
    "not ticked": (add(confirm="- [ ] It may be published here, under the licence of this repository."), {}),
    "boxes taken away": (add(confirm="I agree"), {}),
    "a package that is none": (change(package="ones", title="x"), {}),
    "a package with nothing like it": (change(package="@everyone https://e.org/#1", title="x"), {}),
    "a package outside": (change(package="../../../etc/passwd", title="x"), {}),
    "a package whose file is broken": (change(package="broken", title="x"), {}),
    "nothing to change": (change(), {}),
    "what is so already": (change(title="Package One"), {}),
    "a title taken away": (change(title="-", category="-"), {}),
    "it replaces itself": (change(replaced_by="one", deprecated="yesterday"), {}),
    "what another file says otherwise": (change(package="old", replaced_by="two"), {}),
    "it is replaced by nothing that is known": (change(replaced_by="tow"), {}),
    "a grid of nothing that is known": (grid(packages="one\ntow\n@everyone\none", features="A\nA"), {}),
    "a path for a grid's name": (grid(slug="../packages/one"), {}),
    "a grid that is here": (grid(title="Side"), {}),
    "a report of nothing": (report(subject="nowhere", matter="It should be removed"), {}),
    "a report of what is not asked": (report(matter="All of it"), {}),
    "more than is told": (grid(packages="\n".join(f"unknown-{n}" for n in range(30))), {}),
}


def test_what_is_told(data: Path, bless: bool) -> None:  # noqa: FBT001 - a fixture
    told = []
    for case, (text, issue) in HOSTILE.items():
        said = answered(text, data, **issue)
        told.append(f"## {case}\n\n{said.text}\n")
    agree(BROKEN / "forms.md", "\n".join(told), bless=bless)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_comment_calls_nobody_and_links_nothing_of_a_strangers(case: str, data: Path) -> None:
    text, issue = HOSTILE[case]
    harmless(answered(text, data, **issue).text)


def harmless(text: str) -> None:
    """Look at a comment as it is rendered: outside of code there are our own words and our own links alone."""
    assert len(text) < 30_000
    tokens = MarkdownIt("commonmark").parse(text)
    spans = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {
        *("paragraph_open", "paragraph_close", "inline", "fence", "bullet_list_open", "bullet_list_close"),
        *("list_item_open", "list_item_close"),
    }
    assert {span.type for span in spans} <= {
        *("text", "code_inline", "strong_open", "strong_close", "softbreak", "hardbreak", "link_open", "link_close"),
        *("em_open", "em_close"),
    }
    links = [str(span.attrs["href"]) for span in spans if span.type == "link_open"]
    assert all(link.startswith("https://github.com/example/packages/issues/new?template=") for link in links)
    plain = "".join(span.content for span in spans if span.type == "text").replace("#12", "")
    assert not re.search(r"[@#<>\\|]|://|www\.|[0-9a-f]{7,}|GH-", plain), plain
    assert all(sign.isprintable() for span in spans for sign in span.content)


# --- Whatever it says


HEADINGS = st.sampled_from([f"### {question.label}" for form in FORMS for question in form.questions])
PIECES = st.one_of(
    HEADINGS,
    st.sampled_from(
        ["- [x] a", "- [ ] b", "```", "_No response_", "None", "", "one", "two", "App", "-", "@a #1", "<!--"]
    ),
    st.text(max_size=20),
    st.text("`@#<>[]()!*_~|:/.\\-\n ", max_size=20),
)


@st.composite
def filled(draw: st.DrawFn) -> str:
    """Make a form in which anything is answered."""
    form = draw(st.sampled_from(FORMS))
    return body(form, **{question.id: draw(PIECES) for question in form.questions if draw(st.booleans())})


BODIES = st.one_of(
    filled(), st.lists(PIECES, max_size=40).map("\n".join), filled().map(lambda text: text.replace("\n", "\r\n"))
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=BODIES)
def test_any_text_becomes_a_file_of_its_own_a_harmless_answer_or_nothing(text: str, data: Path) -> None:
    text = text.encode("utf-8", "ignore").decode()
    before = tree(data)
    outcome = propose(event(text), data)
    assert tree(data) == before
    if isinstance(outcome, Answer):
        harmless(outcome.text)
    elif outcome is not None:
        assert re.fullmatch(r"data/(?:packages|grids)/[a-z0-9][a-z0-9_-]*\.yaml", outcome.path)
        harmless(outcome.text)
        assert re.fullmatch(r"(?:Add|Change|Add the grid) [a-z0-9_-]+", outcome.title)


@given(st.text(), st.text())
def test_whatever_is_said_again_is_code_or_plain_words(message: str, value: str) -> None:
    harmless(words.faults([Fault("", message, message, value), Fault("Title", value)]))


@given(st.text(min_size=1))
def test_reasons_stay_in_their_block(why: str) -> None:
    text = words.pull_request(CHANGE, 12, "octocat", why.strip() or "x")
    harmless(text)
    assert [token.type for token in MarkdownIt("commonmark").parse(text)].count("fence") == 1


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_is_known_by_its_first_heading(form: Form) -> None:
    assert answers.form_of(body(form)) is form
    assert answers.form_of(body(form).replace(f"### {form.questions[0].label}\n", "")) is None


# --- The file of an event


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"action": 1}', '{"issue": {"number": -1, "state": "open"}}', "\xff", '"\\ud800"']
)
def test_a_file_that_is_no_event_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(EventError, match="holds no event of an issue"):
        read(file)


def test_a_huge_event_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(b" " * (SIZE_LIMIT + 1))
    with pytest.raises(EventError, match="larger than 5120 KB"):
        read(file)


def test_the_data_of_the_tests_is_as_it_should_be(data: Path) -> None:
    assert {problem.path for problem in source.load(data)[1]} == {"data/packages/broken.yaml"}
