"""What a worn printer does to a label is made the same way every time, and one thing at a time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulated.wear import GOOD, UGLY, WEAR, Picture, Wear, printed

DEFECTS = sorted(set(WEAR) - {"good", "ugly"})


def label(height: int = 160, width: int = 240) -> Picture:
    """Bars, a block and paper between them."""
    drawn = np.full((height, width), 255, np.uint8)
    drawn[20:60, [20 + step * (step + 5) // 2 for step in range(17)]] = 0
    drawn[80:140, 40:120] = 0
    return drawn


def ink(picture: Picture) -> int:
    return int((255 - picture.astype(np.int64)).sum())


@pytest.mark.parametrize("name", sorted(WEAR))
def test_the_same_seed_gives_the_same_print_and_leaves_the_label_as_it_was(name: str) -> None:
    meant = label()
    one, two = (printed(meant, WEAR[name], 5, before=label()) for _ in range(2))
    assert np.array_equal(one, two)
    assert one.dtype == np.uint8
    assert np.array_equal(meant, label())
    assert not np.shares_memory(one, meant)


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_shows_and_at_no_strength_there_is_none(name: str) -> None:
    before = np.roll(label(), 9, axis=1)
    spoilt = printed(label(), WEAR[name], 1, before=before)
    assert not np.array_equal(spoilt, label())
    assert np.array_equal(printed(label(), WEAR[name].scaled(0), 1, before=before), label())


@pytest.mark.parametrize("name", DEFECTS)
def test_more_of_a_defect_changes_more(name: str) -> None:
    before = np.roll(label(), 9, axis=1)

    def change(strength: float) -> float:
        amounts = []
        for seed in range(8):
            paper = printed(label(), WEAR[name].scaled(strength), seed, before=before)
            whole = np.full_like(label(), 255)
            whole[: len(paper)] = paper
            amounts.append(
                np.abs(whole.astype(int) - label()).sum() + 240 * 255 * (160 - len(paper))
            )
        return float(np.mean(amounts))

    assert change(0.4) <= change(1.0) <= change(1.6)


def test_a_dead_dot_is_a_white_line_where_the_head_has_it() -> None:
    paper = printed(label(), Wear(dead_dots=(150, 9000), head_left=100), 1)
    assert (paper[:, 50] == 255).all()
    paper[:, 50] = label()[:, 50]
    assert np.array_equal(paper, label())


def test_a_weak_dot_keeps_some_of_its_ink() -> None:
    paper = printed(label(), Wear(weak_dots=(50,), weakness=0.6), 1)
    assert int(paper[100, 50]) == pytest.approx(255 * 0.6, abs=1)


def test_a_run_of_dead_dots_goes_through_ink() -> None:
    for seed in range(20):
        changed = (printed(label(), Wear(dead_run=3), seed) != label()).any(axis=0)
        assert changed.any()


def test_ink_that_spreads_covers_more_and_ink_that_shrinks_less() -> None:
    amounts = [ink(printed(label(), Wear(growth_dots=by), 1)) for by in (-1.5, -0.4, 0, 0.4, 1.5)]
    assert amounts == sorted(set(amounts))


def test_a_print_fades_towards_the_end_of_the_feed() -> None:
    paper = printed(label(), Wear(fade=0.8), 1)
    assert paper[20, 20] < paper[85, 50] < paper[135, 50]


def test_mottling_leaves_about_its_share_without_ink() -> None:
    black = np.zeros((400, 1400), np.uint8)
    assert printed(black, Wear(mottling=0.07), 4).mean() / 255 == pytest.approx(0.07, abs=0.01)


@pytest.mark.parametrize("name", ["void", "dust"])
def test_what_takes_ink_away_strikes_where_there_is_some(name: str) -> None:
    """Off the diagonal as well, and at places of its own for each label."""
    corner = np.full((200, 300), 255, np.uint8)
    corner[10:40, 250:290] = 0
    papers = [printed(corner, WEAR[name], seed) for seed in range(12)]
    assert all(ink(paper) < ink(corner) for paper in papers)
    assert len({paper.tobytes() for paper in papers}) == 12


@pytest.mark.parametrize("name", ["void", "dust", "wrinkle", "dead-dots"])
def test_another_serial_moves_no_defect(name: str) -> None:
    one, other = label(), label()
    other[150:155, 200:215] = 0
    changed = [printed(each, WEAR[name], 4) != each for each in (one, other)]
    assert changed[0][:145].any()
    assert np.array_equal(changed[0][:145], changed[1][:145])


def test_ink_is_dragged_along_the_feed_only() -> None:
    paper = printed(label(), Wear(smear_dots=8.0), 1)
    assert (paper[140:147, 80] < 255).all()
    assert (paper[72:80, 60] == 255).all()


def test_a_shift_by_whole_dots_keeps_every_dot() -> None:
    paper = printed(label(), Wear(shift_x=5, shift_y=3), 1)
    assert np.array_equal(paper[3:, 5:], label()[:-3, :-5])
    assert (paper[:3] == 255).all()


def test_a_turn_is_clockwise_about_the_middle() -> None:
    bar = np.full((101, 101), 255, np.uint8)
    bar[50, 10:91] = 0
    paper = printed(bar, Wear(skew_degrees=10), 1)
    assert paper[50, 50] == 0
    assert np.argmin(paper[:, 85]) > 52
    assert np.argmin(paper[:, 15]) < 48


def test_a_stretch_begins_where_the_feed_begins() -> None:
    paper = printed(label(), Wear(stretch=0.1), 1)
    assert np.flatnonzero(paper[:, 101] < 128)[[0, -1]] == pytest.approx([88, 153], abs=1)


def test_paper_that_is_cut_is_missing_and_paper_that_is_not_printed_is_white() -> None:
    assert printed(label(), Wear(cut_dots=40), 1).shape == (120, 240)
    assert printed(label(), Wear(cut_dots=1e9), 1).shape == (1, 240)
    half = printed(label(), Wear(unprinted=0.5), 1)
    assert np.array_equal(half[:80], label()[:80])
    assert (half[80:] == 255).all()


@pytest.mark.parametrize("size", [(40, 500), (500, 40), (160, 240)])
def test_the_label_before_is_seen_as_ink_or_as_gaps_in_it(size: tuple[int, int]) -> None:
    meant, before = np.zeros((160, 240), np.uint8), np.zeros(size, np.uint8)
    blank = np.full_like(meant, 255)
    assert printed(blank, Wear(ghost=0.4), 1, before=before)[10, 10] == 255 - 102
    assert printed(meant, Wear(ghost=-0.4), 1, before=before)[10, 10] == pytest.approx(102, abs=1)
    assert np.array_equal(printed(meant, Wear(ghost=0.4), 1), meant)


def test_another_amount_of_one_kind_leaves_the_others_where_they_were() -> None:
    dusty = Wear(voids=3, void_dots=4)
    with_spots = printed(label(), replace(dusty, spots=3, spot_dots=5), 6)
    without = printed(label(), dusty, 6)
    assert (with_spots <= without).all()


def test_ugly_prints_differ_from_label_to_label_and_are_all_near_to_good_ones() -> None:
    papers = [printed(label(), UGLY, seed) for seed in range(20)]
    assert len({paper.tobytes() for paper in papers}) == 20
    for paper in papers:
        assert 0.6 < ink(paper) / ink(label()) < 1.3


_SHARES = st.floats(0, 1)
_LENGTHS = st.floats(-30, 30)


@given(
    seed=st.integers(0, 2**40),
    strength=st.floats(0, 5),
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    name=st.sampled_from(sorted(WEAR)),
)
def test_a_label_of_any_size_and_any_strength_gives_paper_no_larger_than_itself(
    seed: int, strength: float, shape: tuple[int, int], name: str
) -> None:
    meant = np.random.default_rng(seed).integers(0, 2, shape).astype(np.uint8) * 255
    paper = printed(meant, WEAR[name].scaled(strength), seed, before=meant)
    assert 1 <= paper.shape[0] <= shape[0]
    assert paper.shape[1] == shape[1]


def test_good_is_what_was_meant() -> None:
    assert np.array_equal(printed(label(), GOOD, 1), label())
