"""Rejects of a whole station on the simulated bench, from the verdict to the close of the order."""

from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest

from drivers.simulated.bench import BenchFault
from station.app import Station, records_of
from station.config import ReaderConfig
from station.core.events import LabelDisposed, LabelIssued
from station.core.nonconformance import Disposition
from station.core.problem import Refused
from station.core.state import LabelState, OrderState
from station.line.board import Close, Dispose, Mode, Reprint, Request, Settle
from station.records.audit.audit import audit
from station.records.journal import FILE, read_only, recorded
from tests.station.test_station import SERIAL_ORDER, config, drop, resume, running, until

ORDER = "S-000001"


def held_with_a_reject(station: Station) -> None:
    """Label 1 of two is rejected; the serials stand on the devices, so the line waits for it."""
    order = SERIAL_ORDER.format(start="000001", quantity=2, serials='{list: ["A1", "A2"]}')
    drop(station, order + "reprint: same\n")
    until(station, Mode.HELD)


def decision(disposition: Disposition, **more: str) -> Dispose:
    return Dispose(
        order=ORDER, number=1, disposition=disposition, reason="blots", witness="李强",
        requirement="readable", containment="bin locked", **more,
    )  # fmt: skip


def ask(station: Station, request: Request, *, by: str = "王芳") -> None:
    """Raises Refused."""
    asked(station, request, by=by).result(timeout=60.0)


def asked(station: Station, request: Request, *, by: str) -> "Future[None]":
    return station.board.ask(request, actor=by)


def closed(station: Station) -> None:
    """The order balances, and the audit finds every record as it was."""
    until(station, Mode.IDLE)
    ask(station, Close(ORDER))
    row = records_of(station.config).order(ORDER)
    assert row
    assert row.state == OrderState.CLOSED


def test_of_two_supervisors_at_once_the_first_decides(tmp_path: Path) -> None:
    """Their requests lie in the queue together; the second one is told who was first."""
    with running(config(tmp_path), {1: BenchFault.DAMAGED}) as station:
        held_with_a_reject(station)
        wanted = decision(Disposition.SCRAP), decision(Disposition.REPRINT)
        first, second = (
            asked(station, each, by=name) for each, name in zip(wanted, "AB", strict=True)
        )
        first.result(timeout=60.0)
        with pytest.raises(Refused, match=r"decided already: scrap, by A \+ 李强"):
            second.result(timeout=60.0)
        ask(station, Settle(ORDER, 1, LabelState.VOIDED, "in the bin", "李强"))
        ask(station, resume(station, "its serial is burnt"))
        closed(station)
        row = records_of(station.config).order(ORDER)
        assert row
        assert (row.balance.released, row.balance.short) == (1, 1)
    assert audit(tmp_path / "data" / FILE).good


def test_a_label_is_scrapped_and_its_serial_printed_again(tmp_path: Path) -> None:
    with running(config(tmp_path), {1: BenchFault.DAMAGED}) as station:
        held_with_a_reject(station)
        ask(station, decision(Disposition.REPRINT))
        ask(station, Settle(ORDER, 1, LabelState.VOIDED, "in the bin", "李强"))
        ask(station, Reprint(ORDER, 1, "blots", "李强"))
        ask(station, resume(station, "go on"))
        closed(station)
    assert audit(tmp_path / "data" / FILE).good


def test_a_label_that_a_second_reader_reads_goes_on_its_device(tmp_path: Path) -> None:
    """The camera could not read it. The order then needs no reprint, and balances."""
    reader = ReaderConfig(compare=False)
    with running(config(tmp_path, reader=reader), {1: BenchFault.DAMAGED}) as station:
        held_with_a_reject(station)
        reading = second_reading(station)
        ask(station, decision(Disposition.REINSPECT, reader="DS3608 no. 7", read=reading))
        label = records_of(station.config).label(ORDER, 1)
        assert label
        assert label.state == LabelState.RELEASED
        ask(station, resume(station, "go on"))
        closed(station)
        row = records_of(station.config).order(ORDER)
        assert row
        assert (row.balance.issued, row.balance.released) == (2, 2)
    assert audit(tmp_path / "data" / FILE).good
    with closing(read_only(tmp_path / "data")) as db:
        (found,) = (each.event for each in recorded(db) if isinstance(each.event, LabelDisposed))
    assert (found.passed, found.reader) == (True, "DS3608 no. 7")


def second_reading(station: Station) -> str:
    """What another reader sends for each symbol of label 1, one a line."""
    row = records_of(station.config).order(ORDER)
    assert row
    assert row.recipe
    with closing(read_only(station.config.data)) as db:
        data = next(
            each.event.data
            for each in recorded(db)
            if isinstance(each.event, LabelIssued) and each.event.number == 1
        )
    return "\n".join(f"{each}{bytes.fromhex(data).decode()}" for each in row.recipe.carriers)
