"""What becomes of a check, and how it stops."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passed:
    """The address answers as it should."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It answers otherwise: to which request, what was expected, what came, and the remedy ("" where none is known)."""

    request: str
    expected: str
    seen: str
    remedy: str = ""

    def __str__(self) -> str:
        """Give sentences that can be read aloud."""
        told = f"{self.request}: expected {self.expected}; saw {self.seen}."
        return f"{told} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Cannot:
    """Nothing is wrong, but this is not to be had there, and why."""

    reason: str


Outcome = Passed | Failed | Cannot


class DeviationError(Exception):
    """Stops a check at its first deviation."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(str(failed))
        self.failed = failed


class NotHereError(Exception):
    """Stops a check that has nothing to look at: the reason is the message."""
