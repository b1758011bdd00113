"""The verdict: accepted only if the bytes read are the bytes meant; every difference has a name."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.interface import Symbol
from station.core.gs1 import ElementString
from station.core.judge import Code, Expected, NothingIssued, Reading, Reason, judge

GTIN = "06972869182019"
MEANT = ElementString.of(("01", GTIN), ("11", "200228"), ("21", "CN010123"))
LOT_MEANT = ElementString.of(("01", GTIN), ("17", "290228"), ("10", "A1"), ("21", "B2"))
DM = Expected(MEANT, ("]d2",))
BOTH = Expected(MEANT, ("]d2", "]C1"))


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
    found = codes(Expected(LOT_MEANT, ("]d2",)), symbol(read))
    assert found == [Code.EXPIRY, Code.LOT]


def test_a_serial_that_left_the_printer_before_is_a_duplicate() -> None:
    read = ElementString.of(("01", GTIN), ("11", "200228"), ("21", "CN010122"))
    assert codes(DM, symbol(read), issued=("CN010122",)) == [Code.DUPLICATE]
    assert codes(DM, symbol(read)) == [Code.SERIAL]


def test_a_swallowed_separator_is_caught_though_it_parses() -> None:
    """10A1 + 21B2 without FNC1 is the lot A121B2 to every parser; the bytes betray it."""
    swallowed = LOT_MEANT.encode().replace(b"\x1d", b"")
    assert ElementString.parse(swallowed).get("10") == "A121B2"
    assert codes(Expected(LOT_MEANT, ("]d2",)), symbol(swallowed)) == [Code.MISSING_FNC1]


def test_a_needless_separator_is_caught() -> None:
    assert codes(DM, symbol(MEANT.encode() + b"\x1d")) == [Code.MISSING_FNC1]


@pytest.mark.parametrize("identifier", ["]d1", "]C0"])
def test_a_symbol_without_the_leading_fnc1_is_not_gs1(identifier: str) -> None:
    expected = Expected(MEANT, ("]d2",) if identifier == "]d1" else ("]C1",))
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
    assert codes(Expected(LOT_MEANT, ("]d2",)), symbol(wrong)) != []
