"""What people sign stands right behind it, in the same transaction, and is exactly what it was."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.core.events import (
    OrderAccepted,
    OrderEnded,
    OrderStarted,
    Recipe,
    Signed,
    StockUsed,
    to_json,
)
from station.core.order import WorkOrder
from station.core.reconciliation import Stock
from station.core.signature import Signature
from station.core.state import IllegalStepError
from station.records.audit.audit import audit
from station.records.export.export import events_of
from station.records.journal import FILE, Journal, read_only, recorded
from station.records.signatures import Signatures

ORDER = WorkOrder.model_validate_json(
    '{"id": "WO-1", "product": "ABS-012", "level": "unit", "quantity": 24, "template": "unit",'
    ' "revision": "A", "lot": "20200331"}'
)
MINE = Signature("王芳", "settled", "counted", "both", "WO-1", 3)
HERS = Signature("Anna Li", "witnessed", "counted", "both", "WO-1", 3)
USED = StockUsed(order="WO-1", kind=Stock.BLANK, count=2, reason="counted")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path)) as journal:
        journal.append(
            OrderAccepted(order=ORDER, gtin="06972869182019", file="o.yaml", sha256="a"),
            OrderStarted(
                order="WO-1",
                recipe=Recipe(template="", font="", product="", carriers=(), dots_per_mm=8),
            ),
        )
        yield journal


def test_two_people_sign_what_one_of_them_has_recorded(journal: Journal, tmp_path: Path) -> None:
    with journal.signing((MINE, HERS), actor="王芳"):
        journal.append(USED, USED, actor="王芳")
    body = to_json(USED) + b"\n"
    with closing(read_only(tmp_path)) as db:
        found = Signatures(db).of("WO-1")
    assert [(each.person, each.meaning) for each in found] == [
        ("王芳", "settled"),
        ("Anna Li", "witnessed"),
    ]
    for each in found:
        assert (each.first, each.last) == (3, 4)
        assert each.digest == hashlib.sha256(body + body).hexdigest()
    assert events_of(journal.db, "WO-1")[-2:] == [5, 6], "an export takes them along"
    assert audit(tmp_path / FILE).good


def test_a_signature_is_found_with_its_label(journal: Journal, tmp_path: Path) -> None:
    with journal.signing((MINE,), actor="王芳"):
        journal.append(USED, actor="王芳")
    with closing(read_only(tmp_path)) as db:
        assert len(Signatures(db).of("WO-1", number=3)) == 1
        assert Signatures(db).of("WO-1", number=4) == ()
        assert Signatures(db).of("WO-2") == ()


def test_nothing_but_the_first_thing_that_the_person_records_is_signed(journal: Journal) -> None:
    with journal.signing((MINE,), actor="王芳"):
        journal.append(USED)  # by the station itself
        journal.append(USED, actor="王芳")
        journal.append(USED, actor="王芳")
    journal.append(USED, actor="王芳")
    assert [type(each.event).__name__ for each in recorded(journal.db, after=2)] == [
        "StockUsed",
        "StockUsed",
        "Signed",
        "StockUsed",
        "StockUsed",
    ]


def test_what_is_not_recorded_is_not_signed_either(journal: Journal) -> None:
    with journal.signing((MINE,), actor="王芳"), pytest.raises(LookupError):
        journal.append(USED, OrderEnded(order="WO-2", reason="r"), actor="王芳")
    assert journal.head.seq == 2
    journal.append(USED, actor="王芳")
    assert journal.head.seq == 3, "and nothing of it is left over"


def test_a_signature_before_what_it_signs_is_none(journal: Journal) -> None:
    with pytest.raises(IllegalStepError):
        journal.append(
            Signed(
                person="王芳",
                meaning="settled",
                reason="r",
                factor="both",
                order="WO-1",
                number=0,
                first=3,
                last=3,
                digest="0" * 64,
            )
        )
