"""A blank label is fed: how the driver knows that it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.deadline import Deadline
from drivers.interface import NotReady, Silent
from drivers.simulated.printer import SimulatedPrinter
from drivers.zebra import Zebra

PATIENCE = 20.0


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


@contextmanager
def feeding(
    *, feed_seconds: float, counts: bool = True, odometer: bool = True, takes: float = 0.0
) -> Iterator[tuple[Zebra, SimulatedPrinter]]:
    machine = SimulatedPrinter(
        on_label=lambda _label: None,
        counts_feeds=counts,
        odometer=odometer,
        seconds_per_label=takes,
    )
    with machine:
        zebra = Zebra(machine.serve_tcp(), poll_seconds=0.002, feed_seconds=feed_seconds)
        yield zebra, machine
        zebra.close()


def test_where_it_is_counted_the_odometer_says_when_it_is_done() -> None:
    with feeding(feed_seconds=3600.0, takes=0.3) as (zebra, machine):
        zebra.feed(soon())
        assert machine.printed == 1


@pytest.mark.parametrize(("counts", "odometer"), [(False, True), (True, False)])
def test_where_it_is_not_counted_time_says_so(*, counts: bool, odometer: bool) -> None:
    with feeding(feed_seconds=0.5, counts=counts, odometer=odometer) as (zebra, machine):
        zebra.feed(soon())
        assert machine.wait_printed(1, seconds=PATIENCE)


def test_a_feed_that_is_not_done_in_time_is_silent() -> None:
    with (
        feeding(feed_seconds=3600.0, takes=3600.0) as (zebra, _machine),
        pytest.raises(Silent, match="did not say in time that it fed a label"),
    ):
        zebra.feed(Deadline.after(0.5))


def test_paper_that_ends_in_a_feed_is_told() -> None:
    with feeding(feed_seconds=0.2) as (zebra, machine):
        machine.run_out_of_paper(after_labels=1, mid_label=False)
        with pytest.raises(NotReady, match="paper out"):
            zebra.feed(soon())
