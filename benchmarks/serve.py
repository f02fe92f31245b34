"""Time `builder serve` from a saved file to the changed page: `python benchmarks/serve.py [--packages N]`.

As a browser does, it waits for the event that reloads a page, and loads it. The build that follows is waited for, and
told as well.
"""

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import corpus


def events(port: int) -> Iterator[str]:
    """Yield the name of each generation that the server tells of, from the present one on."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/__serve/events")
    for line in connection.getresponse():
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))["generation"]


def page(port: int, slug: str) -> str:
    """Load the page of a package."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", f"/packages/p/{slug}/")
    return connection.getresponse().read().decode()


def run(folder: Path, packages: int, runs: int) -> None:
    """Print the medians."""
    corpus.write(folder / "data", packages)
    command = [sys.executable, "-m", "builder", "serve", "--port", "0", "--data", "data", "--out", "site"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603 - our own
    try:
        assert server.stdout  # noqa: S101 - it is a pipe
        found = re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert found  # noqa: S101 - the first line tells it
        port = int(found[1])
        server.stdout.readline()  # the first build
        told = events(port)
        next(told)
        seen: dict[str, list[float]] = {"the page": [], "the whole site": []}
        for number, file in enumerate(sorted((folder / "data/packages").iterdir())[:runs]):
            title = f"Edited {number}"
            text = re.sub("^title: .*$", f"title: {title}", file.read_text(), flags=re.MULTILINE)
            time.sleep(1)
            began = time.perf_counter()
            file.write_text(text)
            next(told)
            is_new = f"<title>{title}" in page(port, file.stem)
            seen["the page"].append(time.perf_counter() - began)
            assert is_new, file.stem  # noqa: S101 - else the figure is none
            server.stdout.readline()
            next(told)
            seen["the whole site"].append(time.perf_counter() - began)
    finally:
        server.terminate()
        server.wait()
    print(f"{packages} packages, medians of {runs}, from save to loaded page:")
    for name, taken in seen.items():
        print(f"{name:<15} {statistics.median(taken):7.3f} s")


def main() -> None:
    """Read the options, and run in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=5400)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:  # noqa: S108
        run(Path(folder), options.packages, options.runs)


if __name__ == "__main__":
    main()
