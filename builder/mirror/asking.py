"""Asking a live site for its files: several at a time, again where it may help, and counted."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from builder.resources import ManifestFileResource
from builder.upstreams.transport import Answer, Failure
from builder.upstreams.transport.patient import Patient
from builder.verify.files import asked_for
from builder.verify.live import Wire

ENOUGH: Final = 20
"""Files in a row that did not come, after which no other is asked for: the site is busy, or away."""
AT_ONCE: Final = 8  # requests: what a browser sends to one host, and no more


class Asking:
    """Asks the site at `base` by a wire. `requests` were sent, and `received` bytes of bodies have come."""

    def __init__(self, wire: Wire, base: str) -> None:
        """Take what sends a request, and the address without a slash at its end."""
        self.base = base
        self.requests = self.received = 0
        self._wire = wire
        self._counting = threading.Lock()
        self._patient = Patient(self._once)

    def get(self, path: str, file: ManifestFileResource | None = None) -> bytes | str:
        """Give the bytes of a file, or say why there are none; `file` is what the manifest tells of it."""
        return asked_for(self, self.base, path, file)

    def all(self, files: Iterable[ManifestFileResource]) -> Iterator[tuple[ManifestFileResource, bytes | str]]:
        """Give each file with what came of it, in order."""
        waiting, in_a_row = list(files), 0
        # In parts, so that what has come is not all in memory before the first is taken.
        for start in range(0, len(waiting), _PART):
            part = waiting[start : start + _PART]
            if in_a_row >= ENOUGH:
                yield from ((file, "was not asked for: too many others had failed") for file in part)
                continue
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for file, body in zip(part, pool.map(lambda file: self.get(file.path, file), part), strict=True):
                    in_a_row = in_a_row + 1 if isinstance(body, str) else 0
                    yield file, body

    def ask(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | Failure:
        """Send a request, up to three times while the site is busy or cannot be reached."""
        return self._patient.ask(method, url, headers)

    def _once(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | Failure:
        answer = self._wire.ask(method, url, headers)
        with self._counting:
            self.requests += 1
            self.received += len(answer.body) if isinstance(answer, Answer) else 0
        return answer


_PART: Final = 64  # files
