"""The verdict: accepted only if the bytes read are the bytes meant; every difference has a name."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.interface import Symbol
from station.core.gs1 import ElementString
from station.core.judge import Code, Expected, Meant, NothingIssued, Reading, Reason, judge

GTIN = "06972869182019"
MEANT = ElementString.of(("01", GTIN), ("11", "200228"), ("21", "CN010123"))
LOT_MEANT = ElementString.of(("01", GTIN), ("17", "290228"), ("10", "A1"), ("21", "B2"))


def whole(elements: ElementString, *carriers: str) -> Expected:
    """All of the data in each of these symbols."""
    return Expected(elements, tuple(Meant(each, elements.encode()) for each in carriers))


DM = whole(MEANT, "]d2")
BOTH = whole(MEANT, "]d2", "]C1")


class Issued:
    """A ledger in which these serials left the printer before."""

    def __init__(self, *serials: str) -> None:
        self._serials = serials

    def issued(self, gtin: str, serial: str) -> bool:
        return gtin == GTIN and serial in self._serials


def symbol(data: bytes | ElementString, identifier: str = "]d2") -> Symbol:
    raw = data.encode() if isinstance(data, ElementString) else data
    return Symbol(identifier, raw, "zxing")


def codes(expected: Expected, *symbols: Symbol, issued: tuple[str, ...] = ()) -> list[Code]:
    verdict = judge(expected, Reading(symbols), Issued(*issued))
    assert verdict.accepted == (not verdict.reasons)
    return [reason.code for reason in verdict.reasons]


def test_the_label_as_meant_is_accepted() -> None:
    assert codes(DM, symbol(MEANT)) == []
    assert codes(BOTH, symbol(MEANT, "]C1"), symbol(MEANT)) == []


@pytest.mark.parametrize(
    ("pairs", "code", "ai"),
    [
        ((("01", "06972869182026"), ("11", "200228"), ("21", "CN010123")), Code.GTIN, "01"),
        ((("01", GTIN), ("11", "200227"), ("21", "CN010123")), Code.PRODUCTION_DATE, "11"),
        ((("01", GTIN), ("11", "200228"), ("21", "CN010124")), Code.SERIAL, "21"),
        ((("01", GTIN), ("11", "200228")), Code.SERIAL, "21"),
        (
            (("01", GTIN), ("11", "200228"), ("21", "CN010123"), ("10", "A")),
            Code.OTHER_ELEMENT,
            "10",
        ),
        ((("01", GTIN), ("21", "CN010123"), ("11", "200228")), Code.ORDER, ""),
    ],
)
def test_a_different_element_is_named(
    pairs: tuple[tuple[str, str], ...], code: Code, ai: str
) -> None:
    verdict = judge(DM, Reading((symbol(ElementString.of(*pairs)),)), NothingIssued())
    assert [(reason.code, reason.ai) for reason in verdict.reasons] == [(code, ai)]


def test_expiry_and_lot_are_named() -> None:
    read = ElementString.of(("01", GTIN), ("17", "290227"), ("10", "A2"), ("21", "B2"))
    found = codes(whole(LOT_MEANT, "]d2"), symbol(read))
    assert found == [Code.EXPIRY, Code.LOT]


def test_a_serial_that_left_the_printer_before_is_a_duplicate() -> None:
    read = ElementString.of(("01", GTIN), ("11", "200228"), ("21", "CN010122"))
    assert codes(DM, symbol(read), issued=("CN010122",)) == [Code.DUPLICATE]
    assert codes(DM, symbol(read)) == [Code.SERIAL]


def test_a_swallowed_separator_is_caught_though_it_parses() -> None:
    """10A1 + 21B2 without FNC1 is the lot A121B2 to every parser; the bytes betray it."""
    swallowed = LOT_MEANT.encode().replace(b"\x1d", b"")
    assert ElementString.parse(swallowed).get("10") == "A121B2"
    assert codes(whole(LOT_MEANT, "]d2"), symbol(swallowed)) == [Code.MISSING_FNC1]


def test_a_needless_separator_is_caught() -> None:
    assert codes(DM, symbol(MEANT.encode() + b"\x1d")) == [Code.MISSING_FNC1]


@pytest.mark.parametrize("identifier", ["]d1", "]C0"])
def test_a_symbol_without_the_leading_fnc1_is_not_gs1(identifier: str) -> None:
    expected = whole(MEANT, "]d2" if identifier == "]d1" else "]C1")
    assert Code.MISSING_FNC1 in codes(expected, symbol(MEANT, identifier))


def test_a_foreign_issuing_system_is_named() -> None:
    found = codes(DM, symbol(b"+H123ABC01234567890D", "]d1"))
    assert found == [Code.OTHER_SYSTEM, Code.NO_READ]


def test_a_carrier_the_label_does_not_have_is_the_wrong_symbology() -> None:
    assert codes(DM, symbol(MEANT), symbol(MEANT, "]Q3")) == [Code.WRONG_SYMBOLOGY]
    assert codes(DM, symbol(MEANT), symbol(b"12345", "]E0")) == [Code.WRONG_SYMBOLOGY]


def test_brackets_encoded_as_data_are_rejected() -> None:
    assert codes(DM, symbol(MEANT.hri().encode())) != []
    assert codes(DM, symbol(MEANT.hri().encode(), "]d1")) != []


def test_nothing_read_is_no_read_for_each_symbol_of_the_label() -> None:
    assert codes(DM) == [Code.NO_READ]
    assert codes(BOTH, symbol(MEANT)) == [Code.NO_READ]
    assert codes(BOTH) == [Code.NO_READ, Code.NO_READ]


def test_two_symbols_of_one_kind_are_two_labels_in_view() -> None:
    assert codes(DM, symbol(MEANT), symbol(MEANT)) == [Code.SEVERAL]


def test_a_right_symbol_does_not_excuse_a_wrong_one() -> None:
    wrong = ElementString.of(("01", GTIN), ("11", "200228"), ("21", "CN010124"))
    assert codes(BOTH, symbol(MEANT), symbol(wrong, "]C1")) == [Code.SERIAL]


def test_decoders_that_disagree_reject_the_label() -> None:
    disagreement = (symbol(MEANT), Symbol("]d2", b"01", "zbar"))
    verdict = judge(DM, Reading((symbol(MEANT),), (disagreement,)), NothingIssued())
    assert [reason.code for reason in verdict.reasons] == [Code.DISAGREE]


def test_a_scanner_sends_one_of_the_symbols_and_that_is_enough() -> None:
    one = Reading((symbol(MEANT, "]C1"),), whole_label=False)
    assert judge(BOTH, one, NothingIssued()).accepted
    none = Reading((), whole_label=False)
    assert not judge(BOTH, none, NothingIssued()).accepted


def test_a_scan_without_identifier_is_rejected() -> None:
    """Without the AIM identifier nobody can say whether the leading FNC1 was there."""
    scan = Reading((symbol(MEANT, ""),), whole_label=False)
    assert not judge(DM, scan, NothingIssued()).accepted


def test_a_reason_shows_what_was_expected_and_what_was_read() -> None:
    wrong = ElementString.of(("01", GTIN), ("11", "200228"), ("21", "CN010124"))
    verdict = judge(DM, Reading((symbol(wrong),)), NothingIssued())
    assert verdict.reasons == (Reason(Code.SERIAL, "21", "CN010123", "CN010124"),)


PARTS = (b"01" + GTIN.encode(), MEANT.encode()[16:])
DI, PI = PARTS
SPLIT = Expected(MEANT, (Meant("]C1", DI), Meant("]C1", PI)))
EVERYTHING = Expected(MEANT, (Meant("]d2", MEANT.encode()), Meant("]C1", DI), Meant("]C1", PI)))
STICKERS = Expected(MEANT, (Meant("]d2", MEANT.encode(), count=3),))


def reasons(expected: Expected, *symbols: Symbol) -> list[tuple[Code, str, str, str]]:
    verdict = judge(expected, Reading(symbols), NothingIssued())
    return [(each.code, each.ai, each.expected, each.read) for each in verdict.reasons]


def test_two_parts_of_the_data_are_accepted_together_and_in_any_order() -> None:
    assert codes(SPLIT, symbol(DI, "]C1"), symbol(PI, "]C1")) == []
    assert codes(SPLIT, symbol(PI, "]C1"), symbol(DI, "]C1")) == []
    assert SPLIT.carriers == ("]C1", "]C1")


def test_one_part_read_twice_is_not_two_parts() -> None:
    assert reasons(SPLIT, symbol(DI, "]C1"), symbol(DI, "]C1")) == [
        (Code.SEVERAL, "", f"1 × GS1-128 ]C1 01{GTIN}", "2"),
        (Code.NO_READ, "", "GS1-128 ]C1 1120022821CN010123", ""),
    ]


def test_a_part_is_not_the_whole() -> None:
    assert codes(SPLIT, symbol(MEANT, "]C1")) != []
    assert codes(whole(MEANT, "]C1"), symbol(DI, "]C1")) == [Code.PRODUCTION_DATE, Code.SERIAL]
    assert codes(whole(MEANT, "]C1"), symbol(DI, "]C1"), symbol(PI, "]C1")) != []


def test_a_wrong_second_part_is_explained_by_its_elements() -> None:
    wrong = symbol(PI.replace(b"CN010123", b"CN010124"), "]C1")
    assert reasons(SPLIT, symbol(DI, "]C1"), wrong) == [(Code.SERIAL, "21", "CN010123", "CN010124")]
    issued = judge(SPLIT, Reading((symbol(DI, "]C1"), wrong)), Issued("CN010124"))
    assert [each.code for each in issued.reasons] == [Code.DUPLICATE]


def test_a_wrong_first_part_is_explained_by_its_element() -> None:
    wrong = symbol(b"0106972869182026", "]C1")
    assert reasons(SPLIT, wrong, symbol(PI, "]C1")) == [(Code.GTIN, "01", GTIN, "06972869182026")]


def test_a_needless_separator_in_a_part_is_named() -> None:
    found = codes(SPLIT, symbol(DI + b"\x1d", "]C1"), symbol(PI, "]C1"))
    assert found == [Code.MISSING_FNC1]


def test_elements_of_a_part_in_another_order_are_named() -> None:
    turned = symbol(b"21CN010123\x1d11200228", "]C1")
    assert reasons(SPLIT, symbol(DI, "]C1"), turned) == [
        (Code.ORDER, "", "(11)200228(21)CN010123", "(21)CN010123(11)200228")
    ]


def test_a_part_without_its_fnc1_is_not_gs1() -> None:
    found = codes(SPLIT, symbol(DI, "]C1"), symbol(PI, "]C0"))
    assert found == [Code.MISSING_FNC1, Code.NO_READ]


def test_a_wrong_symbol_unlike_any_stands_for_the_one_not_seen() -> None:
    found = codes(SPLIT, symbol(b"99X", "]C1"), symbol(DI, "]C1"))
    assert found == [Code.PRODUCTION_DATE, Code.SERIAL, Code.OTHER_ELEMENT]


def test_every_copy_on_the_web_is_seen() -> None:
    one = symbol(MEANT)
    assert codes(STICKERS, one, one, one) == []
    assert reasons(STICKERS, one, one) == [(Code.NO_READ, "", "3 × GS1 DataMatrix ]d2", "2")]
    assert reasons(STICKERS, one, one, one, one) == [
        (Code.SEVERAL, "", "3 × GS1 DataMatrix ]d2", "4")
    ]
    wrong = symbol(MEANT.encode().replace(b"123", b"124"))
    assert codes(STICKERS, one, one, wrong) == [Code.SERIAL]
    assert STICKERS.carriers == ("]d2",) * 3


def test_scans_are_enough_only_when_they_are_all_of_the_data() -> None:
    def scanned(expected: Expected, *symbols: Symbol) -> list[Code]:
        reading = Reading(symbols, whole_label=False)
        return [each.code for each in judge(expected, reading, NothingIssued()).reasons]

    di, pi, matrix = symbol(DI, "]C1"), symbol(PI, "]C1"), symbol(MEANT)
    assert scanned(SPLIT, di, pi) == []
    assert scanned(SPLIT, di) == scanned(SPLIT, pi) == scanned(SPLIT, di, di) == [Code.NO_READ]
    assert scanned(EVERYTHING, matrix) == scanned(EVERYTHING, di, pi) == []
    assert scanned(EVERYTHING, di) == [Code.NO_READ]
    assert scanned(STICKERS, matrix) == [Code.NO_READ]


def test_a_supplementary_reading_only_must_not_contradict() -> None:
    def found(*symbols: Symbol) -> list[Code]:
        reading = Reading(symbols, supplementary=True)
        return [each.code for each in judge(SPLIT, reading, NothingIssued()).reasons]

    assert found() == found(symbol(DI, "]C1")) == []
    assert found(symbol(PI + b"5", "]C1")) == [Code.SERIAL]


def test_decoders_that_disagree_about_a_part_are_told_its_data() -> None:
    disagreement = (symbol(PI, "]C1"), Symbol("]C1", b"21X", "zbar"))
    reading = Reading((symbol(DI, "]C1"), symbol(PI, "]C1")), (disagreement,))
    (reason,) = judge(SPLIT, reading, NothingIssued()).reasons
    assert (reason.code, reason.expected) == (Code.DISAGREE, "1120022821CN010123")


def test_what_is_meant_is_all_of_the_data() -> None:
    """A label of which one part is left out could not be made; the program would be wrong."""
    for symbols in ((), (Meant("]C1", DI),), (Meant("]C1", PI),), (Meant("]d2", b"x"),)):
        with pytest.raises(AssertionError):
            Expected(MEANT, symbols)
    with pytest.raises(AssertionError):
        Expected(MEANT, (Meant("]d2", MEANT.encode(), count=0),))


def test_the_device_identifier_alone_tells_no_label_from_another() -> None:
    assert SPLIT.own_data() == {PI}
    assert SPLIT.own_data(frozenset({DI, PI + b"4"})) == {PI, PI + b"4"}
    assert DM.own_data() == {MEANT.encode()}


LABELS = st.sampled_from([DM, BOTH, SPLIT, EVERYTHING, STICKERS])


def printed(expected: Expected) -> list[Symbol]:
    return [symbol(m.data, m.identifier) for m in expected.symbols for _ in range(m.count)]


@given(LABELS, st.randoms(use_true_random=False), st.data())
def test_only_exactly_the_symbols_meant_are_ever_accepted(
    expected: Expected, random: Random, data: st.DataObject
) -> None:
    """Drop, double, swap or take from anywhere: accepted is what was printed, in any order."""
    pool = [*printed(EVERYTHING), *printed(BOTH), symbol(b"0112", "]d2"), symbol(DI, "]d2")]
    seen = data.draw(st.lists(st.sampled_from(pool), max_size=5) | st.just(printed(expected)))
    random.shuffle(seen)
    same = Counter(seen) == Counter(printed(expected))
    for whole_label in (True, False):
        verdict = judge(expected, Reading(tuple(seen), whole_label=whole_label), NothingIssued())
        assert verdict.accepted or not same
        assert same or not verdict.accepted or not whole_label
        carried = {each.data for each in seen}
        assert not verdict.accepted or MEANT.encode() in carried or set(PARTS) <= carried


@given(
    expected=LABELS,
    data=st.data(),
    byte=st.integers(0, 255),
    how=st.sampled_from(["replace", "insert", "delete"]),
    whole_label=st.booleans(),
)
def test_one_wrong_byte_in_any_symbol_rejects_the_label(
    *, expected: Expected, data: st.DataObject, byte: int, how: str, whole_label: bool
) -> None:
    symbols = printed(expected)
    chosen = data.draw(st.integers(0, len(symbols) - 1))
    right = symbols[chosen].data
    place = data.draw(st.integers(0, len(right) - 1))
    middle = {"replace": bytes([byte]), "insert": bytes([byte]) + right[place : place + 1]}
    wrong = right[:place] + middle.get(how, b"") + right[place + 1 :]
    assume(wrong != right)
    symbols[chosen] = symbol(wrong, symbols[chosen].identifier)
    verdict = judge(expected, Reading(tuple(symbols), whole_label=whole_label), NothingIssued())
    assert not verdict.accepted
    assert all(each.expected or each.read for each in verdict.reasons)


@given(LABELS, st.data())
def test_a_label_that_lacks_a_symbol_or_has_one_too_many_is_rejected(
    expected: Expected, data: st.DataObject
) -> None:
    symbols = printed(expected)
    chosen = data.draw(st.sampled_from(symbols))
    fewer = symbols.copy()
    fewer.remove(chosen)
    for seen in (fewer, [*symbols, chosen], [*fewer, replace(chosen, identifier="]Q3")]):
        assert not judge(expected, Reading(tuple(seen)), NothingIssued()).accepted


@given(data=st.binary(max_size=60), identifier=st.sampled_from(["]d2", "]d1", "]C1", "]C0", ""]))
def test_whatever_bytes_are_read_only_the_right_ones_are_accepted(
    data: bytes, identifier: str
) -> None:
    assume((data, identifier) != (MEANT.encode(), "]d2"))
    assert codes(DM, symbol(data, identifier)) != []


@given(
    place=st.integers(0, len(LOT_MEANT.encode()) - 1),
    byte=st.integers(0, 255),
    how=st.sampled_from(["replace", "insert", "delete"]),
)
def test_one_wrong_byte_anywhere_rejects_the_label_with_a_reason(
    place: int, byte: int, how: str
) -> None:
    right = LOT_MEANT.encode()
    wrong = {
        "replace": right[:place] + bytes([byte]) + right[place + 1 :],
        "insert": right[:place] + bytes([byte]) + right[place:],
        "delete": right[:place] + right[place + 1 :],
    }[how]
    assume(wrong != right)
    assert codes(whole(LOT_MEANT, "]d2"), symbol(wrong)) != []
