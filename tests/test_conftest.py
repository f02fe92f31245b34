"""The rules that hold for all tests."""

import socket
from pathlib import Path

import pytest

CONFTEST = (Path(__file__).parent / "conftest.py").read_text(encoding="utf-8")
SKIPPED = "import pytest\n\n@pytest.mark.skip(reason='no nginx here')\ndef test_x():\n    pass\n"


@pytest.mark.parametrize(("ci", "outcome"), [("true", "errors"), ("", "skipped")])
def test_a_skip_is_a_failure_where_continuous_integration_runs(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    monkeypatch.setenv("CI", ci)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(SKIPPED)
    result = pytester.runpytest_inprocess("-ra")
    result.assert_outcomes(**{outcome: 1})
    assert "no nginx here" in result.stdout.str()


def test_no_test_reaches_the_network() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"looked up a name: example\.org"):
        socket.create_connection(("example.org", 80), timeout=1)
    with socket.socket() as out, pytest.raises(pytest.fail.Exception, match="reached for the network"):
        out.connect(("192.0.2.1", 80))
