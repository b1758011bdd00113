"""Where the label can be laid, a symbol is read at its place that no look at the whole shows."""

from dataclasses import replace

import numpy as np
import pytest

from drivers.simulated.optics import HARSH
from station.vision.decode import Decoding, decode
from station.vision.picture import Picture
from station.vision.places import same_place
from station.vision.region import views
from station.vision.registration import register
from tests.station.vision.seen import looked, sheet, taken

CARTON = "outer-carton-gs1-128"


def read(frame: Picture, *, known: bool) -> Decoding:
    good = sheet(CARTON)
    carriers = tuple(each.identifier for each in good.symbols)
    return decode(frame, expected=carriers, sheet=good if known else None, budget_seconds=2.0)


def holed() -> Picture:
    """The longer symbol has holes in all but a third of its height."""
    good = sheet(CARTON)
    picture, bars = good.picture.copy(), good.symbols[1].area
    for x in range(bars.x + 40, bars.right, 110):
        picture[bars.y : bars.y + 66, x : x + 60] = 255
    return picture


@pytest.mark.parametrize("seed", range(3))
def test_a_symbol_is_read_at_its_place_and_its_corners_are_the_pictures(seed: int) -> None:
    good = sheet(CARTON)
    found = read(taken(holed(), seed=seed), known=True)
    assert {each.data for each in found.symbols} == {each.data for each in good.symbols}
    registered = register(taken(holed(), seed=seed), good, found.symbols)
    assert registered
    for symbol in found.symbols:
        place = next(each for each in good.symbols if each.data == symbol.data)
        assert symbol.corners
        assert same_place(symbol.corners, registered.outline(place.area), linear=True)


def test_what_is_read_at_a_place_is_what_stands_there_not_what_was_meant() -> None:
    good, other = sheet(CARTON), sheet(CARTON, code="ZZ9K3M1P")
    picture, place = good.picture.copy(), good.symbols[1].area
    place.of(picture)[:] = other.symbols[1].area.of(other.picture)
    found = read(taken(picture), known=True)
    assert {each.data for each in found.symbols} == {
        good.symbols[0].data,
        other.symbols[1].data,
    }


def test_a_label_that_cannot_be_laid_is_read_as_without_its_sheet() -> None:
    other = taken(sheet("patch-primary").picture)
    assert read(other, known=True).symbols == read(other, known=False).symbols


def test_a_harsh_picture_tells_more_with_the_sheet_than_without() -> None:
    frames = [taken(sheet(CARTON).picture, seed=seed, optics=large) for seed in range(8)]
    known, unknown = (
        sum(len(read(each, known=known).symbols) for each in frames) for known in (True, False)
    )
    assert known >= unknown


large = replace(HARSH, width=1920, height=1440)


def test_the_plainest_view_of_a_place_comes_first_and_is_upright() -> None:
    good = sheet()
    frame = taken(good.picture)
    registered = register(frame, good, looked(frame, good).decoding.symbols)
    assert registered
    first = next(views(frame, good, good.symbols[0], registered))
    quiet = first[:10]
    assert np.median(quiet) > 150
    left = first[20:-20, 17]
    assert np.median(left) < 100, "the solid side of the finder"
