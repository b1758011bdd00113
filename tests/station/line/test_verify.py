"""Whatever label is held before it: what it is, whether it was made here, and still says so."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.interface import Symbol
from station.config import shipped
from station.core.catalogue import Catalogue
from station.core.challenge_card import CARD
from station.core.events import (
    Event,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderAccepted,
    OrderStarted,
    Recipe,
    ReprintAuthorised,
    SerialsImported,
    SymbolRead,
)
from station.core.gs1 import ElementString
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.shape import parse
from station.core.state import LabelState
from station.line import library
from station.line.scanned import Scanned, scanned
from station.line.verified import Finding, Verified, difference, headline
from station.line.verify import Verifier
from station.records.clock import Instant
from station.records.journal import Journal, read_only
from station.records.query import Records
from station.records.trace.trace import trace

GTIN, OUTER = "06972869182019", "16972869182016"
LOT_GTIN = "06972869182125"
TODAY = date(2026, 11, 23)
PRODUCTION = ("11", "261120")
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


def at_noon() -> Instant:
    return Instant(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), offset=480, monotonic=5, steered=True)


def order(name: str, *, lot: str | None = None, serials: bool = True, **other: object) -> Event:
    document: dict[str, object] = {
        "id": name,
        "product": "HAS-MHB-HC",
        "level": "unit",
        "quantity": 9,
        "production_date": date(2026, 11, 20),
        "template": "t",
        "revision": "1",
    }
    if lot:
        document["lot"] = lot
    if serials:
        document["serials"] = {"prefix": f"{name[-1]}", "start": "1"}
    asked = parse(WorkOrder, document | other)
    gtin = GTIN if serials else LOT_GTIN
    return OrderAccepted(order=asked, gtin=gtin, file="a.yaml", sha256=name.rjust(64, "0"))


def started(name: str) -> Event:
    return OrderStarted(order=name, recipe=RECIPE)


def data_of(serial: str, *, lot: str = "") -> bytes:
    pairs = [("01", GTIN), PRODUCTION, *([("10", lot)] if lot else []), ("21", serial)]
    return ElementString.of(*pairs).encode()


LOT_DATA = ElementString.of(("01", LOT_GTIN), ("17", "291119"), ("10", "L1")).encode()


def issued(name: str, number: int, data: bytes, *, of: int = 0) -> Event:
    elements = ElementString.parse(data)
    return LabelIssued(
        order=name,
        number=number,
        gtin=elements.get("01") or "",
        serial=elements.get("21") or "",
        data=data.hex(),
        zpl="0" * 64,
        reprint_of=of,
        recipe=RECIPE.digest,
    )


def judged(name: str, number: int, *reasons: Reason, read: bytes = b"") -> Event:
    symbols = (SymbolRead(identifier="]d2", data=read.hex(), engine="zxing"),) if read else ()
    return LabelJudged(
        order=name, number=number, accepted=not reasons, reasons=reasons, symbols=symbols
    )


def good(name: str, number: int, data: bytes, *, of: int = 0) -> tuple[Event, ...]:
    return (
        issued(name, number, data, of=of),
        judged(name, number, read=data),
        LabelReleased(order=name, number=number),
    )


WRONG = Reason(Code.SERIAL, "21", "A2", "A9")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path, clock=at_noon)
    made.append(
        order("A", reprint="same"),
        started("A"),
        *good("A", 1, data_of("A1")),
        issued("A", 2, data_of("A2")),
        judged("A", 2, WRONG, read=data_of("A9")),
        issued("A", 3, data_of("A3")),
        LabelInDoubt(order="A", number=3, cause="fault"),
    )
    made.append(
        order("B", lot="L1", serials=False),
        started("B"),
        *good("B", 1, LOT_DATA),
        *good("B", 2, LOT_DATA),
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return library.products(shipped("catalogue"))


@pytest.fixture
def verifier(journal: Journal, tmp_path: Path, catalogue: Catalogue) -> Iterator[Verifier]:  # noqa: ARG001 - it has written
    db = read_only(tmp_path)
    yield Verifier(Records(db), tracing=partial(trace, db=db), catalogue=catalogue, today=TODAY)
    db.close()


def looked(verifier: Verifier, data: bytes, identifier: str = "]d2") -> Verified:
    return verifier.verify(Scanned(Symbol(identifier, data, "scanner")))


def notes(found: Verified) -> str:
    return "\n".join(str(each) for each in (*found.checked.problems, *found.notes))


def test_a_released_label_is_told_with_its_product_its_values_and_its_order(
    verifier: Verifier,
) -> None:
    found = looked(verifier, data_of("A1"))
    assert found.good
    assert headline(found, "en") == "Made here, released, data agree"
    assert found.item
    assert (found.item[0].model, found.item[1].level) == ("HAS-MHB-HC", "unit")
    assert [(each.name, each.value, each.day) for each in found.facts] == [
        ("01", GTIN, None),
        ("11", "261120", date(2026, 11, 20)),
        ("21", "A1", None),
    ]
    (made,) = found.made
    assert made.label
    assert (made.order.order.id, made.label.number, made.label.recipe) == ("A", 1, RECIPE.digest)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("serial", "says"),
    [
        ("A2", "Made here, but rejected: must not be used"),
        ("A3", "Made here, but in doubt: must not be used"),
    ],
)
def test_a_label_that_was_not_released_must_not_be_used(
    verifier: Verifier, serial: str, says: str
) -> None:
    found = looked(verifier, data_of(serial))
    assert not found.good
    assert headline(found, "en") == says


def test_each_state_but_released_says_no(journal: Journal, verifier: Verifier) -> None:
    journal.append(issued("A", 4, data_of("A4")))
    assert looked(verifier, data_of("A4")).state == LabelState.ISSUED
    journal.append(judged("A", 4, read=data_of("A4")))
    assert looked(verifier, data_of("A4")).state == LabelState.ACCEPTED
    journal.append(LabelReleased(order="A", number=4))
    assert looked(verifier, data_of("A4")).good
    journal.append(LabelSettled(order="A", number=4, outcome=LabelState.SAMPLE, reason="kept"))
    found = looked(verifier, data_of("A4"))
    assert headline(found, "en") == "Made here, but kept as a sample: must not be used"


def test_the_paper_of_a_rejected_label_is_known_by_what_was_read_on_it(verifier: Verifier) -> None:
    found = looked(verifier, data_of("A9"))
    assert headline(found, "en") == "Made here, but rejected: must not be used"
    assert "Exactly this was read on label 2 of order A, which is rejected" in notes(found)


def test_a_good_label_is_not_believed_while_a_rejected_one_says_the_same(
    journal: Journal, verifier: Verifier
) -> None:
    journal.append(*good("A", 9, data_of("A9")))
    found = looked(verifier, data_of("A9"))
    assert found.finding == Finding.NOT_GOOD
    assert headline(found, "en").startswith("Made here, but a rejected label says the same")
    journal.append(
        LabelSettled(order="A", number=2, outcome=LabelState.VOIDED, reason="scrapped"), actor="Li"
    )
    assert looked(verifier, data_of("A9")).good


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            data_of("A1").replace(b"261120", b"261121"),
            "Production date: made as 261120, read 261121.",
        ),
        (data_of("A1", lot="X"), "Element (10): made as nothing, read X."),
        (data_of("A1") + b"\x1d30" + b"7", "Element (30): made as nothing, read 7."),
    ],
)
def test_a_known_serial_with_other_data_is_told_by_every_difference(
    verifier: Verifier, data: bytes, told: str
) -> None:
    found = looked(verifier, data)
    assert headline(found, "en") == "Looks like made here, but data differ"
    assert told in [difference(each, "en") for made in found.made for each in made.reasons]


def test_the_same_label_under_another_gtin_differs_in_the_gtin(verifier: Verifier) -> None:
    found = looked(verifier, data_of("A1").replace(GTIN.encode(), OUTER.encode()))
    assert found.finding == Finding.DIFFERS
    assert [difference(each, "en") for made in found.made for each in made.reasons] == [
        f"Product code (GTIN): made as {GTIN}, read {OUTER}."
    ]


@pytest.mark.parametrize(
    ("identifier", "code"), [("]d1", Code.MISSING_FNC1), ("]C1", Code.WRONG_SYMBOLOGY)]
)
def test_the_right_data_in_a_wrong_symbol_differ(
    verifier: Verifier, identifier: str, code: Code
) -> None:
    found = looked(verifier, data_of("A1"), identifier)
    assert found.finding == Finding.DIFFERS
    assert code in [each.code for made in found.made for each in made.reasons]


def test_a_serial_printed_twice_shows_both_labels(journal: Journal, verifier: Verifier) -> None:
    journal.append(
        LabelSettled(order="A", number=3, outcome=LabelState.DESTROYED, reason="x", witness="Wu")
    )
    journal.append(ReprintAuthorised(order="A", number=3, reason="x", witness="Wu"))
    journal.append(*good("A", 4, data_of("A3"), of=3))
    found = looked(verifier, data_of("A3"))
    assert found.good
    assert [each.label.number for each in found.made if each.label] == [3, 4]
    assert "This serial was printed 2 times: labels 3, 4." in notes(found)


def test_labels_of_a_lot_are_told_by_their_orders_and_how_many_there_are(
    journal: Journal, verifier: Verifier
) -> None:
    found = looked(verifier, LOT_DATA)
    assert found.good
    (made,) = found.made
    assert (made.label, made.order.order.id, made.order.balance.released) == (None, "B", 2)
    journal.append(issued("B", 3, LOT_DATA), judged("B", 3, Reason(Code.NO_READ)))
    found = looked(verifier, LOT_DATA)
    assert found.good
    assert "Labels of one lot are alike: 1 of them were not released" in notes(found)


def test_a_lot_of_which_nothing_was_released_must_not_be_used(
    journal: Journal, verifier: Verifier
) -> None:
    data = LOT_DATA.replace(b"L1", b"L2")
    journal.append(order("C", lot="L2", serials=False), started("C"), issued("C", 1, data))
    found = looked(verifier, data)
    assert headline(found, "en").startswith("Made here, but nothing of this lot was released")


def test_a_lot_with_another_date_differs_in_the_date(verifier: Verifier) -> None:
    found = looked(verifier, LOT_DATA.replace(b"291119", b"301119"))
    assert [difference(each, "en") for made in found.made for each in made.reasons] == [
        "Expiry date: made as 291119, read 301119."
    ]


def test_a_label_of_a_lot_without_the_serial_it_was_made_with_differs(
    journal: Journal, verifier: Verifier
) -> None:
    journal.append(order("D", lot="LD"), started("D"), *good("D", 1, data_of("D1", lot="LD")))
    found = looked(verifier, ElementString.of(("01", GTIN), PRODUCTION, ("10", "LD")).encode())
    assert [difference(each, "en") for made in found.made for each in made.reasons] == [
        "Serial: made as …, read nothing."
    ]


def test_a_serial_nobody_printed_is_not_ours_though_its_lot_is(
    journal: Journal, verifier: Verifier
) -> None:
    journal.append(order("D", lot="LD"), started("D"), *good("D", 1, data_of("D1", lot="LD")))
    found = looked(verifier, data_of("Z9", lot="LD"))
    assert headline(found, "en") == "Not made here"
    assert "Order D here has this GTIN and lot LD, and printed no such label." in notes(found)


def test_what_is_planned_or_imported_was_not_made_here(
    journal: Journal, verifier: Verifier
) -> None:
    assert looked(verifier, data_of("A7")).finding == Finding.NOT_OURS
    assert "Serial A7 is set aside for order A" in notes(looked(verifier, data_of("A7")))
    journal.append(
        SerialsImported(
            gtin=GTIN,
            serials=("OLD1",),
            file="old.csv",
            sha256="0" * 64,
            part=1,
            parts=1,
            known=0,
            reason="before the station",
        )
    )
    found = looked(verifier, data_of("OLD1"))
    assert found.finding == Finding.NOT_OURS
    assert "was used before: imported by" in notes(found)


def test_a_lost_separator_is_found_by_what_was_printed(
    journal: Journal, verifier: Verifier
) -> None:
    data = data_of("E1", lot="LE")
    journal.append(order("E", lot="LE"), started("E"), *good("E", 1, data))
    found = looked(verifier, data.replace(b"\x1d", b""))
    assert found.finding == Finding.DIFFERS
    (made,) = found.made
    assert made.label
    assert (made.label.serial, [each.code for each in made.reasons]) == ("E1", [Code.MISSING_FNC1])


def test_a_separator_that_seems_lost_is_asked_about(verifier: Verifier) -> None:
    found = looked(verifier, b"01" + LOT_GTIN.encode() + b"10X1217")
    assert found.finding == Finding.NOT_OURS
    assert f"With one the data would say (01){LOT_GTIN}(10)X1(21)7." in notes(found)
    sent = looked(verifier, b"01" + LOT_GTIN.encode() + b"10X1217\x1d91Z")
    assert "separator" not in notes(sent), "a reader that sends one has lost none"


@pytest.mark.parametrize(
    ("data", "finding", "system"),
    [
        (b"+A99912345/$10X3.", Finding.NOT_OURS, "HIBCC"),
        (b"+A99912345/$10X3Z", Finding.UNREADABLE, "HIBCC"),
        (b"=A9999XYZ", Finding.NOT_OURS, "ICCBBA"),
        (b"01" + GTIN.encode(), Finding.TOO_LITTLE, "GS1"),
        (b"21A1", Finding.TOO_LITTLE, "GS1"),
        (b"0106972869182018" + b"21A1", Finding.UNREADABLE, "GS1"),
        (b"00106141412345678908", Finding.NOT_OURS, "GS1"),
        (CARD.encode(), Finding.NOT_OURS, "GS1"),
        (b"", Finding.UNREADABLE, "None"),
        (b"\x00\xff\x1b[2J", Finding.UNREADABLE, "None"),
    ],
)
def test_what_is_no_label_of_anybodys_is_called_what_it_is(
    verifier: Verifier, data: bytes, finding: Finding, system: str
) -> None:
    found = looked(verifier, data, "]d1" if data[:1] in {b"+", b"="} else "]d2")
    assert (found.finding, str(found.checked.system)) == (finding, system)
    assert headline(found, "zh")
    assert not found.good


def test_a_scan_without_identifier_is_judged_by_its_data_and_says_so_where_they_fail(
    verifier: Verifier,
) -> None:
    assert verifier.verify(scanned(f"(01){GTIN}(11)261120(21)A1")).good
    found = looked(verifier, data_of("Z1"), "")
    assert "no AIM identifier" in notes(found)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([data_of("A1"), data_of("A2"), LOT_DATA, b""]),
    st.lists(st.tuples(st.integers(0, 60), st.binary(max_size=2)), max_size=3),
)
def test_only_what_was_made_and_released_is_ever_good(
    verifier: Verifier, data: bytes, changes: list[tuple[int, bytes]]
) -> None:
    for place, instead in changes:
        data = data[:place] + instead + data[place + 1 :]
    found = looked(verifier, data)
    assert found.good == (data in {data_of("A1"), LOT_DATA})


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_be_looked_at(verifier: Verifier, text: str) -> None:
    found = verifier.verify(scanned(text))
    assert not found.good
    assert headline(found, "en")
