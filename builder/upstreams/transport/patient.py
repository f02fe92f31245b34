"""Asking again: for single requests to a site that may be busy, or that could not be reached just now."""

from collections.abc import Callable, Mapping
from typing import Final

import stamina

from builder.upstreams.limits import retry_after
from builder.upstreams.transport import Answer, Failure

ATTEMPTS: Final = 3
LONGEST: Final = 120.0  # seconds of a pause
_BUSY: Final = frozenset({429, 500, 502, 503, 504})

Ask = Callable[[str, str, Mapping[str, str]], Answer | Failure]
"""Sends a request, as `Plain.ask` does."""


class _AgainError(Exception):
    def __init__(self, answer: Answer | Failure) -> None:
        self.answer = answer


def _wait(error: Exception) -> bool | float:
    """Tell stamina whether to ask again, or after how many seconds: those that the site asks for, up to two minutes."""
    if not isinstance(error, _AgainError):
        return False
    asked = retry_after(error.answer.headers) if isinstance(error.answer, Answer) else None
    return True if asked is None else min(asked, LONGEST)


class Patient:
    """Sends a request up to three times, with a growing pause before each, while that may help."""

    def __init__(self, ask: Ask) -> None:
        """Take what sends a request once."""
        self._ask = ask
        self._again = stamina.RetryingCaller(attempts=ATTEMPTS, timeout=None).on(_wait)

    def ask(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | Failure:
        """Give the answer, or the last one where none was good."""
        try:
            return self._again(self._once, method, url, headers)
        except _AgainError as error:
            return error.answer

    def _once(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | Failure:
        answer = self._ask(method, url, headers)
        if answer.status in _BUSY if isinstance(answer, Answer) else answer.retryable:
            raise _AgainError(answer)
        return answer
