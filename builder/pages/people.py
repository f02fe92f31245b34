"""The people who contributed to more than one package.

A login is one person on one forge: the same login elsewhere may be somebody else. The case of its letters does not
count, neither there nor on many file systems; so the spelling that most packages have stands for all of them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Final, NamedTuple

from markupsafe import Markup

from builder import derive, urls
from builder.catalogue import Package
from builder.fields import RESERVED_SLUGS
from builder.pages import tables
from builder.pages.lists import filed_under
from builder.pages.sheets import Sheet, Sheets
from builder.pages.shell import LISTS, Page, Shell
from builder.pages.words import Fact, counted
from builder.reads import PEOPLE, note

LEAST: Final = 2  # packages that somebody with a page contributed to
SHOWN: Final = 200  # people in the list
REMEMBERED: Final = 1 << 13  # rows, of half a kilobyte each
COLUMNS: Final = (tables.CATEGORY, tables.LAST_COMMIT, tables.STARS)
MAIN_FORGE: Final = "github.com"  # whose logins stand for themselves, as in the original's addresses

# What can be part of an address and the name of a folder everywhere. No dots on the main forge: hosts have them.
_MAIN_LOGIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
_LOGIN: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_-])?")
_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")


@dataclass(slots=True)
class Person:
    """Somebody on a forge: the spellings of the login, and the packages, each once, by name."""

    host: str
    spellings: Counter[str] = field(default_factory=Counter)
    packages: dict[int, Package] = field(default_factory=dict)

    @property
    def login(self) -> str:
        """The spelling that most packages have."""
        return min(self.spellings, key=lambda spelling: (-self.spellings[spelling], spelling))

    @property
    def name(self) -> str:
        """What the page is called in its address."""
        return self.login if self.host == MAIN_FORGE else f"{self.host}/{self.login}"

    @property
    def forge_href(self) -> str:
        """The address of their own page on the forge."""
        return f"https://{self.host}/{self.login}"

    def href(self, shell: Shell) -> str:
        """Give the path of the page that is about them here."""
        return shell.site.path(urls.profile_page(self.name))


class People:
    """All that have a page."""

    def __init__(self, packages: Iterable[Package], shell: Shell) -> None:
        found: defaultdict[tuple[str, str], Person] = defaultdict(lambda: Person(""))
        for package in sorted(packages, key=lambda one: (filed_under(one.title), one.title, one.id)):
            host = _forge(package)
            for login in _logins(package) if host else ():
                person = found[host, login.lower()]
                person.host = host
                person.spellings[login] += 1
                person.packages[package.id] = package
        self.all = sorted(
            (p for p in found.values() if len(p.packages) >= LEAST and _has_address(p)),
            key=lambda p: (-len(p.packages), p.login.lower(), p.host),
        )
        self._hrefs: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for person in self.all if shell.extras else ():
            href = person.href(shell)
            self._hrefs[person.host] |= dict.fromkeys(person.spellings, href)

    def hrefs(self, package: Package) -> Mapping[str, str]:
        """Give the addresses of people by their logins, as they are spelt on the forge of a package."""
        note(PEOPLE)
        return self._hrefs.get(_forge(package), {})


def _forge(package: Package) -> str:
    """Give the host that a package's contributors are known on; "" where there is none."""
    name = derive.repository(package.record.repository)
    return name.host if name and _HOST.fullmatch(name.host) else ""


def _logins(package: Package) -> tuple[str, ...]:
    repository = package.snapshot.repository
    return (repository.participants if repository else None) or ()


def _has_address(person: Person) -> bool:
    """Tell whether a login can be part of an address: a bot's (`name[bot]`) cannot, nor can what was never one."""
    rule = _MAIN_LOGIN if person.host == MAIN_FORGE else _LOGIN
    return bool(rule.fullmatch(person.login)) and person.login.lower().split(".")[0] not in RESERVED_SLUGS


class Listed(NamedTuple):
    """Somebody in the list; `host` is "" on the main forge. `away` tells that the address is the forge's own."""

    login: str
    href: str
    away: bool
    host: str
    packages: str


def listing(people: People, shell: Shell) -> Page:
    """Make the list of people."""
    listed = [
        Listed(
            person.login,
            person.href(shell) if shell.extras else person.forge_href,
            not shell.extras,
            "" if person.host == MAIN_FORGE else person.host,
            counted(len(person.packages), "package"),
        )
        for person in people.all[:SHOWN]
    ]
    return Page(
        template="profiles.html",
        route=urls.PROFILES,
        section="",
        title="Contributors",
        summary="The people who contributed to most packages.",
        values={
            "people": listed,
            "count": counted(len(people.all), "person", "people"),
            "reached": shell.extras,
            "shown": SHOWN if len(people.all) > SHOWN else 0,
        },
    )


def remembered_row(shell: Shell) -> Callable[[Sheet], Markup]:
    """Give what makes the row of a package: one stands on the pages of a dozen people, a sixth of the time of all."""
    return lru_cache(maxsize=REMEMBERED)(partial(_row, shell))


def _row(shell: Shell, sheet: Sheet) -> Markup:
    repository = sheet.repository
    return tables.row(sheet, COLUMNS, (Fact(sheet.category), repository.last_commit, repository.stars), shell)


def page(person: Person, known: Sheets, row: Callable[[Sheet], Markup]) -> Page:
    """Make the page of a person; `known` are the sheets of all packages, `row` is of `remembered_row`."""
    found = [known[package.slug] for package in person.packages.values()]
    sheets = sorted(found, key=lambda sheet: -sheet.repository.star_count)
    where = "" if person.host == MAIN_FORGE else f" on {person.host}"
    return Page(
        template="profile.html",
        route=urls.profile_page(person.name),
        section="",
        title=f"{person.login}{where}",
        summary=f"The packages that {person.login} contributed to{where}.",
        values={
            "login": person.login,
            "host": person.host,
            "forge_href": person.forge_href,
            "package_count": counted(len(sheets), "package"),
            "columns": COLUMNS,
            "rows": [row(sheet) for sheet in sheets],
        },
        script=LISTS,
    )
