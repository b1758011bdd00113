"""What was installed is compared with what was released, file by file."""

import base64
import hashlib
from collections.abc import Callable
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from station.config import Config
from station.qualification import installed
from station.qualification.check import Finding, Outcome
from station.qualification.installation import Installation

ROOT = Path(__file__).parents[3]
UNIT = ROOT / "systemd" / "labelstation.service"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(Config(data=tmp_path / "data"), path=None)


def look(id_: str, installation: Installation) -> Finding:
    (check,) = (each for each in installed.CHECKS if each.id == id_)
    return check.look(installation)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of one file, as an installer leaves it."""
    info = tmp_path / "labelstation-9.9.dist-info"
    info.mkdir()
    file = tmp_path / "station.py"
    file.write_text("print('good')\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=")
    (info / "METADATA").write_text("Name: labelstation\nVersion: 9.9\n")
    (info / "RECORD").write_text(f"station.py,sha256={digest.decode()},14\n")
    monkeypatch.setattr(installed, "distribution", lambda _: PathDistribution(info))
    return file


def test_a_program_as_it_was_installed_is_good(program: Path, installation: Installation) -> None:
    assert program.exists()
    found = look("IQ-01", installation)
    assert found.outcome == Outcome.PASS
    assert "Version 9.9, 1 files" in str(found.told[0])


@pytest.mark.parametrize("spoil", [lambda path: path.write_text("print('evil')\n"), Path.unlink])
def test_a_file_that_was_changed_or_is_gone_is_named(
    program: Path, installation: Installation, spoil: Callable[[Path], object]
) -> None:
    spoil(program)
    found = look("IQ-01", installation)
    assert found.outcome == Outcome.FAIL
    assert str(found.told[0]) == "station.py is not as it was installed."


def test_of_many_files_the_first_are_named_and_the_others_counted() -> None:
    *named, rest = installed._named(tuple(f"file-{number}" for number in range(50)))
    assert len(named) == installed.TOLD_AT_MOST
    assert str(rest) == f"And {50 - installed.TOLD_AT_MOST} more."


def test_libraries_are_those_of_the_lock(installation: Installation) -> None:
    """Here they are: the tests run with what the lock names."""
    assert look("IQ-02", installation).outcome == Outcome.PASS
    assert {"apsw", "pydantic", "zxing-cpp"} <= set(installed.locked())


def test_a_library_of_another_version_or_none_is_named(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"apsw": "0.1", "no-such-library": "1.0"}
    monkeypatch.setattr(installed, "locked", lambda: wanted)
    found = look("IQ-02", installation)
    assert found.outcome == Outcome.FAIL
    assert str(found.told[0]).startswith("apsw: expected 0.1, got ")
    assert str(found.told[1]) == "no-such-library: expected 1.0, got –."


def test_python_says_who_it_is(installation: Installation) -> None:
    assert str(look("IQ-04", installation).told[0]).startswith("CPython 3.")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the service, installed as the release brings them."""
    unit, rules = tmp_path / UNIT.name, tmp_path / "70-labelstation.rules"
    unit.write_bytes(UNIT.read_bytes())
    rules.write_bytes((ROOT / "systemd" / rules.name).read_bytes())
    monkeypatch.setattr(installed, "UNIT", unit)
    monkeypatch.setattr(installed, "RULES", rules)
    return unit


def test_the_files_of_the_service_are_those_of_the_release(
    service: Path, installation: Installation
) -> None:
    assert look("IQ-05", installation).outcome == Outcome.PASS
    moved = service.read_text().replace("/opt/labelstation/", "/srv/station/")
    service.write_text(moved)
    assert look("IQ-05", installation).outcome == Outcome.PASS, "an installer may have moved it"


def test_a_unit_with_more_rights_is_not_that_of_the_release(
    service: Path, installation: Installation
) -> None:
    service.write_text(service.read_text().replace("ProtectSystem=strict", "ProtectSystem=no"))
    found = look("IQ-05", installation)
    assert found.outcome == Outcome.FAIL
    assert str(service) in str(found.told[0])


def test_without_a_service_nothing_is_said_of_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installed, "UNIT", tmp_path / "none.service")
    for id_ in ("IQ-05", "IQ-06"):
        assert look(id_, installation).outcome == Outcome.NOT_APPLICABLE


def test_what_is_no_program_of_the_release_lies_beside_it() -> None:
    assert installed.released("requirements.lock").is_file()
    assert installed.released("systemd").is_dir()
