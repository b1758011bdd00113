"""A rescue finds symbols where they are in the camera's own picture."""

import numpy as np
import pytest
import zxingcpp

from drivers.interface import Symbol
from drivers.simulated.optics import HARSH, MILD, photograph
from station.vision.decode import decode
from station.vision.ladder import ENLARGED_LIMIT, LADDER
from station.vision.picture import Picture

SERIAL = "(01)06972869182019(11)250601(21)CN{number:06d}"
DATA = "01069728691820191125060121CN{number:06d}"


def label(number: int) -> Picture:
    """60 × 40 mm at 12 dots/mm: a Data Matrix of 4 dots a module, a GS1-128 with X of 3 dots."""
    paper = np.full((480, 720), 255, np.uint8)
    matrix = zxingcpp.create_barcode(
        SERIAL.format(number=number), zxingcpp.BarcodeFormat.DataMatrix, gs1=True
    )
    modules = np.array(matrix.to_image(scale=4, add_quiet_zones=False), np.uint8)
    paper[40 : 40 + modules.shape[0], 40 : 40 + modules.shape[1]] = modules
    linear = zxingcpp.create_barcode(
        f"(01)06972869182019(21){number:06d}", zxingcpp.BarcodeFormat.Code128, gs1=True
    )
    row = np.array(linear.to_image(scale=1, add_quiet_zones=False), np.uint8)[:1]
    bars = np.kron(row, np.ones((96, 3), np.uint8))
    left = (720 - bars.shape[1]) // 2
    paper[340 : 340 + bars.shape[0], left : left + bars.shape[1]] = bars
    return paper


def test_the_first_look_is_at_the_picture_as_it_is() -> None:
    picture = photograph(label(1), dots_per_mm=12, optics=MILD, seed=1)
    name, work = LADDER[0]
    view = work(picture, ())
    assert name == "raw"
    assert view is not None
    assert view.pixels is picture


@pytest.mark.parametrize(("name", "work"), LADDER)
def test_each_view_leads_back_to_the_camera_s_picture(name: str, work: object) -> None:
    picture = photograph(label(1), dots_per_mm=12, optics=MILD, seed=4)
    (known,) = (each for each in decode(picture).symbols if each.identifier == "]d2")
    assert callable(work)
    view = work(picture, (known,))
    assert view is not None, name
    height, width = view.pixels.shape
    middle = view.back @ np.array([width / 2, height / 2, 1.0])
    assert np.abs(middle - np.array([640, 480])).max() < 2


def test_without_a_known_symbol_nobody_knows_how_the_label_is_turned() -> None:
    picture = np.zeros((100, 100), np.uint8)
    works = dict(LADDER)
    for known in ((), (Symbol("]d2", b"", "scanner"),)):
        assert works["along the bars"](picture, known) is None
        assert works["across the bars"](picture, known) is None


def test_a_large_picture_is_not_enlarged() -> None:
    side = int(ENLARGED_LIMIT**0.5) + 1
    assert dict(LADDER)["enlarged"](np.zeros((side, side), np.uint8), ()) is None


def test_what_the_ladder_reads_is_right_and_in_its_place_or_a_disagreement() -> None:
    read = 0
    for seed in range(20):
        picture = photograph(label(seed), dots_per_mm=12, optics=HARSH, seed=seed)
        found = decode(picture, expected=("]d2", "]C1"), budget_seconds=5.0)
        right = {DATA.format(number=seed).encode(), f"010697286918201921{seed:06d}".encode()}
        assert {each.data for each in found.symbols} <= right
        for each in found.symbols:
            assert each.corners is not None
            height = sum(y for _, y in each.corners) / 4
            assert (height < 480) == (each.identifier == "]d2")
        read += len(found.symbols)
    assert read > 20


def test_light_symbols_on_dark_ground_are_read_last() -> None:
    picture = 255 - photograph(label(1), dots_per_mm=12, optics=MILD, seed=4)
    found = decode(np.asarray(picture, np.uint8), budget_seconds=5.0)
    assert found.passes[-1] == "negative"
    assert found.rescued
    assert len(found.symbols) == 2


def test_qr_codes_are_read_only_on_request() -> None:
    made = zxingcpp.create_barcode("(01)06972869182019", zxingcpp.BarcodeFormat.QRCode, gs1=True)
    picture = np.pad(np.array(made.to_image(scale=5), np.uint8), 30, constant_values=255)
    assert decode(picture).symbols == ()
    for found in (decode(picture, qr=True), decode(picture, expected=("]Q3",))):
        assert [(each.identifier, each.data) for each in found.symbols] == [
            ("]Q3", b"0106972869182019")
        ]
