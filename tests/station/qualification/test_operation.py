"""The operation is tried on a bench of its own; and a station that does wrong does not pass."""

from collections.abc import Callable
from pathlib import Path

import pytest

from station.config import Config
from station.core.challenge import BY_NAME
from station.core.judge import Verdict
from station.core.problem import problem
from station.line.challenge import kit
from station.line.verdicts import Verdicts
from station.qualification import labels, refusals
from station.qualification.check import Check, Finding, Outcome, made
from station.qualification.requirements import Need
from station.qualification.run import OQ
from station.qualification.trial import Ground, serialised

FEW = ("wrong-serial", "blank")


def look(id_: str, ground: Ground) -> Finding:
    (check,) = (each for each in OQ if each.id == id_)
    return check.look(ground)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    (tmp_path / "trial").mkdir()
    return Ground(tmp_path / "trial", Config().font, tmp_path)


@pytest.mark.parametrize("id_", ["OQ-01", "OQ-71", "OQ-73"])
def test_this_program_passes(id_: str, ground: Ground) -> None:
    found = look(id_, ground)
    assert found.outcome == Outcome.PASS, found.told
    assert found.evidence.startswith(b'{"seq": 1, ')


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a family is looked at does not depend on how many there are; in one of the orders."""
    monkeypatch.setattr(kit, "chosen", lambda _: tuple(BY_NAME[each] for each in FEW))
    monkeypatch.setattr(labels, "LOADS", labels.LOADS[:1])


@pytest.mark.usefixtures("few")
def test_a_family_of_bad_labels_passes_by_what_was_found_on_it(ground: Ground) -> None:
    found = look("OQ-20.wrong-serial", ground)
    assert found.outcome == Outcome.PASS
    assert "DATA.serial" in str(found.told[0])


@pytest.mark.usefixtures("few")
def test_a_station_that_takes_bad_labels_for_good_does_not_pass(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Verdicts, "verdict", lambda *_: Verdict())
    found = look("OQ-20.wrong-serial", ground)
    assert found.outcome == Outcome.FAIL
    assert str(found.told[0]) == "Found on the bad label: –."


def test_a_fault_that_is_not_told_does_not_pass(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label too many is there, and nobody counts."""
    monkeypatch.setattr("drivers.zebra.Zebra.odometer", lambda *_: None)
    monkeypatch.setattr("station.qualification.trial.STEP_SECONDS", 3.0)
    monkeypatch.setattr("station.core.reconciliation.Sheet.balanced", property(lambda _: True))
    (check,) = (each for each in OQ if each.id == "OQ-37")
    assert _outcome(check.look, ground) == Outcome.FAIL


def test_an_order_that_is_taken_and_should_not_be_does_not_pass(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.qualification.trial.STEP_SECONDS", 3.0)
    good = refusals._refused(lambda: serialised("OQ-X", start="300001"))
    assert _outcome(good, ground) == Outcome.FAIL


def _outcome(look: Callable[[Ground], Finding], ground: Ground) -> Outcome:
    check = Check("OQ-00", (Need.FAULT,), problem("Look."), problem("It fails."), look)
    return made(check, ground).outcome
