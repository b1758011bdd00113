"""Every fault at every step of a label, with a whole station on the simulated bench.

A new fault fails here until the table says what has to come of it. The page of the table is written
by `python -m tests.faults.page`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from drivers.simulated.faults import FAULTS, Fault, Step
from tests.faults import page
from tests.faults.shift import Run, Shift, shift
from tests.faults.table import AFTER_THE_LAST, EXPECTED, Expected, Fate

PLANS = [(fault, step) for fault in FAULTS.values() for step in fault.steps]
ANY_TIME = [fault for fault in FAULTS.values() if fault.any_time and len(fault.steps) > 1]


class Shifts:
    """One station for many orders; after a run that failed, a fresh one."""

    def __init__(self, folder: pytest.TempPathFactory) -> None:
        self._folder = folder
        self._open: ExitStack = ExitStack()
        self._shift: Shift | None = None

    def work(self, name: str, step: Step, *, label: int) -> Run:
        if self._shift is None:
            self._shift = self._open.enter_context(shift(self._folder.mktemp("shift")))
        try:
            return self._shift.work(FAULTS[name], step, label=label)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._shift = None
        self._open.close()


@pytest.fixture(scope="module")
def shifts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shifts]:
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("station.line.daemon.IDLE_SECONDS", 0.05)
        quick.setattr("station.line.daemon.GATE_SECONDS", 0.2)
        made = Shifts(tmp_path_factory)
        yield made
        made.close()


def observed(run: Run) -> Expected:
    """What came of the second label, in the words of the table."""
    why, passes = run.reasons.get(2, ""), bool(run.wrong)
    if not run.stops:
        fate = Fate.REJECTED if why else Fate.ACCEPTED
        return Expected(fate, "", (why,) if why else (), surplus=run.surplus, passes=passes)
    (stop,) = run.stops
    assert stop.doubt in {(), (2,)}
    fate = Fate.IN_DOUBT if stop.doubt else Fate.STOPPED
    told = stop.conditions or (stop.cause,)
    return Expected(fate, stop.device, told, surplus=run.surplus, passes=passes)


def test_the_table_has_every_fault_at_every_step_and_no_other() -> None:
    assert set(EXPECTED) == {(fault.name, step) for fault, step in PLANS}


@pytest.mark.parametrize(("name", "step"), [(fault.name, step) for fault, step in PLANS], ids=str)
def test_a_fault_comes_to_what_the_table_says_and_nothing_wrong_passes(
    shifts: Shifts, name: str, step: Step
) -> None:
    run = shifts.work(name, step, label=2)
    assert observed(run) == replace(EXPECTED[name, step], gap=""), run


@pytest.mark.parametrize("fault", ANY_TIME, ids=lambda fault: fault.name)
def test_nothing_wrong_passes_where_it_strikes_before_the_first_label(
    shifts: Shifts, fault: Fault
) -> None:
    assert shifts.work(fault.name, Step.READY, label=1).wrong == ()


@pytest.mark.parametrize("fault", ANY_TIME, ids=lambda fault: fault.name)
def test_nothing_wrong_passes_where_it_strikes_behind_the_last_label(
    shifts: Shifts, fault: Fault
) -> None:
    run = shifts.work(fault.name, Step.GATE, label=3)
    assert bool(run.wrong) == (fault.name in AFTER_THE_LAST), run.wrong


def test_the_page_shows_the_table() -> None:
    assert page.PAGE.read_text("utf-8") == page.text()
