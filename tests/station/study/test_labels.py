"""Labels that are all different, and all made again from their seed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from station.study import pool
from station.study.labels import code, subjects
from tests.station.study.studied import UNIT, label


@given(st.integers(0, 36**4 - 1), st.integers(0, 36**4 - 1))
def test_no_two_labels_have_one_code(one: int, other: int) -> None:
    codes = [code(np.random.default_rng(3), each) for each in (one, other)]
    assert (codes[0] == codes[1]) == (one == other)
    assert all(len(each) == 8 for each in codes)


def test_every_shipped_design_takes_part() -> None:
    names = {each.template for each in subjects(pool.opened())}
    assert names == {name for name, _ in pool.opened().library.templates}


def test_a_label_is_made_again_from_its_number_and_seed() -> None:
    one, again, other = label(number=7), label(number=7), label(number=8)
    assert np.array_equal(one.ink, again.ink)
    assert one.serial == again.serial
    assert one.serial != other.serial
    assert one.job.template.name == UNIT.template
