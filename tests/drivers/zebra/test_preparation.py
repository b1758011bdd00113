"""What the printer is told before it prints, and what it answers about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.deadline import Deadline
from drivers.interface import (
    Condition,
    Garbled,
    NotReady,
    PrinterStatus,
    PrintMode,
    Silent,
    print_one,
)
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.replies import host_status
from drivers.zebra import Zebra, preparation
from drivers.zebra.talk import Talk

PATIENCE = 20.0
IDLE = host_status(PrinterStatus(), length=100)
LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


def printer(*, dots_per_mm: int = 8, tells: bool = True) -> SimulatedPrinter:
    return SimulatedPrinter(
        on_label=lambda _label: None, dots_per_mm=dots_per_mm, identity=tells, variables=tells
    )


@contextmanager
def driver(
    machine: SimulatedPrinter, *, dots_per_mm: int | None = None, mode: PrintMode | None = None
) -> Iterator[Zebra]:
    with machine:
        zebra = Zebra(
            machine.serve_tcp(),
            dots_per_mm=dots_per_mm,
            mode=mode,
            poll_seconds=0.002,
            answer_seconds=0.5,
        )
        yield zebra
        zebra.close()


def test_a_printer_with_another_print_head_is_not_prepared() -> None:
    with driver(printer(dots_per_mm=12), dots_per_mm=8) as zebra:
        with pytest.raises(NotReady) as caught:
            zebra.prepare(soon())
        assert caught.value.conditions == (Condition.OTHER_RESOLUTION,)
        assert caught.value.detail == (
            "expected a print head of 8 dots per millimetre, SIMULATED says 12"
        )


@pytest.mark.parametrize("wanted", [12, None])
def test_the_right_print_head_or_any_is_taken(wanted: int | None) -> None:
    with driver(printer(dots_per_mm=12), dots_per_mm=wanted) as zebra:
        zebra.prepare(soon())
        print_one(zebra, LABEL, soon())


@pytest.mark.parametrize("mode", PrintMode)
def test_the_print_mode_is_set_and_read_back(mode: PrintMode) -> None:
    machine = printer()
    with driver(machine, mode=mode) as zebra:
        zebra.prepare(soon())
        assert machine.mode == mode


def test_without_a_print_mode_the_plants_choice_stays() -> None:
    machine = SimulatedPrinter(on_label=lambda _label: None, mode=PrintMode.CUTTER)
    with driver(machine) as zebra:
        zebra.prepare(soon())
        assert machine.mode == PrintMode.CUTTER


def test_a_print_mode_that_is_not_kept_is_refused() -> None:
    machine = printer()
    machine.refuse_settings("^MM")
    with driver(machine, mode=PrintMode.PEEL) as zebra:
        with pytest.raises(NotReady) as caught:
            zebra.prepare(soon())
        assert caught.value.conditions == (Condition.SETTING_REFUSED,)
        assert caught.value.detail == "expected print mode peel, it says tear"


def test_a_printer_that_goes_on_printing_twins_is_refused() -> None:
    machine = printer()
    machine.refuse_settings("^JZ")
    with driver(machine) as zebra:
        with pytest.raises(NotReady) as caught:
            zebra.prepare(soon())
        assert caught.value.conditions == (Condition.SETTING_REFUSED,)
        assert caught.value.detail == "expected reprint after error off, it says on"


@pytest.mark.parametrize("paused", [False, True])
def test_a_printer_that_says_nothing_about_itself_is_believed(*, paused: bool) -> None:
    machine = printer(dots_per_mm=12, tells=False)
    if paused:
        machine.pause()
    with driver(machine, dots_per_mm=8, mode=PrintMode.TEAR) as zebra:
        for _ in range(2):
            zebra.prepare(soon())
        machine.resume()
        print_one(zebra, LABEL, soon())


class Line:
    """A wire on which one answer comes to every question."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._arriving: list[bytes] = []

    def write(self, data: bytes, deadline: Deadline) -> None:
        assert not deadline.expired
        self._arriving = [self._answer] if data == preparation.GET_REPRINT else [IDLE]

    def read(self, deadline: Deadline) -> bytes:
        if deadline.expired or not self._arriving:
            raise Silent("line", "no answer in time")
        return self._arriving.pop()

    def drain(self) -> bytes:
        return b""

    def close(self) -> None: ...


@pytest.mark.parametrize("answer", [b'"off"', b'"?"', b'""', b""])
def test_a_printer_without_the_setting_or_with_the_right_one_is_taken(answer: bytes) -> None:
    talk = Talk(Line(answer), name="printer", answer_seconds=5.0, baud=None)
    preparation.check_reprint(talk, soon())


@pytest.mark.parametrize("answer", [b'"maybe"', b'"31084"', b'"off'])
def test_a_setting_that_is_no_setting_is_garbled(answer: bytes) -> None:
    """Such as the late answer to another question."""
    talk = Talk(Line(answer), name="printer", answer_seconds=5.0, baud=None)
    with pytest.raises(Garbled):
        preparation.check_reprint(talk, soon())
