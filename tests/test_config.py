"""The settings: the time zones are the package's own, whatever the machine knows."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from folders import SITE
from pydantic import ValidationError

from builder.config import Settings, zone

SHOW = """
import sys
from datetime import datetime
from builder.config import Settings
for given in ({}, {"time_zone": "Europe/Berlin"}):
    zone = Settings(title="x", base_url="https://e.org", repository="https://e.org/x", contact="x", **given).time_zone
    print(zone.key, datetime(2026, 7, 1, tzinfo=zone).isoformat())
"""


def test_zones_are_read_from_the_package_and_not_from_the_machine(tmp_path: Path) -> None:
    tokyo = (files("tzdata") / "zoneinfo/Asia/Tokyo").read_bytes()
    for name in ("America/New_York", "Europe/Berlin"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(tokyo)
    command = [sys.executable, "-c", SHOW]
    environment = os.environ | {"PYTHONTZPATH": str(tmp_path)}
    told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    assert told.stdout.splitlines() == [
        "America/New_York 2026-07-01T00:00:00-04:00",
        "Europe/Berlin 2026-07-01T00:00:00+02:00",
    ]


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("localtime", "IANA"),
        ("posixrules", "IANA"),
        ("Factory", "IANA"),
        ("/etc/localtime", "IANA"),
        ("../zones", "IANA"),
        ("zone.tab", "IANA"),
        ("America", "IANA"),
        ("", "IANA"),
        ("europe/berlin", "Did you mean Europe/Berlin?"),
        ("America/New York", "Did you mean America/New_York?"),
    ],
)
def test_only_names_of_the_database_are_zones(written: str, remedy: str) -> None:
    with pytest.raises(ValidationError) as stop:
        Settings.model_validate(SITE | {"time_zone": written})
    [problem] = stop.value.errors()
    assert problem["type"] == "time-zone"
    assert remedy in problem["ctx"]["hint"]


def test_every_zone_that_is_listed_can_be_read() -> None:
    for name in set((files("tzdata") / "zones").read_text(encoding="utf-8").split()) - {"Factory"}:
        assert zone(name).key == name
        assert datetime(2026, 7, 1, tzinfo=UTC).astimezone(zone(name)).utcoffset() is not None


def test_equal_settings_are_equal() -> None:
    given = SITE | {"time_zone": "Europe/Berlin"}
    once = Settings.model_validate(given)
    assert once == Settings.model_validate(given)
    assert once == Settings.model_validate(dict(once))
    assert Settings.model_validate(SITE).time_zone is zone("America/New_York")
