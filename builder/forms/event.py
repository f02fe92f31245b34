"""The event of an issue, as GitHub hands it to a workflow (docs.github.com, "Webhook events and payloads": issues)."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder.errors import BuilderError

SIZE_LIMIT: Final = 5 * 1024 * 1024
"""Bytes of an event's file; GitHub's own limit for the text of an issue is 64 KB."""


class EventError(BuilderError):
    """The file is no event of an issue."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class User(_Part):
    """Who wrote it."""

    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}(?:\[bot\])?$")]
    id: Annotated[int, Field(gt=0)]


class Label(_Part):
    """A label of an issue."""

    name: str


class Issue(_Part):
    """An issue, with the text that a form made. A deleted account is null, as is an empty text."""

    number: Annotated[int, Field(gt=0, lt=2**53)]
    body: str | None = None
    state: Literal["open", "closed"]
    locked: bool = False
    user: User | None = None
    labels: tuple[Label, ...] = ()


class Repository(_Part):
    """The repository in which it is."""

    full_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+/[A-Za-z0-9._-]+$")]
    html_url: Annotated[str, Field(pattern=r"^https://[A-Za-z0-9./_-]+$")]
    default_branch: str


class Event(_Part):
    """What happened: `action` is `opened`, `edited` and the like."""

    action: str
    issue: Issue
    repository: Repository


def read(file: Path) -> Event:
    """Read the file of an event.

    Raises:
        EventError: it is none, or too large.
    """
    with file.open("rb") as opened:
        body = opened.read(SIZE_LIMIT + 1)
    if len(body) > SIZE_LIMIT:
        raise EventError(f"The event is larger than {SIZE_LIMIT // 1024} KB.")
    try:
        return Event.model_validate_json(body)
    except ValidationError as error:
        ways = ", ".join(sorted({".".join(map(str, detail["loc"])) or "all of it" for detail in error.errors()}))
        raise EventError(f"The file holds no event of an issue that could be read: {ways}.") from None
