"""What a reader on a slow phone waits for: largest paint, layout shift and bytes, a page of every template.

`python benchmarks/paint.py [--runs N]` prints a line each, the slowest last: the least and the median of the times.
What else the machine does can only add to them, four times over, so that the least says most about the page. The
network is that of "slow 4G" (150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up), the processor four times slower
than this one; bytes are those of Brotli, quality 11. The server compresses as a host would, so that the times are of
what a host sends.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

import brotli  # noqa: E402 - the tests' folder is no package
from browser import Sites, Tab, browsing  # noqa: E402 - the same
from test_browser_pages import ALL  # noqa: E402 - the same

LATENCY = 150  # milliseconds
DOWN, UP = 1_600_000 / 8, 750_000 / 8  # bytes a second
SLOWER = 4
KINDS = ("document", "stylesheet", "script")
PAGES = (*ALL, ("many", "/packages/"), ("hostile", "/packages/p/victim/"))  # a full page of a list, a full package
PAINT = """() => new Promise((resolve) => {
  const last = (type, sum) => new Promise((done) => {
    const watch = new PerformanceObserver((list) => done(sum(list.getEntries())));
    watch.observe({ type, buffered: true });
    setTimeout(() => done(0), 500);
  });
  const shift = last("layout-shift", (all) => all.reduce((sum, { value }) => sum + value, 0));
  const paint = last("largest-contentful-paint", (all) => all.at(-1).startTime);
  Promise.all([paint, shift]).then(resolve);
})"""


def slow(tab: Tab) -> None:
    """Give a tab the network and the processor of a phone."""
    client = tab.page.context.new_cdp_session(tab.page)
    client.send("Network.enable")
    network: dict[str, Any] = {"offline": False, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP}
    client.send("Network.emulateNetworkConditions", network)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


class Figures(NamedTuple):
    """Of one visit: the largest paint in milliseconds, the sum of the shifts, the bytes of each kind."""

    paint: float
    shift: float
    sizes: dict[str, int]


def visit(sites: Sites, name: str, route: str) -> Figures:
    """Open a page as a phone would, and give its figures."""
    with sites.tab(name, apart=True, viewport={"width": 390, "height": 844}, device_scale_factor=2) as tab:
        slow(tab)
        tab.open(route)
        paint, shift = tab.page.evaluate(PAINT)
        sizes = dict.fromkeys(KINDS, 0)
        for response in tab.came:
            if response.request.resource_type in sizes:
                sizes[response.request.resource_type] += len(brotli.compress(response.body()))
    return Figures(paint, shift, sizes)


def line(name: str, route: str, visits: Sequence[Figures]) -> str:
    """Give a line of the table."""
    times = [one.paint for one in visits]
    shown = "".join(f"{visits[0].sizes[kind]:>10,}" for kind in KINDS)
    worst = max(one.shift for one in visits)
    return f"{name:10}{route:36}{min(times):8.0f}{statistics.median(times):8.0f}{worst:8.3f}{shown}"


def main() -> None:
    """Measure a page of every template, by turns, so that a busy minute is not one page's alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    found: dict[tuple[str, str], list[Figures]] = {page: [] for page in PAGES}
    with browsing(compressed=True) as sites:
        for page in found:
            with sites.tab(page[0]) as tab:  # what is made when it is first asked for is made now
                tab.open(page[1])
        for _ in range(options.runs):
            for page, visits in found.items():
                visits.append(visit(sites, *page))
    print(f"{'catalogue':10}{'page':36}{'least':>8}{'median':>8}{'shift':>8}{'HTML':>10}{'CSS':>10}{'scripts':>10}")
    for page, visits in sorted(found.items(), key=lambda item: min(one.paint for one in item[1])):
        print(line(*page, visits))


if __name__ == "__main__":
    main()
