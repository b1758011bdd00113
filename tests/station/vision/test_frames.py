"""Whatever a camera sends: something is seen in it, or it is refused in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from station.core.problem import Refused
from station.vision.picture import Picture
from station.vision.see import see
from tests.station.vision.seen import looked, sheet, taken

ROWS, COLUMNS = 480, 640


def noise(*shape: int) -> Picture:
    return np.random.default_rng(1).integers(0, 256, shape, np.uint8)


def stripes() -> Picture:
    return np.repeat((np.arange(COLUMNS) // 3 % 2 * 255).astype(np.uint8)[None], ROWS, axis=0)


def moire() -> Picture:
    rings = np.add.outer(np.arange(ROWS) ** 2, np.arange(COLUMNS) ** 2) // 97 % 2
    return (rings * 255).astype(np.uint8)


def without_symbol() -> Picture:
    """All that a person reads, and no code."""
    good = sheet()
    picture = good.picture.copy()
    for place in good.symbols:
        place.area.of(picture)[:] = 255
    return taken(picture)


@pytest.mark.parametrize(
    "frame",
    [
        noise(ROWS, COLUMNS),
        noise(ROWS, COLUMNS, 3),
        noise(ROWS, COLUMNS, 4),
        noise(8, 8),
        noise(9, 4000),
        np.zeros((ROWS, COLUMNS), np.uint8),
        np.full((ROWS, COLUMNS), 255, np.uint8),
        stripes(),
        moire(),
        without_symbol(),
        taken(sheet().picture)[:, :500],
        taken(sheet().picture)[:, ::-1],
    ],
    ids=[
        *("noise", "colour", "with alpha", "tiny", "a line", "black", "white", "stripes"),
        *("moire", "no symbol", "half", "mirrored"),
    ],
)
def test_what_shows_no_good_label_is_looked_at_and_never_passes(frame: Picture) -> None:
    good = sheet()
    found = looked(frame, good)
    read = {each.data for each in found.decoding.symbols}
    assert not (found.compared and not found.rejects and read == {good.symbols[0].data})


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_good_label_that_lies_turned_is_good(turns: int) -> None:
    found = looked(np.ascontiguousarray(np.rot90(taken(sheet().picture), turns)), sheet())
    assert (found.compared, found.rejects) == (True, ())


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        dtype=st.sampled_from([np.uint8, np.uint16, np.float32, np.bool_, np.int8]),
        shape=arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=24),
    )
)
def test_arrays_of_any_kind_are_seen_or_refused(pixels: Picture) -> None:
    try:
        found = see(pixels, expected=("]d2",), sheet=sheet())
    except Refused:
        return
    assert not found.compared
