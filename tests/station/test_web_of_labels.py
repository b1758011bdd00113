"""A whole station whose camera stands behind the print head: several labels are on their way."""

from dataclasses import replace
from pathlib import Path

import pytest

from drivers.simulated.bench import BenchFault
from station.config import Config, ReaderConfig
from station.core.events import LabelInDoubt, LabelIssued, LabelJudged
from station.core.problem import Refused
from station.core.state import LabelState, OrderState
from station.line.board import Hold, Mode, Settle, Snapshot
from station.records.journal import read_only, recorded
from tests.station.test_station import (
    LOT_ORDER,
    ask,
    config,
    counted,
    drop,
    resume,
    running,
    until,
)

WINDOW = 4
ORDER = "S-000001"


def on_web(folder: Path, window: int = WINDOW) -> Config:
    return config(folder, reader=ReaderConfig(window=window, seconds=1.0))


def finished(snapshot: Snapshot) -> tuple[OrderState, int, int]:
    assert snapshot.order is not None
    balance = snapshot.order.balance
    assert balance.balanced
    return snapshot.order.state, balance.released, balance.issued


@pytest.mark.parametrize("window", [2, 4, 7])
@pytest.mark.parametrize("quantity", [1, 6])
def test_every_label_is_judged_in_the_order_in_which_it_was_printed(
    tmp_path: Path, window: int, quantity: int
) -> None:
    with running(on_web(tmp_path, window)) as station:
        drop(station, counted(quantity))
        snapshot = until(station, Mode.IDLE, order=ORDER)
        assert finished(snapshot) == (OrderState.FINISHED, quantity, quantity)
        events = [each.event for each in recorded(read_only(station.config.data))]
    judged = [each.number for each in events if isinstance(each, LabelJudged)]
    assert judged == list(range(1, quantity + 1))
    ahead = open_now = 0
    for event in events:
        open_now += isinstance(event, LabelIssued) - isinstance(event, LabelJudged)
        ahead = max(ahead, open_now)
    assert ahead <= window + 1, "the window, and the one being printed while one is judged"


def test_a_reject_is_replaced_and_the_labels_behind_it_are_judged_one_by_one(
    tmp_path: Path,
) -> None:
    with running(on_web(tmp_path), {2: BenchFault.WRONG_SERIAL}) as station:
        drop(station, counted(5))
        snapshot = until(station, Mode.IDLE, order=ORDER)
        assert finished(snapshot) == (OrderState.FINISHED, 5, 6)
        assert snapshot.order is not None
        assert snapshot.order.balance.rejected == 1


def test_a_hold_leaves_no_label_without_a_verdict(tmp_path: Path) -> None:
    with running(on_web(tmp_path)) as station:
        drop(station, counted(400))
        until(station, Mode.RUNNING)
        ask(station, Hold("a look"))
        snapshot = station.board.snapshot
        while snapshot.order is None or snapshot.order.balance.open:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        assert snapshot.mode == Mode.HELD
        assert snapshot.in_doubt == ()
        ask(station, resume(station, "seen"))
        until(station, Mode.RUNNING)


def doubts(station_config: Config) -> dict[int, str]:
    events = (each.event for each in recorded(read_only(station_config.data)))
    return {each.number: str(each.cause) for each in events if isinstance(each, LabelInDoubt)}


@pytest.mark.parametrize(
    ("fault", "named"),
    [(BenchFault.LOST, {5: "PROCESS.lost"}), (BenchFault.TWIN, {5: "fault"})],
)
def test_a_lost_or_doubled_label_is_named_and_all_on_the_web_wait_for_people(
    tmp_path: Path, fault: BenchFault, named: dict[int, str]
) -> None:
    with running(on_web(tmp_path), {5: fault}) as station:
        drop(station, counted(9))
        snapshot = until(station, Mode.HELD, Mode.FAULT)
        found = doubts(station.config)
        assert named.items() <= found.items()
        assert [number for number, _ in snapshot.in_doubt] == sorted(found)
        assert snapshot.order is not None
        with pytest.raises(Refused, match="is in doubt"):
            ask(station, resume(station, "just go on"))
        for number in found:
            ask(station, Settle(ORDER, number, LabelState.DESTROYED, "torn up", "witness"))
        assert station.bench is not None
        station.bench.clear_web()
        ask(station, resume(station, "web is clear"))
        assert finished(until(station, Mode.IDLE, order=ORDER))[1] == 9


def test_a_twin_that_no_odometer_tells_of_is_named_by_what_the_camera_sees(tmp_path: Path) -> None:
    with running(on_web(tmp_path), {5: BenchFault.TWIN}) as station:
        assert station.bench is not None
        receiver = station.bench.printer._receiver
        receiver._knows = replace(receiver._knows, odometer=False)
        drop(station, counted(9))
        until(station, Mode.HELD, Mode.FAULT)
        found = doubts(station.config)
        assert found[5] == "PROCESS.doubled"
        assert "PROCESS.lost" in found.values(), "the one that went by unseen"


def test_a_lost_label_of_a_lot_shows_at_the_end_of_the_web(tmp_path: Path) -> None:
    with running(on_web(tmp_path), {2: BenchFault.LOST}) as station:
        drop(station, LOT_ORDER)
        snapshot = until(station, Mode.HELD)
        assert len(snapshot.in_doubt) == 1
        assert snapshot.order is not None
        assert snapshot.order.balance.released == 2


def test_paper_out_puts_every_label_on_the_web_in_doubt(tmp_path: Path) -> None:
    with running(on_web(tmp_path), {5: BenchFault.PAPER_OUT}) as station:
        drop(station, counted(9))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert "paper-out" in snapshot.fault.conditions
        assert snapshot.order is not None
        assert len(snapshot.in_doubt) + snapshot.order.balance.released == 5


def test_a_gate_that_fails_stops_the_web_and_leaves_what_is_on_it_in_doubt(tmp_path: Path) -> None:
    with running(on_web(tmp_path)) as station:
        assert station.bench is not None
        station.bench.gate.flap.stick()
        drop(station, counted(9))
        snapshot = until(station, Mode.FAULT)
        while snapshot.order is None or snapshot.order.balance.open > len(snapshot.in_doubt):
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        assert snapshot.fault is not None
        assert snapshot.fault.conditions == ("gate-not-at-rest",)
        assert snapshot.unreleased == (1,)
        assert snapshot.order.balance.released == 0
        assert len(snapshot.in_doubt) == snapshot.order.balance.issued
