"""What a mirror asks for: at first, and on a day on which some of the packages have changed.

    python benchmarks/follow.py [--packages 5400] [--changed 3] [--days 7]

Of each hundred packages, `--changed` get other stars, other weeks and another description; a third of those a release.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import corpus

from builder import build, mirror
from builder.hosts import host_named
from builder.upstreams.limits import Limits
from builder.upstreams.transport.plain import Plain

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


class Files(SimpleHTTPRequestHandler):
    """Serves a folder by its index, of whatever kind."""

    protocol_version = "HTTP/1.1"

    def translate_path(self, path: str) -> str:
        """Give the file of an address."""
        found = Path(super().translate_path(path))
        index = found / "index.json"
        return str(index if path.endswith("/") and index.exists() else found)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a folder on loopback; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def change(data: Path, percent: float, day: int, chance: random.Random) -> int:
    """Change some of the snapshots as a night does; give how many."""
    files = sorted((data / "snapshots").glob("*.json"))
    chosen = chance.sample(files, round(len(files) * percent / 100))
    for number, file in enumerate(chosen):
        snapshot = json.loads(file.read_text())
        snapshot["last_fetched"] = (FIRST + timedelta(days=day)).isoformat()
        snapshot["repository"] |= {
            "stars": snapshot["repository"]["stars"] + chance.randint(1, 9),
            "weeks": [*snapshot["repository"]["weeks"][1:], chance.randint(0, 30)],
            "description": " ".join(chance.choices(corpus.WORDS, k=12)),
        }
        if number % 3 == 0:
            uploaded = (FIRST + timedelta(days=day)).isoformat()
            snapshot["pypi"]["releases"].append({"version": f"9.{day}", "uploaded": uploaded})
        file.write_text(json.dumps(snapshot))
    return len(chosen)


def show(*words: object) -> None:
    """Print a line of the table."""
    print("".join(f"{word:>16,}" if isinstance(word, int) else f"{word:>16}" for word in words))


def main() -> None:
    """Read the options, and print a line for each day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=5400)
    parser.add_argument("--changed", type=float, default=3)
    parser.add_argument("--days", type=int, default=3)
    options = parser.parse_args()
    chance = random.Random(359)  # noqa: S311 - a corpus, not a secret
    with tempfile.TemporaryDirectory() as scraps:
        folder = Path(scraps)
        data, site, copy = folder / "data", folder / "site", folder / "copy"
        corpus.write(data, options.packages)
        plain = Plain("benchmark (+https://example.org/)", Limits(body=2**31, total=600))
        show("day", "changed", "new files", "requests", "bytes", "seconds", "build seconds")
        with serving(site) as url:
            for day in range(options.days + 1):
                changed = change(data, options.changed, day, chance) if day else options.packages
                began = time.perf_counter()
                build.build(data, site, host=host_named("github-pages"), kept=folder / "past")
                built = time.perf_counter() - began
                began = time.perf_counter()
                done = mirror.mirror(url, copy, plain)
                took = time.perf_counter() - began
                show(day, changed, done.new, done.requests, done.received, f"{took:.1f}", f"{built:.1f}")
        plain.close()
        packs = sorted(file.stat().st_size for file in (folder / "past").rglob("*.tar.br"))
        print(f"packs: {', '.join(f'{size:,}' for size in packs)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
