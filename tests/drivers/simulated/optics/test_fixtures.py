"""Each thing that can be wrong with a fixture does what its name says, and nothing by default."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from drivers.simulated.optics import (
    HARSH,
    MILD,
    OPTICS,
    UGLY,
    Laid,
    Optics,
    Picture,
    Trouble,
    developed,
    empty_scene,
    empty_table,
    photograph,
    scene,
)
from drivers.simulated.optics.lens import _disc

PLAIN = Optics(
    rotation_degrees=0.0,
    perspective=0.0,
    blur_pixels=0.0,
    noise_levels=0.0,
    light_fall=0.0,
    growth_dots=0.0,
    texture_levels=0.0,
    pixels_per_mm=16.0,
)
"""A label as it is: two pixels to a dot at 8 dots/mm, nothing else."""


def chequers() -> Picture:
    """The same on every machine: no random numbers."""
    down, across = np.indices((40, 60))
    dark = (down * 7 + across * 11 + down * across) % 5 < 2
    return np.where(np.kron(dark, np.ones((8, 8), dtype=bool)), 0, 255).astype(np.uint8)


def paper(height: int = 320, width: int = 480) -> Picture:
    return np.full((height, width), 255, np.uint8)


def seen(optics: Optics, label: Picture | None = None, *, seed: int = 1) -> Picture:
    drawn = paper() if label is None else label
    return photograph(drawn, dots_per_mm=8, optics=optics, seed=seed)


def digest(picture: Picture) -> str:
    return hashlib.sha256(picture.tobytes()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("optics", "digests"),
    [
        (MILD, ("e181836c33fda40f", "101912907687fea2")),
        (HARSH, ("11543b2197de6215", "4ea614617405927e")),
        (replace(MILD, colour=True), ("541f27e4d5d12ede", "a6b821072741a05d")),
    ],
    ids=["mild", "harsh", "colour"],
)
def test_pictures_that_were_measured_on_can_be_made_again(
    optics: Optics, digests: tuple[str, str]
) -> None:
    """Bit for bit: benchmarks, and failures that were written down by their seed, stay true."""
    assert (
        digest(seen(optics, chequers(), seed=7)),
        digest(empty_table(optics=optics, seed=5)),
    ) == digests


@pytest.mark.parametrize("name", sorted(OPTICS))
def test_each_fixture_gives_the_same_picture_of_its_size_again(name: str) -> None:
    optics = OPTICS[name]
    one, two = (seen(optics, chequers(), seed=3) for _ in range(2))
    assert np.array_equal(one, two)
    assert one.shape[:2] == (optics.height, optics.width)
    assert one.dtype == np.uint8


@pytest.mark.parametrize("pixels", [0.1, 0.6, 2.5, 6.0])
def test_out_of_focus_a_point_is_an_even_disc(pixels: float) -> None:
    disc = _disc(pixels)
    assert float(disc.sum()) == pytest.approx(1)
    assert 1 / float(disc.max()) == pytest.approx(max(1.0, np.pi * pixels**2), rel=0.15)
    assert np.array_equal(disc, disc.T)
    assert np.array_equal(disc, disc[::-1])


def test_out_of_focus_edges_are_as_wide_as_the_disc() -> None:
    row = seen(replace(PLAIN, defocus_pixels=6.0))[480].astype(int)
    assert np.count_nonzero((row > 84) & (row < 221)) == pytest.approx(2 * 11, abs=3)


def test_a_smear_lies_in_the_direction_of_the_belt() -> None:
    def edges(picture: Picture) -> tuple[float, float]:
        """How steep the picture is across and down."""
        part = picture[300:660, 400:880].astype(float)
        return float(np.diff(part, axis=1).std()), float(np.diff(part, axis=0).std())

    across, down = edges(seen(PLAIN, chequers()))
    along = replace(PLAIN, motion_pixels=9, motion_degrees=0.0)
    smeared_across, smeared_down = edges(seen(along, chequers()))
    assert smeared_across < 0.8 * across
    assert smeared_down > 0.85 * down
    turned_across, turned_down = edges(seen(replace(along, motion_degrees=90.0), chequers()))
    assert turned_down < 0.8 * down
    assert turned_across > 0.85 * across


def _left_edge(picture: Picture, row: int) -> float:
    """Where paper begins in a row, in pixels."""
    return float(np.flatnonzero(picture[row] > 150)[0])


def test_a_barrel_draws_corners_in() -> None:
    straight, bent = seen(PLAIN), seen(replace(PLAIN, barrel=0.05))
    cushion = seen(replace(PLAIN, barrel=-0.05))
    top = int(np.flatnonzero(straight[:, 640] > 150)[0]) + 30
    assert _left_edge(bent, top) > _left_edge(bent, 480) + 2
    assert _left_edge(cushion, top) < _left_edge(cushion, 480) - 2
    assert _left_edge(straight, top) == _left_edge(straight, 480)


def test_a_rolling_shutter_shears_and_shakes_a_moving_label() -> None:
    sheared = seen(replace(PLAIN, rolling_pixels=40.0))
    assert _left_edge(sheared, 700) - _left_edge(sheared, 260) == pytest.approx(
        40 * 440 / 960, abs=1
    )
    shaken = seen(replace(PLAIN, wobble_pixels=5.0, wobble_rows=100.0))
    lefts = [_left_edge(shaken, row) for row in range(300, 600)]
    assert max(lefts) - min(lefts) == pytest.approx(10, abs=1)


def test_a_lens_loses_light_in_the_corners() -> None:
    table = empty_table(optics=replace(PLAIN, table=200, vignetting=0.4), seed=1)
    assert table[480, 640] == pytest.approx(200, abs=3)
    assert table[2, 2] == pytest.approx(120, abs=3)


def test_glare_lies_where_it_is_asked_for_or_in_a_mirror_image() -> None:
    optics = replace(PLAIN, table=100, glare=0.8, glare_at=(0.2, 0.3), glare_size=0.05)
    for seed in range(4):
        table = empty_table(optics=optics, seed=seed)
        row, column = np.unravel_index(int(table.argmax()), table.shape)
        assert min(column, 1280 - column) == pytest.approx(256, abs=9)
        assert min(row, 960 - row) == pytest.approx(288, abs=9)


def test_a_mirrored_lamp_whitens_ink_and_paper_and_ends_with_its_rim() -> None:
    black = paper() * 0
    optics = replace(PLAIN, lamp=1.2, lamp_at=(0.5, 0.5), lamp_size=(0.2, 0.1))
    view = seen(optics, black)
    assert view[480, 640] == 255
    assert np.count_nonzero(view > 128) == pytest.approx(np.pi * 128 * 48, rel=0.05)
    assert view[480, 640 + 128 + 20] == 30


@pytest.mark.parametrize("at", [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (3.0, -3.0), None])
def test_a_lamp_may_lie_over_the_edge_of_the_frame(at: tuple[float, float] | None) -> None:
    assert seen(replace(PLAIN, lamp=1.0, lamp_at=at)).shape == (960, 1280)


def test_noise_grows_with_the_root_of_the_light() -> None:
    optics = replace(PLAIN, noise_levels=2.0, shot_levels=8.0)
    for level in (40, 120, 200):
        flat = np.full((960, 1280), level, np.uint8)
        noise = developed(flat, optics=optics, seed=3).astype(int) - level
        expected = np.sqrt(2.0**2 + 8.0**2 * level / 255)
        assert float(noise.std()) == pytest.approx(expected, rel=0.05)
        assert abs(float(noise.mean())) < 0.2


def test_gamma_lightens_what_is_dark_and_leaves_black_and_white() -> None:
    levels = np.tile(np.array([0, 64, 255], np.uint8), (960, 427))[:, :1280]
    shown = developed(np.ascontiguousarray(levels), optics=replace(PLAIN, gamma=2.2), seed=1)
    assert tuple(shown[5, :3]) == (0, round(255 * (64 / 255) ** (1 / 2.2)), 255)


def test_light_with_a_colour_is_in_every_pixel() -> None:
    grey = np.full((960, 1280), 200, np.uint8)
    optics = replace(PLAIN, colour=True, cast=(0.5, 0.75, 1.0))
    assert tuple(developed(grey, optics=optics, seed=1)[9, 9]) == (100, 150, 200)


@pytest.mark.parametrize("colour", [False, True])
def test_a_camera_that_compresses_loses_a_little(colour: bool) -> None:  # noqa: FBT001 - parametrised
    optics = replace(MILD, colour=colour)
    exact = seen(optics, chequers()).astype(int)
    sent = seen(replace(optics, jpeg_quality=60), chequers())
    assert sent.shape == exact.shape
    assert 0 < np.abs(exact - sent).mean() < 6


@pytest.mark.parametrize("rails", [1, 2, 3, 4, 9])
def test_rails_lie_at_the_edges_and_the_label_before_them(rails: int) -> None:
    plain = empty_table(optics=PLAIN, seed=1)
    railed = empty_table(optics=replace(PLAIN, clutter=rails), seed=1)
    changed = railed != plain
    assert changed.any()
    assert not changed[150:-150, 150:-150].any()
    sides = (changed[:100], changed[-100:], changed[:, :100], changed[:, -100:])
    crossed = sum(float(side.mean()) > 0.2 for side in sides)
    assert crossed == min(rails, 4)


def test_paper_ends_where_it_was_cut() -> None:
    """The frame shows table behind the edge."""
    half = seen(PLAIN, paper(160, 480))
    bright = np.flatnonzero(half[:, 640] > 150)
    assert bright[-1] - bright[0] + 1 == pytest.approx(320, abs=2)
    assert half[bright[-1] + 3, 640] == PLAIN.table


def test_a_second_label_lies_over_the_first_or_beside_it() -> None:
    first, black = paper(160, 240), paper(160, 240) * 0
    alone = seen(PLAIN, first)
    over = photograph(
        first, dots_per_mm=8, optics=PLAIN, seed=1, others=(Laid(black, right_mm=15),)
    )
    top, left = (int(np.flatnonzero(alone.max(axis=axis) > 150)[0]) for axis in (1, 0))
    assert over[top + 160, left + 100] == 225
    assert over[top + 160, left + 15 * 16 + 20] == 30
    beside = photograph(
        first, dots_per_mm=8, optics=PLAIN, seed=1, others=(Laid(black, below_mm=21),)
    )
    assert beside[top + 325, left + 100] == PLAIN.table
    assert beside[top + 360, left + 100] == 30
    assert np.array_equal(beside[: top + 320], alone[: top + 320])


def test_a_label_on_another_is_seen_by_its_edge() -> None:
    view = photograph(
        paper(), dots_per_mm=8, optics=PLAIN, seed=1, others=(Laid(paper(80, 80), 20.0, 15.0),)
    )
    inside = view[300:660, 300:980]
    assert 170 < inside.min() < 190
    assert 4 * 160 < np.count_nonzero(inside < 220) < 4 * 160 * 4


def test_a_second_label_turns_about_its_own_middle() -> None:
    black = paper(80, 80) * 0
    straight, turned = (
        photograph(
            paper(), dots_per_mm=8, optics=PLAIN, seed=1, others=(Laid(black, 20.0, 15.0, turn),)
        )
        for turn in (0.0, 45.0)
    )
    middles = [np.argwhere(view < 100).mean(axis=0) for view in (straight[200:], turned[200:])]
    assert middles[0] == pytest.approx(middles[1], abs=1)
    assert np.ptp(np.argwhere(turned[200:] == 30)[:, 0]) > 210


def test_everything_at_once_leaves_what_is_kept_between_frames_as_it_was() -> None:
    optics = replace(UGLY, colour=True, lamp=1.0, wobble_pixels=2.0)
    before = digest(empty_table(optics=optics, seed=5))
    for seed in range(3):
        view = scene(chequers(), dots_per_mm=8, optics=optics, seed=seed)
        developed(view, optics=optics, seed=seed, trouble=Trouble(light=3.0, size=(640, 480)))
    assert digest(empty_table(optics=optics, seed=5)) == before


def test_an_empty_scene_may_be_written_on() -> None:
    """What is kept is never handed out."""
    view = empty_scene(optics=PLAIN, seed=1)
    view[:] = 0
    assert empty_scene(optics=PLAIN, seed=1).any()
