"""How the benchmarks measure: commands, and folders of many files."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))  # behind the tests, some of which have names as there

import spent
import trees

# Two children that hold memory of their own at the same time, long enough to be looked at.
HOLDING = """
import multiprocessing, time

def hold(barrier):
    held = bytearray(b"x") * 60_000_000
    barrier.wait()
    time.sleep(0.6)

if __name__ == "__main__":
    barrier = multiprocessing.get_context("fork").Barrier(2)
    children = [multiprocessing.get_context("fork").Process(target=hold, args=[barrier]) for _ in range(2)]
    for child in children: child.start()
    for child in children: child.join()
    print("held")
"""


@pytest.mark.skipif(not (spent.PROC / "self/smaps_rollup").exists(), reason="only Linux tells what a process shares")
def test_memory_is_that_of_all_processes_together() -> None:
    taken, said = spent.run([sys.executable, "-c", HOLDING])
    assert said == "held\n"
    assert taken.memory > 120_000_000
    assert taken.wall > 0.6


def test_cpu_is_that_of_the_command_and_of_those_it_waited_for() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}], check=True)"
    taken, _ = spent.run([sys.executable, "-c", parent])
    assert 0.3 <= taken.cpu <= taken.wall * 2


def test_a_command_that_ends_otherwise_than_expected_is_told_with_its_words() -> None:
    wrong = [sys.executable, "-c", "import sys; sys.exit('so it is')"]
    with pytest.raises(SystemExit, match=r"exit code 1\nso it is"):
        spent.run(wrong)
    assert spent.run(wrong, code=1)[1] == ""


def test_medians_are_of_each_figure() -> None:
    taken = [spent.Spent(1, 5, 30), spent.Spent(2, 4, 10), spent.Spent(9, 3, 20)]
    assert spent.medians(taken) == spent.Spent(2, 4, 20)


def test_a_folder_is_counted_with_the_folder_that_has_most(tmp_path: Path) -> None:
    (tmp_path / "many" / "inside").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "many" / str(number)).write_bytes(b"12345")
    (tmp_path / "one").write_bytes(b"1")
    assert trees.measured(tmp_path) == trees.Tree(files=4, bytes=16, fullest="many", entries=4)


def test_what_has_no_room_in_memory_goes_to_what_is_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert trees.roomy(1 << 60, 1) == trees.roomy(1, 1 << 60) == tmp_path
