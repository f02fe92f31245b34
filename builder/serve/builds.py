"""What the open pages are told of the builds: which one they can see, and why the latest failed."""

import json
import re
import secrets
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from builder.errors import BuilderError, DataError
from builder.serve.preview import Preview
from builder.write import Report

PATIENCE: Final = 1.0  # seconds for a build to end when the server does


@dataclass(frozen=True, slots=True)
class State:
    """The builds at one moment.

    `generation` names the site that is served and is another one after each build that changed it, and after each
    start of the server. `problems` are why the latest build failed, each of one or two lines; empty if it did not.
    """

    generation: str
    problems: tuple[str, ...] = ()

    def event(self) -> bytes:
        """Give it as a server-sent event: one line of ASCII JSON."""
        return b"data: %s\n\n" % json.dumps({"generation": self.generation, "problems": self.problems}).encode()


class Builds:
    """The current state, and a way to wait for the next; for any number of threads."""

    def __init__(self) -> None:
        self._start, self._number = secrets.token_hex(4), 0
        self._changed = threading.Condition()
        self._closed = False
        self.state = State(self._generation())

    def _generation(self) -> str:
        return f"{self._start}-{self._number}"

    def finished(self, *, changed: bool) -> None:
        """Tell that a build has finished, and whether the site is another one now."""
        self._number += changed
        self._tell(State(self._generation()))

    def previewed(self) -> None:
        """Tell that pages are to be seen as they will be once they are built."""
        self.finished(changed=True)

    def failed(self, problems: Sequence[str]) -> None:
        """Tell that a build failed; the site is still the one before."""
        self._tell(replace(self.state, problems=tuple(problems)))

    def _tell(self, state: State) -> None:
        with self._changed:
            if state != self.state:
                self.state = state
                self._changed.notify_all()

    def close(self) -> None:
        """Tell that there will be no further builds."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, seen: State | None, patience: float) -> State | None:
        """Wait for a state other than `seen`, at most for `patience` seconds; give the current, or None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self.state is not seen, patience)
            return None if self._closed else self.state


def attempt(
    build: Callable[[], Report | None], builds: Builds, say: Callable[[str], None], tell: Callable[[str], None]
) -> bool:
    """Build once, and let pages and terminal know what became of it: problems by `say`, good news by `tell`.

    Returns:
        Whether it was built.
    """
    try:
        report = build()
    except DataError as error:
        problems = [str(problem) for problem in error.problems]
        builds.failed(problems)
        say("\n".join([*problems, str(error)]))
    except BuilderError as error:
        builds.failed([str(error)])
        say(str(error))
    except Exception as error:  # noqa: BLE001 - a fault in a template or in the program must not end the server
        builds.failed([f"{_place(error)}: {type(error).__name__}: {error}"])
        say(traceback.format_exc())
    else:
        builds.finished(changed=report is None or report.changed)
        if report is not None:
            tell(str(report))
        return True
    return False


def _place(error: Exception) -> str:
    """Give file and line where an error came up, in whichever process (`beside.answered` notes that)."""
    told = "".join([*traceback.format_tb(error.__traceback__), *getattr(error, "__notes__", ())])
    return ":".join(_FRAME.findall(told)[-1])


_FRAME: Final = re.compile(r'File "(.*)", line (\d+)')


class Builder:
    """Builds in a thread of its own, one time after another: what changes during a build is built after it."""

    def __init__(self, build: Callable[[], bool], preview: Preview | None) -> None:
        """Take what builds and tells whether it could, and what is to know of it; begin to wait."""
        self._build, self._preview = build, preview
        self._wanted, self._closed = threading.Event(), False
        # A build that lasts does not keep Ctrl-C waiting: killed at any moment, it leaves the site whole.
        self._thread = threading.Thread(target=self._run, name="builder", daemon=True)
        self._thread.start()

    def build(self) -> None:
        """Let a build begin, as soon as none is being made."""
        self._wanted.set()

    def close(self) -> None:
        """Begin no other build, and wait a moment for the one that is being made."""
        self._closed = True
        self._wanted.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        while self._wanted.wait() and not self._closed:
            self._wanted.clear()
            edits = self._preview.edits() if self._preview else 0
            if self._build() and self._preview:
                self._preview.built(edits)
