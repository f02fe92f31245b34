"""From answers to the file of a new package, as `builder new` makes it: upstreams tell what was left out."""

from builder import proposing
from builder.forms.known import NOTHING, Answers, Source
from builder.forms.names import Names, pypi_of, slug_of, tags_of
from builder.forms.outcome import Fault
from builder.forms.table import ADD
from builder.forms.trial import Draft, Tried
from builder.proposing import Found


def add(answers: Answers, source: Source) -> Tried | list[Fault]:
    """Make the file of a new package. Nobody is asked about one with which something is wrong as it is."""
    name = proposing.repository_of(answers["repository"])
    words = name.path.rpartition("/")[2] if name else _said(answers["title"]) or ADD.name
    slug, faults = slug_of("package", ADD.label("slug"), _said(answers["slug"]) or "", words)
    if faults:
        return faults
    given = _given(slug, answers, source)
    if name is None:  # so that there will be no file, whatever its name: all else that is wrong is told beside that
        return _tried(given, source)
    tried = _tried(proposing.filled(given, Found.offline(name)), source)
    if tried.problems:
        return tried
    found = source.find(name, given.pypi)
    if found.missing:
        hint = "Is it spelled as it is there, and can everybody see it?"
        return [Fault("", f"there is no such thing: {reason}", hint) for reason in found.missing]
    return _tried(proposing.filled(given, found), source, tuple(proposing.remarks(found)))


def _given(slug: str, answers: Answers, source: Source) -> proposing.Draft:
    """Give what was answered, None for what was left out."""
    tags = _said(answers["tags"])
    pypi = _said(answers["pypi"])
    return proposing.Draft(
        slug,
        title=_said(answers["title"]),
        category=Names(source.data).category(answers["category"]),
        repository=answers["repository"],
        pypi=pypi and pypi_of(pypi),
        documentation=_said(answers["documentation"]),
        tags=None if tags is None else tuple(tags_of(tags)),
    )


def _said(answer: str) -> str | None:
    return "" if answer == NOTHING else answer or None


def _tried(package: proposing.Draft, source: Source, remarks: tuple[str, ...] = ()) -> Tried:
    draft = Draft(
        "packages", package.slug, proposing.contents(source.folder, package).encode(), None, f"Add {package.slug}"
    )
    return Tried(draft, proposing.review(package, source.data), remarks)
