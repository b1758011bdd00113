"""An order gets serials that nobody ever used, and keeps them through whatever happens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import pytest

from drivers.simulated.bench import BenchFault
from station.app import Station, Workshop
from station.config import Config, WebConfig
from station.core.events import JournalRestored, LabelIssued, OrderAccepted
from station.core.order import WorkOrder
from station.core.serials.history import History
from station.line.allotment import Allotment
from station.line.board import Mode, Resume, Snapshot
from station.line.inbox import Intake, Receipt
from station.records.audit.audit import audit
from station.records.imported import take
from station.records.journal import FILE, Journal, read_only, recorded
from station.records.query import Records
from torture.approved import approve

GTIN = "06972869182019"
ORDER = """\
id: {id}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {serials}
template: has-mhb-hc-unit
revision: "1"
"""
TABLE = """\
id,product,level,quantity,production_date,serials.prefix,serials.random,serials.list,template,revision
"""


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop.open(Config())


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def intake(journal: Journal, workshop: Workshop, tmp_path: Path) -> Intake:
    approve(journal, tmp_path / "data", workshop.library)
    return Intake(journal=journal, library=workshop.library, check=workshop.order)


def text(name: str, serials: str, *, quantity: int = 3) -> bytes:
    return ORDER.format(id=name, serials=serials, quantity=quantity).encode()


def sentences(receipt: Receipt) -> list[str]:
    return [str(each) for each in receipt.problems]


def planned(journal: Journal, order: str) -> tuple[str, ...]:
    row = Records(journal.db).order(order)
    assert row is not None
    assert row.order.serials is not None
    return row.order.serials.planned(row.order.quantity)


def imported(journal: Journal, *serials: str) -> None:
    history = History("old.txt", "0" * 64, serials, 0)
    take(journal, history, gtin=GTIN, reason="old system", actor="王芳")


def test_an_order_with_a_serial_that_was_used_elsewhere_is_refused_and_told_why(
    intake: Intake, journal: Journal
) -> None:
    imported(journal, "CN000002", "CN000003")
    (found,) = sentences(intake.take("a.yaml", text("WO-1", '{prefix: CN, start: "000001"}')))
    assert found.startswith(
        "serials: 2 of the serials belong to labels already, such as 'CN000002': imported by 王芳"
        " from old.txt on "
    )


def test_random_serials_are_drawn_when_the_order_is_taken_in_and_recorded(
    intake: Intake, journal: Journal
) -> None:
    assert intake.take("a.yaml", text("WO-1", "{prefix: CN, random: 6}")).accepted
    *_, event = (each.event for each in recorded(journal.db))
    assert isinstance(event, OrderAccepted)
    plan = event.order.serials
    assert plan is not None
    assert plan.drawn is not None
    assert len(bytes.fromhex(plan.drawn.key)) == 32
    assert plan.planned(3) == planned(journal, "WO-1")
    rows = journal.db.execute("SELECT serial FROM serial WHERE order_id='WO-1' ORDER BY place")
    assert tuple(serial for (serial,) in rows) == plan.planned(3)


def test_the_same_order_elsewhere_gets_other_serials(intake: Intake, journal: Journal) -> None:
    """Nobody can tell them from the order alone."""
    for name in ("WO-1", "WO-2"):
        assert intake.take("a.yaml", text(name, "{prefix: CN, random: 12}", quantity=20)).accepted
    assert not set(planned(journal, "WO-1")) & set(planned(journal, "WO-2"))


def test_random_serials_pass_over_every_one_that_is_used(intake: Intake, journal: Journal) -> None:
    imported(journal, *(f"{n:02d}" for n in range(40)))
    assert intake.take("a.yaml", text("WO-1", "{first: '40', last: '69'}", quantity=30)).accepted
    assert intake.take("b.yaml", text("WO-2", "{random: 2}", quantity=28)).accepted
    left = {f"{n:02d}" for n in range(70, 100)} - set(planned(journal, "WO-2"))
    assert len(left) == 2
    (found,) = sentences(intake.take("c.yaml", text("WO-3", "{random: 2}")))
    assert found.startswith("serials: The range 00 to 99 holds 100 serials, and among 100 of them")
    assert "only 2 were never used and are not reserved: expected 3" in found
    assert intake.take("d.yaml", text("WO-4", "{random: 2}", quantity=2)).accepted
    assert set(planned(journal, "WO-4")) == left


def test_orders_of_one_file_never_share_a_serial_whatever_their_order(
    intake: Intake, journal: Journal
) -> None:
    """The random ones of the first row are drawn after the list of the last was heard."""
    row = "{},HAS-MHB-HC,unit,{},2026-03-20,,{},{},has-mhb-hc-unit,1\n"
    listed = " ".join(map(str, range(5)))
    table = TABLE + row.format("A", 3, 1, "") + row.format("B", 5, "", listed)
    table += row.format("C", 2, 1, "")
    assert intake.take("a.csv", table.encode()).orders == ("A", "B", "C")
    serials = [*planned(journal, "A"), *planned(journal, "B"), *planned(journal, "C")]
    assert sorted(serials) == [str(n) for n in range(10)]


def test_a_range_that_is_too_small_is_told_with_its_row(intake: Intake) -> None:
    row = "{},HAS-MHB-HC,unit,{},2026-03-20,,{},,has-mhb-hc-unit,1\n"
    table = TABLE + row.format("A", 9, 1) + row.format("B", 2, 1)
    (found,) = sentences(intake.take("a.csv", table.encode()))
    assert found.startswith("row 2.serials: The range 0 to 9 holds 10 serials")


def test_nobody_but_the_station_draws(intake: Intake) -> None:
    drawn = '{random: 6, drawn: {key: "00", serials: ["1", "2", "3"], after: 3}}'
    (found,) = sentences(intake.take("a.yaml", text("WO-1", drawn)))
    assert found.startswith("serials.drawn: The station draws random serials itself")


def test_what_may_have_been_printed_after_a_lost_backup_is_passed_over(
    intake: Intake, journal: Journal
) -> None:
    """A counter of two digits was at 40; what it gave out since is on labels."""
    assert intake.take("a.yaml", text("WO-1", '{start: "40"}')).accepted
    journal.append(JournalRestored(folder="b", seq=1, lost_after=9, ended=("WO-1",)))
    (found,) = sentences(intake.take("b.yaml", text("WO-2", "{random: 2}", quantity=10)))
    assert "nobody knows which random serials of GTIN 06972869182019 were drawn" in found
    imported(journal, "00", "01")
    assert intake.take("c.yaml", text("WO-3", "{random: 2}", quantity=38)).accepted
    assert set(planned(journal, "WO-3")) == {f"{n:02d}" for n in range(2, 40)}


def test_planning_goes_by_the_key_it_is_given(journal: Journal, workshop: Workshop) -> None:
    def order(name: str) -> WorkOrder:
        asked = workshop.order(document(name))
        return Allotment(Records(journal.db), new_key=lambda: "ab").drawn(asked, gtin=GTIN)

    one, other = order("WO-1"), order("WO-2")
    assert one.serials == other.serials
    assert one.serials is not None
    assert one.serials.drawn is not None
    assert one.serials.drawn.key == "ab"


def document(name: str) -> dict[str, object]:
    return {
        "id": name,
        "product": "HAS-MHB-HC",
        "level": "unit",
        "quantity": 3,
        "production_date": "2026-03-20",
        "serials": {"prefix": "CN", "random": 6},
        "template": "has-mhb-hc-unit",
        "revision": "1",
    }


def test_an_order_whose_random_serials_are_not_drawn_is_never_recorded(
    workshop: Workshop,
) -> None:
    asked = workshop.order(document("WO-1"))
    with pytest.raises(ValueError, match="Random serials are drawn before"):
        OrderAccepted(order=asked, gtin=GTIN, file="a", sha256="0" * 64)


# -- on the line -------------------------------------------------------------------------------


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


def until(station: Station, reached: Callable[[Snapshot], bool]) -> None:
    snapshot = station.board.snapshot
    while not reached(snapshot):
        assert snapshot.mode != Mode.STOPPED, "the line has died"
        snapshot = station.board.newer(snapshot.version, seconds=1.0)


def issued_so_far(snapshot: Snapshot) -> int:
    return snapshot.order.balance.issued if snapshot.order else 0


def resume(station: Station) -> None:
    until(station, lambda snapshot: snapshot.mode == Mode.HELD)
    request = Resume("started again", station.board.snapshot.stop)
    station.board.ask(request, actor="tester").result(timeout=30)


def issued(folder: Path) -> list[str]:
    with closing(read_only(folder)) as db:
        events = (each.event for each in recorded(db))
        return [each.serial for each in events if isinstance(each, LabelIssued)]


def test_a_rejected_random_serial_is_replaced_and_none_comes_twice_across_a_restart(
    tmp_path: Path,
) -> None:
    settings = Config(data=tmp_path / "data", web=WebConfig(port=0))
    inbox = tmp_path / "data" / "orders" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "a.yaml").write_bytes(text("WO-1", "{prefix: CN, random: 6}", quantity=5))
    with running(settings, {1: BenchFault.WRONG_SERIAL}) as station:
        until(station, lambda snapshot: issued_so_far(snapshot) >= 2)
    with running(settings, {1: BenchFault.WRONG_SERIAL}) as station:
        resume(station)
        until(station, lambda snapshot: snapshot.mode == Mode.IDLE)
    with closing(Journal(tmp_path / "data")) as journal:
        row = Records(journal.db).order("WO-1")
        assert row is not None
        assert row.order.serials is not None
        every = tuple(islice(row.order.serials.every(), 8))
        assert issued(tmp_path / "data") == list(every[:7])
        assert row.balance.accepted == 5
        assert Records(journal.db).next_serial(row.order, GTIN) == every[7]
    assert not audit(tmp_path / "data" / FILE).problems
