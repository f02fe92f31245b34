"""Static Packages: a package directory as a static site with a read-only JSON API."""

from pathlib import Path
from typing import Final

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
"""The folder of the templates."""
