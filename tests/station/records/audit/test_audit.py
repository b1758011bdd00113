"""An audit finds every row that is not what the events say, and nothing where all is right."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Self

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core.calibration import Setting, calibrated
from station.core.challenge import Result
from station.core.events import (
    BadgeGiven,
    BaselineApproved,
    ChallengeEnded,
    ChallengeSpecimen,
    ChallengeStarted,
    CredentialSet,
    Event,
    FaultCleared,
    FaultRaised,
    FirstArticleDue,
    LabelCalibrated,
    LabelDisposed,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelsCleared,
    LabelSettled,
    LabelsQuarantined,
    LineCleared,
    Mark,
    OdometerRead,
    OrderAccepted,
    OrderClosed,
    OrderEnded,
    OrderFinished,
    OrderHeld,
    OrderRefused,
    OrderResumed,
    OrderStarted,
    PersonAdded,
    PersonRetired,
    Recipe,
    ReprintAuthorised,
    RolesGiven,
    ScannerProved,
    SerialsImported,
    SignedIn,
    SignedOut,
    SignInFailed,
    StationStarted,
    StepSigned,
    StockUsed,
    SymbolRead,
    TemplateApproved,
    TemplateRetired,
    TokenIssued,
    TokenRevoked,
    Unlocked,
    VerifierRead,
)
from station.core.judge import Code, Reason
from station.core.nonconformance import Disposition
from station.core.order import WorkOrder
from station.core.problem import Refused, problem
from station.core.quality import Quality, SymbolQuality
from station.core.reconciliation import Stock
from station.core.serials import Drawn, Serials
from station.core.shape import parse
from station.core.signature import Signature
from station.core.state import IllegalStepError, LabelState
from station.core.workflow import Cleared, Step, workflow
from station.records import projections
from station.records.audit import audit as audits
from station.records.audit.audit import Report, State, audit, audit_order
from station.records.audit.span import _ACCEPTED
from station.records.clock import Instant
from station.records.evidence import Evidence
from station.records.journal import FILE, Journal, broken_at, digest
from station.records.query import Records
from station.records.signed.heads import Key
from station.records.signed.second_place import Heads

GTIN = "06972869182019"
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))
SYMBOL = SymbolRead(identifier="]d2", data="00ff", engine="zxing-cpp")

QUALITY = Quality(
    registration=210,
    dead_dots=(317, 318),
    symbols=(SymbolQuality(identifier="]d2", indices={"contrast_index": 812, "growth": -30}),),
)

CALIBRATION = calibrated(
    Setting(
        template="t", revision="1", digest="d", font="f", dots_per_mm=8, camera="c",
        width=1280, height=960,
    ),
    (Quality(paper=800, registration=200),) * 10,
)  # fmt: skip


def noon() -> Instant:
    return Instant(AT, offset=480, monotonic=5, steered=True)


def order(name: str, *, start: str | None = "000001", quantity: int = 4) -> OrderAccepted:
    document = {
        "id": name,
        "product": "HAS-MHB-HC",
        "level": "unit",
        "quantity": quantity,
        "production_date": date(2026, 11, 20),
        "template": "t",
        "revision": "1",
    }
    if start:
        document["serials"] = {"prefix": "CN", "start": start}
    return OrderAccepted(
        order=parse(WorkOrder, document), gtin=GTIN, file="a.yaml", sha256=name.ljust(64, "0")
    )


def issued(name: str, number: int, serial: str, reprint_of: int = 0) -> LabelIssued:
    return LabelIssued(
        order=name, number=number, gtin=GTIN, serial=serial, data="00", zpl="0" * 64,
        reprint_of=reprint_of, recipe=RECIPE.digest if number % 2 else "",
    )  # fmt: skip


def judged(name: str, number: int, *, accepted: bool = True, evidence: str = "") -> LabelJudged:
    reasons = () if accepted else (Reason(Code.SERIAL, "21", "a", "b"),)
    return LabelJudged(
        order=name, number=number, accepted=accepted, reasons=reasons, symbols=(SYMBOL,),
        evidence=evidence, quality=QUALITY if number % 2 else None,
        marks=(Mark(code=Code.DEAD_DOTS, outline=((0, 0), (9, 0)), rejects=False),) * (number % 2),
    )  # fmt: skip


def released(name: str, number: int) -> LabelReleased:
    return LabelReleased(order=name, number=number)


def approved(name: str) -> TemplateApproved:
    return TemplateApproved(
        name=name, revision="1", digest=name, author="李", approver="王", reason="pilot"
    )


def good(name: str, number: int, serial: str) -> tuple[Event, ...]:
    return issued(name, number, serial), judged(name, number), released(name, number)


def settled(name: str, number: int, outcome: LabelState) -> LabelSettled:
    return LabelSettled.model_validate(
        {"order": name, "number": number, "outcome": outcome, "reason": "seen", "witness": "王"}
    )


def started(name: str, *, start: str | None = "000001") -> tuple[Event, ...]:
    began = OrderStarted(order=name, recipe=RECIPE, printer="tcp://printer:9100")
    return order(name, start=start), began


def disposed(journal: Journal, name: str, number: int) -> LabelDisposed:
    (found,) = journal.db.execute(
        "SELECT seq FROM nonconformance WHERE order_id=? AND number=?", (name, number)
    ).fetchall()[-1]
    return LabelDisposed(
        order=name, number=number, found=int(str(found)), disposition=Disposition.SCRAP,
        requirement="lot", containment="bin locked", evaluation="wrong", witness="王", capa="C-1",
    )  # fmt: skip


def closing_of(journal: Journal, name: str) -> OrderClosed:
    sheet = Records(journal.db).sheet(name)
    assert sheet is not None
    return OrderClosed(
        order=name,
        differences=sheet.differences,
        states={str(state): n for state, n in sheet.states.items()},
        stock={str(kind): n for kind, n in sheet.stock.items()},
        odometer=sheet.odometer,
    )


def write_eventful(journal: Journal) -> None:
    """Orders in which everything happens that can leave a row."""
    journal.append(StationStarted(version="1", configuration="c"))
    refused = (problem("Unknown field.", where="qty"),)
    journal.append(OrderRefused(file="b.yaml", sha256="1" * 64, problems=refused))
    journal.append(*started("A"), OdometerRead(order="A", value=10))
    journal.append(*good("A", 1, "CN000001"))
    journal.append(issued("A", 2, "CN000002"), judged("A", 2, accepted=False))
    journal.append(
        issued("A", 3, "CN000003"),
        LabelInDoubt(order="A", number=3, cause="fault", detail="x"),
        FaultRaised(device="printer", conditions=("paused",), detail="d"),
        OrderHeld(order="A", cause="fault"),
    )
    journal.append(FaultCleared(reason="closed"), actor="李")
    journal.append(settled("A", 3, LabelState.DESTROYED), actor="李")
    journal.append(ReprintAuthorised(order="A", number=3, reason="torn", witness="王"), actor="李")
    journal.append(OrderResumed(order="A", reason="go on"))
    journal.append(issued("A", 4, "CN000003", 3), judged("A", 4), released("A", 4))
    journal.append(disposed(journal, "A", 2), actor="赵")
    journal.append(StockUsed(order="A", kind=Stock.BLANK, count=2, reason="start"))
    journal.append(*good("A", 5, "CN000004"), *good("A", 6, "CN000005"))
    journal.append(settled("A", 5, LabelState.SAMPLE), settled("A", 2, LabelState.VOIDED))
    journal.append(
        VerifierRead(order="A", number=1, identifier="]d2", grade="3.8/10/660/45", verifier="v")
    )
    journal.append(OdometerRead(order="A", value=18), OrderFinished(order="A"))
    journal.append(closing_of(journal, "A"))
    journal.append(*started("B", start=None), *good("B", 1, ""), *good("B", 2, ""))
    journal.append(OrderHeld(order="B", cause="operator"))
    journal.append(*challenged("B", Result.MISSED), on_hold("B", 1, 2), cleared("B", 2), actor="李")
    journal.append(*challenged("B", Result.PASSED), OrderEnded(order="B", reason="r"))
    journal.append(approved("t"), approved("u"), approved("u"))
    journal.append(TemplateRetired(name="u", revision="1", reason="typo"), actor="李")
    journal.append(LabelCalibrated(calibration=CALIBRATION), actor="李")
    journal.append(
        BaselineApproved(settings="{}", digest="3" * 64, reason="validated", witness="王"),
        actor="李",
    )
    journal.append(*started("C", start="000100"), *good("C", 1, "CN000100"))
    journal.append(issued("C", 2, "CN000101"))
    journal.append(imported("CX1", "CX2"), imported("CX3"), actor="李")
    journal.append(*started_random("D"), *good("D", 1, "CN91"))
    journal.append(ScannerProved(scanner="serial:///dev/s", card="00ff", symbol=SYMBOL), actor="李")
    write_people(journal)
    write_signed(journal)


def write_people(journal: Journal) -> None:
    """Two of them: one who comes and goes, one who is gone."""
    for name, badge in (("王芳", "b1"), ("Anna Li", "b2")):
        journal.append(
            PersonAdded(name=name, roles=("admin",), credential="c", badge=badge, reason="r"),
            actor="李",
        )
    journal.append(
        RolesGiven(name="王芳", roles=("quality",), reason="r"),
        CredentialSet(name="王芳", credential="d", reason="r"),
        BadgeGiven(name="王芳", badge="b3", reason="r"),
        SignInFailed(name="王芳"),
        Unlocked(name="王芳", reason="r"),
        SignInFailed(name="王芳"),
        SignedIn(name="王芳", badge=True),
        SignedOut(name="王芳", why="self"),
        SignInFailed(name="王芳"),
        PersonRetired(name="Anna Li", reason="r"),
        TokenIssued(name="mes", scopes=("orders:read",), digest="d1", reason="r"),
        TokenIssued(name="erp", scopes=("records:read",), digest="d2", expires=AT, reason="r"),
        TokenRevoked(name="mes", reason="r"),
    )
    with journal.signing((Signature("王芳", "reviewed", "r", "both"),), actor="王芳"):
        journal.append(SignedOut(name="王芳", why="self"), actor="王芳")


def write_signed(journal: Journal) -> None:
    """An order that passes every step, with a first article that is due twice."""
    plan = workflow(set(Step) - {Step.CHALLENGE}, contract=True, articles=1)
    journal.append(order("E", start=None, quantity=3))
    journal.append(OrderStarted(order="E", recipe=RECIPE, workflow=plan))
    journal.append(OrderHeld(order="E", cause="workflow"))
    cleared = LineCleared(
        order="E", confirmed=tuple(Cleared), camera=True, odometer=30, reason="r", witness="王"
    )
    journal.append(cleared, agreed("E", Step.RELEASE), agreed("E", Step.RESIDENT_LABELS))
    journal.append(OrderResumed(order="E", reason="go"), *good("E", 1, ""))
    journal.append(OrderHeld(order="E", cause="first-article"), agreed("E", Step.FIRST_ARTICLE))
    journal.append(OrderResumed(order="E", reason="go"), *good("E", 2, ""), OrderHeld(
        order="E", cause="operator"
    ))  # fmt: skip
    journal.append(FirstArticleDue(order="E", causes=("stop",)), OrderResumed(order="E", reason=""))
    journal.append(*good("E", 3, ""), OrderHeld(order="E", cause="first-article"))
    journal.append(agreed("E", Step.FIRST_ARTICLE), OrderResumed(order="E", reason="go"))
    journal.append(OrderFinished(order="E"))
    journal.append(closing_of(journal, "E"), agreed("E", Step.REVIEW, passed=False))
    for step in (Step.REVIEW, Step.RESIDENT_BATCH, Step.PRODUCTION_RELEASE, Step.MARKET_RELEASE):
        journal.append(agreed("E", step), actor="李")


def agreed(name: str, step: Step, *, passed: bool = True) -> StepSigned:
    return StepSigned(order=name, step=step, passed=passed, meaning="m", reason="r", digest="d")


def challenged(name: str, result: Result) -> tuple[Event, ...]:
    return (
        ChallengeStarted(
            order=name, causes=(), families=("blank",), left_out=(), recipe="r", version="1",
            configuration="c",
        ),
        ChallengeSpecimen(
            order=name, family="blank", expected=(Code.NO_READ,), ai="", caught=True,
            reasons=(Reason(Code.NO_READ),), symbols=(), zpl="",
        ),
        ChallengeEnded(order=name, result=result),
    )  # fmt: skip


def on_hold(name: str, first: int, last: int) -> LabelsQuarantined:
    return LabelsQuarantined(order=name, labels=((first, last),), cause="missed")


def cleared(name: str, number: int) -> LabelsCleared:
    return LabelsCleared(order=name, labels=((number, number),), reason="seen", witness="王")


def imported(*serials: str) -> SerialsImported:
    return SerialsImported(
        gtin=GTIN, serials=serials, file="old.csv", sha256="2" * 64, part=1, parts=1, known=0,
        reason="old system",
    )  # fmt: skip


def started_random(name: str) -> tuple[Event, ...]:
    asked = order(name, start=None)
    plan = Serials(
        prefix="CN",
        random=2,
        drawn=Drawn(key="00", serials=("CN91", "CN92", "CN93", "CN94"), after=7),
    )
    drawn = asked.order.model_copy(update={"serials": plan})
    return asked.model_copy(update={"order": drawn}), OrderStarted(order=name, recipe=RECIPE)


@pytest.fixture(scope="module")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed journal to copy; nobody writes to it."""
    folder = tmp_path_factory.mktemp("eventful")
    with closing(Journal(folder, clock=noon)) as journal:
        write_eventful(journal)
    return folder / FILE


@pytest.fixture
def copy(eventful: Path, tmp_path: Path) -> Path:
    path = tmp_path / FILE
    path.write_bytes(eventful.read_bytes())
    return path


def change(path: Path, *statements: str) -> None:
    """As somebody who knows SQLite and not the station."""
    with closing(apsw.Connection(str(path))) as db:
        db.pragma("journal_mode", "delete")
        db.pragma("synchronous", "off")
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for each in statements:
            db.execute(each)


def states(report: Report) -> dict[str, State]:
    return {each.name: each.state for each in report.checks}


def only(report: Report) -> str:
    (found,) = report.problems
    return str(found)


def test_a_journal_in_which_everything_happens_is_good(eventful: Path) -> None:
    report = audit(eventful)
    assert not report.problems
    assert report.good
    assert states(report)["heads"] == states(report)["evidence"] == State.SKIPPED
    assert [str(each) for each in report["orders"].notes] == [
        "Order B is ended early; open labels: none.",
        "Order C is running; open labels: 2.",
        "Order D is running; open labels: none.",
    ]


@pytest.mark.parametrize("at_once", [1, 2, 3, 7])
def test_it_does_not_matter_where_one_span_ends_and_the_next_begins(
    eventful: Path, at_once: int
) -> None:
    assert not audit(eventful, at_once=at_once).problems


NAMES = ("A", "B", "C")
SERIALS = ("", "CN000001", "CN000002", "CN000003", "CN000100")

labels = st.tuples(st.sampled_from(NAMES), st.integers(1, 4))
lives = st.one_of(
    st.builds(
        lambda name, result: (OrderHeld(order=name, cause="operator"), *challenged(name, result)),
        st.sampled_from(NAMES),
        st.sampled_from(sorted(Result)),
    ),
    st.builds(lambda label: (on_hold(label[0], label[1], label[1] + 1),), labels),
    st.builds(lambda label: (cleared(*label),), labels),
    st.builds(
        lambda label, serial, of: (issued(label[0], label[1], serial, of),),
        labels,
        st.sampled_from(SERIALS),
        st.sampled_from([0, 0, 0, 1, 2]),
    ),
    st.builds(
        lambda label, serial: good(label[0], label[1], serial), labels, st.sampled_from(SERIALS)
    ),
    st.builds(lambda label, ok: (judged(*label, accepted=ok),), labels, st.booleans()),
    st.builds(lambda label: (released(*label),), labels),
    st.builds(
        lambda label: (LabelInDoubt(order=label[0], number=label[1], cause="fault"),), labels
    ),
    st.builds(
        lambda label, outcome: (settled(label[0], label[1], outcome),),
        labels,
        st.sampled_from(sorted(projections._OUTCOMES)),
    ),
    st.builds(
        lambda label: (
            ReprintAuthorised(order=label[0], number=label[1], reason="r", witness="w"),
        ),
        labels,
    ),
    st.builds(lambda name: (OrderHeld(order=name, cause="operator"),), st.sampled_from(NAMES)),
    st.builds(lambda name: (OrderResumed(order=name, reason="r"),), st.sampled_from(NAMES)),
    st.builds(lambda name: (OrderFinished(order=name),), st.sampled_from(NAMES)),
    st.builds(lambda name: (approved(name),), st.sampled_from(("t", "u"))),
    st.builds(
        lambda name: (TemplateRetired(name=name, revision="1", reason="r"),),
        st.sampled_from(("t", "u")),
    ),
)


def write(journal: Journal, batches: Sequence[tuple[Event, ...]]) -> None:
    """Whatever of it may be."""
    for batch in batches:
        try:
            journal.append(*batch)
        except (IllegalStepError, LookupError, apsw.ConstraintError):
            continue


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lives, min_size=10, max_size=50), st.integers(1, 20))
def test_whatever_happens_the_audit_comes_to_the_same_tables_as_the_journal(
    batches: list[tuple[Event, ...]], at_once: int
) -> None:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        with closing(Journal(Path(folder), clock=noon)) as journal:
            journal.append(*started("A"), *started("B", start=None))
            journal.append(*started("C", start="000100"))
            write(journal, batches)
        report = audit(Path(folder) / FILE, at_once=at_once)
        assert not report["tables"].problems
        assert report["chain"].state == report["file"].state == State.GOOD
        one = audit_order(Path(folder) / FILE, "A")
        assert not one["tables"].problems


def changes(path: Path) -> Iterator[tuple[str, str]]:
    """(table, statement) for every way to change, drop or add one row of a table."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as db:
        for table in projections.TABLES:
            columns_of = db.execute(f"SELECT name, type FROM pragma_table_info('{table}')")
            info = [(str(name), str(kind)) for name, kind in columns_of]
            rows = db.execute(f"SELECT {', '.join(f'quote({n})' for n, _ in info)} FROM {table}")
            every = rows.fetchall()
            for row in {every[0], every[len(every) // 2], every[-1]}:
                where = " AND ".join(
                    f"{n} IS {value}" for (n, _), value in zip(info, row, strict=True)
                )
                yield table, f"DELETE FROM {table} WHERE {where}"
                for (name, kind), value in zip(info, row, strict=True):
                    text = f"{name} || 'x'" if kind == "TEXT" else f"{name} + 1000"
                    other = ("'x'" if kind == "TEXT" else "1000") if value == "NULL" else text
                    yield table, f"UPDATE {table} SET {name} = {other} WHERE {where}"
                first = info[0]
                key = f"{first[0]} || 'y'" if first[1] == "TEXT" else f"{first[0]} + 500"
                rest = ", ".join(name for name, _ in info[1:])
                columns = ", ".join(name for name, _ in info)
                select = f"SELECT {key}, {rest} FROM {table} WHERE {where}"
                yield table, f"INSERT INTO {table}({columns}) {select}"


def test_every_change_of_one_row_of_any_table_is_found(eventful: Path, tmp_path: Path) -> None:
    path = tmp_path / FILE
    missed, tried = [], set()
    for table, statement in changes(eventful):
        path.write_bytes(eventful.read_bytes())
        try:
            change(path, statement)
        except apsw.ConstraintError:
            continue
        tried.add(table)
        if audit(path)["tables"].state != State.WRONG:
            missed.append(statement)
    assert not missed
    assert tried == set(projections.TABLES)


def test_a_row_that_is_not_what_the_events_say_is_named(copy: Path) -> None:
    change(copy, "UPDATE label SET state='sample' WHERE order_id='A' AND number=6")
    report = audit(copy)
    assert str(report["tables"].problems[0]) == (
        "Table label, row order_id 'A', number 6: state is 'sample', but the events say 'released'."
    )
    assert states(report)["chain"] == State.GOOD
    assert report.wrong


def test_a_row_put_back_to_what_it_was_before_a_later_event_is_found(copy: Path) -> None:
    """The label that was kept as a sample looks released again."""
    change(copy, "UPDATE label SET state='released', settled=NULL WHERE order_id='A' AND number=5")
    assert "row order_id 'A', number 5" in str(audit(copy)["tables"].problems[0])


def test_a_changed_event_is_named_with_its_time_order_and_label(copy: Path) -> None:
    change(copy, "UPDATE event SET body=replace(body, '00ff', '00fe') WHERE seq=7")
    report = audit(copy)
    assert str(report["chain"].problems[0]) == (
        "The journal was changed or is damaged at event 7 (LabelJudged, 2026-11-22 08:00:00 UTC,"
        " A label 1): its hash does not follow from what is before it."
    )
    assert audit_order(copy, "A")["chain"].problems == report["chain"].problems
    assert audit_order(copy, "C").good


@pytest.mark.parametrize("column", ["at", "offset", "monotonic", "steered", "type", "actor"])
def test_the_chain_is_found_broken_where_the_journal_itself_finds_it(
    copy: Path, column: str
) -> None:
    changed = "'x'" if column in {"at", "type", "actor"} else "7"
    change(copy, f"UPDATE event SET {column}={changed} WHERE seq=9")
    with closing(apsw.Connection(str(copy))) as db:
        assert broken_at(db) == 9
    assert "at event 9" in str(audit(copy)["chain"].problems[0])


@pytest.mark.parametrize("seq", [1, 9, 10])
def test_an_event_left_out_breaks_the_chain(copy: Path, seq: int) -> None:
    change(copy, f"DELETE FROM event WHERE seq={seq}")
    for at_once in (9, 100):
        assert f"at event {seq + 1}" in str(audit(copy, at_once=at_once)["chain"].problems[0])


def forge(path: Path, *events: Event) -> None:
    """Append events as somebody who knows the chain, but not what may follow what."""
    with closing(apsw.Connection(str(path))) as db:
        for event in events:
            seq, prev = db.execute("SELECT seq, hash FROM event ORDER BY seq DESC").fetchall()[0]
            body = event.model_dump_json()
            header = (int(str(seq)) + 1, AT.isoformat(timespec="microseconds"), 0, 0, 1)
            assert isinstance(prev, bytes)
            chained = digest(*header, event.type, "x", body, prev.hex())
            db.execute(
                "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?)",
                (*header, event.type, "x", body, prev, bytes.fromhex(chained)),
            )


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (good("B", 3, ""), "order B, which is not running"),
        ((released("C", 2),), "a label that is issued cannot release"),
        ((judged("C", 9),), "nothing recorded for"),
    ],
)
def test_a_step_that_may_not_be_is_named_though_the_chain_is_whole(
    copy: Path, events: tuple[Event, ...], why: str
) -> None:
    forge(copy, *events)
    report = audit(copy)
    assert states(report)["chain"] == State.GOOD
    assert why in str(report["rules"].problems[0])
    assert report["tables"].state == State.UNFINISHED
    assert report.wrong
    assert not report.good


def test_a_serial_issued_again_behind_the_tables_is_found(copy: Path) -> None:
    forge(copy, issued("C", 3, "CN000100"))
    assert audit(copy)["tables"].state == State.WRONG


def test_an_order_closed_on_another_balance_is_named(copy: Path) -> None:
    closed = OrderClosed(order="B", states={"released": 3}, stock={}, odometer=(None, None))
    forge(copy, closed)
    change(copy, "UPDATE work_order SET state='closed' WHERE id='B'")
    with closing(apsw.Connection(str(copy))) as db:
        seq = db.execute("SELECT max(seq) FROM event").get
        db.execute("INSERT INTO order_event VALUES('B', ?)", (seq,))
    found = audit(copy)["orders"].problems
    assert "closed the order with states 3 released, but its labels now come to 2 released" in str(
        found[0]
    )


def test_a_serial_on_two_good_labels_is_named(copy: Path) -> None:
    change(copy, "UPDATE label SET serial='CN000001' WHERE order_id='A' AND number=6")
    found = [str(each) for each in audit(copy)["rules"].problems]
    assert found == ["Order A: serial CN000001 is on more than one good label: 1, 6."]


def test_pictures_are_looked_at_and_each_wrong_one_names_its_event(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    evidence = Evidence(folder, spare=0)
    pictures = [evidence.keep(f"picture {n}".encode()) for n in range(4)]
    with closing(Journal(tmp_path / "data", clock=noon)) as journal:
        journal.append(*started("A"))
        for number, picture in enumerate(pictures[:3], start=1):
            journal.append(
                issued("A", number, f"CN00000{number}"),
                judged("A", number, accepted=number != 2, evidence=picture),
            )
    path = tmp_path / "data" / FILE
    fine = audit(path, evidence=folder)["evidence"]
    assert (fine.state, str(fine.looked)) == (State.GOOD, "3 pictures")
    assert str(fine.notes[0]) == "1 files that no event names."
    assert audit_order(path, "A", evidence=folder)["evidence"].state == State.GOOD
    evidence.path(pictures[1]).write_bytes(b"another")
    evidence.path(pictures[2]).unlink()
    for report in (audit(path, evidence=folder), audit_order(path, "A", evidence=folder)):
        assert str(report["evidence"].problems[0]) == (
            f"Picture {pictures[1]}, on which event 6 (LabelJudged, 2026-11-22 08:00:00 UTC,"
            " A label 2) rests, was changed. 2 are wrong in all."
        )


def test_a_pipe_in_the_place_of_a_picture_is_not_waited_for(tmp_path: Path) -> None:
    name = sha256(b"x").hexdigest()
    with closing(Journal(tmp_path / "data", clock=noon)) as journal:
        journal.append(*started("A"), issued("A", 1, "CN000001"), judged("A", 1, evidence=name))
    place = tmp_path / "evidence" / name[:2] / f"{name}.jpg"
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    report = audit(tmp_path / "data" / FILE, evidence=tmp_path / "evidence")
    assert "was changed" in only(report)


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Path, Heads]:
    """A journal and the heads that were signed of it."""
    heads = Heads(tmp_path / "second", key=Key.open(tmp_path / "key.pem"), station="Line 1")
    with closing(Journal(tmp_path / "data", clock=noon)) as journal:
        start = StationStarted(version="1", configuration="c", key=heads.key.fingerprint)
        journal.append(start, *started("A"))
        for number in range(1, 4):
            journal.append(*good("A", number, f"CN00000{number}"))
            seq, chained = journal.head
            heads.sign(seq=seq, hash=chained, at=AT.isoformat(), why="hour")
    return tmp_path / "data" / FILE, heads


def test_heads_that_agree_are_good_and_a_key_makes_them_proof(signed: tuple[Path, Heads]) -> None:
    path, heads = signed
    found = audit(path, heads=heads.path, trusted=heads.key.id)["heads"]
    assert (found.state, str(found.looked), found.notes) == (State.GOOD, "4 signed heads", ())
    untrusted = audit(path, heads=heads.path)["heads"]
    assert "No key was given to trust" in str(untrusted.notes[0])


def test_an_end_cut_off_is_found_by_the_heads_alone(signed: tuple[Path, Heads]) -> None:
    path, heads = signed
    change(
        path,
        "DELETE FROM event WHERE seq > 9",
        "DELETE FROM label WHERE number = 3",
        "UPDATE serial SET number=NULL WHERE number = 3",
        "UPDATE label_count SET n=2 WHERE state='released'",
    )
    report = audit(path, heads=heads.path)
    assert "but event 12 was signed" in only(report)


def test_heads_of_another_station_are_named(signed: tuple[Path, Heads], tmp_path: Path) -> None:
    path, _ = signed
    other = Heads(tmp_path / "other", key=Key.open(tmp_path / "other.pem"), station="Line 2")
    other.sign(seq=5, hash="a" * 64, at=AT.isoformat(), why="start")
    found = audit(path, heads=other.path)["heads"].problems
    assert f"Key {other.key.fingerprint} signed heads, but the journal never named it." in map(
        str, found
    )


def test_heads_that_are_not_there_are_wrong(signed: tuple[Path, Heads], tmp_path: Path) -> None:
    assert "Cannot read" in only(audit(signed[0], heads=tmp_path / "none"))


def test_what_the_clock_did_is_told_and_nobody_blamed(tmp_path: Path) -> None:
    minutes = iter((0, 1, 2, 9, 8, 11, 12, 13))
    seconds = iter((60, 120, 180, 240, 300, 360, 420, 480))

    def clock() -> Instant:
        minute = next(minutes)
        return Instant(AT.replace(minute=minute), 480, next(seconds) * 10**9, steered=minute < 3)

    with closing(Journal(tmp_path, clock=clock)) as journal:
        journal.append(StationStarted(version="1", configuration="c"))
        journal.append(*started("A"))
        for number in range(1, 6):
            journal.append(issued("A", number, f"CN00000{number}"))
    report = audit(tmp_path / FILE, at_once=2)
    assert report.good
    assert [str(each) for each in report["rules"].notes] == [
        "4 records were written while no time source steered the clock.",
        "The clock went backwards 1 times, first at event 6.",
        "The clock was set 3 times.",
    ]


def test_a_journal_at_work_is_audited_as_it_was_when_asked(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, clock=noon)) as journal:
        write_eventful(journal)
        report = audit(tmp_path / FILE)
        assert report.good
        assert report.head == journal.head
    assert sorted(each.name for each in tmp_path.iterdir()) == [FILE, "station.lock"]


def test_a_log_left_by_a_killed_process_is_part_of_the_journal(
    eventful: Path, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "data", clock=noon)
    write_eventful(journal)
    (tmp_path / "left").mkdir()
    for name in (FILE, f"{FILE}-wal"):
        (tmp_path / "left" / name).write_bytes((tmp_path / "data" / name).read_bytes())
    head = journal.head
    journal.close()
    report = audit(tmp_path / "left" / FILE)
    assert (report.good, report.head) == (True, head)
    assert eventful.exists()


def test_nothing_is_written_beside_a_copy(copy: Path) -> None:
    before = copy.read_bytes(), copy.stat().st_mtime_ns
    audit(copy)
    audit_order(copy, "A")
    assert (copy.read_bytes(), copy.stat().st_mtime_ns) == before
    assert list(copy.parent.iterdir()) == [copy]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not a database" * 100, "is not a journal that can be used"),
        (b"", "is not a journal that can be used"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    with pytest.raises(Refused, match=sentence):
        audit(path)
    with pytest.raises(Refused, match=sentence):
        audit_order(path, "A")
    assert path.read_bytes() == content


def test_a_folder_or_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is a folder, not a journal"):
        audit(tmp_path)
    with pytest.raises(Refused, match="There is no journal in"):
        audit(tmp_path / "none.db")


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        ("application_id=5", "is a database, but not the journal of a label station"),
        ("user_version=99", "was written by another version of the station: it has form 99"),
    ],
)
def test_what_another_program_or_version_wrote_is_refused(
    copy: Path, pragma: str, sentence: str
) -> None:
    change(copy, f"PRAGMA {pragma}")
    with pytest.raises(Refused, match=sentence):
        audit(copy)


def test_an_order_that_is_not_there_is_refused(copy: Path) -> None:
    with pytest.raises(Refused, match="There is no order 'Z'"):
        audit_order(copy, "Z")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_file_is_said_to_be_damaged_and_never_breaks_the_audit(
    eventful: Path, tmp_path: Path, data: st.DataObject
) -> None:
    whole = bytearray(eventful.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 17))
        whole[place : place + 16] = data.draw(st.binary(min_size=16, max_size=16))
    end = data.draw(st.sampled_from([len(whole), len(whole) // 2, 4096, 100]))
    path = tmp_path / FILE
    path.write_bytes(whole[:end])
    with suppress(Refused):
        assert all(str(each) for each in audit(path).problems)
    with suppress(Refused):
        assert all(str(each) for each in audit_order(path, "A").problems)


def test_a_table_that_is_gone_is_named(copy: Path) -> None:
    change(copy, "DROP TABLE stock")
    assert "Table stock is missing" in str(audit(copy)["tables"].problems[0])


def test_a_process_that_is_killed_has_finished_nothing(
    eventful: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audits, "FEW", 0)
    assert audit(eventful, at_once=20).good

    def broken(_span: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr(audits, "_pool", lambda _workers: _Broken())
    report = audit(eventful)
    assert not report.good
    for name in ("file", "chain", "tables", "rules"):
        assert report[name].state == State.UNFINISHED
        assert "was killed" in str(report[name].problems[0])


class _Broken:
    """A pool whose processes are killed as soon as they begin."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def map(self, _work: object, _each: object) -> Iterator[object]:
        raise BrokenProcessPool

    def submit(self, _work: object, _path: object) -> "_Broken":
        return self

    def result(self) -> None:
        raise BrokenProcessPool


@pytest.mark.parametrize("number", [1, 2])
def test_an_accepted_label_is_compared_without_a_model_whatever_its_print_is(number: int) -> None:
    """Otherwise a million of them would take minutes."""
    assert _ACCEPTED.fullmatch(judged("B", number).model_dump_json().encode())
