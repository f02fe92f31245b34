"""SQLite files read in memory."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager


@contextmanager
def opened(file: bytes) -> Iterator[sqlite3.Connection]:
    """Give a connection to a file that is only bytes; rows are read by name."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(file)
        connection.row_factory = sqlite3.Row
        yield connection


def as_text(file: bytes) -> str:
    """Give what a file holds in lines to read and compare, whatever SQLite wrote it: its schema, then its rows."""
    with opened(file) as connection:
        made = [tuple(row) for row in connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOTNULL")]
        own = sorted((name, sql) for name, sql in made if "_fts_" not in name)
        tables = [name for name, sql in own if sql.startswith("CREATE TABLE")]
        rows = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables}  # noqa: S608 - our own names
    told = [f"{name} {json.dumps(tuple(row), ensure_ascii=False)}" for name in tables for row in rows[name]]
    return "\n".join([*(sql for _, sql in own), *told, ""])
