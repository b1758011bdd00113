"""What one picture tells of a label: the whole way from pixels to findings, on shipped labels."""

import numpy as np
import pytest

from drivers.simulated.optics import HARSH, MILD
from drivers.simulated.wear import WEAR, printed
from station.core.problem import Refused
from station.core.verdict import Code
from station.vision.see import see
from tests.station.vision.seen import differing, looked, part, sheet, taken, with_text_of, workshop

NAMES = tuple(name for name, _ in workshop().library.templates)


def codes(*findings: object) -> set[object]:
    return {each.code for each in findings}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_a_good_label_is_compared_and_nothing_is_found(name: str) -> None:
    good = sheet(name)
    for seed in (1, 2):
        found = looked(taken(good.picture, seed=seed), good)
        assert (found.compared, found.findings) == (True, ())
        assert found.quality.registration is not None
        assert found.quality.registration < 250


@pytest.mark.parametrize(("was", "became"), [("CN8B0O5S", "CN8B0O5T"), ("CN8B0O5S", "CNBB0O5S")])
def test_another_character_is_found_where_it_stands(was: str, became: str) -> None:
    good, other = sheet(code=was), sheet(code=became)
    name = differing(good, other)
    found = looked(taken(with_text_of(good, other, name)), good)
    assert codes(*found.rejects) == {Code.TEXT_WRONG}
    assert all(each.part == name and each.outline for each in found.rejects)


def test_a_line_that_is_missing_is_called_missing() -> None:
    good = sheet()
    picture = good.picture.copy()
    line = part(good, "text 12")
    line.area.of(picture)[:] = 255
    (found,) = looked(taken(picture), good).rejects
    assert (found.code, found.part) == (Code.TEXT_MISSING, line.name)


def test_ink_on_bare_paper_is_found() -> None:
    good = sheet()
    picture = good.picture.copy()
    picture[300:308, 240:252] = 0
    assert Code.SMEAR in codes(*looked(taken(picture), good).rejects)


@pytest.mark.parametrize("dots", [1, 2])
def test_dead_dots_are_named_and_a_label_without_a_symbol_in_their_way_is_good(dots: int) -> None:
    good = sheet()
    picture = good.picture.copy()
    picture[:, 31 : 31 + dots] = 255
    found = looked(taken(picture), good)
    assert set(found.quality.dead_dots) & {31, 32}
    assert Code.DEAD_DOTS in codes(*found.findings)
    assert Code.DEAD_DOTS not in codes(*found.rejects)


def test_a_dead_dot_through_a_symbol_rejects() -> None:
    good = sheet()
    picture = good.picture.copy()
    picture[:, good.symbols[0].area.x + 33] = 255
    assert Code.DEAD_DOTS in codes(*looked(taken(picture), good).rejects)


def test_a_label_that_is_not_the_one_meant_is_not_compared() -> None:
    good, other = sheet(), sheet("patch-secondary")
    assert not looked(taken(other.picture), good).compared
    assert not looked(np.full((960, 1280), 200, np.uint8), good).compared


def test_the_print_of_a_worn_printer_that_a_person_would_pass_passes() -> None:
    good = sheet()
    found = [
        looked(taken(printed(good.picture, WEAR["ugly"], seed), seed=seed), good)
        for seed in range(8)
    ]
    assert sum(bool(each.rejects) for each in found) <= 1


@pytest.mark.parametrize("seed", range(6))
def test_a_harsh_picture_of_a_good_label_passes_or_was_not_compared(seed: int) -> None:
    good = sheet()
    found = looked(taken(good.picture, seed=seed, optics=HARSH), good)
    assert not found.rejects or not found.compared


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((0, 0), np.uint8),
        np.zeros((1, 1), np.uint8),
        np.zeros((960, 1280), np.uint16),
        np.zeros((4, 4, 2), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(Refused):
        see(pixels, sheet=sheet())


def test_noise_and_tiny_pictures_are_seen_and_not_compared() -> None:
    drawn = np.random.default_rng(1)
    for size in ((8, 8), (64, 2000), (480, 640)):
        noise = drawn.integers(0, 256, size, np.uint8)
        assert not looked(noise, sheet()).compared
    assert MILD.width == 1280
