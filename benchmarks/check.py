"""How long `builder check` and `builder diff` take for a made-up catalogue.

    python benchmarks/check.py [PACKAGES]

Prints seconds from the command's start to its end.
"""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import corpus


def main(packages: int) -> None:
    """Make the catalogue, commit it, change a title, and time each command."""
    with TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        corpus.write(data, packages)
        for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=x")):
            identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
            subprocess.run(["git", *identity, *arguments], cwd=temporary, check=True)  # noqa: S603, S607 - our own
        file = min((data / "packages").iterdir())
        file.write_text(file.read_text().replace("title: ", "title: Another ", 1))
        _time(data, "check")
        _time(data, "check", "--base", "HEAD")
        _time(data, "diff", "HEAD", "--no-pages")
        _time(data, "diff", "HEAD")
        file.write_text(file.read_text().replace("category: ", "category: no-", 1))
        _time(data, "check", "--base", "HEAD")


def _time(data: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "builder", "--quiet", *arguments, "--data", str(data)]
    began = time.perf_counter()
    ended = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own command
    print(f"{time.perf_counter() - began:6.1f} s  exit code {ended.returncode}  builder {' '.join(arguments)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5400)
