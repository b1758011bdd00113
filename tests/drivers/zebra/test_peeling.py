"""Labels that are peeled or wait on an applicator until somebody takes them."""

from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, PrintMode, Unreachable, print_one
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.zebra import Zebra

PATIENCE = 20.0
LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


class Bench:
    def __init__(self, mode: PrintMode) -> None:
        self.labels: list[PrintedLabel] = []
        self.printer = SimulatedPrinter(on_label=self.labels.append)
        self.zebra = Zebra(self.printer.serve_tcp(), mode=mode, poll_seconds=0.002)
        self.zebra.prepare(soon())

    def close(self) -> None:
        self.zebra.close()
        self.printer.close()


@pytest.fixture(params=[PrintMode.PEEL, PrintMode.APPLICATOR])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench = Bench(request.param)
    yield bench
    bench.close()


def test_a_peeled_label_is_done_while_it_waits(bench: Bench) -> None:
    print_one(bench.zebra, LABEL, soon())
    assert len(bench.labels) == 1
    assert bench.zebra.status(soon()).label_waiting


def test_the_next_one_is_not_begun_before_it_is_taken(bench: Bench) -> None:
    print_one(bench.zebra, LABEL, soon())
    with pytest.raises(NotReady, match="label waiting") as caught:
        bench.zebra.begin(LABEL, soon())
    assert caught.value.conditions == (Condition.LABEL_WAITING,)
    with pytest.raises(NotReady, match="label waiting"):
        bench.zebra.feed(soon())
    bench.printer.take_label()
    assert bench.printer.wait_idle(seconds=PATIENCE)
    print_one(bench.zebra, LABEL, soon())
    assert len(bench.labels) == 2, "and nothing was kept of the one that was refused"


def test_a_twin_that_waits_behind_the_label_is_seen_when_that_is_taken(bench: Bench) -> None:
    bench.printer.print_twin_next()
    print_one(bench.zebra, LABEL, soon())
    assert len(bench.labels) == 1
    bench.printer.take_label()
    assert bench.printer.wait_printed(2, seconds=PATIENCE)
    with pytest.raises(NotReady, match="label waiting"):
        bench.zebra.begin(LABEL, soon())


def test_a_cutter_waits_for_nobody() -> None:
    bench = Bench(PrintMode.CUTTER)
    for _ in range(2):
        print_one(bench.zebra, LABEL, soon())
    assert len(bench.labels) == 2
    bench.close()


def test_an_idle_printer_on_a_new_connection_says_nothing_about_the_label() -> None:
    """The power went after the label was sent, and the printer is back before it is asked."""
    bench = Bench(PrintMode.TEAR)
    bench.printer.pause()
    bench.printer.resume()
    bench.printer.lose_next()
    bench.zebra.begin(LABEL, soon())
    bench.printer.power_cycle()
    with pytest.raises(Unreachable):
        bench.zebra.status(soon())
    with pytest.raises(Unreachable, match="the connection was lost after the label was begun"):
        bench.zebra.finish(soon())
    bench.zebra.finish(soon())
    bench.close()
