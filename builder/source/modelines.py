"""The first line of a YAML file, by which an editor finds its schema: a comment, which says nothing to the loader.

Its path is that from the folder of the file, as the language server wants it.
"""

import re
from typing import Final

from builder import schemas

_SAYS: Final = "# yaml-language-server: $schema="
# As the language server reads it, which takes two forms.
_FOUND: Final = re.compile(r"#\s+(?:yaml-language-server\s*:|(?=\$schema:)).*?\$schema(?:=|:[^\S\r\n]*)(\S+)")


def of(kind: str, folder: str) -> str:
    """Give the line for a file of a kind (a key of `schemas.MODELS`) in data/<folder>/, or in data/ itself for ""."""
    return f"{_SAYS}{'../' if folder else ''}{schemas.FOLDER}/{kind}.json"
