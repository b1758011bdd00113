import pytest

from station.core.state import GONE, LabelState
from station.web.asking import QUESTIONS, Step
from station.web.choices import steps_of


@pytest.mark.parametrize("state", LabelState)
def test_nothing_is_printed_again_that_is_not_surely_gone(state: LabelState) -> None:
    offered = steps_of(state, scannable=True, again=True)
    assert (Step.REPRINT in offered) == (state in GONE)


@pytest.mark.parametrize("state", LabelState)
def test_what_cannot_be_scanned_still_has_a_way_out(state: LabelState) -> None:
    scanned = steps_of(state, scannable=True, again=False)
    vouched = steps_of(state, scannable=False, again=False)
    assert set(vouched) <= set(scanned)
    assert bool(vouched) == bool(scanned)
    assert all(QUESTIONS[each].two_people for each in vouched)
