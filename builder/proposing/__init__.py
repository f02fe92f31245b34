"""A new package's file, from an address and what is told beside it, until it stands under data/.

`draft` holds what is to stand in the file, writes it as text, and tells what is wrong with it beside the records that
are there; `finding` asks upstreams for what was not given. Nothing here asks a person: the command `new` does, and a
form has asked already.
"""

from pathlib import Path

from builder import placing
from builder.errors import DataError, folder_name
from builder.proposing.draft import Draft, repository_of, review, slug_of, taken
from builder.proposing.finding import Found, filled, find, remarks
from builder.source import files, modelines

__all__ = ["Draft", "Found", "contents", "filled", "find", "remarks", "repository_of", "review", "slug_of", "write"]


def contents(data: Path, draft: Draft) -> str:
    """Give the file of a draft, which begins with the line by which editors find its schema, if there is one."""
    return modelines.led(data, f"packages/{draft.slug}{files.SUFFIX}", draft.text())


def write(data: Path, draft: Draft) -> Path:
    """Write the file of a draft in one step, and give where; never over another.

    Raises:
        DataError: a file of this name has come to be there meanwhile.
    """
    file = data / "packages" / f"{draft.slug}{files.SUFFIX}"
    try:
        placing.create(file, contents(data, draft).encode())
    except FileExistsError:
        raise DataError([taken(draft.path(folder_name(data)))]) from None
    return file
