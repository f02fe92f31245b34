"""Where each code of a problem is explained."""

from dataclasses import dataclass
from typing import Final

from builder import derive

PAGES: Final = ".github/docs/problems"
"""The folder of the repository that holds a page for each code."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The addresses of the pages, in the repository that the settings name; "" where it is not on GitHub."""

    repository: str = ""
    branch: str = "main"

    @property
    def index(self) -> str:
        """The address of the page that lists them."""
        name = derive.repository(self.repository)
        if name is None or name.host != "github.com" or "/" not in name.path:
            return ""
        return f"{name.url}/blob/{self.branch}/{PAGES}/README.md"

    def page(self, code: str) -> str:
        """Give the address of a code's page."""
        return self.index and f"{self.index.rpartition('/')[0]}/{code}.md"
