import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.symbols import codewords, data_matrix, encoded, gs1_128, gs1_qr
from station.core.gs1 import ElementString
from station.core.problem import Refused

CSET_82 = "".join(chr(each) for each in range(33, 127) if chr(each) not in "#$@[\\]^`{|}~")
GTIN = ("01", "06972869182019")
VALUES = st.text(CSET_82, min_size=1, max_size=20)


def test_cset_82_has_82_characters() -> None:
    assert len(CSET_82) == 82


@pytest.mark.parametrize(
    ("pairs", "side"),
    [
        ((GTIN,), 16),
        ((GTIN, ("17", "230330"), ("10", "20200331")), 18),
        ((GTIN, ("11", "200229"), ("21", "CN010123")), 20),
        ((GTIN, ("11", "200229"), ("17", "300228"), ("10", "A" * 20), ("21", "b" * 20)), 32),
    ],
)
def test_a_data_matrix_is_as_large_as_plain_ascii_needs(
    pairs: tuple[tuple[str, str], ...], side: int
) -> None:
    assert data_matrix(ElementString.of(*pairs)).shape == (side, side)


def test_modules_begin_with_the_finder() -> None:
    modules = data_matrix(ElementString.of(GTIN))
    assert modules[:, 0].all()
    assert modules[-1].all()
    assert modules[0, ::2].all()
    assert not modules[0, 1::2].any()


def test_more_data_than_a_label_should_carry_is_refused() -> None:
    pairs = [GTIN, *((f"9{each}", "x" * 90) for each in (1, 2, 3))]
    with pytest.raises(Refused, match="expected at most 174, a DataMatrix of 48 by 48 modules"):
        data_matrix(ElementString.of(*pairs))


def test_what_zxing_will_not_encode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwilling(*_: object, **__: object) -> None:
        raise ValueError("Error 259: Invalid data length for AI (21)")

    monkeypatch.setattr(zxingcpp, "create_barcode", unwilling)
    with pytest.raises(Refused) as refused:
        data_matrix(ElementString.of(GTIN, ("21", "NEVER-DRAWN-BEFORE")))
    assert str(refused.value) == (
        "(01)06972869182019(21)NEVER-DRAWN-BEFORE cannot be encoded: Error 259: Invalid data length"
        " for AI (21)."
    )


def read(picture: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[tuple[str, bytes]]:
    paper = np.where(np.pad(picture, 40), np.uint8(0), np.uint8(255))
    return [(each.symbology_identifier, each.bytes) for each in zxingcpp.read_barcodes(paper)]


@given(VALUES, VALUES)
def test_a_data_matrix_reads_back_as_its_element_string(lot: str, serial: str) -> None:
    elements = ElementString.of(GTIN, ("10", lot), ("21", serial))
    modules = data_matrix(elements).repeat(4, axis=0).repeat(4, axis=1)
    assert read(modules) == [("]d2", elements.encode())]


@given(VALUES)
def test_a_gs1_128_reads_back_as_its_element_string(serial: str) -> None:
    elements = ElementString.of(GTIN, ("21", serial))
    bars = np.broadcast_to(gs1_128(elements).repeat(2), (80, 2 * len(gs1_128(elements))))
    assert read(bars) == [("]C1", elements.encode())]


@given(VALUES)
def test_a_gs1_128_begins_with_a_start_and_fnc1(serial: str) -> None:
    start, fnc1, *_ = codewords(gs1_128(ElementString.of(GTIN, ("21", serial))))
    assert start in {103, 104, 105}
    assert fnc1 == 102


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("", (8, 32)),
        ("1", (12, 26)),
        ("A" * 12, (12, 36)),
        ("A" * 18, (16, 36)),
        ("A" * 20 + "b" * 17, (16, 48)),
    ],
)
def test_a_rectangular_data_matrix_is_as_large_as_plain_ascii_needs(
    value: str, shape: tuple[int, int]
) -> None:
    serials = [("10", value[:20])] if value else []
    more = [("21", value[20:])] if value[20:] else []
    elements = ElementString.of(GTIN, *serials, *more)
    modules = data_matrix(elements, shape="rectangular")
    assert modules.shape == shape
    assert read(modules.repeat(4, axis=0).repeat(4, axis=1)) == [("]d2", elements.encode())]


def test_more_data_than_a_rectangle_holds_is_refused() -> None:
    elements = ElementString.of(GTIN, ("10", "A" * 20), ("21", "b" * 20), ("91", "x" * 9))
    with pytest.raises(Refused, match="at most 49, a rectangular DataMatrix of 16 by 48 modules"):
        data_matrix(elements, shape="rectangular")


@given(VALUES, VALUES)
def test_a_rectangular_data_matrix_reads_back_as_its_element_string(lot: str, serial: str) -> None:
    elements = ElementString.of(GTIN, ("10", lot), ("21", serial))
    try:
        modules = data_matrix(elements, shape="rectangular")
    except Refused:
        assert len(elements.encode()) > 49
        return
    assert read(modules.repeat(4, axis=0).repeat(4, axis=1)) == [("]d2", elements.encode())]


@given(VALUES, VALUES)
def test_a_qr_code_reads_back_as_gs1(lot: str, serial: str) -> None:
    """Its percent sign stands for FNC1 in one of the encodations: it comes back as itself."""
    elements = ElementString.of(GTIN, ("10", lot), ("21", serial))
    modules = gs1_qr(elements).repeat(4, axis=0).repeat(4, axis=1)
    assert read(modules) == [("]Q3", elements.encode())]


@given(VALUES, VALUES)
def test_two_parts_are_two_symbols_and_all_of_the_data(lot: str, serial: str) -> None:
    elements = ElementString.of(GTIN, ("10", lot), ("21", serial))
    assert encoded(elements, "di") + encoded(elements, "pi") == encoded(elements)
    for part in ("di", "pi"):
        bars = gs1_128(elements, part)
        tall = np.broadcast_to(bars.repeat(2), (80, 2 * len(bars)))
        assert read(tall) == [("]C1", encoded(elements, part))]


@pytest.mark.parametrize("pairs", [(GTIN,), (("11", "200229"), GTIN)])
def test_only_01_and_what_follows_it_go_into_two_symbols(
    pairs: tuple[tuple[str, str], ...],
) -> None:
    with pytest.raises(Refused, match=r"only where \(01\) comes first and something follows it"):
        encoded(ElementString.of(*pairs), "pi")
