"""Wrong symbols say exactly what they were told to say, to the station's own decoder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.artwork.ink import Ink
from station.artwork.items import LinearSymbol, MatrixSymbol
from station.core.gs1 import ElementString
from station.core.hibcc import Hibc
from station.core.problem import Refused
from station.line.challenge.symbols import drawn, foreign, reordered
from station.vision.decode import decode

NONE = np.zeros((20, 20), np.bool_)
MATRIX = MatrixSymbol(0, 0, 3, b"", NONE)
BARS = LinearSymbol(0, 0, 2, 40, b"", (), NONE[0])

said = st.text(
    st.sampled_from("0123456789ABCabc-/.()+\x1d"), min_size=4, max_size=24
).map(str.encode)  # fmt: skip


def read(modules: Ink) -> tuple[str, bytes]:
    """What a camera without any lens reads of it."""
    rows = modules if len(modules) > 1 else np.repeat(modules, 20, axis=0)
    paper = np.pad(rows, 12).repeat(4, axis=0).repeat(4, axis=1)
    (symbol,) = decode(np.where(paper, np.uint8(0), np.uint8(255))).symbols
    return symbol.identifier, symbol.data


@settings(max_examples=40)
@given(said.filter(lambda each: not each.startswith(b"\x1d")), st.booleans())
def test_a_matrix_says_what_it_was_told(data: bytes, gs1: bool) -> None:  # noqa: FBT001 - drawn
    identifier = "]d2" if gs1 else "]d1"
    assert read(drawn(MATRIX, data, gs1=gs1)) == (identifier, data)


@settings(max_examples=40)
@given(said.filter(lambda each: not each.startswith(b"\x1d")), st.booleans())
def test_bars_say_what_they_were_told(data: bytes, gs1: bool) -> None:  # noqa: FBT001 - drawn
    identifier = "]C1" if gs1 else "]C0"
    assert read(drawn(BARS, data, gs1=gs1)) == (identifier, data)


def test_the_code_of_the_other_system_is_a_valid_one() -> None:
    assert Hibc.parse(foreign()).encode() == foreign()


def test_elements_in_another_order_are_the_same_elements() -> None:
    right = ElementString.of(("01", "06972869182019"), ("10", "A1"), ("21", "B2"))
    wrong = ElementString.parse(reordered(right))
    assert set(wrong.elements) == set(right.elements)
    assert wrong != right
    with pytest.raises(Refused, match="one element only"):
        reordered(ElementString.of(("01", "06972869182019")))


def test_a_qr_code_is_not_drawn_wrong() -> None:
    qr = MatrixSymbol(0, 0, 3, b"", NONE, identifier="]Q3", quiet=4)
    with pytest.raises(Refused, match="No wrong QR Code"):
        drawn(qr, b"0106972869182019", gs1=True)
