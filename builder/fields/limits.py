"""How long the texts of records may be, in characters."""

from typing import Final

SLUG_LENGTH: Final = 50  # of the original's database, and so of every client's
TITLE_LENGTH: Final = 100
URL_LENGTH: Final = 500
STORED_LENGTH: Final = 255
DIGITS: Final = 9  # of a number, so that it fits into 32 bits everywhere
