"""A host's own program on this machine, run over a built site as the host would run it: for a look, and for tests."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from builder.errors import SiteError
from builder.hosts import Host, Place, Server

ADDRESS: Final = "127.0.0.1"
OUTPUT: Final = "output.txt"
"""The file in the scraps folder that takes what the program says."""

_STARTING: Final = 60.0  # seconds until a program must accept connections; those that compile first are slow
_ENDING: Final = 10.0  # seconds until a program that was asked to end is made to
_LOOK: Final = 0.02  # seconds between two tries to connect
_ATTEMPTS: Final = 3  # for a free port, which something else may take before the program does
_SHOWN: Final = 2000  # characters of a program's last words
_SYSTEM: Final = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where systems keep servers, often outside the PATH of those who are not root."""


def installed(host: Host) -> Server:
    """Give the host's own program, which is there.

    Raises:
        SiteError: the host has no such program, or it is not installed; with what to install.
    """
    server = host.server
    if server is None:
        raise SiteError(f"{host.name} has no program that runs here. Without --host, the site is served all the same.")
    if not is_there(server.program):
        raise SiteError(f"{host.name} is served by {server.program}, which is not installed. {server.install}")
    return server


def is_there(program: str) -> bool:
    """Tell whether a program is installed, in the system's own folders too."""
    return shutil.which(program, path=_path()) is not None


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:{_SYSTEM}"


@contextmanager
def running(host: Host, site: Path, port: int = 0) -> Generator[str]:
    """Run the host's own program over the folder of a built site, and give its address: `http://127.0.0.1:8000`.

    `port` 0 takes one that is free. When this is given, the port accepts connections; at the end the program and all
    that it started are gone, and so is the folder of its scraps.

    Raises:
        SiteError: the host has no such program, it is not installed, it cannot read the site, or it did not start.
    """
    server = installed(host)
    site = site.resolve()
    if server.gives_up_root:
        _hold_open(server, site)
    with tempfile.TemporaryDirectory(prefix="static-packages-") as scraps:
        chosen, process = _started(server, site, Path(scraps).resolve(), port)
        try:
            yield f"http://{ADDRESS}:{chosen}"
        finally:
            _end(process)


def _hold_open(server: Server, site: Path) -> None:
    """Refuse to serve for root what the program, which gives up root's rights, may not enter."""
    closed = [path for path in (site, *site.parents) if not path.stat().st_mode & 0o001]
    if os.geteuid() == 0 and closed:
        raise SiteError(
            f"{server.program} gives up the rights of root, and then may not enter {closed[-1]}. Build into a folder "
            "that is open to all, with --out, or be another user."
        )


def _started(server: Server, site: Path, scraps: Path, port: int) -> tuple[int, subprocess.Popen[bytes]]:
    """Start the program; with another free port where something else was faster."""
    attempts = 1 if port else _ATTEMPTS
    while True:
        place = Place(site.as_posix(), scraps.as_posix(), free_port(port))
        process = _start(server, place)
        try:
            if _accepts(process, place, server.ready.encode()):
                return place.port, process
        except BaseException:
            _end(process)
            raise
        attempts -= 1
        is_over = process.poll() is not None
        _end(process)
        if not attempts or not is_over:
            why = f"ended with {process.returncode}" if is_over else f"accepts no connection after {_STARTING:.0f} s"
            words = (scraps / OUTPUT).read_text(encoding="utf-8", errors="replace").strip()[-_SHOWN:]
            raise SiteError(f"{server.program} {why} on port {place.port}. It said:\n{words or '(nothing)'}")


def free_port(port: int) -> int:
    """Give the port if it is free, or for 0 one that is: whoever listens there would be taken for the program.

    Raises:
        SiteError: it is not to be had.
    """
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: past connections do not count
        try:
            tried.bind((ADDRESS, port))
        except OSError as error:
            why = os.strerror(error.errno or 0)
            raise SiteError(
                f"Port {port} cannot be had: {why}. Choose another with --port; 0 is any free one."
            ) from error
        found: int = tried.getsockname()[1]
        return found


def _start(server: Server, place: Place) -> subprocess.Popen[bytes]:
    """Write what the program reads, and start it in a group of its own, so that Ctrl-C is ours to hear."""
    scraps = Path(place.scraps)
    for name, body in server.files(place).items():
        file = scraps / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    with (scraps / OUTPUT).open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - the host's own program, by a command of ours
            server.command(place),
            cwd=place.site,
            env=dict(os.environ, PATH=_path()),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _accepts(process: subprocess.Popen[bytes], place: Place, ready: bytes) -> bool:
    """Wait until the program says that it is ready, and the port accepts; False when it ended first, or took too long.

    Whoever accepts on the port of a program that has just ended is something else.
    """
    deadline = time.monotonic() + _STARTING
    while time.monotonic() < deadline:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK)
            return False
        if ready not in Path(place.scraps, OUTPUT).read_bytes():
            continue
        with suppress(OSError), socket.create_connection((ADDRESS, place.port), 1):
            return process.poll() is None
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the program to end, then make it; whatever of its group is left goes with it."""
    _signal(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDING)
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # the group has ended; macOS says of one that it may not
        os.killpg(process.pid, number)
