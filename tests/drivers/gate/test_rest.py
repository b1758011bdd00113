"""Whatever is thrown, the gate is shut before it gets out."""

import pytest

from drivers.deadline import Deadline
from drivers.gate.rest import Rest
from drivers.interface import Condition, DriverError, NotReady, Silent


class Wire:
    """Refuses the first so many times."""

    def __init__(self, *, refuses: int = 0) -> None:
        self.refuses = refuses
        self.asked = 0

    def shut(self, _deadline: Deadline) -> None:
        self.asked += 1
        if self.asked <= self.refuses:
            raise Silent("gate", f"refused {self.asked}")


@pytest.mark.parametrize(
    "thrown", [Silent("gate", "why"), KeyboardInterrupt(), SystemExit(), ZeroDivisionError()]
)
def test_whatever_is_thrown_while_it_is_open_it_is_shut_first(thrown: BaseException) -> None:
    wire = Wire(refuses=2)
    rest = Rest("gate", shut=wire.shut)
    with pytest.raises(type(thrown)) as caught, rest.after(Deadline.after(20)):  # noqa: PT012 - as a verb does
        rest.maybe_open = True
        raise thrown
    assert caught.value is thrown
    assert (wire.asked, rest.maybe_open) == (3, False)


def test_a_gate_that_was_not_opened_is_not_shut_again() -> None:
    wire = Wire()
    with pytest.raises(NotReady), Rest("gate", shut=wire.shut).after(Deadline.after(20)):
        raise NotReady("gate", "why")
    assert wire.asked == 0


def test_a_gate_that_cannot_be_shut_says_so_beside_what_went_wrong() -> None:
    rest = Rest("gate", shut=Wire(refuses=10**9).shut)
    with pytest.raises(DriverError) as caught, rest.after(Deadline.after(0.2)):  # noqa: PT012 - as a verb does
        rest.maybe_open = True
        raise NotReady("gate", "lost", Condition.IN_USE)
    assert str(caught.value) == (
        "gate: lost; it could not be shut after that (refused 1) and may stand open"
    )
    assert caught.value.conditions == (Condition.IN_USE, Condition.GATE_NOT_AT_REST)
    assert rest.maybe_open


def test_time_is_kept_for_coming_to_rest() -> None:
    rest = Rest("gate", shut=Wire().shut)
    deadline = Deadline.after(10, clock=lambda: 0.0)
    with rest.after(deadline) as work:
        assert work.at == 9.0
    short = Deadline.after(0.5, clock=lambda: 0.0)
    with rest.after(short) as work:
        assert work.at == 0.25
