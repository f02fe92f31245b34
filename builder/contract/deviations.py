"""Whether a body is what its kind of answer promises, to the byte."""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

from builder.contract.kinds import Kind, Model

SHOWN: Final = 20  # bytes of what differs


def deviation(kind: Kind, body: bytes) -> str:
    """Say in what a body differs from what its kind promises; "" if in nothing."""
    if not kind.is_lines:
        return _deviation(kind, kind.models, body)[0]
    models = kind.models
    *lines, rest = body.split(b"\n")
    for number, line in enumerate(lines, start=1):
        why, models = _deviation(kind, models, line)
        if why:
            return f"line {number} {why}"
    return f"line {len(lines) + 1} has no end" if rest else ""


def _deviation(kind: Kind, models: Sequence[Model], body: bytes) -> tuple[str, Sequence[Model]]:
    """Say in what a body differs from the first of the models that it fits; and give them, that one first.

    Lines of one model follow each other, and the next one is so not tried as what it is not.
    """
    failed = []
    for model in models:
        try:
            read = model.model_validate_json(body)
        except ValidationError as error:
            failed.append((error, model.__name__))
        else:
            wanted = kind.encode(read)
            why = "" if wanted == body else f"is a {model.__name__} in other bytes than {_difference(body, wanted)}"
            return why, (model, *(other for other in models if other is not model))
    nearest, name = min(failed, key=lambda each: each[0].error_count())  # the one that it may have been meant for
    first = nearest.errors(include_url=False)[0]
    return f"is no {name}: {'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}", models


def _difference(body: bytes, wanted: bytes) -> str:
    pairs = enumerate(zip(body, wanted, strict=False))
    at = next((number for number, (one, other) in pairs if one != other), min(len(body), len(wanted)))
    seen, expected = (whole[at : at + SHOWN].decode(errors="replace") or "the end" for whole in (body, wanted))
    return f"it should have: from byte {at + 1:,} on {seen!r}, not {expected!r}"
