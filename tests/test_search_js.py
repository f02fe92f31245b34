"""The script that answers queries, run in Node over built indexes: what it finds, and what it never does."""

import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import found
import made
import node
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import search
from builder.catalogue import Catalogue
from builder.search import text

SCRIPT = Path(__file__).parent.parent / "templates/edge/search.js"
ANSWER = node.SEARCH / "answer.mjs"
MOST_READS = 12
FEW = 5


@pytest.fixture(scope="module")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("real")
    found.write(found.real(), site)
    return site


def names() -> list[tuple[str, str, str]]:
    """Give title, slug and name of each item of this repository."""
    catalogue = found.real()
    return [
        *((item.title, item.slug, f"p/{item.slug}") for item in catalogue.packages),
        *((item.title, item.slug, f"g/{item.slug}") for item in catalogue.grids),
    ]


# Texts


def test_python_and_javascript_see_the_same_words_in_every_character() -> None:
    characters = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) not in {"Cs", "Cn", "Co"}]
    texts = [f"a{character}b" for character in characters]
    theirs = node.run(node.SEARCH / "text.mjs", given=texts)
    compared = [(mine, text.words(mine), words) for mine, words in zip(texts, theirs, strict=True) if words is not None]
    assert len(compared) > 140_000
    assert [(mine, ours, words) for mine, ours, words in compared if ours != words] == []


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"])), min_size=50, max_size=200))
def test_python_and_javascript_see_the_same_words_in_every_text(texts: list[str]) -> None:
    theirs = node.run(node.SEARCH / "text.mjs", given=texts)
    assert [words for words in theirs if words is not None] == [
        text.words(mine) for mine, words in zip(texts, theirs, strict=True) if words is not None
    ]


def test_long_words_are_cut_alike() -> None:
    texts = ["\N{MATHEMATICAL FRAKTUR SMALL A}" * 60, "\N{DESERET SMALL LETTER LONG I}" * 60, "x" * 41]
    assert node.run(node.SEARCH / "text.mjs", given=texts) == [text.words(mine) for mine in texts]


# Quality


def test_what_is_wanted_is_found_and_better_than_by_the_original(real_site: Path) -> None:
    wanted = found.wanted()
    assert len(wanted) >= 60
    queries = [query for query, _ in wanted]
    assert {name for _, name in wanted} <= {name for _, _, name in names()}
    ours = found.places(wanted, found.ours(real_site, queries))
    theirs = found.places(wanted, found.originals(found.real(), queries))
    assert found.share(ours, 1) >= 0.90
    assert found.share(ours, FEW) >= 0.97
    assert found.share(theirs, 1) < found.share(ours, 1) - 0.05
    assert found.share(theirs, FEW) < found.share(ours, FEW) - 0.05


def test_the_model_of_the_original_finds_what_the_original_is_known_to_find() -> None:
    catalogue = made.catalogue(
        {"django-x": made.package(title="django-x", pypi=None)}, {"grid-1": made.grid(title="Grid 1")}
    )
    assert found.originals(catalogue, ["grd 1", "djnago", "", "dja", "the"]) == [
        ["g/grid-1"],
        [],
        [],
        ["p/django-x"],
        [],
    ]


def test_every_item_is_first_by_its_title_and_its_slug(real_site: Path) -> None:
    items = names()
    for which in (0, 1):
        answers = found.ours(real_site, [item[which] for item in items])
        assert [item for item, answer in zip(items, answers, strict=True) if answer[:1] != [item[2]]] == []


def test_a_letter_may_be_missing_from_a_name(real_site: Path) -> None:
    queries, wanted = [], []
    for title, _, name in names():
        # A word of one letter would be missing as a whole.
        letters = [n for found in re.finditer(r"[^\W\d_]{2,}", title) for n in range(found.start(), found.end())]
        if len(letters) >= 6:
            for at in letters[:: max(1, len(letters) // 4)]:
                queries.append(title[:at] + title[at + 1 :])
                wanted.append(name)
    assert len(queries) > 400
    answers = found.ours(real_site, queries)
    missed = [
        (query, answer[:FEW])
        for query, name, answer in zip(queries, wanted, answers, strict=True)
        if name not in answer[:FEW]
    ]
    assert missed == []


def test_many_items_are_found_by_name_where_the_index_has_many_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search.shards.share, "__defaults__", (1500,))
    catalogue = made.many(500)
    found.write(catalogue, tmp_path)
    assert len(list(tmp_path.rglob("terms/*/*.json"))) > 50
    titles = [item.title for item in catalogue.packages]
    answers = found.ours(tmp_path, titles)
    first = [answer[0] for answer in answers]
    by_name = {f"p/{item.slug}": item.title for item in catalogue.packages}
    assert [by_name[name] for name in first] == titles
    assert all(found.ours(tmp_path, ["d", "dj", "django-", "pack", "package 1"]))


# Ranking


def ask(site: Path, *queries: Any) -> list[list[dict[str, Any]]]:  # noqa: ANN401 - a text, or options beside it
    answers = node.run(ANSWER, str(site), given=list(queries))
    return [[item if isinstance(item, dict) else json.loads(item) for item in answer["items"]] for answer in answers]


def slugs(catalogue: Catalogue, site: Path, query: str) -> list[str]:
    found.write(catalogue, site)
    (answer,) = ask(site, query)
    return [item["slug"] for item in answer]


def test_a_whole_name_is_before_a_name_without_its_beginning_and_that_before_one_that_begins_so(tmp_path: Path) -> None:
    packages = {
        "mails": made.package(title="Mails", pypi=None),
        "django-mail": made.package(title="django-mail", pypi=None),
        "mail": made.package(title="Mail", pypi=None),
        "other": made.package(title="Other", pypi=None),
    }
    snapshots = {
        slug: made.fetched(description="Nothing", stars=0, forks=0) for slug in ("mails", "django-mail", "mail")
    }
    snapshots["other"] = made.fetched(description="Mail, and mail")
    catalogue = made.catalogue(packages, snapshots=snapshots)
    assert slugs(catalogue, tmp_path, "mail") == ["mail", "django-mail", "mails", "other"]


def test_of_two_alike_the_heavier_is_first_and_what_is_deprecated_last(tmp_path: Path) -> None:
    packages = {
        "gone": made.package(title="One queue", pypi=None, deprecated="2020-01-01"),
        "light": made.package(title="Two queue", pypi=None),
        "heavy": made.package(title="Six queue", pypi=None),
    }
    snapshots = {
        "gone": made.fetched(stars=99_999),
        "light": made.fetched(stars=0, forks=0),
        "heavy": made.fetched(stars=1000),
    }
    assert slugs(made.catalogue(packages, snapshots=snapshots), tmp_path, "queue") == ["heavy", "light", "gone"]


def test_what_is_deprecated_can_be_left_out_and_makes_room_for_others(tmp_path: Path) -> None:
    packages = {
        "gone": made.package(title="Queue", pypi=None, deprecated="2020-01-01"),
        "kept": made.package(title="Some queue", pypi=None),
    }
    found.write(made.catalogue(packages, {"queues": made.grid("kept", title="The queue")}), tmp_path)
    asked = [{"query": "queue", "limit": 2, "active": active} for active in (False, True)]
    everything, active = ask(tmp_path, *asked)
    assert everything[0]["slug"] == "gone"
    assert sorted(item["slug"] for item in active) == ["kept", "queues"]


def crowd(count: int = 150) -> Catalogue:
    """Make many packages that one word finds; `last` is the least of them, in a category of its own and recent."""
    packages = {f"q{n}": made.package(title=f"Queue {n}", pypi=None) for n in range(count)}
    packages["last"] = made.package(title="Something", pypi=None, category="other", deprecated="2020-01-01")
    old = datetime(2019, 1, 1, tzinfo=UTC)
    snapshots = {slug: made.fetched(description="", stars=50, last_commit=old, pypi=None) for slug in packages}
    late = datetime(2026, 2, 1, tzinfo=UTC)
    snapshots["last"] = made.fetched(description="A queue", stars=0, last_commit=late, pypi=None)
    categories = {"apps": made.category(), "other": made.category(title="Other", title_plural="Others")}
    return made.catalogue(packages, {"queues": made.grid(title="The queue")}, categories, snapshots)


FILTERS = [{"category": "Other"}, {"recent": "1"}, {"category": "Other", "recent": "1", "type": "package"}]


def test_filters_find_what_is_beyond_the_best_hundred_without_more_reads_of_the_index(tmp_path: Path) -> None:
    found.write(crowd(), tmp_path)
    asked = [{"query": "queue", "limit": 100, "counts": True, **wanted} for wanted in ({}, *FILTERS)]
    everything, *filtered = node.run(ANSWER, str(tmp_path), given=asked)
    assert "last" not in {json.loads(item)["slug"] for item in everything["items"]}
    counts = {"count": 152, "all": 152, "categories": ["App", "Other"], "isPart": False}
    assert {name: everything[name] for name in counts} == counts
    routes = index_routes(everything)
    assert len(routes) <= MOST_READS
    for answer in filtered:
        assert [json.loads(item)["slug"] for item in answer["items"]] == ["last"]
        assert {name: answer[name] for name in counts} == counts | {"count": 1}
        assert index_routes(answer) == routes


def index_routes(answer: Any) -> set[str]:  # noqa: ANN401 - JSON
    return {route for route, _ in answer["reads"] if "/items/" not in route}


def test_filters_by_type_and_by_what_is_active(tmp_path: Path) -> None:
    found.write(crowd(3), tmp_path)
    wanted: list[dict[str, Any]] = [
        {"type": "grid"},
        {"active": "1"},
        {"active": "1", "category": "Other"},
        {"category": "App"},
    ]
    asked = [
        {"query": "queue", **one} for one in (*wanted, {"category": "Nothing such"}, {"type": "grid", "recent": "1"})
    ]
    answers = [sorted(item["slug"] for item in answer) for answer in ask(tmp_path, *asked)]
    assert answers == [["queues"], ["q0", "q1", "q2", "queues"], [], ["q0", "q1", "q2"], [], []]


def test_a_category_beyond_all_letters_has_a_character_still(tmp_path: Path) -> None:
    categories = {f"c{n:03}": made.category(title=f"Category {n}") for n in range(300)}
    catalogue = made.catalogue({"a": made.package(title="Alpha", category="c299")}, {}, categories)
    found.write(catalogue, tmp_path)
    (answer,) = node.run(ANSWER, str(tmp_path), given=[{"query": "alpha", "counts": True, "category": "Category 299"}])
    assert (answer["count"], answer["categories"]) == (1, ["Category 299"])


def test_where_the_index_has_a_part_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_POSTINGS", 20)
    found.write(crowd(), tmp_path)
    answers = node.run(ANSWER, str(tmp_path), given=[{"query": query, "counts": True} for query in ("queue", "some")])
    assert [(answer["isPart"], answer["all"]) for answer in answers] == [
        (True, 151),
        (False, 1),
    ]  # by their names; not "last"


def test_more_are_the_same_and_more(tmp_path: Path) -> None:
    found.write(crowd(), tmp_path)
    few, many = ask(tmp_path, {"query": "queue", "limit": 10}, {"query": "queue", "limit": 120})
    assert (len(few), len(many)) == (10, 120)
    assert many[:10] == few


def test_items_with_all_words_come_before_those_with_one(tmp_path: Path) -> None:
    packages = {
        "a": made.package(title="A zebra", pypi=None),
        "b": made.package(title="B", pypi=None),
        "c": made.package(title="C stable", pypi=None),
    }
    snapshots = {"b": made.fetched(description="A long text about a stable and much more, and a zebra", stars=0)}
    assert slugs(made.catalogue(packages, snapshots=snapshots), tmp_path, "stable zebra")[0] == "b"


def test_of_items_with_one_name_that_with_the_very_title_is_first(tmp_path: Path) -> None:
    titles = ["django CMS", "django-cms", "Django CMS", "django.cms"]
    packages = {f"x{n}": made.package(title=title, pypi=None) for n, title in enumerate(titles)}
    found.write(made.catalogue(packages), tmp_path)
    assert [answer[0]["title"] for answer in ask(tmp_path, *titles)] == titles


def test_other_forms_of_a_word_are_found(tmp_path: Path) -> None:
    words = ["messaging", "queries", "caching", "tagged", "translation", "boxes", "classes"]
    packages = {f"x{n}": made.package(title=f"Thing {n}", pypi=None) for n, _ in enumerate(words)}
    snapshots = {f"x{n}": made.fetched(description=f"For {word}") for n, word in enumerate(words)}
    found.write(made.catalogue(packages, snapshots=snapshots), tmp_path)
    asked = ["messages", "query", "cache", "tags", "translate", "box", "class"]
    assert [answer[0]["slug"] if answer else None for answer in ask(tmp_path, *asked)] == list(snapshots)


# The contract


def test_items_are_the_bytes_of_the_build_at_most_twenty_or_as_many_as_are_wanted(tmp_path: Path) -> None:
    found.write(made.many(60), tmp_path)
    lines = {line for file in tmp_path.rglob("*.ndjson") for line in file.read_text(encoding="utf-8").splitlines()}
    texts = {re.sub(r"^\[\d+,|\]$", "", line) for line in lines}
    answers = node.run(ANSWER, str(tmp_path), given=["package", {"query": "package", "limit": 3}])
    assert [len(answer["items"]) for answer in answers] == [20, 3]
    assert set(answers[0]["items"]) <= texts
    assert answers[1]["items"] == answers[0]["items"][:3]


def test_suggestions_are_light(tmp_path: Path) -> None:
    catalogue = made.catalogue({"a": made.package(title="Alpha")}, snapshots={"a": made.fetched(description="First")})
    found.write(catalogue, tmp_path)
    (answer,) = ask(tmp_path, {"query": "alp", "light": True})
    (suggestion,) = answer
    assert suggestion == {
        "type": "package",
        "slug": "a",
        "title": "Alpha",
        "description": "First",
        "weight": suggestion["weight"],
        "url": "/below/packages/p/a/",
    }
    found.write(made.many(40), tmp_path)
    assert [len(answer) for answer in ask(tmp_path, {"query": "package", "light": True})] == [8]


def test_without_an_index_search_fails_loudly(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"there is no /api/data/v1/search/index\.json"):
        node.run(ANSWER, str(tmp_path), given=["a"])


def test_a_blank_query_reads_nothing_and_finds_nothing(tmp_path: Path) -> None:
    answers = node.run(ANSWER, str(tmp_path), given=["", "   ", "\t\n\u3000"])
    assert answers == [{"items": [], "reads": []}] * 3


HOSTILE = [
    "\"'`\\",
    "' OR 1=1 --",
    "a.*(b|c)+[^d]{9}$",
    "((((((((((((((((((",
    "x" * 10_000,
    "word " * 2_000,
    " ".join(f"w{n}" for n in range(3000)),
    "\N{ROCKET}\N{SPARKLES}",
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
    "\u202edjango\u202c",
    "\u0000\u0007",
    "__proto__",
    "constructor prototype hasOwnProperty toString valueOf",
    "../../../etc/passwd",
    "%2e%2e%2f<script>",
    "\u0627\u0644\u0633\u0644\u0627\u0645 \u6d88\u606f \u0928\u092e\u0938\u094d\u0924\u0947",
    "*",
    "!?.,;:-_",
    "\N{COMBINING ACUTE ACCENT}" * 500,
    "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 300,
    [0xD800],
    [0xDC00, 0x64, 0x6A, 0xD83D],
]


def test_nothing_that_is_typed_breaks_it_or_makes_it_read_much(real_site: Path) -> None:
    outcomes = node.run(node.SEARCH / "hostile.mjs", given={"site": str(real_site), "queries": HOSTILE})
    for query, outcome in zip(HOSTILE, outcomes, strict=True):
        index = {route for route in outcome["routes"] if "/items/" not in route}
        assert len(index) <= MOST_READS, query
        assert outcome["reads"] <= MOST_READS + 20, query
        assert all(re.fullmatch(r"/api/data/v1/search/[a-z0-9/_.-]+", route) for route in outcome["routes"]), query
        assert outcome["light"] <= 8
    assert outcomes[HOSTILE.index("\u202edjango\u202c")]["found"] == 20
    assert outcomes[HOSTILE.index("*")]["found"] == outcomes[HOSTILE.index("!?.,;:-_")]["found"] == 0


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), min_size=20, max_size=40))
def test_no_text_breaks_it(real_site: Path, queries: list[str]) -> None:
    outcomes = node.run(node.SEARCH / "hostile.mjs", given={"site": str(real_site), "queries": queries})
    assert all(len({r for r in outcome["routes"] if "/items/" not in r}) <= MOST_READS for outcome in outcomes)


def test_missing_files_are_no_hits_and_no_failure(tmp_path: Path) -> None:
    found.write(made.many(40), tmp_path)
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.name != "index.json":
            file.unlink()
    assert ask(tmp_path, "package 3", "django") == [[], []]


# The file itself


def test_the_script_is_one_module_that_needs_nothing_of_its_surroundings() -> None:
    script = SCRIPT.read_text(encoding="utf-8")
    code = re.sub(r"/\*\*.*?\*/|//[^\n]*", "", script, flags=re.DOTALL)
    assert not re.search(r"\b(import|require|process|window|document|globalThis|fetch|Buffer|eval)\b", code)
    assert re.findall(r"export (?:async function|const) (\w+)", code) == [
        "fold",
        "words",
        "stem",
        "find",
        "search",
        "suggest",
    ]
    assert max(map(len, script.splitlines())) <= 120


def test_the_script_is_small() -> None:
    sizes = node.run(node.SEARCH / "size.mjs", given=str(SCRIPT))
    assert sizes["brotli"] <= 5200
