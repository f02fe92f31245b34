"""One example of each code of a problem: what is wrong, the same put right, and why it is asked for.

What comes of them are the pages under .github/docs/problems/, which contributors read (tests/test_problem_pages.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError
from repositories import commit, git

from builder import build, history, ids, proposing
from builder.changes import find, review
from builder.entries import Data
from builder.errors import DataError, Problem
from builder.source.messages import explain
from builder.source.text import SIZE_LIMIT
from builder.source.yaml_text import read

Text = str | bytes | None
"""What a file holds; None where it is not there."""

PACKAGE = "packages/django-messages.yaml"
GRID = "grids/messaging.yaml"
SITE = (
    "title: My Packages\nbase_url: https://example.org\n"
    "repository: https://github.com/example/packages\ncontact: https://example.org/contact\n"
)
NAMED = "title: django-messages\ncategory: apps\n"
KNOWN = "id: 359\ntitle: django-messages\ncategory: apps\n"
OTHER = "id: 360\ntitle: django-postman\ncategory: apps\n"
BESIDE = "packages/django-postman.yaml"
CREATED = "created: 2026-02-16T12:00:00+00:00\n"
TOMBSTONES = "packages:\n  - {id: 358, slug: gone, removed: 2026-02-01, reason: Its author asked for it.}\n"

COMMON: Mapping[str, Text] = {
    "site.yaml": SITE,
    "categories/apps.yaml": "id: 1\ntitle: App\ntitle_plural: Apps\n",
    PACKAGE: KNOWN,
}
"""What is there beside each example."""


@dataclass(frozen=True)
class Case:
    """One example.

    `file`, under data/, holds `wrong` and then `right`, or what is right stands in `right_file`. `beside` are other
    files that belong to it, `before` those of the revision that the data is compared with, where it is. `shown` tells
    in words what cannot be shown: the wrong state and the right one. `ask` gives the problems where `check` does not.
    """

    why: str
    wrong: Text
    right: Text
    file: str = PACKAGE
    right_file: str = ""
    beside: Mapping[str, Text] = field(default_factory=dict)
    right_beside: Mapping[str, Text] = field(default_factory=dict)
    before: Mapping[str, Text] = field(default_factory=dict)
    shown: tuple[str, str] | None = None
    make: Callable[[Path], None] | None = None
    ask: Callable[[Path], list[Problem]] | None = None

    def files(self, *, right: bool) -> dict[str, Text]:
        """Give what is to be seen of the files: the one in question first."""
        first = {(self.right_file or self.file) if right else self.file: self.right if right else self.wrong}
        return {**first, **{path: body for path, body in self._beside(right=right).items() if path not in first}}

    def _beside(self, *, right: bool) -> dict[str, Text]:
        return {**self.beside, **self.right_beside} if right else dict(self.beside)

    def problems(self, root: Path, *, right: bool) -> list[Problem]:
        """Write the data, and give its problems."""
        data = root / "data"
        if self.before:
            put(data, {**COMMON, **self.before})
            commit(root)
            for path in self.before:
                (data / path).unlink()
        put(data, {**COMMON, **self.files(right=right)})
        if self.make and not right:
            self.make(data)
        return (self.ask or (_review if self.before else _look))(data)


def put(data: Path, files: Mapping[str, Text]) -> None:
    """Write files under a data folder."""
    for path, body in files.items():
        file = data / path
        if body is None:
            file.unlink(missing_ok=True)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body if isinstance(body, bytes) else body.encode())


def _look(data: Path) -> list[Problem]:
    return build.look(data)[1]


def _review(data: Path) -> list[Problem]:
    return review(find(data, "main"), *build.look(data)).problems


def _give(data: Path) -> list[Problem]:
    found, problems = build.look(data)
    return ids.give(found, data, datetime(2026, 2, 16, tzinfo=UTC))[1] if isinstance(found, Data) else problems


def _read_history(data: Path) -> list[Problem]:
    try:
        history.read(data)
    except DataError as error:
        return error.problems
    return _look(data)


def _break_history(data: Path) -> None:
    commit(data.parent)
    git(data.parent, "config", "core.repositoryFormatVersion", "99")


def _link(data: Path) -> None:
    (data / "elsewhere.txt").write_text(KNOWN)
    (data / PACKAGE).unlink()
    (data / PACKAGE).symlink_to(data / "elsewhere.txt")


def _folder(data: Path) -> None:
    (data / PACKAGE).unlink()
    (data / PACKAGE).mkdir()


def _name_the_same(data: Path) -> None:
    (data / "proposed").write_text("django-messages")


def _propose(data: Path) -> list[Problem]:
    """Propose a package under a name that is told beside the data, else under a free one."""
    told = data / "proposed"
    slug = told.read_text() if told.is_file() else "example-messages"
    draft = proposing.Draft(slug, "Messages", "apps", "https://github.com/example/django-messages")
    records, problems = build.look(data)
    assert records is not None
    return [*problems, *proposing.review(draft, records)]


class _Later(BaseModel):
    """A record with a rule that nobody has given words."""

    title: Annotated[str, Field(pattern="^d")]


def _by_a_rule_without_words(data: Path) -> list[Problem]:
    document = read((data / PACKAGE).read_text())
    try:
        _Later.model_validate(document.value)
    except ValidationError as error:
        return explain(f"data/{PACKAGE}", error, _Later, document)
    return []


def _package(wrong: str, right: str) -> tuple[str, str]:
    """Give a package with one line that is wrong, and with the line put right."""
    return NAMED + wrong + "\n", NAMED + right + "\n"


def _text(wrong: str, right: str) -> tuple[str, str]:
    header = "---\ntitle: About\n---\n"
    return f"{header}\n{wrong}\n", f"{header}\n{right}\n"


ABOUT = "pages/about.md"
APPS = "categories/apps.yaml"
DOC = "documentation: https://django-messages.readthedocs.io/"
REPOSITORY = "repository: https://github.com/arneb/django-messages"
MESSAGES_AND_POSTMAN = "packages:\n  - django-messages\n  - django-postman\n"
CATEGORY = "id: 1\ntitle: App\ntitle_plural: Apps\nshow_pypi: no\n"
PRODUCT = "title: Django\nclassifier: 'Framework :: Django'\nreleases:\n"

CASES: dict[str, Case] = {
    "encoding": Case(
        "Everybody who reads the file must see the same letters.",
        b"title: Caf\xe9\ncategory: apps\n",
        "title: Café\ncategory: apps\n",
    ),
    "file-form": Case(
        "The scheduled job adds `id` and `created` to a new file, and changes nothing else in it.",
        "? title\n: django-messages\n? id\n:\n? category\n: apps\n",
        NAMED,
        ask=_give,
    ),
    "file-link": Case(
        "Nothing under data/ leads elsewhere, so that a build reads only what was reviewed.",
        KNOWN,
        KNOWN,
        make=_link,
        shown=("data/packages/django-messages.yaml -> ../elsewhere.txt", "data/packages/django-messages.yaml, a file"),
    ),
    "file-missing": Case("Without its settings a site cannot be built.", None, SITE, file="site.yaml"),
    "file-name": Case(
        "A file that is not read would be left out without a word.",
        NAMED,
        NAMED,
        file="packages/pinax-messages.yml",
        right_file="packages/pinax-messages.yaml",
    ),
    "file-size": Case(
        "What people write is far below the limit; a larger file is a mistake, or an attack.",
        NAMED + "#" * SIZE_LIMIT,
        NAMED,
        shown=("data/packages/django-messages.yaml, with 65,575 bytes", "the same with at most 65,536 bytes"),
    ),
    "file-type": Case(
        "Only files with text can be read.",
        KNOWN,
        KNOWN,
        make=_folder,
        shown=("data/packages/django-messages.yaml/, a folder", "data/packages/django-messages.yaml, a file"),
    ),
    "history": Case(
        "`modified` is the date of the last commit that touched a file.",
        KNOWN,
        KNOWN,
        make=_break_history,
        ask=_read_history,
        shown=("a repository that git refuses to read", "a repository in which git log works"),
    ),
    "snapshot": Case(
        "A snapshot is a program's answer to itself: what it would not have written was damaged, or made by hand.",
        '{"pypi": {"serial": 5}}\n',
        '{"pypi": {"name": "django-messages", "serial": 5}}\n',
        file="snapshots/django-messages.json",
    ),
    "unreadable": Case(
        "What cannot be read is not taken for missing.",
        "messaging\n",
        "title: Messaging\n",
        file="grids",
        right_file=GRID,
    ),
    "bidi-character": Case(
        "With such a mark a line can be made to read otherwise than a program reads it (CVE-2021-42574).",
        "title: django\u202esegassem\ncategory: apps\n",
        NAMED,
    ),
    "control-character": Case(
        "Nobody sees it in a review, and terminals obey it.", "title: django\x1b[2Kmessages\ncategory: apps\n", NAMED
    ),
    "invisible-character": Case(
        "Two names that look alike would not be the same.", "title: django-\u200bmessages\ncategory: apps\n", NAMED
    ),
    "line-break": Case(
        "Editors and programs would not agree which line is which.",
        "title: django\u2028messages\ncategory: apps\n",
        NAMED,
    ),
    "yaml-alias": Case(
        "A file says what it means in the place where it stands; aliases can also make a small file huge.",
        "title: *name\ncategory: apps\n",
        NAMED,
    ),
    "yaml-anchor": Case(
        "Without aliases there is nothing that an anchor could be for; mostly the text just begins with an ampersand.",
        "title: &co messages\ncategory: apps\n",
        'title: "&co messages"\ncategory: apps\n',
    ),
    "yaml-directive": Case("All files are read by the same rules.", "%YAML 1.1\n---\n" + NAMED, NAMED),
    "yaml-documents": Case("A file is one record.", NAMED + "---\ntitle: django-postman\ncategory: apps\n", NAMED),
    "yaml-duplicate-key": Case(
        "Of two values one would be dropped without a word.", *_package("title: Django Messages", "tags: [messaging]")
    ),
    "yaml-key": Case(
        "It is mostly a text that begins with a brace, or a quote that was forgotten.",
        "title: {{ messages }}\ncategory: apps\n",
        'title: "{{ messages }}"\ncategory: apps\n',
    ),
    "yaml-merge": Case(
        "Each record says all that it says itself.",
        NAMED + "sites:\n  - <<: {title: A site}\n    url: https://example.org\n",
        NAMED + "sites:\n  - title: A site\n    url: https://example.org\n",
    ),
    "yaml-nesting": Case(
        "No record is so deep, and a parser that follows brackets without end can be made to fall over.",
        "title: [[[[[[[[[messages]]]]]]]]]\ncategory: apps\n",
        'title: "[[[[[[[[[messages]]]]]]]]]"\ncategory: apps\n',
    ),
    "yaml-syntax": Case(
        "A colon and a space begin a value, so a text that holds both needs quotes.",
        "title: Django: the messages\ncategory: apps\n",
        'title: "Django: the messages"\ncategory: apps\n',
    ),
    "yaml-tag": Case(
        "A tag tells a parser to make something else of a value; here all values are text, lists and mappings.",
        "title: !messages\ncategory: apps\n",
        'title: "!messages"\ncategory: apps\n',
    ),
    "front-matter": Case(
        "The title of a page stands before its text.", "Who we are.\n", "---\ntitle: About\n---\nWho we are.\n", ABOUT
    ),
    "text-empty": Case(
        "A page without a text is no page.", "---\ntitle: About\n---\n", "---\ntitle: About\n---\nWho we are.\n", ABOUT
    ),
    "text-heading": Case(
        "The title is the heading of the first level; people who hear a page find their way by the levels.",
        *_text("# Who we are\n\nPeople.", "## Who we are\n\nPeople."),
        ABOUT,
    ),
    "text-html": Case(
        "Texts are Markdown alone, so that no text can bring a script.",
        *_text("We are <b>many</b>.", "We are **many**."),
        ABOUT,
    ),
    "text-image": Case(
        "An image from elsewhere would tell others who reads the page.",
        *_text("![Us](https://example.org/us.png)", "[A picture of us](https://example.org/us.png)"),
        ABOUT,
    ),
    "text-link": Case(
        "A link inside the site is followed at build: it must lead to a page, or to a heading of one.",
        *_text("See [the packages](/package/).", "See [the packages](/packages/)."),
        ABOUT,
    ),
    "empty": Case(
        "A key without a value says nothing; who looks at it cannot tell whether something was lost.",
        *_package("repository:", REPOSITORY),
    ),
    "missing-key": Case("Without it the record cannot be shown.", "title: django-messages\n", NAMED),
    "not-list": Case("The key can have several values.", *_package("tags: messaging", "tags: [messaging]")),
    "not-mapping": Case(
        "The value has parts, each with a name.",
        NAMED + "sites:\n  - https://example.org\n",
        NAMED + "sites:\n  - title: A site\n    url: https://example.org\n",
    ),
    "not-text": Case(
        "Brackets make a list, and braces keys with values, unless quotes stand around them.",
        "title: [Beta messages]\ncategory: apps\n",
        'title: "[Beta messages]"\ncategory: apps\n',
    ),
    "not-valid": Case(
        "You should never see this: please report it as a fault of the program, with the file.",
        "title: messages\n",
        "title: django-messages\n",
        ask=_by_a_rule_without_words,
    ),
    "unknown-key": Case(
        "A key that is misspelt would be dropped without a word.",
        *_package(DOC.replace("documentation", "docs"), DOC),
    ),
    "choice": Case(
        "The program knows how to ask these, and no others.",
        SITE + "forges:\n  git.example.org: {kind: gitea}\n",
        SITE + "forges:\n  git.example.org: {kind: forgejo}\n",
        "site.yaml",
    ),
    "contact": Case(
        "It goes into the User-Agent of every request, so that a host can reach you.",
        SITE.replace("https://example.org/contact", "Bücher & Co"),
        SITE,
        "site.yaml",
    ),
    "cycle": Case(
        "It is part of an address, and of the classifiers that are looked for.",
        PRODUCT + "  - cycle: 5.2 LTS\n",
        PRODUCT + "  - cycle: 5.2\n    lts: true\n",
        "products/django.yaml",
    ),
    "date": Case(
        "Only the order of year, month and day reads the same everywhere.",
        *_package("deprecated: 16.02.2026", "deprecated: 2026-02-16"),
    ),
    "date-time": Case(
        "Without its offset a time means another moment in every place.",
        *_package("created: 2026-02-16T12:00:00", "created: 2026-02-16T12:00:00-05:00"),
    ),
    "number": Case("It is a number of our own, by which clients ask.", *_package("id: no. 359", "id: 359")),
    "pypi-name": Case(
        "The address is made of the name, and so is the command that installs it.",
        *_package("pypi: https://pypi.org/project/django-messages/", "pypi: django-messages"),
    ),
    "repository": Case(
        "There are many forges: the name alone does not say which.",
        *_package("repository: arneb/django-messages", REPOSITORY),
    ),
    "several-lines": Case(
        "It is shown in lists and in the titles of windows.",
        "title: |\n  django\n  messages\ncategory: apps\n",
        NAMED,
    ),
    "slug": Case(
        "It is the end of an address, and the name of a file.",
        *_package("replaced_by: Django Postman", "replaced_by: django-postman"),
        beside={BESIDE: OTHER},
    ),
    "spaces": Case(
        "Nobody sees it, and the name is not found by it.", 'title: "django-messages "\ncategory: apps\n', NAMED
    ),
    "tag": Case("Tags are compared letter by letter.", *_package("tags: [REST API]", "tags: [rest-api]")),
    "time-zone": Case(
        "All dates of API v4 are in this zone.",
        SITE + "time_zone: Europe/Belin\n",
        SITE + "time_zone: Europe/Berlin\n",
        "site.yaml",
    ),
    "too-long": Case(
        "Clients of the API keep it in a field of this length.",
        f"title: django-messages{' and more' * 12}\ncategory: apps\n",
        NAMED,
    ),
    "truth": Case(
        "YAML's many words for it mean different things to different programs.",
        CATEGORY,
        CATEGORY.replace(": no", ": false"),
        APPS,
    ),
    "url": Case(
        "It becomes a link, which ends at the first space.",
        *_package("documentation: https://example.org/my docs", "documentation: https://example.org/my%20docs"),
    ),
    "url-host": Case(
        "A link must lead everybody to the same place; the program asks no machine of somebody's own network.",
        *_package("documentation: http://127.0.0.1/docs", DOC),
    ),
    "url-port": Case(
        "Ordinary sites need none; behind others there is something that is not meant for everybody.",
        *_package("documentation: https://example.org:8080/", "documentation: https://example.org/"),
    ),
    "url-scheme": Case(
        "A link that is no web address can run a script in the reader's browser.",
        *_package("documentation: docs.example.org", "documentation: https://docs.example.org"),
    ),
    "url-user": Case(
        "What stands before the @ is a name, perhaps a password, and hides which host it is.",
        *_package("documentation: https://me:secret@example.org/", "documentation: https://example.org/"),
    ),
    "address-taken": Case(
        "A text's file name is its address.",
        "---\ntitle: Our packages\n---\nAll of them.\n",
        "---\ntitle: Our packages\n---\nAll of them.\n",
        "pages/packages.md",
        right_file="pages/our-packages.md",
    ),
    "cell-elsewhere": Case(
        "It would be shown nowhere.",
        "title: Messaging\npackages: [django-messages]\nfeatures:\n"
        "  - title: Threads\n    cells:\n      django-postman: yes\n",
        "title: Messaging\npackages: [django-messages, django-postman]\nfeatures:\n"
        "  - title: Threads\n    cells:\n      django-postman: yes\n",
        GRID,
        beside={BESIDE: OTHER},
    ),
    "dates-order": Case(
        "One of the two dates must be wrong.",
        *_package(CREATED + "modified: 2025-01-01T00:00:00+00:00", CREATED + "modified: 2026-03-01T00:00:00+00:00"),
    ),
    "feature-twice": Case(
        "People could not tell the two rows apart.",
        "title: Messaging\nfeatures:\n  - title: Threads\n  - title: threads\n",
        "title: Messaging\nfeatures:\n  - title: Threads\n  - title: Attachments\n",
        GRID,
    ),
    "id-removed": Case(
        "Who asks for what was removed must not get something else.",
        KNOWN.replace("359", "358"),
        KNOWN,
        beside={"tombstones.yaml": TOMBSTONES},
    ),
    "id-twice": Case("An id is the address of one thing.", KNOWN.replace("359", "360"), NAMED, beside={BESIDE: OTHER}),
    "listed-twice": Case(
        "It would be shown twice.", *_package("tags: [messaging, mail, messaging]", "tags: [messaging, mail]")
    ),
    "pypi-twice": Case(
        "A project is one package; PyPI takes no notice of case, and of -, _ and . between words.",
        *_package("pypi: Django_Postman", "pypi: django-messages"),
        beside={BESIDE: OTHER + "pypi: django-postman\n"},
    ),
    "replacement-circle": Case(
        "Who follows the replacements would never come to an end.",
        *_package("replaced_by: django-postman", "tags: [messaging]"),
        beside={BESIDE: OTHER + "replaced_by: django-messages\n"},
    ),
    "replacement-conflict": Case(
        "Readers are led to one package.",
        "title: pinax-messages\ncategory: apps\nreplaces: [django-messages]\n",
        "title: pinax-messages\ncategory: apps\n",
        "packages/pinax-messages.yaml",
        beside={PACKAGE: KNOWN + "replaced_by: django-postman\n", BESIDE: OTHER},
    ),
    "replacement-self": Case(
        "A package cannot take its own place.",
        *_package("replaced_by: django-messages", "replaced_by: django-postman"),
        beside={BESIDE: OTHER},
    ),
    "repository-twice": Case(
        "A repository is one package, in whatever form its address is written, and under whatever name it had before.",
        *_package("repository: git@github.com:Example/Postman.git", REPOSITORY),
        beside={BESIDE: OTHER + "repository: https://github.com/example/postman\n"},
    ),
    "slug-alike": Case(
        "People would take the two for each other. Names that have stood for long are left alone.",
        "title: Messages\ncategory: apps\n",
        "title: Messages\ncategory: apps\n",
        "packages/django_messages.yaml",
        right_file="packages/pinax-messages.yaml",
    ),
    "slug-taken": Case(
        "Each package has an address of its own, and nobody who asks for one is to get another.",
        KNOWN,
        KNOWN,
        make=_name_the_same,
        ask=_propose,
        shown=(
            "`builder new https://example.org/me/django-messages` beside a file `data/packages/django-messages.yaml`",
            "the same with `--slug example-messages`",
        ),
    ),
    "snapshot-orphan": Case(
        "What was fetched belongs to a package.",
        "{}\n",
        "{}\n",
        "snapshots/django-mesages.json",
        right_file="snapshots/django-messages.json",
    ),
    "unknown-category": Case("A category is a file under data/categories/.", NAMED.replace("apps", "app"), NAMED),
    "unknown-package": Case(
        "A grid can only compare what is here.",
        "title: Messaging\n" + MESSAGES_AND_POSTMAN.replace("postman", "pstman"),
        "title: Messaging\n" + MESSAGES_AND_POSTMAN,
        GRID,
        beside={BESIDE: OTHER},
    ),
    "bot-owned": Case(
        "Ids, dates of creation and what was fetched are the program's: a person who edits them makes facts up.",
        KNOWN + CREATED.replace("2026", "2016"),
        KNOWN + CREATED,
        before={PACKAGE: KNOWN + CREATED},
    ),
    "id-changed": Case(
        "Clients ask for a record by its id, and keep it.",
        KNOWN.replace("359", "12"),
        KNOWN,
        before={PACKAGE: KNOWN},
    ),
    "tombstone-missing": Case(
        "Without a tombstone the next new file would get the id, and who asks for the old one would get the new.",
        None,
        None,
        BESIDE,
        before={BESIDE: OTHER},
        right_beside={
            "tombstones.yaml": "packages:\n"
            "  - {id: 360, slug: django-postman, removed: 2026-02-16, reason: Its author asked for it.}\n"
        },
    ),
}
