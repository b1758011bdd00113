"""The unit lets the station do what it does, and reaches what the example configuration names."""

from pathlib import Path

from station.config import load

ROOT = Path(__file__).parents[1]


def settings(name: str) -> list[str]:
    """All words given for a setting of the unit, in every line that gives some."""
    unit = (ROOT / "systemd" / "labelstation.service").read_text(encoding="utf-8")
    lines = (line.partition("=") for line in unit.split("\n") if line.startswith(f"{name}="))
    return [word for _, _, words in lines for word in words.split()]


def test_the_clock_may_be_asked_and_not_set() -> None:
    """A call that the filter does not name ends the process, at the first record."""
    assert {"adjtimex", "clock_adjtime", "clock_adjtime64"} <= set(settings("SystemCallFilter"))
    assert settings("ProtectClock") == []
    assert settings("CapabilityBoundingSet") == []


def test_the_second_place_and_the_backups_of_the_example_can_be_written() -> None:
    config = load(ROOT / "config" / "station.example.yaml")
    assert config.backup.folder is not None
    allowed = [Path(each.lstrip("-")) for each in settings("ReadWritePaths")]
    for wanted in (config.heads.folder, config.backup.folder):
        assert any(wanted.is_relative_to(each) for each in allowed), wanted
