"""What is to stand in a new package's file, as it was given: it need not be right."""

import dataclasses
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from builder import checks, derive, source
from builder.derive import RepositoryName
from builder.entries import Records, show_value
from builder.errors import Problem
from builder.fields import Repository, Slug
from builder.records import PackageRecord
from builder.slugs import made_of
from builder.source import files, yaml_writer

_REPOSITORY: Final[TypeAdapter[str]] = TypeAdapter(Repository)
_SLUG: Final[TypeAdapter[str]] = TypeAdapter(Slug)
_NEW: Final = ""  # the key of a draft among records: no file has it
_ANOTHER: Final = "If yours is another package, give it another slug."


@dataclass(frozen=True, slots=True)
class Draft:
    """The texts of a new package's file; None is not given yet, "" and () are left out of the file.

    The file's name is `slug`. A draft has neither id nor date: they are given when it is merged.
    """

    slug: str
    title: str | None = None
    category: str | None = None
    repository: str | None = None
    pypi: str | None = None
    documentation: str | None = None
    tags: tuple[str, ...] | None = None

    def path(self, folder: str = "data") -> str:
        """Give where the file would be, in messages; `folder` is the name of data/ there."""
        return f"{folder}/packages/{self.slug}{files.SUFFIX}"

    def text(self) -> str:
        """Give the file, with its keys in the one order."""
        told = {key.name: getattr(self, key.name) for key in dataclasses.fields(self)}
        return yaml_writer.text({key: told[key] for key in PackageRecord.model_fields if told.get(key)})


def repository_of(text: str) -> RepositoryName | None:
    """Read the address of a repository, in any form that records allow; None where it is none."""
    try:
        return derive.repository(_REPOSITORY.validate_python(text.strip()))
    except ValidationError:
        return None


def slug_of(name: RepositoryName) -> str:
    """Give the slug that a package has by its repository's name, which may be taken."""
    return next(made_of(name.path.rpartition("/")[2], "package"))


def review(draft: Draft, records: Records, known: Collection[Problem] | None = None) -> list[Problem]:
    """Give all that would be wrong with a draft as a file beside the records, as `builder check` would tell it.

    Beyond that, its slug must be neither another package's nor one of a package that was removed. A place is in none
    of them, since the file is not there yet. `known` are the problems of the records by themselves, where whoever asks
    has them already.
    """
    path = draft.path(records.folder)
    if wrong := _wrong_slug(draft, records.folder):
        return [wrong]
    body = draft.text().encode(errors="surrogatepass")  # what is no text is refused as such
    entry, problems = source.read_entry(path, body, PackageRecord)
    in_the_way = list(_taken(draft, records))
    problems += in_the_way
    if entry is not None:
        known = checks.check(records) if known is None else known
        beside = dataclasses.replace(records, packages={**records.packages, _NEW: entry})
        added = set(checks.check(beside)) - set(known)
        # Where the slug is taken, that says all about the file that has it.
        problems += [problem for problem in added if not in_the_way or path not in problem.message]
    return sorted(dataclasses.replace(found, line=0, column=0) if found.path == path else found for found in problems)


def taken(path: str, repository: str = "") -> Problem:
    """Tell that a file is there already, whose package has this repository."""
    hint = f"Edit this file to change what it says. {_ANOTHER}"
    value = show_value(repository) if repository else ""
    return Problem(path, 0, 0, "slug-taken", "there is a package of this name already", hint, value=value)


def _taken(draft: Draft, records: Records) -> Iterator[Problem]:
    path = draft.path(records.folder)
    if entry := records.packages.get(draft.slug):
        yield taken(path, entry.record.repository)
    elif draft.slug in records.broken.get("packages", ()):
        yield taken(path)
    for stone in records.tombstones.packages:
        if stone.slug == draft.slug:
            message = f"was the name of a package that was removed on {stone.removed}"
            message += f": {stone.reason.rstrip('.')}" if stone.reason else ""
            hint = f"Who asks for the old one must not get a new one. {_ANOTHER}"
            yield Problem(path, 0, 0, "slug-taken", message, hint, value=show_value(stone.slug))


def _wrong_slug(draft: Draft, folder: str) -> Problem | None:
    try:
        _SLUG.validate_python(draft.slug)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        hint = found.get("ctx", {}).get("hint", "")
        return Problem(f"{folder}/packages", 0, 0, "slug", found["msg"], hint, "slug", show_value(draft.slug))
    return None
