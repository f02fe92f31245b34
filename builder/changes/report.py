"""What a change does, as text, as a page of Markdown, and as JSON."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from builder.changes.answers import RouteChange
from builder.changes.fields import FieldChange
from builder.changes.records import FileChange, What
from builder.formats.markdown import code, escape, fit

SCHEMA_VERSION: Final = 1
MOST: Final = 20
"""Routes of one kind, and fields of one item, that people are shown."""

# What says the same under other addresses, by slug and with a suffix, and the further pages of a list.
_ALIAS: Final = re.compile(r"/api/v4/(?:.+\.json|(?:packages|grids)/(?![0-9]+/)[a-z0-9_-]+/)|.+/page/[0-9]+/")
_SIGNS: Final[dict[What, str]] = {"added": "+", "changed": "~", "removed": "-", "renamed": ">"}
# What a route begins with, and what people call what lies there; the first that fits counts.
_GROUPS: Final = (
    ("/api/v4/", "API v4"),
    ("/api/v3/", "API v3"),
    ("/api/", "Data for scripts"),
    ("/feeds/", "Feeds"),
    ("/changelog/feeds/", "Feeds"),
    ("/sitemap", "Sitemap"),
    ("/assets/", "Assets"),
    ("/", "Pages"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does. `routes` is None where the answers could not be compared; `notes` say why."""

    commit: str
    files: Sequence[FileChange]
    routes: Sequence[RouteChange] | None
    notes: Sequence[str] = ()


def as_json(difference: Difference) -> str:
    """Give all of it for programs; the values of fields are whole."""
    report: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "base": difference.commit,
        "files": [asdict(change) for change in difference.files],
        "routes": None if difference.routes is None else [asdict(change) for change in difference.routes],
        "notes": list(difference.notes),
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def as_text(difference: Difference) -> str:
    """Give it for people at a terminal."""
    return "".join(_shown(difference, _Text())).rstrip("\n") or "Nothing changes."


def as_markdown(difference: Difference) -> str:
    """Give it as a page: the summary of a workflow's job."""
    notes = "".join(f"{escape(note)}\n\n" for note in difference.notes)
    body = "".join(fit(_shown(difference, _Markdown()))) or "Nothing.\n"
    return f"## What this changes\n\n{notes}{body}"


class _Text:
    """How the parts are written for a terminal."""

    def title(self, text: str) -> str:
        return f"{text}\n"

    def item(self, what: What, name: str) -> str:
        return f"  {_SIGNS[what]} {name}\n"

    def field(self, change: FieldChange) -> str:
        return f"      {change.field}: {change.shown}\n"

    def more(self, text: str, *, inside: bool) -> str:
        return f"{'      ' if inside else '  '}{text}\n"


class _Markdown:
    """How they are written in Markdown: whatever a name or a value holds, it is shown as it is."""

    def title(self, text: str) -> str:
        return f"\n### {text}\n\n"

    def item(self, what: What, name: str) -> str:
        return f"- {what} {code(name)}\n"

    def field(self, change: FieldChange) -> str:
        return f"  - {code(change.field)}: {code(change.shown)}\n"

    def more(self, text: str, *, inside: bool) -> str:
        return f"{'  ' if inside else ''}- {text}\n"


def _shown(difference: Difference, form: _Text | _Markdown) -> Iterator[str]:
    yield from _group("Files", difference.files, _file_name, form)
    found: dict[str, list[RouteChange]] = {name: [] for _, name in _GROUPS}
    for change in difference.routes or ():
        found[next(name for beginning, name in _GROUPS if change.route.startswith(beginning))].append(change)
    for name, changes in found.items():
        routes = [change for change in changes if not _ALIAS.fullmatch(change.route)]
        yield from _group(name, routes, lambda change: change.route, form)
        if aliases := len(changes) - len(routes):
            yield form.more(f"… and {aliases} other forms and further pages of these", inside=False)


def _file_name(change: FileChange) -> str:
    return f"{change.former} → {change.path}" if change.former else change.path


def _group(name: str, changes: Sequence[Any], named: Callable[[Any], str], form: _Text | _Markdown) -> Iterator[str]:
    """Yield a heading with its counts, and the first of the changes."""
    if not changes:
        return
    counts = Counter(change.what for change in changes)
    yield form.title(f"{name}: {', '.join(f'{counts[what]} {what}' for what in _SIGNS if counts[what])}")
    for change in changes[:MOST]:
        yield form.item(change.what, named(change))
        yield from map(form.field, change.fields[:MOST])
        if len(change.fields) > MOST:
            yield form.more(f"… and {len(change.fields) - MOST} more fields", inside=True)
    if len(changes) > MOST:
        yield form.more(f"… and {len(changes) - MOST} more", inside=False)
