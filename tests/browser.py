"""Pages in a real browser: built sites on loopback, and tabs in which nothing goes wrong unseen.

The browser is Debian's Chromium, driven by Playwright; axe looks for what keeps people out. Both are installed by
`make test`; without one of them the test is skipped, which CI=true makes a failure.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final
from urllib.parse import urlsplit

import brotli
import pytest
from edge_programs import INSTALLED
from found import real
from loopback import HOST, Answer, Request, serving
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Response, sync_playwright
from playwright.sync_api import Request as BrowserRequest
from rendered import CATALOGUES, SITE, TEMPLATES

from builder import api, pages, search
from builder.catalogue import Catalogue
from builder.choices import Choices
from builder.outputs import HTML, Output

# The first has no window at all, and opens a profile in a third of the time.
PROGRAMS: Final = ("chromium-headless-shell", "chromium", "chromium-browser")
AXE: Final = INSTALLED / "axe-core" / "axe.min.js"
PATIENCE: Final = 20_000  # milliseconds; a test that waits so long has failed
WIDTHS: Final = (320, 768, 1280)
HEIGHT: Final = 800
SCHEMES: Final = ("light", "dark")
COLOURS: Final = "color-contrast"  # the one rule of axe that another scheme changes
# The sum of all shifts so far; those that a click caused do not count.
SHIFT: Final = """() => new Promise((resolve) => {
  const watch = new PerformanceObserver((list) => {
    resolve(list.getEntries().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0));
  });
  watch.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(0), 50));
})"""
# Nothing leaves the machine, whatever a page asks for, and whatever Chromium would like to tell its makers.
ARGUMENTS: Final = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-background-networking")


SERVED: Final[Mapping[str, Callable[[], Catalogue]]] = {**CATALOGUES, "real": real}  # what there are sites of


@cache
def outputs(name: str) -> Mapping[str, Output]:
    """Give pages, API and index of search of one of the catalogues, by path."""
    made = SERVED[name]()
    collector = api.Collector(made, SITE)
    found = [
        *collector.passing(api.render(made, SITE, Choices())),
        *collector.passing(search.render(made, SITE)),
        *pages.render(made, SITE, TEMPLATES, examples=collector.examples),
    ]
    return {SITE.path(output.route): output for output in found}


def _compressed(name: str, request: Request) -> Answer:
    answer = _answer(name, request)
    return replace(answer.having(content_encoding="br"), body=_brotli(answer.body))


@cache
def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body))


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
    """A tab that remembers what came, and what should not happen; `page` is Playwright's own."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site
        self.wrong: list[str] = []
        self.allowed: list[str] = []
        self.came: list[Response] = []
        self.page.on("console", lambda message: self._note(f"console {message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("dialog", self._asked_back)
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._came)

    def again(self, site: Site) -> None:
        """Begin anew, with a site: as wide and as bright as at first, and with nothing to remember."""
        self.site = site
        for held in (self.wrong, self.allowed, self.came):
            held.clear()
        self.resize(WIDTHS[-1])
        self.scheme("light")

    def _note(self, what: str) -> None:
        if not any(part in what for part in self.allowed):
            self.wrong.append(what)

    def _asked_back(self, dialog: Dialog) -> None:
        self._note(f"dialog {dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site.address + "/", "data:", "blob:")):
            self._note(f"asked elsewhere: {url}")

    def _came(self, response: Response) -> None:
        self.came.append(response)

    def _failed(self, request: BrowserRequest) -> None:
        if request.failure != "net::ERR_ABORTED":  # that of an icon, when the next page is opened before it came
            self._note(f"failed: {request.url} {request.failure}")

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

    def faults(self, schemes: Sequence[str] = SCHEMES, widths: Sequence[int] = WIDTHS) -> list[str]:
        """Give what is wrong with the page in these schemes at these widths: what axe finds, and what sticks out.

        The window is changed under the open page. The first scheme gets all of axe's rules, the others that of colours.
        """
        found = []
        for width in widths:
            self.resize(width)
            found += [f"{width}: {over} pixels too wide"] if (over := self.overflow()) > 0 else []
            for scheme in schemes:
                self.scheme(scheme)
                rules = () if scheme == schemes[0] else (COLOURS,)
                found += [f"{scheme} {width}: {finding}" for finding in self.findings(*rules)]
        return found

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
    """The browser, and the sites that it can look at. They are built and served when they are first wanted.

    A profile costs more than a page: tabs of the same options share one, and what tests only look at shares a tab.
    """

    def __init__(self, browser: Browser, addresses: Mapping[str, str]) -> None:
        self.browser = browser
        self._addresses = addresses
        self._contexts: dict[str, BrowserContext] = {}
        self._kept: dict[str, Tab] = {}

    @contextmanager
    def tab(
        self,
        name: str = "small",
        *,
        apart: bool = False,
        **options: Any,  # noqa: ANN401 - Playwright's own
    ) -> Iterator[Tab]:
        """Give a new tab for one of the catalogues; what goes wrong fails the test, and so does a cookie.

        `options` are those of Playwright's `new_context`, as `java_script_enabled=False`. `apart` gives it a profile,
        and connections, that no other tab had.
        """
        viewport = options.pop("viewport", {"width": WIDTHS[-1], "height": HEIGHT})
        context = self._made(options) if apart else self._context(options)
        tab = Tab(context.new_page(), self._site(name))
        try:
            tab.resize(**viewport)
            yield tab
            _passed(tab)
        finally:
            (context if apart else tab.page).close()

    @contextmanager
    def look(self, name: str = "small", **options: Any) -> Iterator[Tab]:  # noqa: ANN401 - as above
        """Give a tab that others had before: for what opens a page and looks at it, and leaves nothing behind."""
        tab = self._kept.pop(repr(options), None) or Tab(self._context(options).new_page(), self._site(name))
        tab.again(self._site(name))
        try:
            yield tab
            _passed(tab)
        except BaseException:
            tab.page.close()
            raise
        self._kept[repr(options)] = tab

    def _site(self, name: str) -> Site:
        return Site(name, self._addresses[name])

    def _context(self, options: Mapping[str, Any]) -> BrowserContext:
        key = repr(options)
        if key not in self._contexts:
            self._contexts[key] = self._made(options)
        return self._contexts[key]

    def _made(self, options: Mapping[str, Any]) -> BrowserContext:
        context = self.browser.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        return context


def _passed(tab: Tab) -> None:
    """Fail where something went wrong, or was left for the next visit."""
    assert tab.wrong == [], tab.page.url
    assert tab.page.context.cookies() == [], tab.page.url


@contextmanager
def browsing(*, compressed: bool = False) -> Iterator[Sites]:
    """Start the browser and serve all catalogues, with or without Brotli; each is built when it is first asked for."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium is not installed; on Debian: sudo apt install chromium-headless-shell")
    with (
        _served(_compressed if compressed else _answer) as addresses,
        sync_playwright() as playwright,
        # Without its sandbox, since tests may be run by root; all that it reads is our own.
        playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS), chromium_sandbox=False) as browser,
    ):
        yield Sites(browser, addresses)


@contextmanager
def _served(answer: Callable[[str, Request], Answer]) -> Iterator[Mapping[str, str]]:
    """Serve each catalogue at an address of its own."""
    with ExitStack() as stack:
        addresses = {}
        for name in SERVED:
            server = stack.enter_context(serving(partial(answer, name)))
            addresses[name] = server.url
        assert all(urlsplit(address).hostname == HOST for address in addresses.values())
        yield addresses
