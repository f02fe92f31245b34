"""Documents of public indexes, which want no token: a good one is of the expected form, anything else is an outcome.

They are not read as a forge's answers are (`answers`): nothing here is a token's affair, and no status says "gone".
That one is not there (404) is left to whoever asked: it may mean that a package is gone, or that an address is wrong.
"""

from typing import Final, TypeVar

from pydantic import ValidationError

from builder.upstreams.answers import FOR_GOOD, Wire, not_as_expected
from builder.upstreams.base import Failed, Waiting
from builder.upstreams.transport import Answer, Failure

_NOT_FOUND: Final = 404
_OK: Final = 200

Model = TypeVar("Model", bound=Wire)


def body_of(place: str, answer: Answer | Failure) -> bytes | Failed | Waiting | None:
    """Give the body of a good answer; None for 404. `place` is what was asked for, for reasons."""
    if isinstance(answer, Failure):
        reason = f"{place}: {answer.reason}"
        # That our own budget is spent has nothing to do with the place.
        return Waiting(answer.reason) if answer.spent else Failed(reason)
    if answer.status == _NOT_FOUND:
        return None
    if answer.status == _OK:
        return answer.body
    return Failed(f"{place}: answered {answer.status}", for_good=answer.status in FOR_GOOD)


def read(model: type[Model], place: str, answer: Answer | Failure) -> Model | Failed | Waiting | None:
    """Give an answer as a model, None for 404; a body that is not as the model wants it is a failure."""
    body = body_of(place, answer)
    if not isinstance(body, bytes):
        return body
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        return not_as_expected(error, place)
