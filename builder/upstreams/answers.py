"""What came back, read strictly: a good answer is of the expected form, and anything else is an outcome."""

from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from builder.upstreams.base import Failed, Waiting
from builder.upstreams.text import clean
from builder.upstreams.transport import Answer, Failure

_REASON: Final = 300  # characters; keys of an answer may stand in it

_NOT_FOUND: Final = 404
_OK: Final = 200


class Wire(BaseModel):
    """A part of an answer. Only what is used stands in it, and only what cannot be done without is required."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Model = TypeVar("Model", bound=Wire)


def body_of(place: str, answer: Answer | Failure) -> bytes | Failed | Waiting | None:
    """Give the body of a good answer; None for 404. `place` is what was asked for, for reasons."""
    if isinstance(answer, Failure):
        reason = f"{place}: {answer.reason}"
        return Waiting(reason) if answer.spent else Failed(reason)
    if answer.status == _NOT_FOUND:
        return None
    return answer.body if answer.status == _OK else Failed(f"{place}: answered {answer.status}")


def read(model: type[Model], place: str, answer: Answer | Failure) -> Model | Failed | Waiting | None:
    """Give an answer as a model, None for 404; a body that is not as the model wants it is a failure."""
    body = body_of(place, answer)
    if not isinstance(body, bytes):
        return body
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        return unexpected(place, error)


def unexpected(place: str, error: ValidationError) -> Failed:
    """Say what is wrong with the form of an answer: its first fault, without the answer's own words."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(step) for step in first["loc"])
    return Failed(clean(f"{place}: is not as expected: {field} {first['msg']}", _REASON))
