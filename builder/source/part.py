"""What can be used of a file of which some values are wrong.

All problems are to be told in one run: so a record with a wrong date still takes part in the checks, with its id, its
addresses and what it refers to. Nothing is built of it, since its problems refuse the build.
"""

from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from builder.source.yaml_text import Value

# For keys that must be there. They are never shown: who looks at such a key asks first whether the record lacks it.
STAND_INS: Final = {"category": "unknown", "title": "unknown", "title_plural": "unknown"}

_Model = TypeVar("_Model", bound=BaseModel)


def usable(model: type[_Model], value: Value, error: ValidationError) -> tuple[_Model, frozenset[str]] | None:
    """Give a record without the keys that hold a mistake, and those keys; None where nothing can be used.

    Args:
        model: what refused the value.
        value: what the file says.
        error: the refusal. A key is left out whole, also where the mistake lies deep in it.
    """
    if not isinstance(value, dict):
        return None
    details = error.errors(include_url=False, include_context=False, include_input=False)
    lacking = {str(detail["loc"][0]) for detail in details}
    right = {key: inner for key, inner in value.items() if key not in lacking}
    if any(detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1 for detail in details):
        lacking |= model.model_fields.keys() - value.keys()  # a misspelt key may mean any that is not there
    required = {key for key, field in model.model_fields.items() if field.is_required()} - right.keys()
    if not required <= STAND_INS.keys():
        return None
    return model.model_validate(right | {key: STAND_INS[key] for key in required}), frozenset(lacking)
