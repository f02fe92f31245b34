"""Limits by the hour or the minute, on the forges' clock."""

from forges.clock import Clock

HOUR = 3600
MINUTE = 60


class Window:
    """So many points in a span of seconds, which begins with the first request after the last one ended."""

    def __init__(self, clock: Clock, limit: int, span: int = HOUR) -> None:
        self.clock, self.limit, self.span = clock, limit, span
        self.used = 0
        self._ends = 0

    @property
    def reset(self) -> int:
        """When it begins anew, in seconds since 1970."""
        if self.clock.epoch >= self._ends:
            self._ends, self.used = self.clock.epoch + self.span, 0
        return self._ends

    @property
    def wait(self) -> int:
        """Seconds until it begins anew."""
        return self.reset - self.clock.epoch

    @property
    def remaining(self) -> int:
        """Points that are left."""
        return max(0, self.limit - self.used) if self.reset else 0

    def take(self, points: int = 1) -> bool:
        """Charge points; where fewer are left, nothing is left afterwards, and False."""
        if points > self.remaining:
            self.used = self.limit
            return False
        self.used += points
        return True

    def headers(self, resource: str) -> dict[str, str]:
        """Give GitHub's headers of it."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(self.used),
            "x-ratelimit-reset": str(self.reset),
            "x-ratelimit-resource": resource,
        }
