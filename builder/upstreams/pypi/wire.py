"""The two answers of PyPI about one project, as far as they are used."""

from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from builder.upstreams.answers import Wire

KNOWN_MAJOR: Final = "1"
"""The version of the simple interface that is understood (PEP 629): a larger one may mean anything."""


def serial(value: object) -> int:
    """Read a serial, which is a number or its text."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        return int(value)
    raise ValueError("is not a serial")


def _known_version(version: str) -> str:
    if version.partition(".")[0] != KNOWN_MAJOR:
        raise ValueError("is a version of the interface that is not known")
    return version


Serial = Annotated[int, BeforeValidator(serial)]


class Info(Wire):
    """What a project says of itself, by its newest release."""

    name: str
    version: str | None = None
    summary: str | None = None
    license_expression: str | None = None
    license: str | None = None
    requires_python: str | None = None
    yanked: bool = False
    yanked_reason: str | None = None
    classifiers: tuple[str, ...] | None = None
    project_urls: dict[str, str | None] | None = None


class Description(Wire):
    """`/pypi/<name>/json`."""

    info: Info
    last_serial: Serial | None = None


class File(Wire):
    """A file of a project."""

    filename: str
    uploaded: AwareDatetime | None = Field(default=None, alias="upload-time")
    requires_python: str | None = Field(default=None, alias="requires-python")
    yanked: bool | str = False


class Status(Wire):
    """The project's status (PEP 792)."""

    status: str = "active"
    reason: str | None = None


class Meta(Wire):
    """What a simple index says of its own answer."""

    version: Annotated[str, AfterValidator(_known_version)] = Field(default="1.0", alias="api-version")
    last_serial: Serial | None = Field(default=None, alias="_last-serial")


class FileList(Wire):
    """`/simple/<name>/`."""

    meta: Meta = Meta()
    status: Status = Field(default=Status(), alias="project-status")
    versions: tuple[str, ...] = ()
    files: tuple[File, ...]
