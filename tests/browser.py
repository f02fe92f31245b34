"""Pages in a real browser: built sites on loopback, and tabs in which nothing goes wrong unseen.

The browser is Debian's Chromium, driven by Playwright; axe looks for what keeps people out. Both are installed by
`make test`; without one of them the test is skipped, which CI=true makes a failure.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from edge_programs import INSTALLED
from loopback import HOST, Answer, Request, serving
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright
from rendered import CATALOGUES, SITE, TEMPLATES

from builder import api, pages, search
from builder.choices import Choices
from builder.outputs import HTML, Output

AXE: Final = INSTALLED / "axe-core" / "axe.min.js"
PATIENCE: Final = 20_000  # milliseconds; a test that waits so long has failed
WIDTHS: Final = (320, 768, 1280)
HEIGHT: Final = 800
SCHEMES: Final = ("light", "dark")
COLOURS: Final = "color-contrast"  # the one rule of axe that another scheme changes
# Nothing leaves the machine, whatever a page asks for, and whatever Chromium would like to tell its makers.
ARGUMENTS: Final = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-background-networking")


@cache
def outputs(name: str) -> Mapping[str, Output]:
    """Give pages, API and index of search of one of the catalogues of `rendered`, by path."""
    made = CATALOGUES[name]()
    parts = (pages.render(made, SITE, TEMPLATES), api.render(made, SITE, Choices()), search.render(made, SITE))
    return {SITE.path(output.route): output for part in parts for output in part}


def _answer(name: str, request: Request) -> Answer:
    held = outputs(name)
    found = held.get(request.path)
    if found is None and request.path == "/favicon.ico":
        return Answer(204)
    if found is None:
        return Answer(404, {"Content-Type": HTML}, held[SITE.path("/404.html")].body)
    return Answer(200, {"Content-Type": found.media_type}, found.body)


class Site:
    """One of the catalogues as a site on loopback."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address

    def url(self, route: str) -> str:
        """Give the address of a route of the site, with any query and fragment."""
        return self.address + SITE.path(route)


class Tab:
    """A tab that remembers what should not happen; `page` is Playwright's own."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.allowed: list[str] = []
        self.page.on("console", lambda message: self._note(f"console {message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("requestfailed", lambda request: self._note(f"failed: {request.url} {request.failure}"))

    def _note(self, what: str) -> None:
        if not any(part in what for part in self.allowed):
            self.wrong.append(what)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site.address + "/", "data:", "blob:")):
            self._note(f"asked elsewhere: {url}")

    def allow(self, part: str) -> None:
        """Take what has this text in it for wanted from now on."""
        self.allowed.append(part)

    def open(self, route: str) -> Response:
        """Open a route of the site and wait until its scripts have run."""
        response = self.page.goto(self.site.url(route), wait_until="load")
        assert response is not None, route
        return response

    def resize(self, width: int, height: int = HEIGHT) -> None:
        """Make the window so many pixels wide."""
        self.page.set_viewport_size({"width": width, "height": height})

    def scheme(self, name: str) -> None:
        """Make it `light` or `dark`."""
        self.page.emulate_media(color_scheme="dark" if name == "dark" else "light")

    def overflow(self) -> int:
        """Give how many pixels the page is wider than its window."""
        code = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(code))

    def findings(self, *rules: str) -> list[str]:
        """Give what axe finds on the page as it is now, by all rules or by some: rule, place and why, a line each."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe())
        options = {"resultTypes": ["violations"], "preload": False} | ({"runOnly": list(rules)} if rules else {})
        found: list[Any] = self.page.evaluate("async (options) => (await axe.run(options)).violations", options)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"][:3]
        ]


@cache
def _axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; `make test` installs it")
    return AXE.read_text(encoding="utf-8")


class Sites:
    """The browser, and the sites that it can look at. They are built and served when they are first wanted."""

    def __init__(self, browser: Browser, addresses: Mapping[str, str]) -> None:
        self.browser = browser
        self._addresses = addresses

    @contextmanager
    def tab(self, name: str = "small", **options: Any) -> Iterator[Tab]:  # noqa: ANN401 - Playwright's own
        """Give a tab for one of the catalogues of `rendered`, in a profile of its own; what goes wrong fails the test.

        `options` are those of Playwright's `new_context`, as `java_script_enabled=False`.
        """
        given = {"viewport": {"width": 1280, "height": HEIGHT}, "reduced_motion": "reduce"} | options
        context = self.browser.new_context(**given)
        context.set_default_timeout(PATIENCE)
        try:
            tab = Tab(context, Site(name, self._addresses[name]))
            yield tab
            assert tab.wrong == [], tab.page.url
        finally:
            context.close()


@contextmanager
def browsing() -> Iterator[Sites]:
    """Start the browser and serve all catalogues; each is built when it is first asked for."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed; on Debian: sudo apt install chromium")
    with (
        _served() as addresses,
        sync_playwright() as playwright,
        # Without its sandbox, since tests may be run by root; all that it reads is our own.
        playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS), chromium_sandbox=False) as browser,
    ):
        yield Sites(browser, addresses)


@contextmanager
def _served() -> Iterator[Mapping[str, str]]:
    """Serve each catalogue at an address of its own."""
    with ExitStack() as stack:
        addresses = {}
        for name in CATALOGUES:
            server = stack.enter_context(serving(partial(_answer, name)))
            addresses[name] = server.url
        assert all(urlsplit(address).hostname == HOST for address in addresses.values())
        yield addresses
