"""A whole station on the simulated bench: ZPL over TCP, pictures over HTTP, records on disk."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest

from drivers.simulated.bench import BenchFault
from drivers.simulated.label import PrintedLabel, prints
from station.app import Station, local_today, records_of
from station.artwork.picture import expected_picture
from station.config import (
    BackupConfig,
    Config,
    GateConfig,
    PrinterConfig,
    ReaderConfig,
    WebConfig,
    shipped,
)
from station.core.events import BackupMade, Event, LabelIssued, LabelJudged, OrderResumed
from station.core.problem import Refused
from station.core.state import LabelState, OrderState
from station.line.board import (
    Close,
    End,
    Hold,
    Look,
    Mode,
    Reprint,
    Request,
    Resume,
    Settle,
    Snapshot,
    Start,
)
from station.records.clock import Instant, now
from station.records.journal import Journal, broken_at, read_only, recorded
from station.records.place import write_whole
from station.records.query import Records
from torture.approved import approve

SERIAL_ORDER = """\
id: S-{start}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {serials}
template: has-mhb-hc-unit
revision: "1"
"""
MADE = local_today() - timedelta(days=2)
LOT_ORDER = f"""\
id: L-1
product: HAS-MHB-X2
level: primary
quantity: 3
lot: "{MADE:%Y%m%d}"
production_date: {MADE}
template: has-mhb-x2-primary
revision: "1"
"""


def config(folder: Path, **changes: object) -> Config:
    return Config(data=folder / "data", web=WebConfig(port=0)).model_copy(update=changes)


def counted(quantity: int, start: str = "000001") -> str:
    serials = f'{{prefix: CN, start: "{start}"}}'
    return SERIAL_ORDER.format(start=start, quantity=quantity, serials=serials)


def drop(station: Station, text: str, name: str = "order.yaml") -> None:
    inbox = station.config.data / "orders" / "inbox"
    (inbox / f".{name}").write_text(text)
    (inbox / f".{name}").rename(inbox / name)


@contextmanager
def running(settings: Config, faults: dict[int, BenchFault] | None = None) -> Iterator[Station]:
    with Station(settings, faults=faults) as station:
        approve(station.journal, settings.data, station.workshop.library)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            yield station
        finally:
            station.daemon.stop()
            worker.join()


def until(station: Station, *modes: Mode, order: str = "") -> Snapshot:
    """The next snapshot in one of these modes; the test's own time limit ends a hang."""
    snapshot = station.board.snapshot
    while snapshot.mode not in modes or (order and not _at(snapshot, order)):
        assert snapshot.mode != Mode.STOPPED, "the line has died"
        snapshot = station.board.newer(snapshot.version, seconds=1.0)
    return snapshot


def _at(snapshot: Snapshot, order: str) -> bool:
    return snapshot.order is not None and snapshot.order.order.id == order


def resume(station: Station, reason: str) -> Resume:
    """As the page does: for the stop that is shown."""
    return Resume(reason, station.board.snapshot.stop)


def ask(station: Station, request: Request) -> None:
    answer: Future[None] = station.board.ask(request, actor="tester")
    answer.result(timeout=30)


def test_every_label_of_a_serial_order_is_printed_read_accepted_and_released(
    tmp_path: Path,
) -> None:
    with running(config(tmp_path)) as station:
        drop(station, counted(4))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        assert snapshot.order.state == OrderState.FINISHED
        assert (snapshot.order.balance.released, snapshot.order.balance.issued) == (4, 4)
        assert snapshot.order.balance.balanced
        assert snapshot.label is not None
        assert snapshot.label.serial == "CN000004"
        assert station.bench is not None
        assert station.bench.gate.flap.passed == 4
    assert broken_at_rest(tmp_path) is None


def broken_at_rest(tmp_path: Path) -> int | None:
    journal = Journal(tmp_path / "data")
    found = broken_at(journal.db)
    journal.close()
    return found


def test_a_lot_order_prints_the_same_codes_on_every_label(tmp_path: Path) -> None:
    with running(config(tmp_path)) as station:
        drop(station, LOT_ORDER)
        snapshot = until(station, Mode.IDLE, order="L-1")
        assert snapshot.order is not None
        assert snapshot.order.balance.released == 3
        events = [each.event for each in recorded(read_only(station.config.data))]
        issued = [each for each in events if isinstance(each, LabelIssued)]
        assert len({each.data for each in issued}) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (BenchFault.DAMAGED, "READ.no-read"),
        (BenchFault.PREVIOUS, "DATA.duplicate"),
        (BenchFault.WRONG_SERIAL, "DATA.serial"),
    ],
)
def test_a_bad_label_is_rejected_its_serial_burnt_and_the_next_takes_its_place(
    tmp_path: Path, fault: BenchFault, code: str
) -> None:
    with running(config(tmp_path), {2: fault}) as station:
        drop(station, counted(3))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        balance = snapshot.order.balance
        assert (balance.released, balance.rejected, balance.issued) == (3, 1, 4)
        (found,) = records_of(station.config).nonconformances()
        assert [found.reasons[0]["code"], found.number, found.serial] == [code, 2, "CN000002"]
        picture = station.evidence.path(found.evidence)
        assert picture.read_bytes()[:2] == b"\xff\xd8"
        assert station.bench is not None
        assert (station.bench.gate.flap.passed, station.bench.gate.flap.fallen) == (3, 1)


def test_a_rejected_serial_of_a_closed_list_is_not_replaced(tmp_path: Path) -> None:
    text = SERIAL_ORDER.format(start="x", quantity=3, serials="{first: A1, last: A3}")
    with running(config(tmp_path), {2: BenchFault.DAMAGED}) as station:
        drop(station, text)
        snapshot = until(station, Mode.IDLE, order="S-x")
        assert snapshot.order is not None
        assert snapshot.order.balance.short == 1
        assert snapshot.order.balance.balanced


def test_a_label_that_never_comes_is_in_doubt_until_a_person_says_what_became_of_it(
    tmp_path: Path,
) -> None:
    with running(config(tmp_path, reader=ReaderConfig(seconds=0.5)), {2: BenchFault.LOST}) as line:
        drop(line, counted(2))
        snapshot = until(line, Mode.HELD)
        assert snapshot.in_doubt == ((2, "CN000002"),)
        with pytest.raises(Refused, match="Label 2 is in doubt"):
            ask(line, resume(line, "just go on"))
        ask(line, Settle("S-000001", 2, LabelState.NOT_PRINTED, "nothing came", "witness"))
        with pytest.raises(Refused, match="cannot be said to be destroyed"):
            ask(line, Settle("S-000001", 2, LabelState.DESTROYED, "again", "witness"))
        ask(line, resume(line, "go on"))
        snapshot = until(line, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        balance = snapshot.order.balance
        assert (balance.released, balance.voided, balance.issued) == (2, 1, 3)
        assert balance.balanced


def test_paper_out_latches_and_nothing_moves_before_a_person_has_cleared_it(
    tmp_path: Path,
) -> None:
    with running(config(tmp_path), {2: BenchFault.PAPER_OUT}) as station:
        drop(station, counted(3))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert "paper-out" in snapshot.fault.conditions
        assert snapshot.in_doubt == ((2, "CN000002"),)
        ask(station, Settle("S-000001", 2, LabelState.DESTROYED, "half a label", "witness"))
        with pytest.raises(Refused, match=r"Still not ready: .*paper-out"):
            ask(station, resume(station, "no paper yet"))
        assert station.bench is not None
        station.bench.load_paper()
        ask(station, resume(station, "new roll"))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        assert snapshot.order.balance.released == 3
        assert snapshot.order.balance.balanced


def test_three_rejects_in_a_row_hold_the_order(tmp_path: Path) -> None:
    faults = dict.fromkeys((1, 2, 3), BenchFault.DAMAGED)
    with running(config(tmp_path), faults) as station:
        drop(station, counted(2))
        snapshot = until(station, Mode.HELD)
        assert snapshot.order is not None
        assert snapshot.order.cause == "rejects"
        ask(station, resume(station, "ribbon cleaned"))
        assert until(station, Mode.IDLE, order="S-000001").order is not None


def test_without_a_gate_each_label_is_waited_for_until_a_person_has_taken_it_away(
    tmp_path: Path,
) -> None:
    settings = config(tmp_path, gate=GateConfig(url="operator"))
    with running(settings, {2: BenchFault.WRONG_SERIAL}) as station:
        drop(station, counted(2))
        assert station.bench is not None
        good = occupied(station)
        assert (good.mode, good.order and good.order.balance.issued) == (Mode.RUNNING, 1)
        station.bench.take_away()
        rejected = until(station, Mode.HELD)
        assert rejected.order is not None
        assert (rejected.order.cause, rejected.order.balance.issued) == ("take-away", 2)
        station.bench.take_away()
        ask(station, resume(station, "in the reject bin"))
        until(station, Mode.IDLE, order="S-000001")


def occupied(station: Station) -> Snapshot:
    snapshot = station.board.snapshot
    while not snapshot.occupied:
        assert snapshot.mode in {Mode.IDLE, Mode.STARTING, Mode.RUNNING}
        snapshot = station.board.newer(snapshot.version, seconds=1.0)
    return snapshot


def test_a_gate_that_does_not_move_stops_the_line_with_its_label_not_released(
    tmp_path: Path,
) -> None:
    with running(config(tmp_path)) as station:
        assert station.bench is not None
        station.bench.gate.flap.stick()
        drop(station, counted(2))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert (snapshot.fault.device, snapshot.fault.conditions) == ("gate", ("gate-not-at-rest",))
        assert snapshot.unreleased == (1,)
        assert snapshot.order is not None
        assert snapshot.order.balance.issued == 1


def test_a_label_that_lies_there_unasked_stops_the_line_before_a_serial_is_burnt(
    tmp_path: Path,
) -> None:
    with running(config(tmp_path)) as station:
        assert station.bench is not None
        station.bench.printer.feed_blank()
        station.bench.printer.wait_printed(1, seconds=10)
        drop(station, counted(2))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert snapshot.fault.conditions == ("label-left",)
        assert snapshot.order is not None
        assert snapshot.order.balance.issued == 0


def test_a_resume_is_for_the_stop_that_was_seen_and_for_no_later_one(tmp_path: Path) -> None:
    with running(config(tmp_path)) as station:
        drop(station, counted(60))
        until(station, Mode.RUNNING)
        ask(station, Hold("one"))
        first = resume(station, "fine")
        ask(station, first)
        ask(station, Hold("two"))
        for stale in (first, Resume("never seen", 0)):
            with pytest.raises(Refused, match="stopped for another reason"):
                ask(station, stale)
        ask(station, resume(station, "fine"))


def test_an_order_that_is_not_wanted_any_more_is_ended_by_a_person(tmp_path: Path) -> None:
    with running(config(tmp_path)) as station:
        drop(station, counted(500))
        until(station, Mode.RUNNING)
        with pytest.raises(Refused, match="neither waiting nor on hold"):
            ask(station, End("S-000001", "wrong lot"))
        ask(station, Hold("wrong lot"))
        ask(station, End("S-000001", "wrong lot"))
        row = records_of(station.config).order("S-000001")
        assert row is not None
        assert (row.state, row.balance.balanced) == (OrderState.ENDED, True)
        drop(station, counted(1, "900000"), "next.yaml")
        until(station, Mode.IDLE, order="S-900000")


def test_a_label_accepted_and_not_released_is_closed_by_a_person_who_found_it(
    tmp_path: Path,
) -> None:
    """The process died after the verdict, before the gate was known to have moved."""
    number = died_with_a_label_in_hand(tmp_path, accepted=True)
    with running(config(tmp_path)) as station:
        snapshot = until(station, Mode.HELD)
        assert snapshot.unreleased == (number,)
        with pytest.raises(Refused, match="cannot be said to be not printed"):
            ask(station, Settle("S-000001", number, LabelState.NOT_PRINTED, "gone", "witness"))
        ask(station, Settle("S-000001", number, LabelState.RELEASED, "behind the gate", "witness"))
        ask(station, resume(station, "go on"))
        until(station, Mode.RUNNING)


def died_with_a_label_in_hand(tmp_path: Path, *, accepted: bool) -> int:
    """What the journal of a killed station holds; returns the number of that label."""
    with running(config(tmp_path)) as station:
        drop(station, counted(60))
        seen_one(station)
        ask(station, Hold("stop here"))
    journal = Journal(tmp_path / "data")
    row = Records(journal.db).current()
    assert row is not None
    number = row.balance.issued + 1
    journal.append(
        OrderResumed(order="S-000001", reason="go on"),
        LabelIssued(
            order="S-000001",
            number=number,
            gtin=row.gtin,
            serial=f"CN{number:06d}",
            data="00",
            zpl="0" * 64,
        ),
    )
    if accepted:
        journal.append(
            LabelJudged(order="S-000001", number=number, accepted=True, reasons=(), symbols=())
        )
    journal.close()
    return number


def test_an_order_goes_on_only_with_what_it_was_started_with(tmp_path: Path) -> None:
    """The template is edited while the order is held; nobody approved that for this order."""
    labels = tmp_path / "labels"
    shutil.copytree(shipped("labels"), labels)
    settings = config(tmp_path, labels=labels)
    with running(settings) as station:
        drop(station, counted(60))
        until(station, Mode.RUNNING)
        ask(station, Hold("stop here"))
    path = labels / "has-mhb-hc-unit.yaml"
    path.write_text(path.read_text().replace("其他内容详见说明书", "其他内容"))
    with running(settings) as station:
        until(station, Mode.HELD)
        before = station.board.snapshot.order
        ask(station, resume(station, "go on"))
        snapshot = until(station, Mode.HELD)
        assert before is not None
        assert snapshot.order is not None
        assert snapshot.order.cause == "template"
        assert "this has changed: template" in snapshot.order.detail
        assert snapshot.order.balance.issued == before.balance.issued


def test_a_disk_that_takes_no_picture_puts_the_label_in_doubt_and_latches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.suffix == ".jpg":
            raise OSError(28, "No space left on device")
        write_whole(path, data)

    monkeypatch.setattr("station.records.evidence.write_whole", full)
    with running(config(tmp_path)) as station:
        drop(station, counted(1))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert snapshot.fault.conditions == ("disk-full",)
        assert snapshot.in_doubt == ((1, "CN000001"),)


def test_a_port_that_is_taken_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with running(config(tmp_path)) as station:
        port = int(station.server.url.rpartition(":")[2])
        other = config(tmp_path / "other", web=WebConfig(port=port))
        before = threading.active_count()
        with pytest.raises(Refused), Station(other):
            pass
        assert threading.active_count() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"printer": PrinterConfig(url="foo://x")},
        {"printer": PrinterConfig(url="tcp://127.0.0.1:9")},
        {"reader": ReaderConfig(camera="zzz:///")},
        {"reader": ReaderConfig(scanner="nonsense")},
    ],
)
def test_a_device_that_cannot_be_one_is_refused_at_the_start(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    """A real printer is never read back by a simulated camera."""
    with pytest.raises(Refused, match="expected"):
        Station(config(tmp_path, **changes))


def test_a_printer_that_lost_its_memory_gets_the_fixed_parts_again(tmp_path: Path) -> None:
    """Held, switched off and on, resumed: the next label is whole, not its variable parts alone."""
    with running(config(tmp_path)) as station:
        drop(station, counted(40))
        snapshot = until(station, Mode.RUNNING)
        while snapshot.label is None:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        ask(station, Hold("cleaning"))
        assert station.bench is not None
        station.bench.printer.power_cycle()
        ask(station, resume(station, "clean"))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert snapshot.fault.conditions == ("unreachable",)
        assert not snapshot.in_doubt
        ask(station, resume(station, "it was switched off"))
        until(station, Mode.IDLE, order="S-000001")
        assert station.bench.printer.status.graphics_stored == 1
        assert len(station.bench.printer.stored) == 2
        assert not station.bench.printer.reprint


def test_a_label_printed_just_after_the_printer_lost_its_memory_is_rejected(
    tmp_path: Path,
) -> None:
    """Between its last answer and the label, on a line that does not notice: the label comes out
    without its symbol, and no reader accepts that. For the next one everything is stored again.
    """
    with running(config(tmp_path, start="operator")) as station:
        assert station.bench is not None
        printer = station.bench.printer
        usual, formats = printer.rewrite, count(1)
        assert usual is not None

        def lose_memory(number: int, zpl: bytes) -> bytes:
            if prints(zpl) and next(formats) == 2:
                printer._engine.memory.forget("*")
            return usual(number, zpl)

        printer.rewrite = lose_memory
        drop(station, counted(3))
        snapshot = station.board.snapshot
        while not snapshot.waiting:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        ask(station, Start("S-000001"))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        assert (snapshot.order.balance.released, snapshot.order.balance.rejected) == (3, 1)
        assert len(printer.stored) == 2
    with read_only(tmp_path / "data") as db:
        states = [each.state for each in Records(db).labels("S-000001")]
    assert states == [LabelState.RELEASED, LabelState.REJECTED, *[LabelState.RELEASED] * 2]


def test_a_power_cut_between_the_last_answer_and_the_label_leaves_it_in_doubt(
    tmp_path: Path,
) -> None:
    """The serial is burnt, the connection is gone before its first byte: nothing is printed."""
    with running(config(tmp_path, start="operator")) as station:
        assert station.bench is not None
        printer = station.bench.printer
        journal = station.daemon._cycle._journal
        append = journal.append

        def cut_power(*events: Event, actor: str = "station") -> int:
            seq = append(*events, actor=actor)
            if any(isinstance(each, LabelIssued) and each.number == 2 for each in events):
                printer.power_cycle()
            return seq

        journal.append = cut_power  # type: ignore[method-assign]  # the moment a test can choose
        drop(station, counted(3))
        snapshot = station.board.snapshot
        while not snapshot.waiting:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        ask(station, Start("S-000001"))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.in_doubt == ((2, "CN000002"),)
        assert (printer.printed, printer.stored) == (1, frozenset())
        ask(station, Settle("S-000001", 2, LabelState.NOT_PRINTED, "no paper moved", "witness"))
        ask(station, resume(station, "it was switched off"))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        assert snapshot.order.balance.released == 3
        assert len(printer.stored) == 2


def test_the_operator_holds_and_resumes_with_a_reason(tmp_path: Path) -> None:
    with running(config(tmp_path)) as station:
        drop(station, counted(60))
        until(station, Mode.RUNNING)
        ask(station, Hold("roll change"))
        held = until(station, Mode.HELD)
        assert held.order is not None
        assert (held.order.cause, held.order.detail) == ("operator", "roll change")
        assert held.order.balance.open == 0
        ask(station, resume(station, "new roll"))
        until(station, Mode.RUNNING)


def test_orders_wait_for_the_button_where_the_site_wants_it(tmp_path: Path) -> None:
    with running(config(tmp_path, start="operator")) as station:
        drop(station, counted(1))
        snapshot = station.board.snapshot
        while not snapshot.waiting:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        assert snapshot.mode == Mode.IDLE
        with pytest.raises(Refused, match="Order 'other' is not waiting"):
            ask(station, Start("other"))
        ask(station, Start("S-000001"))
        until(station, Mode.IDLE, order="S-000001")


def test_after_a_kill_every_unjudged_label_is_in_doubt_and_the_order_held(
    tmp_path: Path,
) -> None:
    """The process died between issuing label 2 and its verdict."""
    number = died_with_a_label_in_hand(tmp_path, accepted=False)
    with running(config(tmp_path)) as station:
        snapshot = until(station, Mode.HELD)
        assert snapshot.in_doubt == ((number, f"CN{number:06d}"),)
        (found,) = records_of(station.config).nonconformances()
        assert found.reasons[0]["code"] == "restart"
        ask(
            station,
            Settle("S-000001", number, LabelState.DESTROYED, "found on the floor", "witness"),
        )
        ask(station, resume(station, "go on"))
        until(station, Mode.RUNNING)


def test_camera_and_scanner_together_have_to_agree(tmp_path: Path) -> None:
    settings = config(tmp_path, reader=ReaderConfig(scanner="simulated", scan_seconds=5.0))
    with running(settings, {2: BenchFault.WRONG_SERIAL}) as station:
        drop(station, counted(2))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        assert (snapshot.order.balance.released, snapshot.order.balance.rejected) == (2, 1)


def test_a_scanner_alone_reads_serial_labels(tmp_path: Path) -> None:
    reader = ReaderConfig(camera="", scanner="simulated", scan_seconds=5.0)
    with running(config(tmp_path, reader=reader), {2: BenchFault.WRONG_SERIAL}) as station:
        drop(station, counted(2))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        assert (snapshot.order.balance.released, snapshot.order.balance.rejected) == (2, 1)


def test_a_label_nobody_scans_is_in_doubt(tmp_path: Path) -> None:
    reader = ReaderConfig(camera="", scanner="simulated", scan_seconds=0.5)
    with running(config(tmp_path, reader=reader), {1: BenchFault.LOST}) as station:
        drop(station, counted(1))
        until(station, Mode.HELD)
        (found,) = records_of(station.config).nonconformances()
        assert found.reasons[0]["code"] == "PROCESS.late"


def test_a_printer_that_is_not_there_is_a_fault_and_burns_no_serial(tmp_path: Path) -> None:
    settings = config(
        tmp_path,
        printer=PrinterConfig(url="tcp://127.0.0.1:9", seconds=1.0),
        reader=ReaderConfig(camera="folder:///tmp"),
        gate=GateConfig(url="operator"),
    )
    with running(settings) as station:
        drop(station, counted(1))
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert snapshot.fault.conditions == ("unreachable",)
        assert snapshot.order is not None
        assert snapshot.order.balance.issued == 0


def test_300_dpi_works_like_203(tmp_path: Path) -> None:
    with running(config(tmp_path, printer=PrinterConfig(dots_per_mm=12))) as station:
        drop(station, counted(2))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.order is not None
        assert snapshot.order.balance.released == 2


def test_the_pages_are_up_while_the_line_runs(tmp_path: Path) -> None:
    with running(config(tmp_path)) as station:
        assert httpx.get(station.server.url).status_code == 200
        assert httpx.get(f"{station.server.url}/rejects").status_code == 200


def test_a_station_needs_some_reader(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="A station needs a camera, a scanner or both"):
        Station(config(tmp_path, reader=ReaderConfig(camera="", scanner="")))


def test_a_gate_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"gate\.url: .*expected .*modbus://"):
        Station(config(tmp_path, gate=GateConfig(url="modbus")))


def test_a_label_in_doubt_that_is_found_is_judged_where_it_lies(tmp_path: Path) -> None:
    """The process died before the verdict; the label lies there still."""
    number = died_with_a_label_in_hand(tmp_path, accepted=False)
    with running(config(tmp_path, reader=ReaderConfig(seconds=0.5))) as station:
        until(station, Mode.HELD)
        with pytest.raises(Refused, match="Nothing lies before the reader"):
            ask(station, Look("S-000001", number))
        lay_down(station, number)
        ask(station, Look("S-000001", number))
        assert state_of(station, number) == LabelState.RELEASED
        ask(station, resume(station, "go on"))
        until(station, Mode.RUNNING)


def test_another_label_is_not_taken_for_the_one_in_doubt(tmp_path: Path) -> None:
    number = died_with_a_label_in_hand(tmp_path, accepted=False)
    with running(config(tmp_path)) as station:
        until(station, Mode.HELD)
        lay_down(station, 1)
        with pytest.raises(Refused, match="This is another label: expected serial CN"):
            ask(station, Look("S-000001", number))
        assert state_of(station, number) == LabelState.IN_DOUBT


def test_a_rejected_label_is_scanned_into_the_scrap(tmp_path: Path) -> None:
    with running(config(tmp_path), {1: BenchFault.WRONG_SERIAL}) as station:
        drop(station, counted(60))
        seen_one(station)
        ask(station, Hold("stop here"))
        lay_down(station, 2)
        with pytest.raises(Refused, match="This is another label"):
            ask(station, Look("S-000001", 1))
        lay_down(station, 1)
        ask(station, Look("S-000001", 1))
        assert state_of(station, 1) == LabelState.VOIDED
        with pytest.raises(Refused, match="Label 1 is voided"):
            ask(station, Look("S-000001", 1))


def test_a_label_of_a_lot_cannot_be_told_from_its_neighbours(tmp_path: Path) -> None:
    faults = {2: BenchFault.LOST}
    with running(config(tmp_path, reader=ReaderConfig(seconds=0.5)), faults) as station:
        drop(station, LOT_ORDER)
        until(station, Mode.HELD)
        with pytest.raises(Refused, match="looks like all others of its lot"):
            ask(station, Look("L-1", 2))


def test_the_same_serial_is_printed_again_where_the_order_wants_it(tmp_path: Path) -> None:
    """The serials stand on the devices, so the order waits until each has a good label."""
    order = SERIAL_ORDER.format(start="000001", quantity=2, serials='{list: ["A1", "A2"]}')
    with running(config(tmp_path), {1: BenchFault.DAMAGED}) as station:
        drop(station, order + "reprint: same\n")
        held = until(station, Mode.HELD)
        assert held.order is not None
        assert (held.order.cause, held.order.detail) == ("reprint", "1")
        ask(station, Settle("S-000001", 1, LabelState.VOIDED, "in the bin", "witness"))
        ask(station, Reprint("S-000001", 1, "blots", "witness"))
        ask(station, resume(station, "go on"))
        done = until(station, Mode.IDLE, order="S-000001")
        assert done.order is not None
        balance = done.order.balance
        assert (balance.issued, balance.released, balance.rejected) == (3, 2, 1)
        ask(station, Close("S-000001"))
        row = records_of(station.config).order("S-000001")
        assert row is not None
        assert row.state == OrderState.CLOSED


def test_a_clock_that_is_set_stops_the_line_until_a_person_has_looked(tmp_path: Path) -> None:
    moved = timedelta()

    def clock() -> Instant:
        true = now()
        return replace(true, utc=true.utc + moved)

    with Station(config(tmp_path), clock=clock) as station:
        approve(station.journal, station.config.data, station.workshop.library)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        drop(station, counted(60))
        until(station, Mode.RUNNING)
        moved = timedelta(hours=1)
        snapshot = until(station, Mode.FAULT)
        assert snapshot.fault is not None
        assert (snapshot.fault.device, snapshot.fault.conditions) == ("clock", ("clock",))
        ask(station, resume(station, "it is one hour later indeed"))
        until(station, Mode.RUNNING)
        station.daemon.stop()
        worker.join()


def test_a_station_whose_clock_says_1970_starts_and_prints_nothing(tmp_path: Path) -> None:
    def clock() -> Instant:
        return replace(now(), utc=datetime(1970, 1, 1, tzinfo=UTC))

    with Station(config(tmp_path), clock=clock) as station:
        approve(station.journal, station.config.data, station.workshop.library)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        snapshot = until(station, Mode.FAULT)
        with pytest.raises(Refused, match="Still not ready: clock: it says 1970-01-01"):
            ask(station, resume(station, "what else"))
        drop(station, counted(1))
        while not station.board.snapshot.waiting:
            station.board.newer(station.board.snapshot.version, seconds=1.0)
        with pytest.raises(Refused, match="The machine has a fault"):
            ask(station, Start("S-000001"))
        station.daemon.stop()
        worker.join()
        assert snapshot.order is None


def seen_one(station: Station) -> None:
    """Wait until the first label has its verdict."""
    snapshot = station.board.snapshot
    while snapshot.order is None or not snapshot.order.balance.released:
        snapshot = station.board.newer(snapshot.version, seconds=1.0)


def lay_down(station: Station, number: int) -> None:
    """What the operator does: take a label that came out and lay it before the camera."""
    assert station.bench is not None
    row = records_of(station.config).order("S-000001")
    assert row is not None
    job = station.workshop.job(row.order)
    picture = expected_picture(job.label(number, serial=job.serial_of(number)).artwork)
    station.bench.camera.place(PrintedLabel(number, picture, dots_per_mm=8, zpl=b""))


def state_of(station: Station, number: int) -> LabelState:
    label = records_of(station.config).label("S-000001", number)
    assert label is not None
    return label.state


def test_a_backup_is_made_beside_the_line_and_written_down(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    settings = config(tmp_path, backup=BackupConfig(folder=tmp_path / "disk"))
    with running(settings) as station:
        made = recorded_soon(station, BackupMade)
        assert (made.good, made.detail) == (True, "")
        assert Path(made.folder).is_dir()
        assert station.board.snapshot.notice is None


def test_a_backup_that_cannot_be_made_is_shown_and_stops_nothing(tmp_path: Path) -> None:
    settings = config(tmp_path, backup=BackupConfig(folder=tmp_path / "unplugged"))
    with running(settings) as station:
        made = recorded_soon(station, BackupMade)
        assert not made.good
        drop(station, counted(1))
        snapshot = until(station, Mode.IDLE, order="S-000001")
        assert snapshot.notice is not None
        assert "Is the disk there?" in str(snapshot.notice)


def recorded_soon(station: Station, kind: type[BackupMade]) -> BackupMade:
    """The first event of a kind; the test's own time limit ends a hang."""
    while True:
        version = station.board.snapshot.version
        for each in recorded(read_only(station.config.data)):
            if isinstance(each.event, kind):
                return each.event
        station.board.newer(version, seconds=0.5)
