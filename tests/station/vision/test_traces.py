"""One trouble of the ribbon or of what touches the paper is named beside what it has spoilt."""

import numpy as np
import pytest

from drivers.simulated.wear import WEAR, printed
from station.core.verdict import Code
from tests.station.vision.seen import looked, part, sheet, taken


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("name", "code"),
    [("wrinkle", Code.WRINKLE), ("smear", Code.SMEAR), ("bold", Code.BOLD), ("faint", Code.FAINT)],
)
def test_it_is_named(name: str, code: Code, seed: int) -> None:
    good = sheet()
    found = looked(taken(np.asarray(printed(good.picture, WEAR[name], seed)), seed=seed), good)
    named = {each.code for each in found.rejects} & {
        Code.WRINKLE,
        Code.SMEAR,
        Code.BOLD,
        Code.FAINT,
    }
    assert named == {code}


def test_one_line_that_is_wrong_is_no_fold() -> None:
    good = sheet()
    picture = good.picture.copy()
    area = part(good, "text 12").area
    area.of(picture)[:] = area.of(good.picture)[:, ::-1]
    found = {each.code for each in looked(taken(picture), good).rejects}
    assert Code.TEXT_WRONG in found
    assert Code.WRINKLE not in found
