"""The forges' clock: it stands still until a test moves it, so that limits and dates are the same on every run."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 15, 3, 17, tzinfo=UTC)


class Clock:
    """A settable time, always in UTC."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def advance(self, seconds: float = 0, *, days: float = 0) -> None:
        """Let time pass."""
        self.now += timedelta(days=days, seconds=seconds)

    @property
    def epoch(self) -> int:
        """Whole seconds since 1970."""
        return int(self.now.timestamp())


def iso(moment: datetime) -> str:
    """Give a moment as the forges write it: to the second, with a Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(moment: datetime | None) -> str | None:
    """Give a moment as the forges write it, or None."""
    return None if moment is None else iso(moment)
