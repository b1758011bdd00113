import pytest

from torture.faults import worked_with
from torture.invariant import Invariant
from torture.seeded import tries_again
from torture.world import Fault


@pytest.mark.parametrize(
    ("fault", "number"),
    [(Fault.HALF_SENT, 1), (Fault.CUT_OFF, 4), (Fault.HALF_PRINTED, 5)],
)
def test_an_honest_operator_settles_whatever_the_printer_does(fault: Fault, number: int) -> None:
    assert tuple(worked_with({number: fault})) == ()


def test_a_station_that_sends_a_label_again_is_found_out() -> None:
    """Without this the harness would prove nothing."""
    found = tuple(worked_with({2: Fault.CUT_OFF}, make_cycle=tries_again))
    assert any(each.startswith(Invariant.ISSUED) for each in found), found
