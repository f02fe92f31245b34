"""Problems for whoever reads them: people (text, a page of Markdown), programs (JSON), GitHub, code scanners (SARIF).

Each form is a function from problems to text; none of them reads anything but what it is given.
"""

from builder.formats.github import annotate
from builder.formats.listing import as_json
from builder.formats.markdown import summarise
from builder.formats.pages import PAGES, Pages
from builder.formats.sarif import as_sarif

__all__ = ["PAGES", "Pages", "annotate", "as_json", "as_sarif", "summarise"]
