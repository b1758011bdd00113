"""The reject log finds what was asked for, newest first, each row once, however it is cut."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core.events import (
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelSettled,
    OrderAccepted,
    OrderFinished,
    OrderStarted,
    Recipe,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.state import LabelState
from station.records import keys, log, projections
from station.records.clock import Instant
from station.records.journal import Journal, recorded
from station.records.log import Log, Wanted
from station.records.query import Nonconformance, Records

BEGAN = datetime(2026, 11, 22, 8, tzinfo=UTC)
ORDER = """{"id": "%s", "product": "%s", "level": "unit", "quantity": 60, "template": "t",
    "revision": "1", "lot": "L"}"""
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))
CODES = (Code.LOT, Code.SERIAL, Code.NO_READ, Code.FAINT)


class Clock:
    """Some events share their time, and once it goes back."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> Instant:
        self.looks += 1
        back = 40 if self.looks > 60 else 0
        return Instant(BEGAN + timedelta(minutes=self.looks // 3 - back), 0, 0, steered=True)


def write(journal: Journal) -> None:
    for place, (name, product) in enumerate((("A", "P"), ("B", "Q"), ("C", "P"))):
        order = WorkOrder.model_validate_json(ORDER % (name, product))
        journal.append(OrderAccepted(order=order, gtin="06972869182019", file="f", sha256=name))
        printer = ("tcp://one:9100", "tcp://two:9100", "")[place]
        journal.append(OrderStarted(order=name, recipe=RECIPE, printer=printer))
        for number in range(1, 16):
            _label(journal, name, number, place + number)
        journal.append(OrderFinished(order=name))


def _label(journal: Journal, order: str, number: int, kind: int) -> None:
    journal.append(
        LabelIssued(order=order, number=number, gtin="06972869182019", serial="", data="", zpl="")
    )
    if kind % 4 == 3:
        journal.append(LabelInDoubt(order=order, number=number, cause="fault"))
        _judge(journal, order, number, Code.NO_READ, actor="Li")
    else:
        _judge(journal, order, number, CODES[kind % 4], CODES[kind * 7 % 4], actor="station")
    if kind % 3 == 0:
        settled = LabelSettled(
            order=order, number=number, outcome=LabelState.VOIDED, reason="r", witness="Wang Fang"
        )
        journal.append(settled, actor="Sun (command line, root)")


def _judge(journal: Journal, order: str, number: int, *codes: Code, actor: str) -> None:
    reasons = tuple(Reason(each) for each in dict.fromkeys(codes))
    judged = LabelJudged(order=order, number=number, accepted=False, reasons=reasons, symbols=())
    journal.append(judged, actor=actor)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    with closing(Journal(tmp_path_factory.mktemp("log"), clock=Clock())) as made:
        write(made)
        yield made


WANTED = st.builds(
    Wanted,
    order=st.sampled_from(["", "A", "B", "none"]),
    product=st.sampled_from(["", "P", "Q"]),
    reason=st.sampled_from(["", "DATA.", "DATA", "DATA.lot", "READ.", "fault", "nothing"]),
    printer=st.sampled_from(["", "tcp://one:9100", "tcp://two:9100"]),
    person=st.sampled_from(["", "Sun", "fang wang", "Li", "station"]),
    since=st.none() | st.integers(0, 50).map(lambda minutes: BEGAN + timedelta(minutes=minutes)),
    before=st.none() | st.integers(0, 50).map(lambda minutes: BEGAN + timedelta(minutes=minutes)),
)


def meant(found: Nonconformance, wanted: Wanted) -> bool:
    """The same question asked of one row."""
    codes = [each["code"] for each in found.reasons]
    people = {"Sun": "Sun", "fang wang": "Wang Fang", "Li": "Li"}.get(wanted.person, "nobody")
    printers = {"A": "tcp://one:9100", "B": "tcp://two:9100"}
    group = wanted.reason in {"DATA", "DATA.", "READ."}
    return (
        wanted.order in {"", found.order}
        and wanted.product in {"", found.product}
        and (
            not wanted.reason
            or (any(each.startswith(wanted.reason) for each in codes) if group else False)
            or wanted.reason in codes
        )
        and wanted.printer in {"", printers.get(found.order, "?")}
        and (not wanted.person or people in deciders(found))
        and (wanted.since is None or found.at >= wanted.since)
        and (wanted.before is None or found.at < wanted.before)
    )


def deciders(found: Nonconformance) -> set[str]:
    """As `_label` has them: Li judged what was in doubt, Sun and Wang Fang saw it scrapped."""
    settled = found.state == LabelState.VOIDED
    doubted = any(each["code"] == "fault" for each in found.reasons)
    return ({"Sun", "Wang Fang"} if settled else set()) | ({"Li"} if doubted else set())


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=WANTED, rows=st.integers(1, 20), window=st.sampled_from([1, 3, 5_000]))
def test_every_row_that_was_asked_for_comes_once_and_the_newest_first(
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    *,
    wanted: Wanted,
    rows: int,
    window: int,
) -> None:
    monkeypatch.setattr(log, "WINDOW", window)
    found, place, pages = list[Nonconformance](), None, 0
    while True:
        page = Log(journal.db).page(wanted, after=place, rows=rows)
        found += page.rows
        place, pages = page.following, pages + 1
        assert len(page.rows) <= rows
        assert pages < 200, "each page goes on"
        if place is None:
            break
    every = Records(journal.db).nonconformances()
    expected = sorted(
        (each for each in every if meant(each, wanted)), key=lambda each: (each.at, each.id)
    )
    assert [each.id for each in found] == [each.id for each in reversed(expected)]
    count = Log(journal.db).count(wanted)
    assert count.n == len(found) if count.exact else count.n <= len(found)


def test_the_table_to_take_away_is_as_long_as_was_said(journal: Journal) -> None:
    every = Log(journal.db).every(Wanted(), most=7)
    assert len(every) == 7
    assert [each.id for each in every] == [
        each.id for each in Log(journal.db).page(Wanted(), rows=7).rows
    ]


def test_a_count_ends_where_it_says(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_COUNTED", 4)
    assert Log(journal.db).count(Wanted()) == log.Count(4, exact=False)


def test_what_an_earlier_version_has_written_is_found_in_the_same_way(journal: Journal) -> None:
    """The keys that a station fills in are those that it would have written."""
    rows = list(journal.db.execute("SELECT * FROM nonconformance_key"))
    with journal.db:
        journal.db.execute("DELETE FROM nonconformance_key")
        keys.fill(journal.db)
    assert list(journal.db.execute("SELECT * FROM nonconformance_key")) == rows


def test_the_keys_are_filled_when_a_journal_without_them_is_opened(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, clock=Clock())) as made:
        write(made)
        rows = list(made.db.execute("SELECT * FROM nonconformance_key"))
        made.db.execute("DROP TABLE nonconformance_key")
    with closing(Journal(tmp_path)) as again:
        assert list(again.db.execute("SELECT * FROM nonconformance_key")) == rows
        projections.rebuild(again.db, recorded(again.db))
        assert list(again.db.execute("SELECT * FROM nonconformance_key")) == rows


def test_no_name_or_reason_becomes_a_part_of_the_question(journal: Journal) -> None:
    hostile = "' OR 1=1 --"
    for wanted in (Wanted(order=hostile), Wanted(reason=hostile), Wanted(person=hostile)):
        assert Log(journal.db).page(wanted, rows=5).rows == ()
