"""What people call a package, a grid or a category in a form: its slug, its title, its name on PyPI or its page."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from packaging.utils import canonicalize_name
from pydantic import TypeAdapter, ValidationError

from builder import derive
from builder.entries import AnyEntry, Records, did_you_mean
from builder.fields import Slug
from builder.forms.outcome import Fault
from builder.slugs import made_of

_SLUG: Final[TypeAdapter[str]] = TypeAdapter(Slug)
# What comes before a slug in the addresses of pages and of both APIs, and in a path of the data.
_PAGE: Final = re.compile(r"(?:.*/)?(packages|grids)/(?:p/|g/)?([a-z0-9_-]+)(?:/|\.yaml)?(?:[?#].*)?", re.DOTALL)


class Names:
    """What can be meant in the data."""

    def __init__(self, data: Records) -> None:
        self._data = data
        self._packages = _by_name(data.packages)
        for entry in data.packages.values():
            if name := derive.pypi_name(entry.record):
                self._packages.setdefault(canonicalize_name(name), entry.slug)
        self._grids = _by_name(data.grids)
        self._categories = _by_name(data.categories)
        for category in data.categories.values():
            self._categories.setdefault(category.record.title_plural.casefold(), category.slug)

    def package(self, text: str) -> str:
        """Give the slug of the package that is meant; where none is, one that could be its, for the checks to tell."""
        page = _PAGE.fullmatch(text)
        name = page[2] if page and page[1] == "packages" else text
        return self._packages.get(name.casefold()) or _slug(name, "package") or name

    def category(self, text: str) -> str:
        """Give the slug of the category that is meant; where none is, as above."""
        return self._categories.get(text.casefold()) or _slug(text, "category") or text

    def page(self, text: str) -> tuple[str, str] | None:
        """Give what a page is about, as kind (`packages`, `grids`) and slug; None where there is nothing like it."""
        page = _PAGE.fullmatch(text)
        if page is None or page[1] == "packages":
            slug = self.package(text)
            if slug in self._data.packages or slug in self._data.broken.get("packages", ()):
                return "packages", slug
        name = page[2] if page else text
        slug = self._grids.get(name.casefold(), "")
        return ("grids", slug) if slug in self._data.grids else None

    def no_package(self, label: str, text: str) -> Fault:
        """Say that a package is not known, and which may be meant."""
        meant = did_you_mean(self.package(text), self._data.packages)
        hint = "Write the last part of the address of its page, such as django-messages."
        return Fault(label, "there is no such package here", meant or hint, text)

    def no_page(self, label: str, text: str) -> Fault:
        """Say that there is no page of this package or grid, and which may be meant."""
        meant = did_you_mean(self.package(text), [*self._data.packages, *self._data.grids])
        hint = "Write the address of its page here, or the last part of that, such as django-messages."
        return Fault(label, "there is no such package or grid here", meant or hint, text)


def slug_of(kind: str, label: str, text: str, words: str) -> tuple[str, list[Fault]]:
    """Give the slug that is written, or one made of `words` where none is, and what is wrong with it.

    `kind` is `package` or `grid`, `label` what the question for the slug is called.
    """
    try:
        return _SLUG.validate_python(text or _slug(words, kind)), []
    except ValidationError as error:
        if not text:
            return "", [Fault(label, "no name can be made of the title", "Write one, of a-z, 0-9 and -.", words)]
        detail = error.errors()[0]
        return "", [Fault(label, detail["msg"], detail.get("ctx", {}).get("hint", ""), text)]


def _slug(words: str, kind: str) -> str:
    """Give a slug made of words; "" where there is nothing to make it of."""
    return next(made_of(words, kind)) if re.search("[A-Za-z]", words) else ""


def lines_of(text: str) -> Iterator[str]:
    """Yield what stands on the lines of an answer, without the signs of a list."""
    for line in text.split("\n"):
        if words := re.sub(r"\A(?:[-*+]|[0-9]+[.)])\s+", "", line.strip()).strip():
            yield words


def pypi_of(text: str) -> str:
    """Give the name of a project on PyPI out of the address of its page; other texts as they are."""
    return derive.name_on_pypi(text) or text if "/" in text else text


def tags_of(text: str) -> list[str]:
    """Give the tags of an answer, with commas between them, each once."""
    words = (re.sub(r"[\s_]+", "-", word.strip().lower()) for word in re.split("[,;\n]", text))
    return list(dict.fromkeys(filter(None, words)))


def _by_name(entries: Mapping[str, AnyEntry]) -> dict[str, str]:
    """Give slugs by themselves and by titles, in lower case; a slug goes before a title."""
    titles = {entry.record.title.casefold(): slug for slug, entry in sorted(entries.items(), reverse=True)}
    return titles | {slug: slug for slug in entries}
