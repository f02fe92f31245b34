"""What came of the checks: a table for people, and the same for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.errors import VerificationError
from builder.verify.outcomes import Cannot, Failed, Outcome

_WORDS = {"Passed": "pass", "Failed": "FAIL", "Cannot": "cannot"}
_WIDTH = 22  # characters of a check's name in the table


@dataclass(frozen=True, slots=True)
class Result:
    """A check by its name and purpose, and what came of it."""

    name: str
    purpose: str
    outcome: Outcome

    @property
    def word(self) -> str:
        """What came of it, in a word: pass, FAIL or cannot."""
        return _WORDS[type(self.outcome).__name__]

    def __str__(self) -> str:
        """One line: what the check is for if it passed, else what is the matter."""
        match self.outcome:
            case Failed():
                detail = str(self.outcome)
            case Cannot(reason):
                detail = f"{reason[:1].upper()}{reason[1:]}."
            case _:
                detail = self.purpose
        return f"{self.word:<6}  {self.name:<{_WIDTH}}  {detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """All results for an address; `generation` is what it told, None if nothing."""

    url: str
    host: str
    generation: str | None
    requests: int
    results: Sequence[Result]

    @property
    def failed(self) -> Sequence[Result]:
        """The checks that failed."""
        return [result for result in self.results if isinstance(result.outcome, Failed)]

    @property
    def has_failed(self) -> bool:
        """Whether any check did."""
        return bool(self.failed)

    def hold(self) -> None:
        """Stop where a check failed.

        Raises:
            VerificationError: with how many did.
        """
        if self.failed:
            raise VerificationError(f"{self.url}/: {len(self.failed)} of {len(self.results)} checks failed.")

    def __str__(self) -> str:
        """Give the table, with a line before it and one after it."""
        counts = Counter(result.word for result in self.results)
        told = ", ".join(f"{counts[word]} {word}" for word in ("pass", "FAIL", "cannot"))
        head = f"{self.url}/ ({self.host}, generation {self.generation or 'unknown'})"
        return "\n".join([head, *map(str, self.results), f"{told}; {self.requests} requests."])

    def as_dict(self) -> Mapping[str, Any]:
        """Give the same for programs."""
        return {
            "url": self.url,
            "host": self.host,
            "generation": self.generation,
            "requests": self.requests,
            "failed": len(self.failed),
            "checks": [_as_dict(result) for result in self.results],
        }


def _as_dict(result: Result) -> Mapping[str, str]:
    told = {"name": result.name, "purpose": result.purpose, "result": result.word.lower()}
    match result.outcome:
        case Failed(request, expected, seen, remedy):
            return told | {"request": request, "expected": expected, "seen": seen, "remedy": remedy}
        case Cannot(reason):
            return told | {"reason": reason}
        case _:
            return told
