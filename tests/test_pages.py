"""The pages: what holds for every page of every catalogue, the assets, and the environment of the templates."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import brotli
import pytest
from document import Element, read, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from made import HOSTILE, LONG_WORD, SCRIPT, catalogue, fetched, grid, package
from markupsafe import Markup
from rendered import CATALOGUES, SITE, TEMPLATES, built, documents, links, package_page, page, small

from builder import api, feeds, search, urls
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.errors import SiteError
from builder.outputs import HTML, JSON, Output
from builder.pages import render
from builder.pages.escaping import Escaped, PageEnvironment
from builder.pages.shell import BROWSE, COMPARE, EVERYWHERE, FIND, FOREIGN, LISTS, OWN, POLICY, SCRIPTS
from builder.urls import Urls

FORGE = "https://github.com/owner/directory"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
PACKED = tuple(f"{route}{end}" for route in urls.DATA_DUMPS for end in (".gz", ".br"))
LAST = tuple(  # made when all other files have passed, and those of files that are there
    Output(route, b"", JSON)
    for route in (urls.DATA_MANIFEST, f"{urls.DATA_MANIFEST}.gz", urls.DATA_GENERATION, *PACKED)
)
UNLISTED = ("/404.html", "/api/browse/", "/compare/", "/search/")


@pytest.fixture(params=CATALOGUES)
def name(request: pytest.FixtureRequest) -> str:
    """Name each of the catalogues in turn."""
    return str(request.param)


def script(document: Element) -> list[str]:
    """Give the script that a page has: only where there is something to do for it."""
    places = (
        ("grid.js", document.all("div", id="choices")),
        ("copy.js", document.all("p", class_="copy")),
    )
    return [name for name, there in places if there]


def every(name: str) -> Iterator[tuple[str, Element]]:
    """Give each page of a catalogue; there is at least one of each kind of list."""
    pages = documents(name)
    assert {"/", "/packages/", "/grids/", "/categories/", "/404.html"} <= set(pages)
    yield from pages.items()


def hrefs(document: Element) -> list[str]:
    """Give the addresses that a page leads to."""
    return [element.attributes["href"] for element in document.all() if "href" in element.attributes]


ADD = f"{FORGE}/issues/new?template=add-package.yml"


def ways(made: Catalogue) -> dict[str, tuple[str, str]]:
    """Give where each page's data is edited, and the route of its JSON; "" where there is none."""
    wanted = {"/": (f"{FORGE}/edit/main/data/site.yaml", "/api/v4/")}
    wanted["/packages/"] = ADD, "/api/v4/packages/"
    wanted["/grids/"] = f"{FORGE}/issues/new?template=propose-grid.yml", "/api/v4/grids/"
    wanted["/categories/"] = f"{FORGE}/new/main/data/categories", "/api/v4/categories/"
    wanted["/packages/latest/"] = wanted["/packages/"]
    wanted["/packages/liked/"] = wanted["/packages/"][0], ""
    wanted["/readiness/"] = f"{FORGE}/new/main/data/products", ""
    wanted["/changelog/"] = f"{FORGE}/new/main/data/posts", ""
    wanted["/freshness/"] = "", "/api/data/v1/freshness.json"
    wanted["/use-the-data/"] = "", "/api/data/v1/index.json"
    wanted["/api/reference/"] = "", "/api/data/v1/openapi.json"
    paths = {f"/packages/p/{p.slug}/": (p.path, f"/api/v4/packages/{p.id}/") for p in made.packages}
    for view in ("", "packages/", "timesheet/"):
        paths |= {f"/grids/g/{g.slug}/{view}": (g.path, f"/api/v4/grids/{g.id}/") for g in made.grids}
    paths |= {f"/categories/{c.slug}/": (c.path, f"/api/v4/categories/{c.id}/") for c in made.categories}
    for entry in made.products:
        paths |= {f"/readiness/{entry.slug}/{r.cycle}/": (entry.path, "") for r in entry.record.releases}
    paths |= {f"/{text.slug}/": (text.entry.path, "") for text in made.texts}
    paths |= {f"/changelog/{post.slug}/": (post.entry.path, "") for post in made.posts}
    return wanted | {route: (f"{FORGE}/edit/main/{path}", json) for route, (path, json) in paths.items()}


def script_of(route: str) -> str:
    """Give the script that a page may have besides that of all pages."""
    kinds = {"/search/": FIND, "/compare/": COMPARE, "/api/browse/": BROWSE}
    return kinds.get(route, LISTS)


class TestEveryPage:
    """What holds on all pages, whatever is in the data."""

    def test_head(self, name: str) -> None:
        for route, document in every(name):
            assert document.one("html").attributes == {"lang": "en"}
            head = document.one("head")
            assert head.one("title").text
            assert head.one("meta", name="description").attributes["content"]
            if route in UNLISTED:
                assert head.all("link", rel="canonical") == []
                assert head.one("meta", name="robots").attributes["content"] == "noindex"
            else:
                assert head.one("link", rel="canonical").attributes["href"] == SITE.absolute(route)

    @pytest.mark.parametrize("name", ["small", "many"])
    def test_titles_tell_pages_apart(self, name: str) -> None:
        titles = [document.one("title").text for _, document in every(name)]
        assert len(set(titles)) == len(titles)

    def test_landmarks_and_headings(self, name: str) -> None:
        for route, document in every(name):
            main = document.one("main", id="main")
            assert document.one("body").children[1].matches(("a",), {"class_": "skip", "href": "#main"})  # type: ignore[union-attr]
            assert len(document.one("body").all("header", class_="masthead")) == 1
            assert len(document.all("footer")) == 1
            levels = [int(heading.tag[1]) for heading in document.all(*HEADINGS)]
            assert levels[0] == 1, route
            assert levels.count(1) == 1, route
            assert main.one("h1").text
            assert all(after <= before + 1 for before, after in pairwise(levels)), route
            assert all(heading.text for heading in document.all(*HEADINGS)), route

    def test_navigation_says_where_one_is(self, name: str) -> None:
        for route, document in every(name):
            nav = document.one("nav", **{"aria-label": "Main"})
            here = {a.attributes["href"]: a.attributes.get("aria-current") for a in nav.all("a")}
            parts = [f"/below/{part}/" for part in ("packages", "grids", "categories")]
            inside = [part for part in parts if f"/below{route}".startswith(part)]
            assert list(here) == parts
            assert here == {
                part: None if part not in inside else "page" if part == f"/below{route}" else "true" for part in parts
            }

    def test_tables_and_labels(self, name: str) -> None:
        for route, document in every(name):
            ids = [element.attributes["id"] for element in document.all() if "id" in element.attributes]
            assert len(ids) == len(set(ids)), route
            for element in document.all():
                if label := element.attributes.get("aria-labelledby"):
                    assert label in ids, (route, label)
            for table in document.all("table"):
                assert table.one("caption").text
                assert len(table.all("thead")) == 1
                assert all(cell.attributes.get("scope") in {"col", "row", "rowgroup"} for cell in table.all("th"))
                widths = {
                    sum(int(cell.attributes.get("colspan", "1")) for cell in row.all("th", "td"))
                    for row in table.all("tr")
                }
                assert len(widths) == 1, route

    def test_frames_can_be_reached_by_keyboard(self, name: str) -> None:
        for _, document in every(name):
            for frame in document.all("div", class_="frame"):
                assert frame.attributes["tabindex"] == "0"
                assert frame.attributes["role"] == "region"
                assert frame.attributes["aria-labelledby"] == "comparison"

    def test_nothing_can_run(self, name: str) -> None:
        for route, document in every(name):
            policy = document.one("meta", **{"http-equiv": "Content-Security-Policy"})
            scripts = [script.attributes for script in document.all("script")]
            running = [script for script in scripts if script["type"] != "application/ld+json"]
            assert policy.attributes["content"] == POLICY
            assert {script["type"] for script in running} == {"module"}
            first, *own = (script["src"].partition("?v=")[0].rpartition("/") for script in running)
            assert first == ("/below/assets", "/", "site.js")
            wanted = script(document) or [script_of(route)]
            assert [(folder, name) for folder, _, name in own] in ([], [("/below/assets", wanted[0])]), route
            banned = ("style", "iframe", "object", "embed", "base", "template")
            assert document.all(*banned) == [], route
            pictures = [picture.attributes["src"] for picture in document.all("img")]
            assert pictures in ([], [f"/below{route}badge.svg"]), route
            for form in document.all("form"):
                assert form.attributes == {"class": "search", "role": "search", "action": "/below/search/"}, route
            for element in document.all():
                assert not [a for a in element.attributes if a == "style" or a.startswith("on")], (route, element)
                for attribute in ("href", "src"):
                    scheme = urlsplit(element.attributes.get(attribute, "")).scheme
                    assert scheme in {"", "https", "http"}, (route, element)

    def test_there_is_one_box_for_searching(self, name: str) -> None:
        for route, document in every(name):
            (form,) = document.all("form")
            assert form.one("label", **{"for": "q"}).text == "Search packages and grids"
            assert form.one("input", name="q").attributes["id"] == "q"
            inside = document.one("main").all("form") == [form]
            assert inside == (route in {"/", "/search/"}), route

    def test_policy(self) -> None:
        assert POLICY == (
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
            "base-uri 'none'; form-action 'self'"
        )

    def test_links_inside_lead_somewhere(self, name: str) -> None:
        made = CATALOGUES[name]()
        others = (api.render(made, SITE, Choices()), feeds.render(made, SITE), search.render(made, SITE), LAST)
        answers = {SITE.path(output.route) for outputs in others for output in outputs}
        pages = {SITE.path(route): document for route, document in every(name)}
        rest = {SITE.path(route) for route in built(name)} - set(pages)
        for route, document in every(name):
            for href in [element.attributes["href"] for element in document.all() if "href" in element.attributes]:
                address, fragment = urldefrag(href)
                if urlsplit(address).netloc:
                    continue
                target = address.split("?")[0] or SITE.path(route)
                assert target in pages or target in rest or target in answers, (route, href)
                if fragment.startswith("/"):
                    assert SITE.path(fragment) in answers, (route, href)
                elif fragment:
                    assert pages[target].all(id=fragment), (route, href)

    def test_links_lead_somewhere_where_there_are_no_extras(self, name: str) -> None:
        made, choices = CATALOGUES[name](), Choices(extras=False)
        outputs = list(render(made, SITE, TEMPLATES, choices))
        others = (outputs, api.render(made, SITE, choices), feeds.render(made, SITE), search.render(made, SITE), LAST)
        answers = {SITE.path(output.route) for some in others for output in some}
        extra = {SITE.path(route) for route in built(name)} - {SITE.path(output.route) for output in outputs}
        assert all(route.endswith("/rules/") or route.startswith("/below/profiles/") for route in extra)
        assert len([route for route in extra if route.endswith("/rules/")]) == len(made.packages)
        for output in outputs:
            if output.media_type == HTML:
                targets = {href.partition("#")[0].partition("?")[0] for href in hrefs(read(output.body))}
                assert {t for t in targets if t.startswith("/")} <= answers, output.route

    def test_links_out_of_the_data_are_marked(self, name: str) -> None:
        for route, document in every(name):
            for link in document.all("a"):
                away = urlsplit(link.attributes["href"]).netloc != ""
                ours = link.attributes["href"].startswith(f"{FORGE}/") or link.attributes["href"] == FORGE
                assert (link.attributes.get("rel") == FOREIGN) == (away and not ours), (route, link)

    def test_editing_and_json(self, name: str) -> None:
        wanted = ways(CATALOGUES[name]())
        seen: dict[str, tuple[str, str]] = {}
        for route, document in every(name):
            listing = re.sub(r"page/\d+/$", "", route)
            alternate = document.all("link", rel="alternate", type="application/json")
            found = {a.attributes["href"] for tools in document.all("p", class_="tools") for a in tools.all("a")}
            json = {link.attributes["href"] for link in alternate}
            assert json <= found
            edit = {href for href in found if href.startswith(FORGE)}
            assert len(edit) <= 1
            assert len(json) <= 1
            if edit or json:
                seen[listing] = next(iter(edit), ""), next(iter(json), "").removeprefix("/below")
            elif route == "/404.html":
                assert ADD in links(document.one("main")).values()
        assert seen == wanted

    def test_the_foot_leads_everywhere(self, name: str) -> None:
        texts = {f"/{text.slug}/" for text in CATALOGUES[name]().texts}
        pages = {f"/below{page}" for page in {*urls.PAGES} - {"/"} | texts}
        for route, document in every(name):
            there = [a.attributes["href"] for a in document.one("footer").all("a")]
            assert len(there) == len(set(there))
            assert pages <= set(there), route
            # What is newly fetched somewhere must not change every page.
            assert not document.one("footer").all("time")

    def test_two_renders_are_one(self, name: str) -> None:
        again = {output.route: output for output in render(CATALOGUES[name](), SITE, TEMPLATES)}
        assert again == built(name)


def test_the_order_of_the_data_does_not_matter() -> None:
    one, other = ["b", "a"], ["a", "b"]

    def bodies(order: list[str]) -> list[Output]:
        packages = {slug: package(title=slug) for slug in order}
        snapshots = {slug: fetched() for slug in order}
        return list(render(catalogue(packages, {"g": grid("a", "b")}, snapshots=snapshots), SITE, TEMPLATES))

    assert bodies(one) == bodies(other)


def test_a_site_without_a_path() -> None:
    outputs = {o.route: o for o in render(small(), Urls("https://example.org/"), TEMPLATES)}
    document = read(outputs["/"].body)
    assert links(document.all("nav")[0])["Packages"] == "/packages/"
    assert document.one("link", rel="canonical").attributes["href"] == "https://example.org/"


@pytest.mark.parametrize("repository", [f"{FORGE}/", f"{FORGE}.git"])
def test_the_forge_however_it_is_written(repository: str) -> None:
    made = catalogue({"p": package()}, repository=repository, branch="data/next#1")
    edit = page(made, "/packages/p/p/").one("p", class_="tools").all("a")[0]
    assert edit.attributes["href"] == f"{FORGE}/edit/data/next%231/data/packages/p.yaml"


@pytest.mark.parametrize(
    ("folder", "inside"), [("sites/one/data", "sites/one/data/"), ("", ""), ("d#\udcff", "d%23%FF/")]
)
def test_editing_leads_to_where_the_data_is_in_its_repository(folder: str, inside: str) -> None:
    routes = ("/packages/p/django-messages/", "/", "/packages/", "/404.html")
    made = replace(small(), folder=folder)
    paths = ("edit/main/{}packages/django-messages.yaml", "edit/main/{}site.yaml", "new/main/{}packages")
    wanted = [f"{FORGE}/{path.format(inside)}" for path in (*paths, paths[-1])]
    pages = {output.route: output.body for output in render(made, SITE, TEMPLATES) if output.route in routes}
    for route, address in zip(routes, wanted, strict=True):
        assert address in links(read(pages[route]).one("main")).values()
        assert links(read(pages[route]).one("footer"))["Add a package"] == wanted[-1]


def test_adding_leads_to_a_new_file_where_the_forge_has_no_forms() -> None:
    elsewhere = "https://codeberg.org/github.com/directory"
    made = catalogue({"p": package()}, repository=elsewhere)
    assert links(page(made, "/packages/").one("footer"))["Add a package"] == f"{elsewhere}/new/main/data/packages"


class TestHostileText:
    """Markup in the data stays text."""

    def test_it_is_shown_as_it_is(self) -> None:
        pages = documents("hostile")
        victim, hostile_grid = pages["/packages/p/victim/"], pages["/grids/g/hostile/"]
        assert victim.one("h1").text == HOSTILE[:100].strip()
        assert victim.one("p", class_="lead").text == f"{HOSTILE} {LONG_WORD}"
        assert hostile_grid.one("h1").text == HOSTILE[:100].strip()
        assert hostile_grid.one("p", class_="lead").text == HOSTILE
        assert f"yanked: {HOSTILE}" in texts(victim.all("em"))
        assert SCRIPT in texts(victim.all("li"))
        assert "{{ 7 * 7 }}" in victim.one("title").text

    def test_it_never_reaches_an_address(self) -> None:
        for _, document in every("hostile"):
            for element in document.all("a", "link"):
                assert "<" not in element.attributes["href"]

    def test_it_never_reaches_a_command(self) -> None:
        victim = documents("hostile")["/packages/p/victim/"]
        assert victim.one("section", class_="get").all("code") == []
        assert victim.one("p", class_="line").text == "Not on PyPI"

    def test_foreign_texts_have_a_direction_of_their_own(self) -> None:
        for route in ("/packages/p/victim/", "/grids/g/hostile/", "/categories/apps/"):
            document = documents("hostile")[route]
            assert document.one("h1").attributes["dir"] == "auto"
            assert document.one("p", class_="lead").attributes["dir"] == "auto"

    @settings(max_examples=25, deadline=None)
    @given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=100))
    def test_any_text_comes_out_as_it_went_in(self, text: str) -> None:
        document = package_page(fetched(description=text))
        shown = "".join(str(child) for child in document.one("p", class_="lead").children)
        assert shown == text
        assert {e.tag for e in document.all()} == {e.tag for e in plain()}


class TestAssets:
    """The style sheet and the icon."""

    def test_budgets(self) -> None:
        outputs = built("hostile")
        assert len(brotli.compress(outputs["/assets/site.css"].body)) <= 6 * 1024
        assert len(gzip.compress(outputs["/packages/p/victim/"].body, mtime=0)) <= 15 * 1024
        assert len(gzip.compress(built("small")["/packages/p/django-messages/"].body, mtime=0)) <= 4 * 1024
        assert len(gzip.compress(built("many")["/packages/"].body, mtime=0)) <= 15 * 1024

    def test_media_types(self) -> None:
        types = {route: output.media_type for route, output in built("small").items() if route.startswith(urls.ASSETS)}
        assert types == {
            "/assets/site.css": "text/css; charset=utf-8",
            "/assets/favicon.svg": "image/svg+xml",
            **{f"/assets/{name}": "text/javascript; charset=utf-8" for name in SCRIPTS},
        }

    def test_the_script_that_searches_is_that_of_the_edge(self) -> None:
        source = (TEMPLATES / "edge" / "search.js").read_text(encoding="utf-8").splitlines()
        sent = built("small")["/assets/search.js"].body.decode().splitlines()
        code = [line for line in source if not line.lstrip().startswith(("//", "/**", "*", "*/"))]
        left = [re.sub(r"\s+// [^\"'`]*$", "", line) for line in code]
        assert [line for line in sent if line] == [line for line in left if line]

    def test_imported_scripts_have_addresses_by_their_bytes(self) -> None:
        imports: dict[str, list[bytes]] = {}
        for name in SCRIPTS:
            body = built("small")[f"/assets/{name}"].body
            imports[name] = re.findall(rb'(?:from |import\()"\./([^"]+)"', body)
            for address in imports[name]:
                imported, _, version = address.decode().partition("?v=")
                assert version == sha256(built("small")[f"/assets/{imported}"].body).hexdigest()[:8], name
        assert [name.partition(b"?")[0] for name in imports["site.js"]] == [b"suggest.js", b"choose.js"]

    def test_scripts_are_small(self) -> None:
        bodies = {name: built("small")[f"/assets/{name}"].body for name in SCRIPTS}
        sizes = {name: len(brotli.compress(body)) for name, body in bodies.items()}
        assert sizes[EVERYWHERE] <= 512
        for own in OWN:
            loaded, pending = set[str](), [EVERYWHERE, own]
            while pending:
                name = pending.pop()
                if name not in loaded:
                    loaded.add(name)
                    pending += re.findall(r'(?:from |import\()"\./([a-z]+\.js)', bodies[name].decode())
            assert sum(sizes[name] for name in loaded) <= 12 * 1024, (own, loaded)

    def test_scripts_make_no_markup_out_of_texts(self) -> None:
        banned = (
            b"innerHTML",
            b"outerHTML",
            b"insertAdjacentHTML",
            b"document.write",
            b"eval(",
            b"srcdoc",
            b"Function(",
        )
        for name in SCRIPTS:
            assert not [word for word in banned if word in built("small")[f"/assets/{name}"].body], name

    def test_other_bytes_have_another_address(self, tmp_path: Path) -> None:
        def style(folder: Path) -> str:
            home = next(output for output in render(small(), SITE, folder) if output.route == "/")
            return read(home.body).one("link", rel="stylesheet").attributes["href"]

        for file in TEMPLATES.rglob("*.*"):
            copy = tmp_path / file.relative_to(TEMPLATES)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
        before = style(tmp_path)
        assert before == style(TEMPLATES)
        (tmp_path / "assets" / "site.css").write_text("body { color: red }")
        assert style(tmp_path) != before

    def test_a_missing_asset_stops_the_build(self, tmp_path: Path) -> None:
        with pytest.raises(SiteError, match=r"site\.css of the templates cannot be read: No such file"):
            next(render(small(), SITE, tmp_path))

    def test_the_style_sheet_asks_nobody(self) -> None:
        style = built("small")["/assets/site.css"].body.decode()
        assert "url(" not in style
        assert "@import" not in style
        assert style.count("{") == style.count("}")

    @pytest.mark.parametrize("scheme", [0, 1])
    def test_contrast(self, scheme: int) -> None:
        style = built("small")["/assets/site.css"].body.decode()
        colours = {n: pair[scheme] for n, *pair in re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", style)}
        assert set(colours) == {"paper", "wash", "ink", "soft", "line", "accent"}
        for ground in ("paper", "wash"):
            for text in ("ink", "soft", "accent"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        plain = dict(re.findall(r"--(\w+): (#\w{6});", style))
        assert scheme == 1 or plain == colours


@cache
def plain() -> list[Element]:
    """Give the elements of a package's page with nothing special in it."""
    return package_page(fetched()).all()


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours by WCAG 2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour by WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(c * share for c, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


class TestEnvironment:
    """Jinja's environment."""

    def test_an_unknown_name_is_an_error(self) -> None:
        with pytest.raises(UndefinedError, match="'nothing' is undefined"):
            PageEnvironment(TEMPLATES).from_string("{{ nothing }}").render()

    def test_an_unknown_attribute_is_an_error(self) -> None:
        with pytest.raises(AttributeError, match="nothing"):
            PageEnvironment(TEMPLATES).from_string("{{ a.nothing }}").render(a={"nothing": 1})
        with pytest.raises(UndefinedError, match="'nothing' is undefined"):
            PageEnvironment(TEMPLATES).from_string("{{ nothing.real }}").render()
        assert PageEnvironment(TEMPLATES).from_string("{{ (a + 1).real }}").render(a=1) == "2"

    def test_what_is_included_has_the_values_around_it_and_names_of_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "part.html").write_text('{{ a }}{{ b }}{% set a = "inner" %}{{ a }}', encoding="utf-8")
        source = "{% with b = '<' %}{% include 'part.html' %}{% endwith %}{{ a }}"
        assert PageEnvironment(tmp_path).from_string(source).render(a="outer") == "outer&lt;innerouter"

    def test_a_template_is_compiled_once_and_again_where_what_it_includes_has_changed(self, tmp_path: Path) -> None:
        (tmp_path / "whole.html").write_text("{% include 'part.html' %}!", encoding="utf-8")
        part = tmp_path / "part.html"
        part.write_text("one", encoding="utf-8")
        first = PageEnvironment(tmp_path).get_template("whole.html")
        second = PageEnvironment(tmp_path).get_template("whole.html")
        assert first.render() == second.render() == "one!"
        assert first.root_render_func.__code__ is second.root_render_func.__code__
        part.write_text("two", encoding="utf-8")
        assert PageEnvironment(tmp_path).get_template("whole.html").render() == "two!"

    def test_templates_escape_by_what_is_remembered(self) -> None:
        source = PageEnvironment(TEMPLATES).compile("{{ a }}{{ b }}", raw=True)
        assert source.count("environment.escaped[") == 2
        assert source.count("yield ") == 2  # all that there is, and Jinja's own that is never reached

    def test_not_more_is_remembered_than_there_is_room_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("builder.pages.escaping.REMEMBERED", 3)
        escaped = Escaped()
        for number in range(8):
            assert escaped[f"<{number % 5}"] == f"&lt;{number % 5}"
            assert len(escaped) <= 3

    def test_only_what_is_to_be_escaped_is(self) -> None:
        template = PageEnvironment(TEMPLATES).from_string("{% autoescape false %}{{ a }}{% endautoescape %}{{ a }}")
        assert template.render(a="<i>") == "<i>&lt;i&gt;"

    def test_markup_and_text_of_the_same_characters_are_told_apart(self) -> None:
        template = PageEnvironment(TEMPLATES).from_string("{{ a }}{{ b }}{{ a }}")
        assert template.render(a=Markup("<i>"), b="<i>") == "<i>&lt;i&gt;<i>"
        assert template.render(a="<u>", b=Markup("<u>")) == "&lt;u&gt;<u>&lt;u&gt;"
        assert template.render(a=1, b=True) == "1True1"

    def test_what_is_remembered_is_what_is_escaped(self) -> None:
        assert Escaped()["'<&>\""] == "&#39;&lt;&amp;&gt;&#34;"
