"""What every printer does. A test class inherits the suite and says on what line its printer is."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, NotReady, Printer, Warn, print_one
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter

PATIENCE = 20.0


def label(width: int) -> bytes:
    """Told from others by the width of its bar."""
    return b"^XA^PW200^LL100^FO0,0^GB%d,100,%d^FS^XZ" % (width, width)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


@dataclass(slots=True)
class World:
    """The machine itself, and the paper that came out of it."""

    machine: SimulatedPrinter = field(init=False)
    widths: list[int] = field(default_factory=list)
    """Of the bars on the labels; 0 is a blank one."""

    def take(self, printed: PrintedLabel) -> None:
        self.widths.append(int((printed.picture[0] == 0).sum()))


class PrinterConformance:
    """On whatever line."""

    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError("the subclass says which machine")

    @pytest.fixture
    def printer(self) -> Printer:
        raise NotImplementedError("the subclass says which driver")

    # Printing

    def test_a_label_begun_and_finished_is_exactly_one(
        self, printer: Printer, world: World
    ) -> None:
        printer.prepare(soon())
        for width in (10, 20, 30):
            print_one(printer, label(width), soon())
        assert world.widths == [10, 20, 30]

    def test_finishing_what_was_not_begun_does_no_harm(
        self, printer: Printer, world: World
    ) -> None:
        printer.finish(soon())
        print_one(printer, label(10), soon())
        printer.finish(soon())
        assert world.widths == [10]

    def test_a_feed_moves_one_blank_label(self, printer: Printer, world: World) -> None:
        print_one(printer, label(10), soon())
        printer.feed(soon())
        assert world.widths == [10, 0]
        print_one(printer, label(20), soon())
        assert world.widths == [10, 0, 20]

    def test_preparing_again_changes_nothing(self, printer: Printer, world: World) -> None:
        for _ in range(2):
            printer.prepare(soon())
        print_one(printer, label(10), soon())
        printer.prepare(soon())
        assert world.widths == [10]
        assert not world.machine.reprint

    def test_preparing_forgets_what_an_earlier_session_left(
        self, printer: Printer, world: World
    ) -> None:
        world.machine.pause()
        world.machine.print_foreign(label(50))
        printer.prepare(soon())
        world.machine.resume()
        print_one(printer, label(10), soon())
        assert world.widths == [10]

    # What it says

    def test_the_status_tells_what_is_wrong(self, printer: Printer, world: World) -> None:
        assert printer.status(soon()).conditions == ()
        world.machine.open_head()
        world.machine.pause()
        assert printer.status(soon()).conditions == (Condition.HEAD_OPEN, Condition.PAUSED)

    def test_what_is_stored_is_listed(self, printer: Printer) -> None:
        printer.store(b"~DGR:A.GRF,1,1,F0^XA^DFR:B.ZPL^FS^FO1,1^XGR:A.GRF,1,1^FS^XZ", soon())
        listed = printer.stored(soon())
        assert listed is None or listed == {"A.GRF", "B.ZPL"}
        assert printer.status(soon()).graphics_stored == 1

    def test_it_says_who_it_is_or_nothing(self, printer: Printer) -> None:
        told = printer.identity(soon())
        assert told is None or (told.model, told.dots_per_mm) == ("SIMULATED", 8)
        assert printer.identity(soon()) == told

    def test_its_warnings_are_told_and_taken_back(self, printer: Printer, world: World) -> None:
        world.machine.warn(Warn.PAPER_LOW, Warn.CLEAN_HEAD)
        told = printer.warnings(soon())
        assert told in (frozenset(), {Warn.PAPER_LOW, Warn.CLEAN_HEAD})
        world.machine.warn()
        assert printer.warnings(soon()) == frozenset()

    def test_the_odometer_counts_labels_or_nothing(self, printer: Printer) -> None:
        before = printer.odometer(soon())
        print_one(printer, label(10), soon())
        after = printer.odometer(soon())
        assert (after is None) if before is None else (after == before + 1)

    # What goes wrong

    def test_without_paper_no_byte_of_a_label_leaves(self, printer: Printer, world: World) -> None:
        world.machine.run_out_of_paper(mid_label=False)
        with pytest.raises(NotReady) as caught:
            printer.begin(label(10), soon())
        assert Condition.PAPER_OUT in caught.value.conditions
        with pytest.raises(NotReady):
            printer.feed(soon())
        world.machine.load_paper()
        assert world.machine.wait_idle(seconds=PATIENCE)
        assert world.widths == []
        print_one(printer, label(20), soon())
        assert world.widths == [20]

    def test_paper_that_ends_in_a_label_is_told_by_its_end(
        self, printer: Printer, world: World
    ) -> None:
        printer.prepare(soon())
        world.machine.run_out_of_paper()
        printer.begin(label(10), soon())
        with pytest.raises(NotReady) as caught:
            printer.finish(soon())
        assert Condition.PAPER_OUT in caught.value.conditions
        world.machine.load_paper()
        print_one(printer, label(20), soon())
        assert world.widths == [10, 20]

    def test_on_a_mute_printer_every_verb_ends_and_nothing_is_printed(
        self, printer: Printer, world: World
    ) -> None:
        printer.status(soon())
        world.machine.fall_silent()
        verbs: tuple[Callable[[Deadline], object], ...] = (
            printer.status,
            printer.prepare,
            printer.feed,
            printer.identity,
            printer.warnings,
            printer.stored,
            printer.odometer,
            lambda deadline: print_one(printer, label(10), deadline),
        )
        for verb in verbs:
            with pytest.raises(DriverError):
                verb(Deadline.after(0.3))
        world.machine.answer_again()
        print_one(printer, label(20), soon())
        assert world.widths == [20]

    def test_a_verb_with_no_time_left_fails_at_once(self, printer: Printer, world: World) -> None:
        with pytest.raises(DriverError):
            print_one(printer, label(10), Deadline.after(0.0))
        print_one(printer, label(20), soon())
        assert world.widths == [20]

    def test_closing_twice_is_closing_and_it_is_used_again_afterwards(
        self, printer: Printer, world: World
    ) -> None:
        printer.close()
        printer.close()
        print_one(printer, label(10), soon())
        printer.close()
        print_one(printer, label(20), soon())
        assert world.widths == [10, 20]

    def test_a_connection_that_went_between_begin_and_finish_is_a_fault(
        self, printer: Printer, world: World
    ) -> None:
        printer.begin(label(10), soon())
        printer.close()
        with pytest.raises(DriverError, match="lost after the label was begun"):
            printer.finish(soon())
        printer.prepare(soon())
        print_one(printer, label(20), soon())
        assert world.widths[-1] == 20
        assert world.widths.count(10) <= 1

    def test_after_a_power_cut_nothing_is_sent_twice(self, printer: Printer, world: World) -> None:
        printer.prepare(soon())
        world.machine.power_cycle_mid_format(after_bytes=20)
        with suppress(DriverError):  # a serial line does not tell
            print_one(printer, label(10), Deadline.after(2.0))
        printer.close()
        printer.prepare(soon())
        print_one(printer, label(20), soon())
        assert world.widths == [20]

    def test_an_answer_in_another_protocol_is_a_fault_and_not_obeyed(
        self, printer: Printer, world: World
    ) -> None:
        world.machine.voice.garble(2)
        with pytest.raises(DriverError):
            print_one(printer, label(10), soon())
        world.machine.answer_again()
        print_one(printer, label(20), soon())
        assert world.widths == [20]
