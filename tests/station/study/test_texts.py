"""What chance does to a text, and what it never touches."""

import numpy as np
import pytest

from station.artwork.items import Bitmap
from station.core.problem import Refused
from station.line.sheet import sheet_of
from station.study import others, prints, texts
from station.study.labels import Subject
from station.study.trial import drawn_for
from tests.station.study.studied import BARS, PATCH, UNIT, label

SEEDS = range(6)
LARGE = sorted(name for name in texts.MAKERS if not name.endswith("-small"))


@pytest.mark.parametrize(
    ("subject", "family"),
    [
        *((subject, family) for subject in (UNIT, BARS) for family in LARGE),
        *((PATCH, family) for family in sorted(texts.MAKERS)),
    ],
    ids=str,
)
def test_the_text_is_another_one_and_every_symbol_is_right(subject: Subject, family: str) -> None:
    good = label(subject)
    seen = set()
    for seed in SEEDS:
        changed = texts.MAKERS[family](good, drawn_for(family, number=1, seed=seed))
        assert not np.array_equal(changed.ink, good.ink)
        assert changed.what
        seen.add(changed.what)
        for symbol in good.artwork.symbols:
            here = np.s_[symbol.area.y : symbol.area.bottom, symbol.area.x : symbol.area.right]
            assert np.array_equal(changed.ink[here], good.ink[here])
    assert len(seen) > 1, "chance has chosen"


def test_what_is_missing_was_there_and_nothing_is_added() -> None:
    good = label()
    for family in ("any-character-missing", "any-line-missing"):
        changed = texts.MAKERS[family](good, drawn_for(family, number=1, seed=1))
        assert not (changed.ink & ~good.ink).any()


@pytest.mark.parametrize("family", ["any-character", "any-look-alike"])
def test_one_line_is_wrong_and_its_height_is_that_of_its_family(family: str) -> None:
    good = label(PATCH)
    for seed in SEEDS:
        for name, small in ((family, False), (f"{family}-small", True)):
            changed = texts.MAKERS[name](good, drawn_for(name, number=1, seed=seed))
            rows = np.flatnonzero((changed.ink != good.ink).any(axis=1))
            line, _, text = changed.what.partition(": ")
            was, _, now = text.partition(" → ")
            assert sum(one != two for one, two in zip(was, now, strict=True)) == 1
            (height,) = {
                each.area.height
                for each in good.artwork.items
                if isinstance(each, Bitmap) and each.name == line and each.text == was
            }
            assert (height < texts.SMALL) == small
            assert np.ptp(rows) <= height + 2


def test_a_label_without_small_text_has_none_to_be_wrong() -> None:
    with pytest.raises(Refused, match="no text of this height"):
        texts.character(label(UNIT), np.random.default_rng(1), small=True)


def test_the_codes_of_another_label_stand_where_the_right_ones_would() -> None:
    good = label()
    ink = others.symbols(good, np.random.default_rng(1))
    (area,) = (each.area for each in good.artwork.symbols)
    here = np.s_[area.y : area.bottom, area.x : area.right]
    assert not np.array_equal(ink[here], good.ink[here])
    ink[here] = good.ink[here]
    assert np.array_equal(ink, good.ink)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("where", ["symbol", "text"])
def test_dead_dots_lie_where_their_family_says(count: int, where: str) -> None:
    sheet = sheet_of(label().artwork)
    above = {column for each in sheet.symbols for column in range(each.area.x, each.area.right)}
    for seed in SEEDS:
        drawn = np.random.default_rng(seed)
        dots = prints.wear_of(f"dead-{count}-in-{where}", sheet, drawn).dead_dots
        assert len(dots) == count
        assert (set(dots) <= above) == (where == "symbol")
