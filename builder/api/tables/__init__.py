"""The whole data as one SQLite file: tables with keys between them, and packages found by their words.

The same items give the same bytes, as long as SQLite is of the same version.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

from builder.api.tables import schema
from builder.api.tables.rows import Ids, Row, rows
from builder.catalogue import Catalogue
from builder.errors import SiteError
from builder.resources.whole import WholeResource

__all__ = ["Tables"]

# Each of them has another default somewhere. What is deleted on the way leaves no bytes behind, wherever that is done;
# what does not fit into SQLite's own memory goes into more of it, and not to the disk.
_FORM: Final = f"""
PRAGMA temp_store = MEMORY;
PRAGMA page_size = 4096;
PRAGMA encoding = 'UTF-8';
PRAGMA auto_vacuum = NONE;
PRAGMA secure_delete = ON;
PRAGMA journal_mode = OFF;
PRAGMA user_version = {schema.VERSION};
"""


class Tables:
    """The file while it is made, in memory: what was added need not be kept elsewhere."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Begin with what is no item: what the file is, and what items name by number."""
        self._ids = Ids(catalogue)
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.executescript(f"{_FORM}BEGIN;{schema.tables()}")
        self._insertions = _insertions(self._connection)
        self._insert("meta", _meta(catalogue))
        self._insert("classifiers", ((number, name) for name, number in self._ids.classifiers.items()))

    def close(self) -> None:
        """Let go of what it holds."""
        self._connection.close()

    def add(self, item: WholeResource) -> None:
        """Take an item; each once."""
        for table, found in rows(item, self._ids):
            self._insert(table, found)

    def file(self) -> bytes:
        """Give the file; nothing can be added after that.

        Raises:
            SiteError: this Python's SQLite has no full-text search.
        """
        self._connection.execute("COMMIT")
        self._connection.executescript(schema.WORDS + schema.INDEXES)
        self._index_words()
        self._connection.execute("VACUUM")
        file = self._connection.serialize()
        self.close()  # or three of a large file would be in memory at once
        return _of_no_library(file)

    def _insert(self, table: str, found: Iterable[Row]) -> None:
        self._connection.executemany(self._insertions[table], found)

    def _index_words(self) -> None:
        try:
            self._connection.execute(schema.SEARCH)
        except sqlite3.OperationalError as error:
            raise SiteError(
                f"The SQLite {sqlite3.sqlite_version} of this Python cannot search texts ({error}), so that it cannot "
                "make packages.db; nothing was changed. Take a Python whose SQLite has FTS5, as that of Debian or of "
                "python.org, or build with --no-dumps."
            ) from error
        for order in ("rebuild", "optimize"):
            self._connection.execute("INSERT INTO packages_fts (packages_fts) VALUES (?)", [order])


def _insertions(connection: sqlite3.Connection) -> Mapping[str, str]:
    """Give for each table what puts a whole row into it."""
    tables = connection.execute(
        "SELECT t.name, count(*) FROM sqlite_master AS t, pragma_table_info(t.name) WHERE t.type = 'table' GROUP BY 1"
    )
    # The names are those of our own schema.
    return {name: f"INSERT INTO {name} VALUES ({', '.join('?' * columns)})" for name, columns in tables}  # noqa: S608


def _meta(catalogue: Catalogue) -> Iterable[Row]:
    settings = catalogue.settings
    found = {
        "as_of": catalogue.as_of.isoformat(),
        "base_url": settings.base_url,
        "schema_version": str(schema.VERSION),
        "source": settings.repository,
        "title": settings.title,
    }
    return found.items()


def _of_no_library(file: bytes) -> bytes:
    """Give the file without the version of the library that wrote it, and as if it had been written once.

    The count of changes stands at 24, again at 92 as it was when the version that stands at 96 was written: where the
    two are the same, every SQLite believes what the file says of its own length (the format's own document, 1.3).
    """
    read, once = memoryview(file), (1).to_bytes(4, "big")
    return b"".join((read[:24], once, read[28:92], once, bytes(4), read[100:]))
