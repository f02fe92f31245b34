"""The scripts that answer on hosts which run some before their files: the templates' `edge/`, as files of the site."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from builder import urls
from builder.choices import Choices, Query
from builder.errors import SiteError
from builder.outputs import JAVASCRIPT, JSON, Output

RUNTIMES: Final = frozenset({"worker", "netlify", "node"})
"""Those of them that lead from one kind of host to the module that all have in common."""


def render(choices: Choices, templates: Path) -> Iterator[Output]:
    """Yield the edge module's files and the host's own entry into it; nothing for hosts that run none.

    Its `package.json` tells Node that these are modules, which older ones do not see for themselves.

    Raises:
        SiteError: a script is not there.
    """
    if choices.query is not Query.ANSWERED:
        return
    for file in sorted((templates / "edge").glob("*.js*")):
        if file.stem not in RUNTIMES or file.stem in choices.runtimes:
            yield Output(urls.script(file.name), file.read_bytes(), JSON if file.suffix == ".json" else JAVASCRIPT)
    missing = [name for name in ("api", *choices.runtimes) if not (templates / "edge" / f"{name}.js").is_file()]
    if missing:
        raise SiteError(f"The script {missing[0]}.js of the templates' edge/ is not there.")
