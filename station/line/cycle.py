"""ONE LABEL, from top to bottom. Read this file first.

    1  journal ← LabelIssued      the serial is burnt; durable before ink
    2  printer.begin, finish      a fault here latches, and the label is in doubt
    3  reader.look                a picture must be newer than the print
    4  judge                      pure; bytes decide, parsing explains
    5  journal ← LabelJudged      verdict and evidence; durable before the gate moves
    6  gate.release | reject      rest position is reject; any exception leaves it there

Nothing here is ever tried twice. What the machine cannot do is a fault, never a verdict: the label
stays in doubt until a person has closed it.

Where the camera stands behind the print head, several labels are on the way to it: a window. Then
steps 1 and 2 are one label's and 3 to 6 an earlier one's (`station.line.window`).
"""

import time
from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, Gate, NotReady, Printer, PrinterStatus
from station.artwork.items import Artwork
from station.core.events import (
    Event,
    LabelInDoubt,
    LabelIssued,
    OrderHeld,
)
from station.core.judge import Code, Ledger, Reason
from station.core.state import PASSED, LabelState
from station.core.trend import Baseline
from station.line.challenge.run import Challenger
from station.line.count import Count
from station.line.job import Job, Label
from station.line.memory import PrinterMemory
from station.line.print_watch import PrintWatch
from station.line.reader import Look, Reader, named
from station.line.second_look import SecondLook
from station.line.sheet import compared_with
from station.line.supplies import Supplies
from station.line.trend_watch import TrendWatch
from station.line.verdicts import Judged, Kept, Outcome, Seen, Verdicts, stopped
from station.line.window import Printed, Window, disorder
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.vision.sheet import Sheet


class Cycle:
    """The line's devices around one label at a time."""

    def __init__(
        self,
        *,
        journal: Journal,
        ledger: Ledger,
        evidence: Evidence,
        printer: Printer,
        reader: Reader,
        gate: Gate,
        print_seconds: float,
        window: int = 1,
        compare: bool = True,
        sheet: Callable[[Artwork], Sheet | None] = compared_with,
        baselines: Callable[[], tuple[Baseline, ...]] = lambda: (),
        check_clock: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`window`: labels from the print head to the camera, the one under it included.
        `compare`: the print is compared with its `sheet`, not only read. `baselines` of the
        design at the line are what its print quality is followed from. `check_clock` raises
        NotReady when the time of day cannot be believed.
        """
        self._journal = journal
        self._evidence = evidence
        self._printer = printer
        self._reader = reader
        self._gate = gate
        self._print_seconds = print_seconds
        self._compare = compare
        self._sheet = sheet
        self.check_clock = check_clock
        self._clock = clock
        self._memory = PrinterMemory(printer, self._deadline)
        self._count = Count(printer, self._deadline)
        self.supplies = Supplies(printer, self._deadline, clock=clock)
        self.print_watch = PrintWatch()
        self.trend_watch = TrendWatch(baselines)
        self._window = Window(window)
        self._seen: Seen | None = None
        self._verdicts = Verdicts(
            journal=journal, ledger=ledger, evidence=evidence, gate=gate, deadline=self._deadline
        )
        self.challenger = Challenger(
            journal=journal,
            printer=printer,
            reader=reader,
            gate=gate,
            verdicts=self._verdicts,
            check=self.check,
            occupied=self.occupied,
            deadline=self._deadline,
            compare=compare,
            window=window,
            clock=clock,
        )
        self.second_look = SecondLook(
            journal=journal,
            reader=reader,
            verdicts=self._verdicts,
            compare=compare,
            sheet=sheet,
            clock=clock,
        )

    def renew(self) -> None:
        """Before the next label the printer is made to forget every earlier job."""
        self._memory.forget()
        self._count.forget()
        self.trend_watch.renew()

    def check(self) -> PrinterStatus:
        """What the printer says, if it can work now and there is room for records.

        Raises DriverError.
        """
        self.check_clock()
        self._evidence.check_space()
        with named("printer"):
            status = self._printer.status(self._deadline())
        if status.conditions:
            raise NotReady("printer", ", ".join(status.conditions), *status.conditions)
        return status

    def ready(self, label: Label) -> None:
        """Everything that can be known before a serial is burnt. Raises DriverError."""
        status = self.check()
        with named("printer"):
            self._memory.hold(label.stored, status)
            self._count.begin()
            self.supplies.look()
        with named("gate"):
            self._gate.check(self._deadline())

    def keep(self, sources: tuple[bytes, ...]) -> None:
        """Keep what a recipe names by digest. Raises NotReady."""
        for source in sources:
            self._evidence.keep(source, suffix=".json")

    def keep_picture(self, picture: bytes) -> str:
        """Keep a PNG that a person signs; returns its digest. Raises NotReady."""
        return self._evidence.keep(picture, suffix=".png")

    def clear(self) -> int | None:
        """Cancel whatever is left in the printer, and read its odometer. Raises DriverError."""
        self.check()
        self.renew()
        with named("printer"):
            self._printer.prepare(self._deadline())
        return self.odometer()

    def odometer(self) -> int | None:
        """Labels that ever left the print head; None where the printer does not count.

        Raises DriverError.
        """
        with named("printer"):
            return self._printer.odometer(self._deadline())

    def occupied(self) -> bool:
        """Whether a label lies where the next one will be looked at. Raises DriverError.

        On a web with a window there is always one, and what came before it moves away by itself.
        """
        return self._window.length == 1 and self._reader.in_view()

    def run(self, job: Job, label: Label) -> tuple[Judged, ...]:
        """Print one label, and judge what has come to the camera: this one, or an earlier one.

        Every way out of here is in the journal.
        """
        self._issue(job, label)
        self._window.printed(Printed(job, label))
        done: tuple[Judged, ...] = ()
        try:
            self._reader.forget()
            with named("printer"):
                self._printer.begin(label.zpl, self._deadline())
            done = self._judge_seen()  # of a window; while this label is printed
            self._finish()
            if _gate_failed(done):
                return done + self.give_up()
            done += self._see()
        except DriverError as fault:
            return (*done, *self._give_up(fault))
        return done if self._window.length > 1 else done + self._judge_seen()

    def drain(self) -> tuple[Judged, ...]:
        """Bring every label that is on its way to the camera, and judge it there.

        Blank labels move the web on; one more shows that nothing came twice.
        """
        done = self._judge_seen()
        try:
            while self._window.waiting and not _gate_failed(done):
                self._feed()
                done += self._see()
                done += self._judge_seen()
            if _gate_failed(done):
                return done + self.give_up()
            self._check_nothing_follows()
        except DriverError as fault:
            done += self._give_up(fault)
        return done

    @property
    def in_flight(self) -> int:
        """Labels that were issued and have no verdict yet."""
        return len(self._window.waiting) + (self._seen is not None)

    def _issue(self, job: Job, label: Label) -> None:
        self._journal.append(
            LabelIssued(
                order=job.order.id,
                number=label.number,
                gtin=job.level.gtin,
                serial=label.serial,
                data=label.elements.encode().hex(),
                zpl=label.digest,
                reprint_of=label.reprint_of,
                recipe=job.recipe.digest,
            )
        )

    def _finish(self) -> None:
        with named("printer"):
            self._printer.finish(self._deadline())
            self._count.moved()
            self._count.check()

    def _feed(self) -> None:
        with named("printer"):
            self._printer.feed(self._deadline())
            self._count.moved()
        self._window.fed()

    def _see(self) -> tuple[Judged, ...]:
        """Look at what lies under the camera now, if it is a label; it is judged later.

        Only a label that comes out of turn is dealt with at once, and all that are in flight with
        it.
        """
        printed = self._window.in_view
        if printed is None:
            self._window.advance()
            return ()
        look = self._reader.look(
            printed.label.expected.carriers,
            printed_at=self._clock(),
            sheet=self._sheet(printed.label.artwork) if self._compare else None,
        )
        picture = self._verdicts.keep(look)
        if self._window.other(look):
            return self._out_of_turn(look, picture)
        self._window.advance()
        self._seen = Seen(printed, look, picture)
        return ()

    def _judge_seen(self) -> tuple[Judged, ...]:
        seen, self._seen = self._seen, None
        if seen is None:
            return ()
        judged = self._verdicts.pass_on(seen)
        self.print_watch.take(seen.look.quality)
        self.trend_watch.take(seen.look.quality)
        self._reader.answer(good=judged.outcome.state in PASSED)
        return (judged,)

    def _out_of_turn(self, look: Look, picture: Kept) -> tuple[Judged, ...]:
        """See what follows, name what went wrong, and leave all of them to people."""
        waiting, before = self._window.waiting, self._window.before
        met = [self._window.met(look), *(self._meet(waiting[0]) for _ in range(len(waiting) + 1))]
        causes = disorder(
            tuple(each.label.number for each in waiting),
            tuple(number for number in met if number is not None),
            before=before,
        )
        self._window.clear()
        return self._leave(waiting, causes, picture)

    def _meet(self, like: Printed) -> int | None:
        """Move the web on by a blank, and say which label has come to the camera."""
        self._feed()
        carriers = like.label.expected.carriers
        return self._window.met(self._reader.look(carriers, printed_at=self._clock()))

    def _leave(
        self, waiting: tuple[Printed, ...], causes: dict[int, Code], picture: Kept
    ) -> tuple[Judged, ...]:
        """In doubt is every label of a web that is out of order; what is known is said of each."""
        worst = next(iter(causes.values()), Code.SWAPPED)
        detail = ", ".join(f"{number}: {cause}" for number, cause in causes.items())
        order = self._window.order
        doubts = (
            LabelInDoubt(
                order=order,
                number=each.label.number,
                cause=causes.get(each.label.number, worst),
                detail=detail,
                evidence=picture.digest,
            )
            for each in waiting
        )
        self._journal.append(*doubts, OrderHeld(order=order, cause=worst, detail=detail))
        reasons = (causes.get(each.label.number, worst) for each in waiting)
        return tuple(
            Judged(each.label, Outcome(LabelState.IN_DOUBT, (Reason(code),), picture.jpeg))
            for each, code in zip(waiting, reasons, strict=True)
        )

    def _check_nothing_follows(self) -> None:
        """Of a window: a label behind the last one was printed by nobody's order."""
        if self._window.length == 1:
            return
        self._feed()
        if self._reader.in_view():
            raise NotReady("printer", "a label follows the last one", Condition.UNEXPLAINED_LABELS)
        self._window.clear()

    def give_up(self) -> tuple[Judged, ...]:
        """A fault stands already: what has no verdict is in doubt, and the gate stays at rest."""
        return self._doubt("the machine stood already")

    def _give_up(self, fault: DriverError) -> tuple[Judged, ...]:
        """The machine failed after serials were burnt: their labels may exist or not.

        One that was seen before has its verdict all the same.
        """
        order = self._window.order
        done = self._judge_seen()
        return done + self._doubt(str(fault), *stopped(order, fault))

    def _doubt(self, detail: str, *then: Event) -> tuple[Judged, ...]:
        seen, self._seen = self._seen, None
        lost = ((seen.printed,) if seen else ()) + self._window.waiting
        self._window.clear()
        doubts = (
            LabelInDoubt(
                order=each.job.order.id, number=each.label.number, cause="fault", detail=detail
            )
            for each in lost
        )
        self._journal.append(*doubts, *then)
        return tuple(Judged(each.label, Outcome(LabelState.IN_DOUBT)) for each in lost)

    def _deadline(self) -> Deadline:
        return Deadline.after(self._print_seconds, clock=self._clock)


def _gate_failed(done: tuple[Judged, ...]) -> bool:
    return any(each.outcome.gate_failed for each in done)
