"""What a reader on a slow phone waits for: largest paint, layout shift and bytes, a page of every template.

`python benchmarks/paint.py` prints a line each. The network is that of "slow 4G" (150 ms there and back, 1.6 Mbit/s
down, 750 kbit/s up), the processor four times slower than this one; bytes are those of Brotli, quality 11. The server
compresses as a host would, so that the times are of what a host sends.
"""

import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

import brotli  # noqa: E402 - the tests' folder is no package
from browser import Sites, Tab, browsing  # noqa: E402 - the same
from test_browser_pages import ALL  # noqa: E402 - the same

LATENCY = 150  # milliseconds
DOWN, UP = 1_600_000 / 8, 750_000 / 8  # bytes a second
SLOWER = 4
KINDS = ("document", "stylesheet", "script")
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


def measure(sites: Sites, name: str, route: str) -> str:
    """Open a page as a phone would, and give its figures."""
    with sites.tab(name, apart=True, viewport={"width": 390, "height": 844}, device_scale_factor=2) as tab:
        slow(tab)
        tab.open(route)
        paint, shift = tab.page.evaluate(PAINT)
        sizes = dict.fromkeys(KINDS, 0)
        for response in tab.came:
            if response.request.resource_type in sizes:
                sizes[response.request.resource_type] += len(brotli.compress(response.body()))
    shown = "".join(f"{sizes[kind]:>10,}" for kind in KINDS)
    return f"{name:10}{route:36}{paint:8.0f} ms{shift:8.3f}{shown}"


def main() -> None:
    """Measure a page of every template."""
    print(f"{'catalogue':10}{'page':36}{'paint':>11}{'shift':>8}{'HTML':>10}{'CSS':>10}{'scripts':>10}")
    with browsing(compressed=True) as sites:
        for name, route in ALL:
            with sites.tab(name) as tab:  # what is made when it is first asked for is made now
                tab.open(route)
            print(measure(sites, name, route))


if __name__ == "__main__":
    main()
