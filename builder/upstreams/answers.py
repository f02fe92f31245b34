"""What a forge's answer comes to: the model that was asked for, or an outcome."""

from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from builder.upstreams.base import Failed, Gone, Refused, Waiting
from builder.upstreams.text import clean
from builder.upstreams.transport import Answer, Failure

JSON: Final = "application/json"
REASON: Final = 300
"""The longest reason, in code points."""

_OK: Final = 200
_UNAUTHORIZED: Final = 401
_NOTHING: Final = frozenset({404, 410})
_TOO_OFTEN: Final = frozenset({403, 429})  # a failure with 403 is the transport's word for a quota
FOR_GOOD: Final = frozenset({403, 451})
"""An answer with these refuses to tell of one repository: by a policy, by law."""

Unusable = Failed | Gone | Waiting | Refused
"""The outcomes of an answer that there is nothing to read in."""

_T = TypeVar("_T")


class Wire(BaseModel):
    """A part of an answer. Only what is used stands in it, and only what cannot be done without is required."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def fault(failure: Failure, place: str) -> Failed | Waiting:
    """Give the outcome of no answer at all; `place` is what was asked for."""
    reason = clean(f"{place}: {failure.reason}", REASON)
    if failure.spent:  # our own budget, which has nothing to do with the place
        return Waiting(failure.reason)
    return Waiting(reason) if failure.status in _TOO_OFTEN else Failed(reason)


def read(answer: Answer | Failure, model: TypeAdapter[_T], place: str) -> _T | Unusable:
    """Read an answer strictly, or give the outcome that it comes to.

    404 and 410 are `Gone`, 401 is `Refused`. Any other status fails with the forge's own words; 403 and 451 for good.
    """
    if isinstance(answer, Failure):
        return fault(answer, place)
    if answer.status in _NOTHING:
        return Gone(clean(f"{place}: is not there, or not any more", REASON))
    if answer.status != _OK:
        says = clean(f"{place}: answered {answer.status}{_message(answer.body)}", REASON)
        return Refused(says) if answer.status == _UNAUTHORIZED else Failed(says, for_good=answer.status in FOR_GOOD)
    try:
        return model.validate_json(answer.body)
    except ValidationError as error:
        return not_as_expected(error, place)


def not_as_expected(error: ValidationError, place: str) -> Failed:
    """Tell where an answer is not as expected, without what stands there."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return Failed(clean(f"{place}: is not as expected: {where} {first['msg']}", REASON))


def _message(body: bytes) -> str:
    """Give the forge's words for a refusal, as each writes them; "" where there are none."""
    try:
        content = from_json(body)  # a nesting that is too deep is a ValueError, too
    except ValueError:
        return ""
    if isinstance(content, dict) and isinstance(content.get("error"), dict):
        content = content["error"]
    if not isinstance(content, dict):
        return ""
    words = content.get("message") or content.get("error")
    return f": {words}" if isinstance(words, str) else ""
