"""No reading is believed against another, and none that rests on a few rows of pixels."""

import numpy as np
import pytest
import zxingcpp

from drivers.interface import Symbol
from drivers.simulated.optics import MILD, photograph
from station.vision import decode as module
from station.vision.decode import Decoding, decode
from station.vision.ladder import View
from station.vision.picture import Picture
from station.vision.places import Corners

DATA = b"0106972869182019"
OTHER = b"0106972830188219"
BARS: Corners = ((100, 100), (500, 100), (500, 180), (100, 180))
ELSEWHERE: Corners = ((100, 300), (500, 300), (500, 380), (100, 380))
SLICE: Corners = ((100, 140), (500, 140), (500, 143), (100, 143))
BLANK = np.full((480, 640), 255, np.uint8)


def reading(data: bytes, corners: Corners, identifier: str = "]C1") -> Symbol:
    return Symbol(identifier, data, "zxing", corners)


def seen(
    monkeypatch: pytest.MonkeyPatch,
    *passes: tuple[Symbol, ...],
    zbar: Symbol | None = None,
    again: Symbol | None = None,
) -> Decoding:
    """What comes of readings that a decoder, which is replaced here, gives pass after pass."""
    given = iter(passes)

    def read(_view: View, _formats: object) -> tuple[Symbol, ...]:
        return next(given, ())

    monkeypatch.setattr(module, "_read", read)
    monkeypatch.setattr(module, "_second_look", lambda _symbol, _picture: again)
    monkeypatch.setattr(module, "second_opinion", lambda _picture, _symbol: zbar)
    return decode(BLANK, expected=("]C1", "]d2"), budget_seconds=5.0)


def test_one_symbol_read_twice_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    one = reading(DATA, BARS)
    found = seen(monkeypatch, (one, one), (one,))
    assert (found.symbols, found.disagreements, found.rescued) == ((one,), (), False)


def test_the_same_data_in_two_places_is_two_symbols(monkeypatch: pytest.MonkeyPatch) -> None:
    both = (reading(DATA, BARS), reading(DATA, ELSEWHERE))
    assert seen(monkeypatch, both).symbols == both


def test_two_passes_that_differ_are_a_disagreement_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = reading(DATA, BARS), reading(OTHER, BARS)
    found = seen(monkeypatch, (one,), (other,), (other,))
    assert (found.symbols, found.disagreements) == ((one,), ((one, other),))


def test_another_symbology_in_the_same_place_is_a_disagreement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = reading(DATA, BARS), reading(DATA, BARS, "]d2")
    assert seen(monkeypatch, (one, other)).disagreements == ((one, other),)


def test_a_lost_fnc1_alone_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = reading(DATA, BARS), reading(DATA, BARS, "]C0")
    assert seen(monkeypatch, (one,), zbar=other).disagreements == ((one, other),)


def test_a_second_decoder_that_reads_nothing_is_no_disagreement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = reading(DATA, BARS)
    found = seen(monkeypatch, (one,))
    assert (found.disagreements, found.unconfirmed) == ((), (one,))


def test_a_second_decoder_that_agrees_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    one = reading(DATA, BARS)
    found = seen(monkeypatch, (one,), zbar=Symbol("]C1", DATA, "zbar", BARS))
    assert (found.disagreements, found.unconfirmed) == ((), ())


def test_a_slice_that_is_not_borne_out_is_a_glimpse(monkeypatch: pytest.MonkeyPatch) -> None:
    glimpse = reading(OTHER, SLICE)
    found = seen(monkeypatch, (reading(DATA, BARS), glimpse))
    assert found.glimpses == (glimpse,)
    assert found.disagreements == ()


def test_a_slice_read_again_otherwise_counts_as_what_was_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, again = reading(DATA, BARS), reading(DATA, SLICE)
    found = seen(monkeypatch, (one, reading(OTHER, SLICE)), again=again)
    assert (found.symbols, found.disagreements, found.rescued) == ((one,), (), False)


def test_a_symbol_read_only_from_a_slice_and_again_is_rescued(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again, zbar = reading(DATA, SLICE), Symbol("]C1", DATA, "zbar", SLICE)
    found = seen(monkeypatch, (reading(OTHER, SLICE),), again=again, zbar=zbar)
    assert (found.symbols, found.rescued) == ((again,), True)


@pytest.mark.parametrize("tall", [3, 47, 79])
def test_one_decoder_alone_does_not_vouch_for_a_part_of_the_bars(
    monkeypatch: pytest.MonkeyPatch, tall: int
) -> None:
    """Dead dots and a scratch make other characters there, and a check character that fits."""
    part: Corners = ((100, 100), (500, 100), (500, 100 + tall), (100, 100 + tall))
    one = reading(OTHER, part)
    found = seen(monkeypatch, (one,), again=one)
    assert (found.symbols, found.glimpses) == ((), (one,))


def label(data: str) -> Picture:
    paper = np.full((320, 480), 255, np.uint8)
    made = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.Code128, gs1=True)
    row = np.array(made.to_image(scale=1, add_quiet_zones=False), np.uint8)[:1]
    bars = np.kron(row, np.ones((64, 2), np.uint8))
    left = (480 - bars.shape[1]) // 2
    paper[224:288, left : left + bars.shape[1]] = bars
    return paper


def test_a_good_label_is_never_read_as_another_nor_doubted() -> None:
    for seed in range(60):
        number = np.random.default_rng(seed).integers(0, 1_000_000)
        picture = photograph(
            label(f"(01)06972869182019(21){number:06d}"), dots_per_mm=8, optics=MILD, seed=seed
        )
        found = decode(picture, expected=("]C1",))
        (only,) = found.symbols
        assert (only.identifier, only.data) == ("]C1", DATA + b"21%06d" % number)
        assert (found.disagreements, found.unconfirmed, found.passes) == ((), (), ("raw",))
