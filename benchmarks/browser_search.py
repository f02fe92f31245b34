"""What somebody who types in the search box waits for: `python benchmarks/browser_search.py [--sizes N ...]`.

For made-up catalogues of several sizes, over their queries of every kind, in a real Chromium from a server on loopback
that compresses as a host would:

- from the last key to the suggestions on the screen, in milliseconds, median and 95th of a hundred: cold (nothing read
  but the page and its scripts), and warm (the same text once more on the same page). The pause without a key that the
  box waits for is in it; what remains is told beside it. On this machine, and as a phone on slow 4G: the processor four
  times slower, 150 ms there and back, 1.6 Mbit/s;
- what a query costs when nothing is at hand yet: requests, and bytes as they come over the wire without their heads:
  for suggestions, and for the page of results.

Pictures and all pages but that of search are left out, so that 50,000 packages take no longer than their index.
"""

import argparse
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

import brotli  # noqa: E402 - the folders above are no packages
import search_corpus  # noqa: E402 - the same
from browser import Site, Sites, Tab, browsing  # noqa: E402 - the same
from loopback import Answer, Request, serving  # noqa: E402 - the same
from paint import slow  # noqa: E402 - the same
from rendered import TEMPLATES  # noqa: E402 - the same

from builder import search, source, urls  # noqa: E402 - the same
from builder.choices import Choices  # noqa: E402 - the same
from builder.pages import finding  # noqa: E402 - the same
from builder.pages.shell import Shell  # noqa: E402 - the same
from builder.urls import Urls  # noqa: E402 - the same

SITE = Urls("https://example.org/below")  # as that of the tests' browser
PAUSE = int(re.findall(r"const PAUSE = (\d+);", (TEMPLATES / "assets" / "suggest.js").read_text())[0])
WARM = 7  # times that a text is typed again
LONGEST = 100  # characters of a query that somebody types
INDEX = urls.DATA_SEARCH
# Puts all but the last letter into the box, unseen, and tells how long after the next key something was on the screen.
READY = """(text) => {
  const [box, list] = [document.getElementById("q"), document.getElementById("suggestions")];
  box.value = text;
  window.shown = new Promise((resolve) => {
    let pressed = 0;
    box.addEventListener("keydown", () => { pressed = performance.now(); }, { once: true, capture: true });
    const watch = new MutationObserver(() => {
      if (list.hidden || !list.children.length) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
    });
    watch.observe(list, { attributes: true, childList: true });
  });
}"""
CLOSED = "() => { const list = document.getElementById('suggestions'); return list && list.hidden; }"
LISTED = "() => document.querySelector('#results [role=status]')?.textContent"


class Cost(NamedTuple):
    """What came over the wire: requests, and bytes."""

    requests: int
    bytes: int


class Served:
    """The files that search needs, compressed when they are first asked for."""

    def __init__(self, size: int) -> None:
        """Make a catalogue of so many packages, and its index."""
        catalogue = search_corpus.catalogue(size)
        self.queries: Sequence[str] = [query for query in search_corpus.queries(catalogue) if len(query) < LONGEST]
        shell = Shell(catalogue, SITE, TEMPLATES, Choices(pictures=False, extras=False))
        made = [*search.render(catalogue, SITE), *shell.assets(), shell.output(finding.page([], shell))]
        self._outputs = {SITE.path(output.route): output for output in made}
        self._compressed: dict[str, bytes] = {}

    def answer(self, request: Request) -> Answer:
        """Answer as a host would."""
        output = self._outputs.get(request.path)
        if output is None:
            return Answer(404, {"Content-Type": "text/plain"})
        if request.path not in self._compressed:
            self._compressed[request.path] = brotli.compress(output.body)
        headers = {"Content-Type": output.media_type, "Content-Encoding": "br"}
        return Answer(200, headers, self._compressed[request.path])

    def cost(self, asked: Sequence[Request]) -> Cost:
        """Give what those requests cost that are of the index."""
        paths = [request.path for request in asked if request.path.startswith(SITE.path(INDEX))]
        return Cost(len(paths), sum(len(self._compressed.get(path, b"")) for path in paths))


@contextmanager
def opened(sites: Sites, address: str, profile: Callable[[Tab], None] | None) -> Iterator[Tab]:
    """Give a new tab with the page of search, its box in the focus and its scripts there."""
    with sites.tab() as tab:
        tab.allow("404")
        tab.site = Site("made up", address)
        if profile:
            profile(tab)
        tab.open(urls.SEARCH)
        tab.page.locator("#q").focus()
        tab.page.wait_for_function(CLOSED)
        yield tab


def typed(tab: Tab, query: str) -> float:
    """Type the last letter of a query, and give the milliseconds until there were suggestions."""
    tab.page.evaluate(READY, query[:-1])
    tab.page.keyboard.press(query[-1])
    taken: float = tab.page.evaluate("() => window.shown")
    tab.page.keyboard.press("Escape")
    tab.page.wait_for_function(CLOSED)
    return taken


def high(times: Sequence[float]) -> float:
    """Give the 95th of a hundred."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def line(name: str, times: Sequence[float]) -> str:
    """Give a line of the table."""
    middle = statistics.median(times)
    return f"{name:<34}{middle:>10.0f}{high(times):>10.0f}{middle - PAUSE:>16.0f}{high(times) - PAUSE:>10.0f}"


def waits(
    served: Served, sites: Sites, address: str, profile: Callable[[Tab], None] | None
) -> Mapping[str, list[float]]:
    """Give how long the suggestions of each query took, cold and warm."""
    found: dict[str, list[float]] = {"cold": [], "warm": []}
    for query in served.queries:
        with opened(sites, address, profile) as tab:
            found["cold"].append(typed(tab, query))
            found["warm"] += [typed(tab, query) for _ in range(WARM)]
    return found


def costs(served: Served, sites: Sites, address: str, asked: list[Request]) -> Mapping[str, list[Cost]]:
    """Give what each query costs, as suggestions and as a page of results; all is compressed after this."""
    found: dict[str, list[Cost]] = {"suggestions": [], "page of results": []}
    for query in served.queries:
        with opened(sites, address, None) as tab:
            asked.clear()
            typed(tab, query)
            found["suggestions"].append(served.cost(asked))
        with opened(sites, address, None) as tab:
            asked.clear()
            tab.page.locator("#q").fill(query)
            tab.page.keyboard.press("Enter")
            tab.page.wait_for_function(LISTED)
            tab.page.wait_for_load_state("networkidle")
            found["page of results"].append(served.cost(asked))
    return found


def measure(size: int, sites: Sites) -> None:
    """Print the figures of a size."""
    began = time.perf_counter()
    with source.collection_paused():
        served = Served(size)
    print(f"\n{size:,} packages, {len(served.queries)} queries; made in {time.perf_counter() - began:.0f} s")
    with serving(served.answer) as server:
        print(f"{'what a query costs':<34}{'requests':>10}{'most':>10}{'kB, median':>16}{'most':>10}")
        for name, found in costs(served, sites, server.url, server.asked).items():
            many, sizes = [cost.requests for cost in found], [cost.bytes / 1000 for cost in found]
            requests = f"{statistics.median(many):>10.0f}{max(many):>10}"
            print(f"{name:<34}{requests}{statistics.median(sizes):>16.1f}{max(sizes):>10.1f}")
        print(f"{'milliseconds to suggestions':<34}{'median':>10}{'95th':>10}{'without pause':>16}{'95th':>10}")
        for name, profile in (("this machine", None), ("a phone on slow 4G", slow)):
            for state, times in waits(served, sites, server.url, profile).items():
                print(line(f"{name}, {state}", times), flush=True)


def main() -> None:
    """Read the options, and measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[5400, 50_000])
    options = parser.parse_args()
    with browsing() as sites:
        for size in options.sizes:
            measure(size, sites)


if __name__ == "__main__":
    main()
