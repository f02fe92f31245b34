"""The loader holds against a fuzzer that watches it, for as many tries as there is time for here."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TRIES = 1000

needs_atheris = pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris has wheels for Linux on x86-64 alone: see pyproject.toml"
)


def fuzz(folder: Path, code: str = "") -> "subprocess.CompletedProcess[str]":
    """Let the fuzzer run in a process of its own, which it ends; `code` is run before."""
    script = f"import sys; sys.path.insert(0, {str(HERE)!r}); import fuzzing; from pathlib import Path\n{code}\n"
    script += f"fuzzing.main(Path({str(folder)!r}), '-runs={TRIES}', '-seed=359', '-max_len=600', '-len_control=0')"
    # Not under coverage's eyes as well: two who rewrite the same code are slow.
    return subprocess.run([sys.executable, "-c", script], env={}, capture_output=True, text=True, check=False)  # noqa: S603


@needs_atheris
def test_whatever_the_loader_is_led_into_is_data_or_problems(tmp_path: Path) -> None:
    done = fuzz(tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {TRIES} runs" in done.stderr
    assert not list(tmp_path.glob("crash-*"))
    assert len(list((tmp_path / "found").iterdir())) > 30, "it went on to places that no example leads to"


CRASH = """
from builder.source import yaml_text
read = yaml_text.read
yaml_text.read = lambda text: read(text) if "tags" not in text else text.undefined
"""
ASTRAY = "fuzzing.build.look = lambda data: ([], [fuzzing.Problem('data/site.yaml', 999, 1, 'empty', 'x')])"


@needs_atheris
@pytest.mark.parametrize(("code", "told"), [(CRASH, "AttributeError"), (ASTRAY, "AssertionError")])
def test_it_would_tell_of_anything_else(tmp_path: Path, code: str, told: str) -> None:
    done = fuzz(tmp_path, code)
    assert done.returncode != 0
    assert told in done.stdout, done.stderr
    assert len(list(tmp_path.glob("crash-*"))) == 1
