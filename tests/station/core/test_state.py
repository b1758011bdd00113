"""Only the listed steps are legal."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.reconciliation import reconcile
from station.core.state import (
    GONE,
    LABEL_STEPS,
    ORDER_STEPS,
    IllegalStepError,
    LabelState,
    LabelStep,
    OrderState,
    OrderStep,
    label_after,
    order_after,
)


def test_every_step_not_listed_is_an_error() -> None:
    for state, step in itertools.product(LabelState, LabelStep):
        if (state, step) in LABEL_STEPS:
            assert label_after(state, step) in LabelState
        else:
            with pytest.raises(IllegalStepError, match=f"a label that is {state} cannot {step}"):
                label_after(state, step)
    for order_state, order_step in itertools.product(OrderState, OrderStep):
        if (order_state, order_step) in ORDER_STEPS:
            assert order_after(order_state, order_step) in OrderState
        else:
            with pytest.raises(IllegalStepError):
                order_after(order_state, order_step)


def test_no_label_is_accepted_after_it_was_rejected_or_is_gone() -> None:
    """A verdict is final, and doubt ends in destruction, not in a pass. One step, which two people
    take with proof, lets a rejected label pass; none brings back one that is gone.
    """
    for state in (LabelState.REJECTED, *GONE):
        reachable = {state}
        while (
            more := {
                after
                for (before, step), after in LABEL_STEPS.items()
                if before in reachable and step != LabelStep.CONCEDE
            }
            - reachable
        ):
            reachable |= more
        assert not reachable & {LabelState.ACCEPTED, LabelState.RELEASED}
    passed = {before for before, step in LABEL_STEPS if step == LabelStep.CONCEDE}
    assert passed == {LabelState.REJECTED}


@given(
    st.dictionaries(st.sampled_from(LabelState), st.integers(0, 50)),
    st.integers(1, 100),
)
def test_an_order_balances_exactly_when_every_label_is_closed(
    counts: dict[LabelState, int], quantity: int
) -> None:
    balance = reconcile(counts, quantity=quantity)
    waiting = (LabelState.ISSUED, LabelState.ACCEPTED, LabelState.IN_DOUBT)
    assert balance.open == sum(counts.get(state, 0) for state in waiting)
    assert balance.balanced == (balance.open == 0)
    never = counts.get(LabelState.PLANNED, 0) + counts.get(LabelState.UNUSED, 0)
    assert balance.issued == sum(counts.values()) - never
