"""What a page tells programs: pictures and texts for where it is shared, feeds, JSON-LD."""

import json
from typing import Any

import pytest
from document import Element, read
from hypothesis import given
from hypothesis import strategies as st
from made import HOSTILE, catalogue, fetched, grid, package
from rendered import CATALOGUES, SITE, TEMPLATES, documents, page, small

from builder import derive, feeds, pages, pictures, urls
from builder.choices import Choices
from builder.pages.sharing import block
from builder.pages.shell import POLICY
from builder.pictures.drawing import HEIGHT, WIDTH


def things(document: Element) -> list[dict[str, Any]]:
    """Give the JSON-LD objects of a page."""
    blocks = document.all("script", type="application/ld+json")
    assert len(blocks) <= 1
    read_blocks = [json.loads(block.text) for block in blocks]
    assert all(found["@context"] == "https://schema.org" for found in read_blocks)
    return [thing for found in read_blocks for thing in found["@graph"]]


def meta(document: Element) -> dict[str, str]:
    """Give what a page says for where it is shared."""
    found = [m.attributes for m in document.all("meta")]
    named = [(a.get("property") or a.get("name", ""), a.get("content", "")) for a in found]
    return {name: content for name, content in named if name.startswith(("og:", "twitter:"))}


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_page_says_what_is_shown_where_it_is_shared(name: str) -> None:
    made = CATALOGUES[name]()
    drawn = {SITE.absolute(output.route) for output in pictures.render(made, TEMPLATES, lambda _: None)}
    seen = set()
    for route, document in documents(name).items():
        if route in urls.UNLISTED:
            assert meta(document) == {}
            continue
        told = meta(document)
        assert told["og:url"] == document.one("link", rel="canonical").attributes["href"]
        assert told["og:title"] == told["og:image:alt"]
        assert document.one("title").text.startswith(" ".join(told["og:title"].split()))
        assert told["og:description"] == document.one("meta", name="description").attributes["content"]
        assert told["og:site_name"] == made.settings.title
        assert told["twitter:card"] == "summary_large_image"
        assert (int(told["og:image:width"]), int(told["og:image:height"])) == (WIDTH, HEIGHT)
        assert told["og:image"] in drawn
        seen.add(told["og:image"])
    assert seen == drawn


def test_without_pictures_no_page_names_one() -> None:
    for output in pages.render(small(), SITE, TEMPLATES, Choices(pictures=False)):
        assert b"opengraph.png" not in output.body
        if output.route == "/packages/p/postman/":
            assert meta(read(output.body))["twitter:card"] == "summary"


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_page_announces_the_feeds_of_the_site_and_a_grid_its_own(name: str) -> None:
    made = CATALOGUES[name]()
    answers = {SITE.path(output.route): output.media_type for output in feeds.render(made, SITE)}
    for route, document in documents(name).items():
        found = [link.attributes for link in document.all("link", rel="alternate")]
        announced = [a["href"] for a in found if a["type"] != "application/json"]
        assert all(answers[a["href"]].startswith(a["type"]) for a in found if a["type"] != "application/json")
        names = ["feeds/packages/latest", "feeds/releases", *(["changelog/feeds"] if made.posts else [])]
        whole = [f"/below/{feed}/{form}.xml" for feed in names for form in ("atom", "rss")]
        own = [f"/below/feeds/grids/{route.split('/')[3]}/atom.xml"] if route.startswith("/grids/g/") else []
        if route in urls.UNLISTED:
            assert announced == []
        else:
            assert announced == own + whole
            assert document.one("link", rel="search").attributes["href"] == "/below/opensearch.xml"


def test_a_package_as_json_ld() -> None:
    source, way = things(documents("small")["/packages/p/django-messages/"])
    assert source == {
        "@type": "SoftwareSourceCode",
        "@id": "https://example.org/below/packages/p/django-messages/",
        "url": "https://example.org/below/packages/p/django-messages/",
        "name": "django-messages",
        "description": "Messages between users",
        "codeRepository": "https://github.com/arneb/django-messages",
        "programmingLanguage": "Python",
        "version": "0.6.0",
        "dateModified": "2019-01-31",
        "license": "https://spdx.org/licenses/BSD-3-Clause.html",
        "keywords": ["mail"],
        "sameAs": "https://pypi.org/project/django-messages/",
        "image": "https://example.org/below/packages/p/django-messages/opengraph.png",
    }
    assert [(step["position"], step["name"], step["item"]) for step in way["itemListElement"]] == [
        (1, "Packages", "https://example.org/below/packages/"),
        (2, "App", "https://example.org/below/categories/apps/"),
        (3, "django-messages", "https://example.org/below/packages/p/django-messages/"),
    ]


def test_what_is_not_known_is_not_there() -> None:
    source, _ = things(page(catalogue({"p": package(pypi=None, repository="")}), "/packages/p/p/"))
    assert set(source) == {"@type", "@id", "url", "name", "programmingLanguage", "image"}


def test_a_grid_as_json_ld() -> None:
    listed, way = things(documents("small")["/grids/g/messaging/"])
    assert listed["@type"] == "ItemList"
    assert listed["numberOfItems"] == 3
    assert [(item["position"], item["name"], item["url"]) for item in listed["itemListElement"]] == [
        (1, "django-messages", "https://example.org/below/packages/p/django-messages/"),
        (2, "waiting", "https://example.org/below/packages/p/waiting/"),
        (3, "postman", "https://example.org/below/packages/p/postman/"),
    ]
    assert [step["name"] for step in way["itemListElement"]] == ["Grids", "Messaging"]


def test_a_grid_without_packages_as_json_ld() -> None:
    listed, _ = things(page(catalogue({}, {"g": grid()}), "/grids/g/g/"))
    assert "numberOfItems" not in listed


def test_a_category_tells_the_way() -> None:
    (way,) = things(documents("small")["/categories/apps/"])
    assert [step["name"] for step in way["itemListElement"]] == ["Categories", "Apps"]


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_data_block_is_in_the_head_and_the_policy_as_strict_as_ever(name: str) -> None:
    for route, document in documents(name).items():
        scripts = document.one("head").all("script")
        blocks = document.all("script", type="application/ld+json")
        assert len(blocks) <= (route not in urls.UNLISTED)
        assert document.all("script") == scripts
        assert [script for script in scripts if script not in blocks] == document.all("script", type="module")
        assert document.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"] == POLICY


@given(st.text() | st.sampled_from(["</script>", "<!--<script>", "]]>", HOSTILE, "\u2028\u2029", "</SCRIPT\t>"]))
def test_no_text_ends_a_data_block(value: str) -> None:
    text = block([{"name": value}])
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["@graph"] == [{"name": value}]


def test_a_hostile_text_comes_out_of_a_page_as_it_went_in() -> None:
    made = catalogue(
        {"p": package(title=HOSTILE[:80].strip())}, snapshots={"p": fetched(description=f"</script><!--{HOSTILE}")}
    )
    source, _ = things(page(made, "/packages/p/p/"))
    assert source["name"] == HOSTILE[:80].strip()
    assert source["description"] == f"</script><!--{HOSTILE}"


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("MIT", "https://spdx.org/licenses/MIT.html"),
        ("MIT OR Apache-2.0", ""),
        ("GPL-2.0+", ""),
        ("LicenseRef-Own", ""),
        ("mit", ""),
        ("BSD License", ""),
        ("../../evil", ""),
    ],
)
def test_the_page_of_a_licence(licence: str, address: str) -> None:
    assert derive.spdx_page(licence) == address
