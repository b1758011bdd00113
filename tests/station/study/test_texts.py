"""What chance does to a text, and what it never touches."""

import numpy as np
import pytest

from station.line.sheet import sheet_of
from station.study import prints, texts
from station.study.trial import drawn_for
from tests.station.study.studied import BARS, PATCH, UNIT, label

SEEDS = range(6)


@pytest.mark.parametrize("family", sorted(texts.MAKERS))
@pytest.mark.parametrize("subject", [UNIT, BARS, PATCH], ids=str)
def test_the_text_is_another_one_and_every_symbol_is_right(family: str, subject: object) -> None:
    good = label(subject)  # type: ignore[arg-type]
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
