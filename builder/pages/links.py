"""Addresses out of the data as links: what may be one, and what it is called."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from builder import derive
from builder.fields import WebUrl
from builder.metadata import PyPIFacts
from builder.records import PackageRecord

URL: Final = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
"""An address within a text. What ends a sentence or closes a bracket is not part of it."""

_RULE: Final = TypeAdapter(WebUrl)

# The labels that PyPI itself knows (packaging.python.org, "Well-known Project URLs in Metadata"), and ours for them.
_LABELS: Final = {
    "documentation": "Documentation",
    "docs": "Documentation",
    "changelog": "Changelog",
    "changes": "Changelog",
    "releasenotes": "Changelog",
    "whatsnew": "Changelog",
    "history": "Changelog",
    "issues": "Issues",
    "bugs": "Issues",
    "issue": "Issues",
    "bug": "Issues",
    "tracker": "Issues",
    "issuetracker": "Issues",
    "bugtracker": "Issues",
}


class Link(NamedTuple):
    """A link that leads away from the site."""

    label: str
    href: str


def web_link(text: str) -> str:
    """Give an address back if it may be a link by the same rule as in the records, else ""."""
    try:
        return _RULE.validate_python(text)
    except ValidationError:
        return ""


def repository(text: str) -> Link | None:
    """Give the repository's web page, whatever form its address was written in; None where it has none."""
    name = derive.repository(text)
    href = web_link(name.url if name else text)
    if not href:
        return None
    return Link(f"{name.host}/{name.path}" if name else href, href)


def project_links(urls: Mapping[str, str]) -> dict[str, str]:
    """Give documentation, changelog and issues out of PyPI's project URLs, by our label; the first of each counts."""
    return dict(reversed(list(_known(urls))))


def _known(urls: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for label, address in urls.items():
        ours = _LABELS.get(re.sub(r"[\W_]+", "", label.casefold()))
        if ours and (href := web_link(address)):
            yield ours, href


def documentation(record: PackageRecord, facts: PyPIFacts | None) -> str:
    """Give where the documentation is: as written, else as PyPI says, else ""."""
    if record.documentation:
        return record.documentation
    return project_links(facts.project_urls).get("Documentation", "") if facts else ""
