"""Every fault at every step of a label, with a whole station on the simulated bench.

A new fault fails here until the table says what has to come of it. The page of the table is written
by `python -m tests.faults.page`.
"""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from drivers.simulated.faults import FAULTS, Device, Step
from station.core.state import LabelState
from tests.faults import page
from tests.faults.shift import Run, Shift, Stop, shift
from tests.faults.table import EXPECTED, Expected, Fate

PLANS = [(fault, step) for fault in FAULTS.values() for step in fault.steps]
LANES = 2
PATIENCE = 110.0
"""Longest wait for one order: those before it come first."""

ANYWHERE = [fault.name for fault in FAULTS.values() if set(Step) <= set(fault.steps)]
FIRST_AND_LAST = ((1, Step.READY), (3, Step.GATE))


Plan = tuple[str, tuple[tuple[int, Step], ...]]
"""A fault, and at which labels and steps of an order it strikes."""


_OPENING = threading.Lock()
"""The models of the pages are built once, by whoever comes first."""


class Lane:
    """Stations that work one order after the other; after one that failed, fresh ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._open = ExitStack()
        self._shifts: dict[bool, Shift] = {}
        """With a scanner, and without."""

    def work(self, plan: Plan) -> Run:
        name, moments = plan
        try:
            return self._shift(FAULTS[name].device).work(FAULTS[name], *moments)
        except BaseException:
            self.close()
            raise

    def _shift(self, device: Device) -> Shift:
        scanner = device == Device.SCANNER
        with _OPENING:
            if scanner not in self._shifts:
                folder = self._folder / str(next(self._numbers))
                opened = self._open.enter_context(shift(folder, scanner=scanner))
                self._shifts[scanner] = opened
            return self._shifts[scanner]

    def close(self) -> None:
        self._shifts.clear()
        self._open.close()


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[Plan, Future[Run]]]:
    """Every order that a chosen test asks for. A line mostly waits, so some work at once."""
    chosen = (each for each in request.session.items if isinstance(each, pytest.Function))
    plans: list[Any] = [
        each.callspec.params["plan"] for each in chosen if "runs" in each.fixturenames
    ]
    lanes: Queue[Lane] = Queue()
    for _ in range(LANES):
        lanes.put(Lane(tmp_path_factory.mktemp("lane")))

    def work(plan: Plan) -> Run:
        lane = lanes.get()
        try:
            return lane.work(plan)
        finally:
            lanes.put(lane)

    with pytest.MonkeyPatch.context() as quick, ThreadPoolExecutor(LANES) as pool:
        quick.setattr("station.line.daemon.IDLE_SECONDS", 0.05)
        quick.setattr("station.line.daemon.GATE_SECONDS", 0.5)
        # The question that finds a broken printer sooner would fall on one order or another.
        quick.setattr("station.line.supplies.EVERY_SECONDS", 3600.0)
        yield {plan: pool.submit(work, plan) for plan in plans}
        pool.shutdown(cancel_futures=True)
        while not lanes.empty():
            lanes.get().close()


def observed(run: Run) -> Expected:
    """What came of the second label, in the words of the table."""
    assert len(run.stops) <= 1, run.stops
    stop = run.stops[0] if run.stops else None
    code = (run.reasons[2],) if run.states[2] == LabelState.REJECTED else ()
    told = (stop.conditions or (stop.cause,)) if stop else ()
    doubt = stop.doubt if stop else ()
    return Expected(
        fate=_fate(run, stop),
        device=stop.device if stop else "",
        why=code + told,
        doubt=doubt,
        surplus=run.surplus,
        passes=bool(run.wrong),
    )


def _fate(run: Run, stop: Stop | None) -> Fate:
    if stop and 2 in stop.doubt:
        return Fate.UNRELEASED if 2 in stop.unreleased else Fate.IN_DOUBT
    if run.states[2] == LabelState.REJECTED:
        return Fate.REJECTED
    return Fate.STOPPED if run.stops else Fate.ACCEPTED


def test_the_table_has_every_fault_at_every_step_and_no_other() -> None:
    assert set(EXPECTED) == {(fault.name, step) for fault, step in PLANS}


def _name(plan: Plan) -> str:
    name, moments = plan
    return "-".join((name, *(f"{step}{label}" for label, step in moments)))


@pytest.mark.parametrize("plan", [(fault.name, ((2, step),)) for fault, step in PLANS], ids=_name)
def test_a_fault_comes_to_what_the_table_says_and_nothing_wrong_passes(
    runs: Mapping[Plan, Future[Run]], plan: Plan
) -> None:
    name, ((_, step),) = plan
    run = runs[plan].result(timeout=PATIENCE)
    assert observed(run) == replace(EXPECTED[name, step], gap=""), run


@pytest.mark.parametrize("plan", [(name, FIRST_AND_LAST) for name in ANYWHERE], ids=_name)
def test_nothing_wrong_passes_where_it_strikes_before_the_first_label_and_behind_the_last(
    runs: Mapping[Plan, Future[Run]], plan: Plan
) -> None:
    assert runs[plan].result(timeout=PATIENCE).wrong == ()


@pytest.mark.parametrize(
    "plan", [(each.name, ()) for each in FAULTS.values() if each.comes_out], ids=_name
)
def test_what_came_out_while_the_line_stood_is_taken_away_before_the_first_label(
    runs: Mapping[Plan, Future[Run]], plan: Plan
) -> None:
    run = runs[plan].result(timeout=PATIENCE)
    (stop,) = run.stops
    assert (stop.conditions, stop.doubt, run.wrong) == (("label-left",), (), ())


def test_the_page_shows_the_table() -> None:
    assert page.PAGE.read_text("utf-8") == page.text()
