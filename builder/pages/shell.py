"""The frame of every page: Jinja's environment, what stands on all pages, and the way from values to an output.

What is the same on all pages is rendered once: a page is its own part between two ready pieces of markup.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from builder import urls
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.errors import SiteError
from builder.outputs import CSS, HTML, JAVASCRIPT, SVG, Output
from builder.pages.escaping import PageEnvironment
from builder.pages.sharing import PICTURE_SIZE, FeedLink, Things, block, feed_links
from builder.urls import Urls

# Every page carries it, for hosts that send no headers. Nothing is inline: no style, no script, no event. Scripts ask
# this site alone: the search box, which is on every page, reads the index.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)
FOREIGN: Final = "nofollow ugc noopener"  # the rel of every link out of the data

STYLE: Final = "site.css"
ICON: Final = "favicon.svg"
EVERYWHERE: Final = "site.js"
BROWSE: Final = "browse.js"
GRID: Final = "grid.js"
COPY: Final = "copy.js"
LISTS: Final = "lists.js"
FIND: Final = "find.js"
COMPARE: Final = "compare.js"
# Each script stands after those that it imports. The one that searches is the same that answers on hosts' edges.
OWN: Final = (BROWSE, GRID, COPY, LISTS, FIND, COMPARE)  # of some pages, beside the one of all
SCRIPTS: Final = ("search.js", "page.js", "differences.js", "choose.js", "suggest.js", EVERYWHERE, *OWN)
ASSETS: Final = {STYLE: CSS, ICON: SVG, **dict.fromkeys(SCRIPTS, JAVASCRIPT)}
_PLACES: Final = {"search.js": "edge"}  # the folders of those that are not in `assets/`
# On lines of their own, and at the end of a line where no quote follows, so that nothing of a text is taken for one.
_COMMENTS: Final = re.compile(rb"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n|[ \t]+//[ \t][^\n\"'`]*$", re.MULTILINE | re.DOTALL)
_IMPORTED: Final = re.compile(rb'(?<=")\./([a-z]+\.js)(?=")')

_MARKED: Final = re.compile(r"[\\\[\]!`*_<>&]")  # what is more than itself in a text of Markdown

FORMS: Final = {"packages": "add-package.yml", "grids": "propose-grid.yml"}
"""The forms that add to a folder of the data, by their files under .github/ISSUE_TEMPLATE/."""
FORMS_FOLDER: Final = "data"
"""Where the data lies in a repository that has forms."""
SECTIONS: Final = (
    ("Packages", urls.PACKAGES),
    ("Grids", urls.GRIDS),
    ("Categories", urls.CATEGORIES),
)
DIRECTORY: Final = (
    ("Search", urls.SEARCH),
    ("Newest packages", urls.LATEST),
    ("Most starred", urls.LIKED),
    ("Readiness", urls.READINESS),
    ("Contributors", urls.PROFILES),
    ("Compare", urls.COMPARE),
    ("Figures", urls.FIGURES),
)
DATA: Final = (
    ("Use the data", urls.USE),
    ("API reference", urls.REFERENCE),
    ("State of the data", urls.FRESHNESS),
    ("JSON API", urls.API),
)
SUMMARY_LENGTH: Final = 200  # of what search engines are told


@dataclass(frozen=True, slots=True)
class Page:
    """A page before it is rendered.

    `section` is the route of the list that it belongs to, "" for none. `title` and `summary` are plain text. `edit` is
    where its data is edited, a whole address, "" where nobody edits it; `json` the route of the same as JSON, "" for
    none. `values` are what its template names besides; `script` is the asset that runs on it, "" for none. What is
    `unlisted` is not for search engines.

    `picture` is the route of the page whose picture stands for it; `feeds` are its own, which come before the site's.
    `things` are its facts as JSON-LD. `about_api` tells that it is about the site or the API as a whole: it names what
    programs find that by (RFC 9727, RFC 8631).
    """

    template: str
    route: str
    section: str
    title: str
    summary: str
    edit: str = ""
    json: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    script: str = ""
    unlisted: bool = False
    picture: str = urls.HOME
    feeds: Sequence[FeedLink] = ()
    things: Things = ()
    about_api: bool = False


class Shell:
    """Makes pages. One is made per render: it holds the compiled templates and the rendered frame."""

    def __init__(self, catalogue: Catalogue, site: Urls, templates: Path, choices: Choices) -> None:
        """Take what is the same on all pages of a catalogue, the folder of the templates, and what else there is.

        The templates' `assets/` are read here, once.

        Raises:
            SiteError: an asset is not there.
        """
        self.site = site
        self.choices = choices
        self.extras = choices.extras
        self._settings = settings = catalogue.settings
        self._forge = settings.repository.rstrip("/").removesuffix(".git")
        self._branch = quote(settings.branch)
        self._folder = f"{catalogue.folder}/" if catalogue.folder else ""
        self._has_forms = urlsplit(self._forge).hostname == "github.com" and catalogue.folder == FORMS_FOLDER
        self._assets = _assets(templates)
        self._hrefs = {name: site.path(urls.ASSETS) + _versioned(name, body) for name, body in self._assets.items()}
        self._feeds = feed_links(site, settings.title, posts=bool(catalogue.posts))
        self._environment = PageEnvironment(templates)
        self._everywhere = self._constants()
        self._everywhere["colophon"] = self._part("colophon.html", self._ways(catalogue))
        self._base = self._environment.get_template("base.html")
        self._row = vars(self._environment.get_template("partials/row.html").module)["row"]
        self._mastheads = {
            (section, current): self._masthead(section, current)
            for section in ("", urls.HOME, urls.SEARCH, *(route for _, route in SECTIONS))
            for current in ("true", "page")
        }

    def assets(self) -> Iterator[Output]:
        """Yield the style sheet, the pictures and the scripts."""
        for name, media_type in ASSETS.items():
            yield Output(urls.ASSETS + name, self._assets[name], media_type)

    def output(self, page: Page) -> Output:
        """Render a page: its own part, then the frame around it."""
        json_href = page.json and self.site.path(self._json(page.json))
        main = self._environment.get_template(page.template).render(
            {**self._everywhere, **page.values}, title=page.title, edit_href=page.edit, json_href=json_href
        )
        text = self._base.render(
            self._everywhere,
            main=main,
            masthead=self._mastheads[page.section, "page" if page.route == page.section else "true"],
            title=page.title,
            summary=_shortened(page.summary),
            canonical="" if page.unlisted else self.site.absolute(page.route),
            json_href=json_href,
            about_api=page.about_api,
            policy=POLICY,
            script_href=page.script and self._hrefs[page.script],
            picture=self.picture(page.picture),
            feeds=[*page.feeds, *self._feeds],
            things=block(page.things),
        )
        return Output(page.route, text.encode(), HTML)

    def row(self, sheet: object, places: object) -> Markup:
        """Render the row of a package in a table: a `Sheet`, and a `Place` of `tables` for each column."""
        return Markup(self._row(sheet, places))  # noqa: S704 - a template of ours has made it

    def _json(self, route: str) -> str:
        """Give where the JSON of a route is JSON for everybody: some hosts tell its type by the file's name alone."""
        is_suffixed = self.choices.suffixes and route.startswith(urls.API) and route != urls.API
        return route.removesuffix(urls.SLASH) + urls.SUFFIX if is_suffixed else route

    def picture(self, page: str) -> str:
        """Give the address of a page's picture; "" where there are none."""
        return self.site.absolute(urls.picture(page)) if self.choices.pictures else ""

    def badge(self, slug: str) -> str:
        """Give the Markdown that shows a package's badge and leads to its page."""
        title = _MARKED.sub(r"\\\g<0>", self._settings.title)
        picture, page = (self.site.absolute(route) for route in (urls.badge(slug), urls.package_page(slug)))
        return f"[![{title}]({picture})]({page})"

    def edit(self, path: str) -> str:
        """Give the address where the forge lets people edit a file of the data; `path` is as in `Entry.path`."""
        return self._on_forge("edit", path.partition("/")[2])

    def edit_settings(self) -> str:
        """Give the address where the forge lets people edit the settings."""
        return self._on_forge("edit", "site.yaml")

    def add(self, kind: str) -> str:
        """Give the address where people add to the data: a form where there is one for the kind, else a new file.

        `kind` is a folder of the data, such as `packages`. Forms are GitHub's, and for the data of a whole repository.
        """
        if kind in FORMS and self._has_forms:
            return f"{self._forge}/issues/new?template={FORMS[kind]}"
        return self._on_forge("new", kind)

    def _on_forge(self, action: str, path: str) -> str:
        """Give an address on the forge for a path under the data folder; a folder's name may be any bytes."""
        inside = quote(self._folder + path, errors="surrogateescape")
        return f"{self._forge}/{action}/{self._branch}/{inside}"

    def _constants(self) -> dict[str, object]:
        """Give the values that are the same on all pages."""
        path = self.site.path
        return {
            "site_title": self._settings.title,
            "source_href": self._forge,
            "time_zone": self._settings.time_zone.key,
            "foreign": FOREIGN,
            "style_href": self._hrefs[STYLE],
            "icon_href": self._hrefs[ICON],
            "everywhere_href": self._hrefs[EVERYWHERE],
            "api_catalog_href": path(urls.API_CATALOG),
            "openapi_href": path(urls.DATA_OPENAPI),
            "reference_href": path(urls.REFERENCE),
            "api_route": urls.API,
            "opensearch_href": path(urls.SEARCH_DESCRIPTION_FILE),
            "picture_size": PICTURE_SIZE,
            "home_href": path(urls.HOME),
            "packages_href": path(urls.PACKAGES),
            "grids_href": path(urls.GRIDS),
            "categories_href": path(urls.CATEGORIES),
            "api_href": path(urls.API),
            "browse_href": path(urls.BROWSE),
            "search_href": path(urls.SEARCH),
            "compare_href": path(urls.COMPARE),
            "profiles_href": path(urls.PROFILES),
            "use_href": path(urls.USE),
            "add_package_href": self.add("packages"),
        }

    def _ways(self, catalogue: Catalogue) -> dict[str, object]:
        """Give what stands at the foot of all pages: the ways to the other pages."""
        texts = [(text.record.title, urls.text_page(text.slug)) for text in catalogue.texts]
        about = sorted([("Changelog", urls.CHANGELOG), *texts], key=lambda link: link[0].casefold())
        groups = (("Directory", (*SECTIONS, *DIRECTORY)), ("About", about), ("Data", DATA))
        return {
            "groups": [(name, [(label, self.site.path(route)) for label, route in links]) for name, links in groups]
        }

    def _masthead(self, section: str, current: str) -> object:
        """Render the head of the pages of a section; two have the box for searching in their middle."""
        shown = [(label, self.site.path(route), current if route == section else "") for label, route in SECTIONS]
        return self._part("masthead.html", {"sections": shown, "boxed": section not in (urls.HOME, urls.SEARCH)})

    def _part(self, name: str, values: dict[str, object]) -> object:
        """Render a part of the frame; what comes back is markup, which no template escapes again."""
        return self._environment.get_template(f"partials/{name}").make_module(self._everywhere | values).__html__()


def _assets(templates: Path) -> dict[str, bytes]:
    """Read the assets. Where a script imports another, the address gets that one's version.

    Scripts leave their comments behind: a fifth of what would be sent.
    """
    found: dict[str, bytes] = {}

    def address(imported: re.Match[bytes]) -> bytes:
        name = imported[1].decode()
        return b"./" + _versioned(name, found[name]).encode()

    for name, media_type in ASSETS.items():
        body = _asset(templates / _PLACES.get(name, "assets") / name)
        found[name] = _IMPORTED.sub(address, _COMMENTS.sub(b"", body)) if media_type == JAVASCRIPT else body
    return found


def _versioned(name: str, body: bytes) -> str:
    """Give the end of an asset's address; with other bytes it is another one, so that no browser shows old ones."""
    return f"{name}?v={sha256(body).hexdigest()[:8]}"


def _asset(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SiteError(f"The asset {file.name} of the templates cannot be read: {error.strerror}.") from error


def _shortened(text: str) -> str:
    """Cut a summary at a word, so that 500 characters in the data are not 500 in every search result."""
    if len(text) <= SUMMARY_LENGTH:
        return text
    return text[: SUMMARY_LENGTH - 1].rsplit(None, 1)[0] + "…"
