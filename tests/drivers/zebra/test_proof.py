"""A serial line has to carry a long graphic whole before any label depends on it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, NotReady, print_one
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.zebra import Zebra, proof

PATIENCE = 20.0
LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"
SENT = proof.graphic(baud=115200, seconds=0.01)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


class Bench:
    def __init__(self, *, directory: bool = True, url: str = "") -> None:
        self.labels: list[PrintedLabel] = []
        self.printer = SimulatedPrinter(on_label=self.labels.append, directory=directory)
        self.url = url or self.printer.serve_tty(baud=115200)
        self.zebra = Zebra(self.url, poll_seconds=0.002, answer_seconds=1.0, proof_seconds=0.01)


@contextmanager
def bench(*, directory: bool = True) -> Iterator[Bench]:
    bench = Bench(directory=directory)
    yield bench
    bench.zebra.close()
    bench.printer.close()


@pytest.mark.parametrize("directory", [True, False])
def test_a_line_that_carries_it_is_proven_once_and_keeps_nothing(*, directory: bool) -> None:
    with bench(directory=directory) as at:
        at.zebra.prepare(soon())
        assert at.printer.stored == frozenset()
        at.printer.drop_bytes(40, after=1500)
        at.zebra.prepare(soon())
        at.printer.drop_bytes(0, after=0)
        print_one(at.zebra, LABEL, soon())
        assert len(at.labels) == 1


@pytest.mark.parametrize("directory", [True, False])
def test_a_line_that_loses_the_middle_of_it_is_told_and_tried_again(*, directory: bool) -> None:
    with bench(directory=directory) as at:
        at.printer.drop_bytes(300, after=2500)
        with pytest.raises(NotReady) as caught:
            at.zebra.prepare(soon())
        assert caught.value.conditions == (Condition.SETTING_REFUSED,)
        assert caught.value.detail == (
            f"a graphic of {len(SENT)} bytes did not arrive whole: expected the printer to use"
            " 115200 baud and flow control none, as its address says"
        )
        at.zebra.prepare(soon())
        print_one(at.zebra, LABEL, soon())


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 4000), st.integers(200, 4000))
def test_whatever_is_lost_of_it_the_line_is_not_proven(count: int, after: int) -> None:
    """The first bytes are the clean start; whatever is lost later is the graphic's, or more."""
    with bench() as at:
        at.printer.drop_bytes(count, after=after)
        with pytest.raises(DriverError):
            at.zebra.prepare(Deadline.after(4.0))


def test_a_network_needs_no_proof() -> None:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        zebra = Zebra(printer.serve_tcp(), poll_seconds=0.002)
        printer.drop_bytes(10, after=1000)
        zebra.prepare(soon())
        zebra.close()


@pytest.mark.parametrize("baud", [1200, 9600, 115200, 230400])
def test_the_proof_takes_the_line_as_long_as_it_was_asked_to(baud: int) -> None:
    sent = proof.graphic(baud=baud, seconds=3.0)
    assert len(sent) >= max(4096, baud * 3 // 10)
    assert len(sent) < max(4096, baud * 3 // 10) + 128
