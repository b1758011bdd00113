"""A whole station is challenged on the simulated bench: nothing is printed before it has passed."""

from functools import partial
from pathlib import Path

import pytest

from drivers.simulated.bench import BenchFault
from station.app import Station, records_of
from station.config import SIMULATED, GateConfig, ReaderConfig
from station.core.challenge import BY_NAME, Cause, Kind, Result
from station.core.problem import Refused
from station.core.reconciliation import Stock
from station.core.state import LabelState, OrderState
from station.line.board import (
    Challenge,
    Clear,
    Close,
    End,
    Hold,
    Interrupt,
    Mode,
    Resume,
    Settle,
    Snapshot,
)
from station.line.challenge import kit
from station.records.journal import broken_at, read_only
from tests.station.challenged import (
    accept_everything,
    ask,
    drop,
    held,
    history,
    resume,
    running,
    state,
    tried,
    until,
)


def test_an_order_prints_nothing_before_the_challenge_at_its_start_is_passed(
    tmp_path: Path,
) -> None:
    with running(tmp_path, at_start=True) as station:
        drop(station)
        waiting = held(station, "challenge")
        assert waiting.challenge is not None
        assert "before the first label" in str(waiting.challenge)
        with pytest.raises(Refused, match="before the first label of this order"):
            resume(station)
        ask(station, Challenge("C-1"))
        passed = held(station, "challenge-passed")
        assert passed.challenge is None
        assert passed.order
        assert passed.order.balance.issued == 0
        check_specimens(station)
        resume(station)
        done = state(station, OrderState.FINISHED)
        assert done.order
        assert done.order.balance.released == 2
        last = history(station).last()
        assert last
        assert last.result == Result.PASSED
        assert last.started.causes == (Cause.START,)
        assert last.actor == "王芳"
        assert station.bench
        assert station.bench.gate.flap.passed == 2, "no specimen"
    assert broken_at(read_only(station.config.data)) is None


def check_specimens(station: Station) -> None:
    """Every one of them was rejected for its own reason and has its picture."""
    found = tried(station)
    last = history(station).last()
    assert last
    assert tuple(found) == last.started.families
    assert {"wrong-gtin", "wrong-serial", "data-matrix-without-fnc1", "blank"} <= set(found)
    for each in found.values():
        assert each.caught, each.family
        assert BY_NAME[each.family].caught(each.reasons)
        assert station.evidence.path(each.evidence).is_file()
    left_out = {each.family: str(each.why) for each in last.started.left_out}
    assert left_out["wrong-lot"] == "The label does not carry (10)."
    assert left_out["duplicate"] == "No label of this product has been accepted yet."
    assert left_out["dead-dots"] == "Nothing here compares the print with what was meant."


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the line does with a challenge does not depend on how many families there are."""
    names = ("wrong-gtin", "wrong-serial", "duplicate", "blank")
    monkeypatch.setattr(kit, "chosen", lambda _: tuple(BY_NAME[each] for each in names))


@pytest.mark.usefixtures("few")
def test_specimens_are_accounted_for_and_the_order_balances(tmp_path: Path) -> None:
    with running(tmp_path, at_start=True, at_end=True) as station:
        drop(station)
        for _ in range(2):
            held(station, "challenge")
            ask(station, Challenge("C-1"))
            held(station, "challenge-passed")
            resume(station)
        state(station, OrderState.FINISHED)
        sheet = records_of(station.config).sheet("C-1")
        assert sheet
        assert sheet.balanced
        assert sheet.stock[Stock.CHALLENGE] == 2 + 3
        assert sheet.stock[Stock.BLANK] == 2, "one fed in each"
        assert "duplicate" in tried(station), "by then a label was accepted"
        ask(station, Close("C-1"))
        row = records_of(station.config).order("C-1")
        assert row
        assert row.state == OrderState.CLOSED


@pytest.mark.usefixtures("few")
def test_a_bad_label_that_is_accepted_is_rejected_by_the_gate_and_locks_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as station:
        drop(station, quantity=200)
        until(station, lambda seen: bool(seen.order and seen.order.balance.released >= 3))
        ask(station, Hold("something looks wrong"))
        accept_everything(station, monkeypatch)
        released = state(station, OrderState.HELD).order
        assert released
        good = released.balance.released
        ask(station, Challenge("C-1"))
        missed = held(station, "challenge-missed")
        assert missed.challenge is not None
        assert "was missed" in str(missed.challenge)
        assert station.bench
        assert station.bench.gate.flap.passed == good, "the gate let no specimen pass"
        with pytest.raises(Refused, match="Call the supervisor"):
            resume(station)
        (on_hold,) = history(station).on_hold()
        assert (on_hold.order, on_hold.count) == ("C-1", good)

        monkeypatch.undo()
        ask(station, Challenge("C-1"))
        held(station, "challenge-passed")
        ask(station, End("C-1", "not needed any more"))
        with pytest.raises(Refused, match="are on hold, because a challenge"):
            ask(station, Close("C-1"))
        with pytest.raises(Refused, match="somebody else"):
            ask(station, Clear("C-1", 0, "inspected", witness="王芳"))
        ask(station, Settle("C-1", 1, LabelState.DESTROYED, "cut through", witness="李强"))
        ask(station, Clear("C-1", 2, "inspected", witness="李强"))
        ask(station, Clear("C-1", 0, "inspected", witness="李强"))
        with pytest.raises(Refused, match="No such label"):
            ask(station, Clear("C-1", 0, "inspected", witness="李强"))
        ask(station, Close("C-1"))


@pytest.mark.usefixtures("few")
def test_a_fault_of_the_machine_ends_a_challenge_neither_passed_nor_missed(tmp_path: Path) -> None:
    with running(tmp_path, at_start=True) as station:
        drop(station)
        held(station, "challenge")
        assert station.bench
        station.bench.order(BenchFault.PAPER_OUT, at=2)
        ask(station, Challenge("C-1"))
        until(station, lambda seen: seen.mode == Mode.FAULT and seen.challenging is None)
        last = history(station).last()
        assert last
        assert last.result == Result.ABORTED
        assert len(last.specimens) == 1
        assert not history(station).on_hold()
        station.bench.load_paper()
        resume(station)
        again = held(station, "challenge")
        assert again.fault is None, "the fault is cleared, and the challenge is still due"
        ask(station, Challenge("C-1"))
        held(station, "challenge-passed")
        resume(station)
        state(station, OrderState.FINISHED)
        sheet = records_of(station.config).sheet("C-1")
        assert sheet
        assert sheet.balanced


def test_a_person_can_stop_it_and_nothing_else_happens_meanwhile(tmp_path: Path) -> None:
    with running(tmp_path, at_start=True) as station:
        drop(station)
        stopped = held(station, "challenge")
        with pytest.raises(Refused, match="No challenge is under way"):
            ask(station, Interrupt("enough"))
        with pytest.raises(Refused, match="not at the line"):
            ask(station, Challenge("C-2"))
        ask(station, Challenge("C-1"))
        until(station, lambda seen: seen.challenging is not None)
        with pytest.raises(Refused, match="under way"):
            ask(station, Resume("checked", stopped.stop))
        with pytest.raises(Refused, match="under way"):
            ask(station, End("C-1", "not needed"))
        ask(station, Interrupt("the bin is full"))
        last = history(station).last()
        assert last
        assert last.ended
        assert (last.result, last.ended.detail) == (Result.ABORTED, "the bin is full")
        assert held(station, "challenge").challenge is not None


def test_an_order_that_ends_without_its_last_challenge_leaves_its_labels_on_hold(
    tmp_path: Path,
) -> None:
    with running(tmp_path, at_end=True) as station:
        drop(station, quantity=200)
        until(station, lambda seen: bool(seen.order and seen.order.balance.released >= 2))
        ask(station, Hold("the printer smokes"))
        seen = state(station, OrderState.HELD)
        assert seen.order
        ask(station, End("C-1", "the printer is dead"))
        (on_hold,) = history(station).on_hold(order="C-1")
        assert on_hold.count == seen.order.balance.released
        with pytest.raises(Refused, match="are on hold"):
            ask(station, Close("C-1"))


def test_a_scanner_in_a_hand_is_challenged_with_what_it_can_read(tmp_path: Path) -> None:
    scanner = ReaderConfig(camera="", scanner=SIMULATED, scan_seconds=10.0)
    with running(tmp_path, devices={"reader": scanner}, at_start=True, compared=True) as station:
        drop(station)
        held(station, "challenge")
        ask(station, Challenge("C-1"))
        held(station, "challenge-passed")
        found = tried(station)
        assert {BY_NAME[each].kind for each in found} == {Kind.DATA, Kind.SYMBOL}
        assert all(each.caught for each in found.values())
        last = history(station).last()
        assert last
        left_out = {each.family: str(each.why) for each in last.started.left_out}
        assert left_out["blank"] == "No camera looks at the labels here."


@pytest.mark.usefixtures("few")
def test_where_a_person_takes_the_labels_away_the_next_one_waits_for_it(tmp_path: Path) -> None:
    gate = {"gate": GateConfig(url="operator")}
    with running(tmp_path, devices=gate, at_start=True) as station:
        drop(station)
        held(station, "challenge")
        ask(station, Challenge("C-1"))
        assert station.bench
        for place in range(1, 3):
            until(station, partial(_tried, more_than=place))
            station.bench.take_away()
        ask(station, Interrupt("enough seen"))
        assert all(each.caught for each in tried(station).values())


def _tried(seen: Snapshot, *, more_than: int) -> bool:
    return seen.challenging is not None and seen.challenging.place > more_than


@pytest.mark.usefixtures("few")
def test_on_a_web_every_specimen_is_brought_under_the_camera(tmp_path: Path) -> None:
    web = {"reader": ReaderConfig(window=3)}
    with running(tmp_path, devices=web, at_start=True) as station:
        drop(station)
        held(station, "challenge")
        ask(station, Challenge("C-1"))
        until(station, partial(_tried, more_than=2))
        ask(station, Interrupt("enough seen"))
        found = tried(station)
        assert all(each.caught for each in found.values())
        sheet = records_of(station.config).sheet("C-1")
        assert sheet
        assert sheet.stock[Stock.CHALLENGE] == len(found)
        assert sheet.stock[Stock.BLANK] == 2 * len(found), "two behind each"


@pytest.mark.usefixtures("few")
def test_a_restart_in_the_middle_leaves_it_neither_passed_nor_missed(tmp_path: Path) -> None:
    with running(tmp_path, at_start=True) as station:
        drop(station)
        held(station, "challenge")
        ask(station, Challenge("C-1"))
        until(station, lambda seen: seen.challenging is not None and seen.challenging.place > 1)
    with running(tmp_path, at_start=True) as station:
        until(station, lambda seen: seen.challenge is not None)
        last = history(station).last()
        assert last
        assert last.ended
        assert (last.result, last.ended.detail) == (Result.ABORTED, "restart")
        ask(station, Challenge("C-1"))
        held(station, "challenge-passed")
        resume(station)
        state(station, OrderState.FINISHED)
        sheet = records_of(station.config).sheet("C-1")
        assert sheet
        printed = sum(bool(each.zpl) for each in (*last.specimens, *tried(station).values()))
        assert sheet.stock[Stock.CHALLENGE] == printed
        assert sheet.stock[Stock.BLANK] >= 2, "the one in hand may have come out or not"
