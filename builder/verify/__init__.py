"""Whether a live address answers as it promises: the conformance checks, over the network.

The same checks run in the tests against every host target. They ask little, sample what is large, and change nothing.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from builder import urls
from builder.errors import VerificationError
from builder.hosts import Host
from builder.upstreams.transport import Failure
from builder.verify import promises
from builder.verify.checks import CHECKS, Check, name_of, purpose_of
from builder.verify.live import MOST_REQUESTS, Live, Wire
from builder.verify.manifest import Findings, of_copy, of_live
from builder.verify.outcomes import Cannot, DeviationError, Failed, NotHereError, Outcome, Passed
from builder.verify.promises import Promises
from builder.verify.report import Report, Result

__all__ = [
    "CHECKS",
    "MOST_REQUESTS",
    "Cannot",
    "Failed",
    "Findings",
    "Passed",
    "Report",
    "Result",
    "generation_of",
    "name_of",
    "of_copy",
    "of_live",
    "verify",
]

LONGEST: Final = 600.0  # seconds that the checks may take together
_PAUSE: Final = 5.0  # seconds between two looks whether a deploy has arrived
_FRESH: Final = {"Cache-Control": "no-cache"}
_OK: Final = 200


def verify(  # noqa: PLR0913 - the command line's options, each with a name
    url: str,
    wire: Wire,
    *,
    host: Host | None = None,
    generation: str | None = None,
    wait: float = 0,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Run all checks against the site at `url`.

    `host` is for a site that does not tell which kind of host it was built for. `generation` is the one that must be
    served; it is waited for, up to `wait` seconds, since CDNs lag.

    Raises:
        VerificationError: it is not told what the address promises.
    """
    base = url.rstrip("/")
    found = _look(base, wire)
    until = clock() + wait
    while generation is not None and (found is None or found.generation != generation) and clock() < until:
        pause(min(_PAUSE, max(0.0, until - clock())))
        found = _look(base, wire)
    if found is None and host is not None:
        found = promises.of(host)
    if found is None:
        raise VerificationError(
            f"{base}{urls.DATA_GENERATION} does not tell which kind of host the site was built for. Name it with "
            "--host, or deploy a site that this program has built."
        )
    live = Live(base, wire, found, generation, lambda: clock() > until + LONGEST)
    results = [run(check, live) for check in CHECKS]
    return Report(base, found.host, found.generation, live.sent, results)


def generation_of(site: Path) -> str:
    """Give the generation of a built site by its folder.

    Raises:
        VerificationError: it is none.
    """
    file = site / urls.DATA_GENERATION.removeprefix("/")
    try:
        found = promises.told(file.read_bytes())
    except OSError:
        found = None
    if found is None or found.generation is None:
        raise VerificationError(f"{file} does not tell which content this is. Build the site with this version.")
    return found.generation


def _look(base: str, wire: Wire) -> Promises | None:
    """Ask what the address promises; None where it does not say, or does not answer."""
    answer = wire.ask("GET", base + urls.DATA_GENERATION, _FRESH)
    return None if isinstance(answer, Failure) or answer.status != _OK else promises.told(answer.body)


def run(check: Check, live: Live) -> Result:
    """Run a check. One that fails on a kind of host that is known to be unable is no failure."""
    outcome: Outcome = Passed()
    try:
        check(live)
    except NotHereError as nothing:
        outcome = Cannot(str(nothing))
    except DeviationError as deviation:
        reason = live.promises.cannot.get(name_of(check))
        outcome = deviation.failed if reason is None else Cannot(reason)
    return Result(name_of(check), purpose_of(check), outcome)
