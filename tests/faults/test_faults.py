"""Every fault at every step of a label, with a whole station on the simulated bench.

A new fault fails here until the table says what has to come of it. The page of the table is written
by `python -m tests.faults.page`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from drivers.simulated.faults import FAULTS, Fault, Step
from station.core.state import LabelState
from tests.faults import page
from tests.faults.shift import Run, Shift, shift
from tests.faults.table import EXPECTED, Expected, Fate

PLANS = [(fault, step) for fault in FAULTS.values() for step in fault.steps]
ANY_TIME = [fault for fault in FAULTS.values() if fault.any_time and len(fault.steps) > 1]


class Shifts:
    """One station for many orders; after a run that failed, a fresh one."""

    def __init__(self, folder: pytest.TempPathFactory) -> None:
        self._folder = folder
        self._open: ExitStack = ExitStack()
        self._shift: Shift | None = None

    def work(self, fault: Fault, *moments: tuple[int, Step]) -> Run:
        if self._shift is None:
            self._shift = self._open.enter_context(shift(self._folder.mktemp("shift")))
        try:
            return self._shift.work(fault, *moments)
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
    assert len(run.stops) <= 1, run.stops
    stop = run.stops[0] if run.stops else None
    code = (run.reasons[2],) if run.states[2] == LabelState.REJECTED else ()
    told = (stop.conditions or (stop.cause,)) if stop else ()
    doubt = stop.doubt if stop else ()
    return Expected(
        fate=_fate(run, doubt),
        device=stop.device if stop else "",
        why=code + told,
        doubt=doubt,
        surplus=run.surplus,
        passes=bool(run.wrong),
    )


def _fate(run: Run, doubt: tuple[int, ...]) -> Fate:
    if 2 in doubt:
        return Fate.IN_DOUBT
    if run.states[2] == LabelState.REJECTED:
        return Fate.REJECTED
    return Fate.STOPPED if run.stops else Fate.ACCEPTED


def test_the_table_has_every_fault_at_every_step_and_no_other() -> None:
    assert set(EXPECTED) == {(fault.name, step) for fault, step in PLANS}


@pytest.mark.parametrize(("name", "step"), [(fault.name, step) for fault, step in PLANS], ids=str)
def test_a_fault_comes_to_what_the_table_says_and_nothing_wrong_passes(
    shifts: Shifts, name: str, step: Step
) -> None:
    run = shifts.work(FAULTS[name], (2, step))
    assert observed(run) == replace(EXPECTED[name, step], gap=""), run


@pytest.mark.parametrize("fault", ANY_TIME, ids=lambda fault: fault.name)
def test_nothing_else_passes_where_it_strikes_before_the_first_label_and_behind_the_last(
    shifts: Shifts, fault: Fault
) -> None:
    run = shifts.work(fault, (1, Step.READY), (3, Step.GATE))
    assert bool(run.wrong) == EXPECTED[fault.name, Step.GATE].passes, run.wrong


def test_the_last_label_of_an_order_that_the_gate_leaves_lying_is_not_missed(
    shifts: Shifts,
) -> None:
    """See BEHIND_THE_LAST: the record says that it passed, and it did not."""
    run = shifts.work(FAULTS["gate-stuck"], (3, Step.GATE))
    assert (run.stops, len(run.wrong)) == ([], 1)


def test_the_page_shows_the_table() -> None:
    assert page.PAGE.read_text("utf-8") == page.text()
