"""^HW: what the simulated printer says it keeps."""

from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.interface import Silent
from drivers.simulated.printer import SimulatedPrinter
from drivers.wire import open_wire

STORED = b"~DGR:LOGO.GRF,4,2,F0F00FF0^XA^DFR:UNIT.ZPL^FS^FO1,1^GB9,9^FS^XZ"


@pytest.fixture
def printer() -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        printer.serve_tcp()
        yield printer


def told(printer: SimulatedPrinter, data: bytes, *, end: bytes = b"\x03\r\n") -> bytes:
    """The answer up to its end; what came if none does."""
    wire = open_wire(printer._ports[0].url, deadline=Deadline.after(20))
    wire.write(data, Deadline.after(20))
    answer = b""
    while not answer.endswith(end):
        try:
            answer += wire.read(Deadline.after(0.3))
        except Silent:
            break
    wire.close()
    return answer


def test_everything_in_ram_is_listed_with_its_size_and_the_room_that_is_left(
    printer: SimulatedPrinter,
) -> None:
    told(printer, STORED)
    assert printer.wait_idle(seconds=20)
    assert told(printer, b"^XA^HWR:*.*^XZ") == (
        b"\x02\r\n- DIR R:*.* \r\n"
        b"* R:LOGO.GRF                4   \r\n"
        b"* R:UNIT.ZPL               18   \r\n"
        b"\r\n-   8388586 bytes free R: RAM\r\n\x03\r\n"
    )
    assert printer.stored == {"R:LOGO.GRF", "R:UNIT.ZPL"}
    assert printer.problems == ()


def test_a_pattern_lists_what_it_fits(printer: SimulatedPrinter) -> None:
    told(printer, STORED)
    assert printer.wait_idle(seconds=20)
    assert b"LOGO.GRF" in told(printer, b"^XA^HWR:L*.*^FS^XZ")
    assert b"UNIT.ZPL" not in told(printer, b"^XA^HWR:L*.*^FS^XZ")
    assert b"LOGO.GRF" not in told(printer, b"~CC++XA+HWR:*.ZPL+XZ")


def test_a_name_that_is_none_is_complained_of(printer: SimulatedPrinter) -> None:
    assert told(printer, b"^XA^HWR:..^XZ") == b""
    assert printer.problems == ("^HW: expected a name such as R:LOGO.*, got 'R:..'",)


def test_nothing_is_said_while_formats_wait_before_the_question(printer: SimulatedPrinter) -> None:
    printer.pause()
    assert told(printer, b"^XA^FO1,1^GB9,9^FS^XZ^XA^HW^XZ") == b""
    assert printer.problems == ("^HW: not answered, formats wait before it",)


def test_data_that_only_say_so_ask_for_nothing(printer: SimulatedPrinter) -> None:
    assert told(printer, b"^XA^FO1,1^A0N,20^FDHW^FS^XZ") == b""
    assert printer.wait_printed(1, seconds=20)
