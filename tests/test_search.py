"""The search index: words, postings, how they are shared out among files, and what a change changes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import search, urls
from builder.catalogue import Catalogue
from builder.outputs import JSON, NDJSON
from builder.search import items, postings, shards, text
from builder.urls import Urls

SITE = Urls("https://example.org")


def bodies(catalogue: Catalogue) -> dict[str, bytes]:
    """Give the index by the last parts of its routes."""
    outputs = list(search.render(catalogue, SITE))
    found = {output.route.removeprefix(urls.DATA_SEARCH): output.body for output in outputs}
    assert len(found) == len(outputs)
    return found


def terms(catalogue: Catalogue) -> dict[str, list[int]]:
    files = (json.loads(body) for route, body in bodies(catalogue).items() if route.startswith("terms/"))
    return {word: flat for file in files for word, flat in file.items()}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("django-messages", ["django", "messages"]),
        ("Django_REST.framework 3", ["django", "rest", "framework", "3"]),
        ("Nai\N{COMBINING DIAERESIS}ve caf\u00e9", ["naive", "cafe"]),
        ("STRA\N{LATIN SMALL LETTER SHARP S}E", ["strasse"]),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{LATIN SMALL LIGATURE FI}", ["afi"]),
        (
            "\N{GREEK CAPITAL LETTER OMICRON}\N{GREEK CAPITAL LETTER SIGMA}",
            ["\N{GREEK SMALL LETTER OMICRON}\N{GREEK SMALL LETTER SIGMA}"],
        ),
        ("\u202eabc\u202c \N{ROCKET} !?", ["abc"]),
        ("w" * 100, ["w" * 40]),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_and_numbers_without_case_and_accents(written: str, expected: list[str]) -> None:
    assert text.words(written) == expected


@given(st.text())
def test_folding_twice_changes_nothing(written: str) -> None:
    assert text.words(" ".join(text.words(written))) == text.words(written)


def test_capitals_inside_of_words_make_words() -> None:
    assert text.humps("WhiteNoise ImageKit2Go API") == ["white", "noise", "image", "kit2", "go", "api"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("django-debug-toolbar", ["debugtoolbar"]),
        ("django-rest-framework", ["restframework", "framework"]),
        ("django-rest-knox", ["knox", "restknox"]),
        ("Django REST framework social auth", ["socialauth", "frameworksocialauth", "restframeworksocialauth"]),
        ("djangorestframework-simplejwt", ["simplejwt"]),
        ("graphene-django", ["graphene"]),
        ("social auth for Django", ["socialauth"]),
        ("django", []),
        ("celery", []),
    ],
)
def test_a_name_is_also_known_without_its_usual_beginning_or_end(name: str, expected: list[str]) -> None:
    assert sorted(map(text.squash, text.short_names(text.words(name)))) == sorted(expected)


def values(**changes: object) -> dict[str, int]:
    """Give the values of the words of a package that was fetched in full."""
    catalogue = made.catalogue(
        {"django-messages": made.package(**changes)}, {}, snapshots={"django-messages": made.fetched()}
    )
    (one,) = items.found(catalogue, SITE)
    found, people = postings.values(one.source)
    assert people == {"arneb", "zkanda"}
    return found


def test_a_whole_name_and_one_without_its_beginning_are_told_apart_from_words() -> None:
    found = values()
    assert found["djangomessages"] == postings.NAME  # it is no word of it
    assert found["messages"] & postings.SHORT_NAME
    assert not found["django"] & ~postings.WORD


def test_a_word_of_the_name_says_more_than_a_tag_and_that_more_than_one_of_the_description() -> None:
    found = values(title="Mail", tags=["inbox"])
    assert found["mail"] & postings.NAME
    strengths = [found[word] & postings.WORD for word in ("mail", "inbox", "between", "app")]
    assert strengths == sorted(strengths, reverse=True)
    assert found["inbox"] == found["between"]  # as long as the description is short


def test_a_long_description_says_less_of_each_word_and_a_repeated_word_more() -> None:
    long = " ".join(f"word{n}" for n in range(40)) + " twice twice"
    catalogue = made.catalogue({"a": made.package()}, snapshots={"a": made.fetched(description=long)})
    (one,) = items.found(catalogue, SITE)
    found, _ = postings.values(one.source)
    assert 0 < found["word1"] < found["twice"] < values()["between"]


def test_stop_words_of_descriptions_are_left_out_and_those_of_names_are_not() -> None:
    catalogue = made.catalogue(
        {"a": made.package(title="Read the Docs")},
        snapshots={"a": made.fetched(description="It is for you, of course")},
    )
    found = terms(catalogue)
    assert {"the", "course"} <= found.keys()
    assert not {"it", "is", "for", "you", "of"} & found.keys()


def test_a_package_is_found_by_the_titles_of_its_grids_and_a_grid_by_its_own_words() -> None:
    catalogue = made.catalogue(
        {"a": made.package(title="A")}, {"g": made.grid("a", title="Queues", description="Waiting")}
    )
    found = terms(catalogue)
    package, grid = (one.key for one in sorted(items.found(catalogue, SITE), key=lambda one: one.key))
    assert found["queues"][0] == package
    assert found["queues"][2] == grid - package
    assert found["waiting"] == [grid, found["waiting"][1]]


def test_a_name_without_letters_is_no_word() -> None:
    assert "" not in terms(made.catalogue({"a": made.package(title="!!!", pypi=None)}))


SIZES = st.dictionaries(st.text("abc", max_size=6), st.integers(1, 40), max_size=60)


@given(SIZES, st.integers(20, 100))
def test_each_word_lies_in_the_file_with_the_longest_beginning(sizes: Mapping[str, int], full: int) -> None:
    shared = list(shards.share(sizes, full))
    beginnings = [beginning for beginning, _ in shared]
    assert beginnings[0] == ""
    assert len(set(beginnings)) == len(beginnings)
    assert sorted(word for _, words in shared for word in words) == sorted(sizes)
    for beginning, words in shared:
        assert words == sorted(words)
        for word in words:
            assert max((b for b in beginnings if word.startswith(b)), key=len) == beginning


@given(SIZES, st.integers(40, 100))
def test_no_file_is_fuller_than_it_may_be(sizes: Mapping[str, int], full: int) -> None:
    assert all(sum(sizes[word] for word in words) <= full for _, words in shards.share(sizes, full))


@given(SIZES, st.integers(20, 100))
def test_a_shorter_beginning_comes_before_a_longer_one(sizes: Mapping[str, int], full: int) -> None:
    beginnings = [beginning for beginning, _ in shards.share(sizes, full)]
    for at, beginning in enumerate(beginnings):
        assert not any(beginning.startswith(later) for later in beginnings[at + 1 :])


def test_a_word_that_is_larger_than_a_file_has_one_of_its_own() -> None:
    shared = dict(shards.share({"ab": 99, "abc": 1, "abd": 2, "b": 1}, 10))
    assert shared == {"": ["b"], "ab": ["ab"], "abc": ["abc"], "abd": ["abd"]}


def test_of_very_many_words_the_files_are_fuller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOST_FILES", 2)
    sizes = {f"{letter}{n}": 1 for letter in "abcd" for n in range(9)}
    assert len(list(shards.share(sizes, 18))) > 2
    assert len(list(shards.share(sizes, 17))) == len(list(shards.share(sizes, 34))) == 2
    assert len(list(shards.share(sizes, 9))) == len(list(shards.share(sizes, 18)))


def test_of_a_full_file_the_fuller_beginnings_leave_and_the_rest_stays() -> None:
    sizes = {f"{letter}{n}": size for letter, size in (("a", 30), ("b", 8), ("c", 7), ("d", 1)) for n in range(2)}
    shared = dict(shards.share(sizes, 40))
    assert shared == {"": ["b0", "b1", "c0", "c1", "d0", "d1"], "a": ["a1"], "a0": ["a0"]}


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [("", "_/w-"), ("con", "c/w-con"), ("\N{ROCKET}a", "_/w--1f680-a"), ("a\u00e9", "a/w-a-e9-")],
)
def test_a_shards_route_is_a_name_that_every_file_system_takes(beginning: str, expected: str) -> None:
    assert urls.search_shard("terms", beginning) == f"/api/data/v1/search/terms/{expected}.json"


def test_items_lie_in_chunks_by_id_each_with_its_id_in_front() -> None:
    catalogue = made.catalogue({f"p{n}": made.package(id=n, title=f"P {n}") for n in (1, 15, 16, 16_016)})
    found = bodies(catalogue)
    ids = {
        route: [json.loads(line)[0] for line in body.splitlines()]
        for route, body in found.items()
        if route.startswith("items/")
    }
    assert ids == {
        "items/packages/0/0.ndjson": [1, 15],
        "items/packages/0/1.ndjson": [16],
        "items/packages/1/1001.ndjson": [16_016],
    }


def test_ranks_are_a_character_for_each_id_by_weight_and_whether_active() -> None:
    catalogue = made.catalogue(
        {
            "best": made.package(id=2),
            "gone": made.package(id=3, deprecated="2020-01-01"),
            "far": made.package(id=70_000),
        },
        {"g": made.grid("best", id=1025)},
        snapshots={"best": made.fetched(last_commit=datetime(2026, 2, 1, tzinfo=UTC))},
    )
    found = bodies(catalogue)
    index = json.loads(found["index.json"])
    assert index["ranks"] == [0, 1]
    first = json.loads(found["ranks/0.json"])
    assert first.keys() == {"p0", "f0", "g1"}
    best, gone = (search.RANKS.index(first["p0"][number]) for number in (2, 3))
    assert best > 32 > gone
    assert len(first["p0"]) == 4
    assert len(first["g1"]) == 2
    assert json.loads(found["ranks/1.json"])["p68"][-1] == search.RANKS[32 + 4]


def test_a_package_has_a_character_for_its_category_and_for_a_release_or_commit_in_the_last_year() -> None:
    old, late = datetime(2019, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    catalogue = made.catalogue(
        {
            "committed": made.package(id=1),
            "released": made.package(id=2, category="other"),
            "old": made.package(id=3, category="other"),
            "unknown": made.package(id=5),
        },
        {},
        {"other": made.category(title="First of all"), "apps": made.category(title="App")},
        {
            "committed": made.fetched(last_commit=late),
            "released": made.fetched(last_commit=old, pypi={"releases": made.releases("1", start=late)}),
            "old": made.fetched(last_commit=old),
        },
    )
    found = bodies(catalogue)
    assert json.loads(found["index.json"])["categories"] == ["App", "First of all"]  # by their slugs
    assert json.loads(found["ranks/0.json"])["f0"] == "0" + "132" + "0" + "0"


def test_the_ranks_have_a_character_each() -> None:
    assert len(set(search.RANKS)) == len(search.RANKS) == 64


def test_a_word_of_too_many_items_keeps_their_number_and_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_POSTINGS", 3)
    packages = {f"p{n}": made.package(id=n, title=f"Other {n}", pypi=None) for n in range(1, 6)}
    packages["django-same"] = made.package(id=9, title="Same")
    found = terms(made.catalogue(packages, {"g": made.grid(*packages, title="Same", id=1)}))
    count, *flat = found["same"]
    assert count == -7
    keys = [sum(flat[: at + 1 : 2]) for at in range(0, len(flat), 2)]
    assert keys[0] == 2 * 1  # the first of those that say it alike
    assert {3, 18} < set(keys)  # the grid's and the package's own name come before


def test_where_many_files_begin_alike_the_shortest_names_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards.share, "__defaults__", (200,))
    packages = {
        f"aa{letter}{n}": made.package(title=f"aa{letter}{n}", pypi=None) for letter in "bcdefg" for n in range(9)
    }
    snapshots = {"aac3": made.fetched()}
    found = bodies(made.catalogue(packages, snapshots=snapshots))
    index = json.loads(found["index.json"])
    assert "aa" in index["terms"]
    best = json.loads(found["terms/a/w-aa.json"])["*"]
    assert len(best) == 2 * search.MOST_BEST
    whole = {one.source.slug: one.key for one in items.found(made.catalogue(packages, snapshots=snapshots), SITE)}
    keys = {sum(best[: at + 1 : 2]) for at in range(0, len(best), 2)}
    assert whole["aac3"] in keys
    assert set(best[1::2]) == {postings.NAME}


def test_media_types_follow_the_files() -> None:
    for output in search.render(made.many(40), SITE):
        assert output.media_type == (NDJSON if output.route.endswith(".ndjson") else JSON)


def test_the_index_of_nothing_is_an_index() -> None:
    found = bodies(made.catalogue())
    assert json.loads(found["index.json"])["items"] == 0
    assert json.loads(found["terms/_/w-.json"]) == {}


def test_the_order_of_the_catalogue_does_not_matter() -> None:
    catalogue = made.many(60)
    before = bodies(catalogue)
    catalogue.packages.reverse()
    assert bodies(catalogue) == before


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    return {route for route in before.keys() | after.keys() if before.get(route) != after.get(route)}


def test_a_change_of_weight_changes_the_ranks_and_the_item_alone() -> None:
    packages = {f"p{n}": made.package(id=n, title=f"P {n}") for n in range(1, 99)}
    less = made.fetched(stars=0, forks=0)
    before = bodies(made.catalogue(packages, snapshots={"p40": made.fetched()}))
    after = bodies(made.catalogue(packages, snapshots={"p40": less}))
    assert changed(before, after) == {"ranks/0.json", "items/packages/0/2.ndjson"}


def test_a_new_description_changes_the_files_of_its_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards.share, "__defaults__", (2000,))
    catalogue = made.many(400)
    before = bodies(catalogue)
    assert sum(route.startswith("terms/") for route in before) > 50
    package = next(package for package in catalogue.packages if package.slug == "package-7")
    package.snapshot = made.fetched(stars=7, description="Messages between arneb")
    differing = changed(before, bodies(catalogue))
    assert differing == {
        "items/packages/6/6273.ndjson",
        "terms/a/w-arneb.json",
        "terms/u/w-users.json",
    }


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_title_breaks_the_index(title: str) -> None:
    record = made.package().model_copy(update={"title": title})
    found = bodies(made.catalogue({"a": record}))
    (chunk,) = (body for route, body in found.items() if route.startswith("items/"))
    assert json.loads(chunk)[1]["title"] == items.with_emoji(title)
