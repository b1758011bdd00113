"""What the printer keeps is what the next label needs, or no label is printed."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from drivers.deadline import Deadline
from drivers.interface import Condition, NotReady, PrinterIdentity, PrinterStatus, Warn
from drivers.simulated.printer import SimulatedPrinter
from drivers.zebra import Zebra
from drivers.zpl.memory import SPACE
from station.artwork.zpl import FORGET, MARK, Stored
from station.line.memory import PrinterMemory

PATIENCE = 20.0


def stored(name: str) -> Stored:
    zpl = f"~DGR:{name}.GRF,2,1,F0F0^XA^DFR:{name}.ZPL^FS^FO9,9^XGR:{name}.GRF,1,1^FS^XZ"
    return Stored(f"{name}.GRF", f"{name}.ZPL", zpl.encode())


ONE, OTHER = stored("LSQONE"), stored("LSQOTHER")


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


class Bench:
    def __init__(self, printer: SimulatedPrinter, url: str) -> None:
        self.printer = printer
        self.zebra = Zebra(url, poll_seconds=0.002, answer_seconds=0.5, proof_seconds=0)
        self.sent: list[bytes] = []
        self.memory = PrinterMemory(self, soon)

    def prepare(self, deadline: Deadline) -> None:
        self.sent.append(b"prepare")
        self.zebra.prepare(deadline)

    def status(self, deadline: Deadline) -> PrinterStatus:
        return self.zebra.status(deadline)

    def store(self, zpl: bytes, deadline: Deadline) -> None:
        self.sent.append(zpl)
        self.zebra.store(zpl, deadline)

    def stored(self, deadline: Deadline) -> frozenset[str] | None:
        return self.zebra.stored(deadline)

    def begin(self, zpl: bytes, deadline: Deadline) -> None:
        self.zebra.begin(zpl, deadline)

    def finish(self, deadline: Deadline) -> None:
        self.zebra.finish(deadline)

    def feed(self, deadline: Deadline) -> None:
        self.zebra.feed(deadline)

    def identity(self, deadline: Deadline) -> PrinterIdentity | None:
        return self.zebra.identity(deadline)

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:
        return self.zebra.warnings(deadline)

    def odometer(self, deadline: Deadline) -> int | None:
        return self.zebra.odometer(deadline)

    def close(self) -> None:
        self.zebra.close()

    def hold(self, wanted: Stored) -> list[bytes]:
        """What had to be sent for the next label."""
        self.sent.clear()
        self.memory.hold(wanted, self.status(soon()))
        return self.sent


@contextmanager
def bench(*, tty: bool = False, directory: bool = True) -> Iterator[Bench]:
    with SimulatedPrinter(on_label=lambda _label: None, directory=directory) as printer:
        opened = Bench(printer, printer.serve_tty(baud=115200) if tty else printer.serve_tcp())
        yield opened
        opened.close()


@pytest.mark.parametrize("directory", [True, False])
def test_labels_that_need_the_same_have_it_stored_once(*, directory: bool) -> None:
    with bench(directory=directory) as at:
        assert at.hold(ONE) == [b"prepare", FORGET, ONE.zpl]
        assert at.printer.stored == {"R:LSQONE.GRF", "R:LSQONE.ZPL"}
        assert at.hold(ONE) == []


def test_a_label_that_needs_something_else_has_it_stored_in_place_of_the_old() -> None:
    with bench() as at:
        at.printer._engine.memory.keep_graphic("R:PLANT.GRF", np.ones((8, 8), dtype=bool))
        at.hold(ONE)
        assert at.hold(OTHER) == [FORGET, OTHER.zpl]
        assert at.printer.stored == {"R:LSQOTHER.GRF", "R:LSQOTHER.ZPL", "R:PLANT.GRF"}
        assert at.hold(MARK) == [FORGET, MARK.zpl]
        assert at.hold(MARK) == []


@pytest.mark.parametrize("wanted", [ONE, MARK])
def test_after_the_power_was_off_everything_is_stored_again(wanted: Stored) -> None:
    """On a serial line nothing else tells of it; the printer would print twins, too."""
    with bench(tty=True) as at:
        at.hold(wanted)
        at.printer.power_cycle()
        assert at.printer.reprint
        assert at.hold(wanted) == [b"prepare", FORGET, wanted.zpl]
        assert {f"R:{each}" for each in wanted.names} == at.printer.stored
        assert not at.printer.reprint


def test_graphics_that_somebody_erased_are_stored_again() -> None:
    with bench() as at:
        at.hold(ONE)
        at.printer._engine.memory.forget_graphics()
        assert at.hold(ONE) == [b"prepare", FORGET, ONE.zpl]


@pytest.mark.parametrize("gone", ["R:LSQONE.GRF", "R:LSQONE.ZPL"])
def test_what_somebody_deleted_is_stored_again_though_the_count_is_the_same(gone: str) -> None:
    """Without its graphic a label would read well, and show nothing but its serial."""
    with bench() as at:
        at.hold(ONE)
        at.printer._engine.memory.forget(gone)
        if gone.endswith("GRF"):
            at.printer._engine.memory.keep_graphic("R:PLANT.GRF", np.ones((8, 8), dtype=bool))
        assert at.printer.status.graphics_stored == 1
        assert at.hold(ONE) == [b"prepare", FORGET, ONE.zpl]
        assert {"R:LSQONE.GRF", "R:LSQONE.ZPL"} <= at.printer.stored


def test_whoever_forgets_has_everything_stored_again() -> None:
    with bench() as at:
        at.hold(ONE)
        at.memory.forget()
        assert at.hold(ONE) == [b"prepare", FORGET, ONE.zpl]


def test_a_printer_that_does_not_keep_what_it_was_sent_prints_no_label() -> None:
    with bench() as at:
        full = np.broadcast_to(np.zeros(1, dtype=bool), (SPACE - 1, 8))
        at.printer._engine.memory.keep_graphic("R:PLANT.GRF", full)
        for _ in range(2):
            with pytest.raises(NotReady) as caught:
                at.hold(ONE)
            assert str(caught.value) == "printer: it does not keep LSQONE.GRF, LSQONE.ZPL"
            assert caught.value.conditions == (Condition.CORRUPT_MEMORY,)
        at.printer._engine.memory.forget("R:PLANT.GRF")
        assert at.hold(ONE) == [b"prepare", FORGET, ONE.zpl]


def test_a_printer_that_neither_lists_nor_counts_has_everything_stored_for_each_label() -> None:
    with bench(directory=False) as at:
        blind = PrinterStatus(graphics_stored=0)
        at.memory = PrinterMemory(_Uncounted(at), soon)
        for _ in range(2):
            at.sent.clear()
            at.memory.hold(ONE, blind)
            assert at.sent == [b"prepare", FORGET, ONE.zpl]


class _Uncounted:
    """A printer that always says it stores no graphics."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.prepare, self.store, self.stored = bench.prepare, bench.store, bench.stored
        self.begin, self.finish, self.feed = bench.begin, bench.finish, bench.feed
        self.identity, self.warnings = bench.identity, bench.warnings
        self.odometer, self.close = bench.odometer, bench.close

    def status(self, deadline: Deadline) -> PrinterStatus:
        self._bench.status(deadline)
        return PrinterStatus(graphics_stored=0)
