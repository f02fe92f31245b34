"""Whether this machine and this folder have what the commands need: each finding with its remedy.

Nothing is changed and nobody on the network is asked.
"""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from builder import build, history
from builder.config import Settings
from builder.entries import Data
from builder.errors import BuilderError, DataError
from builder.hosts import HOSTS
from builder.serve import program
from builder.source import yaml_text
from builder.write import place

Mark = Literal["ok", "note", "problem"]

ORIGINAL: Final = "https://djangopackages.org"
"""The address that a catalogue comes with, so that it answers as the original; no other site has it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing. A `note` stops no command, a `problem` does."""

    subject: str
    mark: Mark
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Two lines: what was found, and the remedy, if one is needed."""
        line = f"{self.mark:<8} {self.subject:<8} {self.message}"
        return f"{line}\n{' ' * 18}{self.remedy}" if self.remedy else line


def examine(data: Path, out: Path, environment: Mapping[str, str], tokens: Collection[str]) -> Iterator[Finding]:
    """Look at everything that commands need.

    Args:
        data: the data folder.
        out: the folder that builds are written to.
        environment: of the process.
        tokens: names of the variables that hold tokens of forges.
    """
    loaded = None
    try:
        loaded = build.load(data)
    except DataError as error:
        yield Finding("data", "problem", str(error), f"Run: builder check --data {data}")
    else:
        yield Finding("data", "ok", f"{len(loaded.packages)} packages, {len(loaded.grids)} grids, no problem")
    if loaded is not None:
        yield from _settings(loaded.settings)
        yield from _snapshots(loaded)
    yield from _history(data)
    yield _out(out)
    yield _parser()
    yield from _tokens(environment, tokens)
    yield from _hosts()


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.base_url == ORIGINAL:
        remedy = "Where you deploy, set base_url in site.yaml, or build with --base-url."
        yield Finding("settings", "note", f"base_url is that of the original, {ORIGINAL}", remedy)
    else:
        yield Finding("settings", "ok", f"base_url is {settings.base_url}")


def _snapshots(data: Data) -> Iterator[Finding]:
    without = [slug for slug in data.packages if slug not in data.snapshots]
    if without:
        remedy = "Run: builder fetch"
        yield Finding("facts", "note", f"nothing was fetched yet for {len(without)} of {len(data.packages)}", remedy)
    else:
        yield Finding("facts", "ok", "every package has a snapshot")


def _history(data: Path) -> Iterator[Finding]:
    if shutil.which("git") is None:
        yield Finding("git", "note", "is not installed: files have no dates", "Install git.")
        return
    try:
        past = history.read(data)
        strangers = [] if past.prefix is None or past.shallow else history.strangers(data)
    except DataError as error:
        yield Finding("git", "problem", error.problems[0].message, error.problems[0].hint)
        return
    if past.prefix is None:
        yield Finding("git", "note", "the data is in no repository: files have no dates", "Run: git init, and commit.")
    elif past.shallow:
        yield Finding("git", "note", "the clone is shallow: dates may be too late", "Run: git fetch --unshallow")
    else:
        yield Finding("git", "ok", f"knows the dates of {len(past.dates)} files")
    if strangers:
        named = ", ".join(commit[:10] for commit in strangers)
        remedy = "Name the hashes that they have now: rebasing and squashing gives others."
        yield Finding(
            "git", "note", f"{history.PASSED_OVER} names commits that are not in the history: {named}", remedy
        )


def _out(out: Path) -> Finding:
    if not out.parent.exists():
        return Finding("site", "ok", f"{out} will be made, and the folder that it lies in")
    try:
        place.accept(out)
    except BuilderError as error:
        return Finding("site", "problem", str(error))
    if not os.access(out if out.exists() else out.resolve().parent, os.W_OK):
        return Finding("site", "problem", f"{out} cannot be written", "Name another folder with --out.")
    return Finding("site", "ok", f"{out} can be written")


def _parser() -> Finding:
    if yaml_text.is_fast():
        return Finding("yaml", "ok", "is read by the parser in C")
    return Finding("yaml", "note", "is read by the parser in Python, which is slow", "Install a wheel of PyYAML.")


def _tokens(environment: Mapping[str, str], names: Collection[str]) -> Iterator[Finding]:
    known = [name for name in names if environment.get(name)]
    if "GITHUB_TOKEN" in known:
        yield Finding("tokens", "ok", ", ".join(known))
    else:
        message = "GITHUB_TOKEN is not set: GitHub answers 60 questions an hour, and tells no commits"
        yield Finding("tokens", "note", message, "Set it for builder fetch; no other command needs it.")


def _hosts() -> Iterator[Finding]:
    servers = {host.server.program: host.server for host in HOSTS if host.server}
    for name, server in servers.items():
        hosts = [host.name for host in HOSTS if host.server and host.server.program == name]
        served = f"for builder serve --host {' or '.join(hosts)}"
        if program.is_there(name):
            yield Finding(name, "ok", f"is installed, {served}")
        else:
            yield Finding(name, "note", f"is not installed, {served}", server.install)


def hold(findings: Collection[Finding]) -> None:
    """Stop where a command would.

    Raises:
        BuilderError: there is a problem.
    """
    problems = sum(finding.mark == "problem" for finding in findings)
    if problems:
        raise BuilderError(f"{problems} {'problem' if problems == 1 else 'problems'} to mend; see above.")
