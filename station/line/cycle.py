"""ONE LABEL, from top to bottom. Read this file first.

    1  journal ← LabelIssued      the serial is burnt; durable before ink
    2  printer.begin, finish      a fault here latches, and the label is in doubt
    3  reader.look                a picture must be newer than the print
    4  judge                      pure; bytes decide, parsing explains
    5  journal ← LabelJudged      verdict and evidence; durable before the gate moves
    6  gate.release | reject      rest position is reject; any exception leaves it there

Nothing here is ever tried twice. What the machine cannot do is a fault, never a verdict: the label
stays in doubt until a person has closed it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.deadline import Deadline
from drivers.interface import DriverError, Gate, NotReady, Printer, PrinterStatus
from station.core.events import (
    Event,
    FaultRaised,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderHeld,
    SymbolRead,
)
from station.core.judge import Code, Ledger, Reason, Verdict, judge, shown
from station.core.problem import Refused, problem
from station.core.state import LabelState
from station.line.job import Job, Label
from station.line.memory import PrinterMemory
from station.line.reader import Look, Reader, named
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.vision.picture import to_jpeg


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one label."""

    state: LabelState
    reasons: tuple[Reason, ...] = ()
    picture: bytes = b""
    """JPEG of what the camera saw; empty where none looked."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A picture kept as evidence; empty where no camera looked."""

    jpeg: bytes = b""
    digest: str = ""


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
        check_clock: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`check_clock` raises NotReady when the time of day cannot be believed."""
        self._journal = journal
        self._ledger = ledger
        self._evidence = evidence
        self._printer = printer
        self._reader = reader
        self._gate = gate
        self._print_seconds = print_seconds
        self.check_clock = check_clock
        self._clock = clock
        self._memory = PrinterMemory(printer, self._deadline)

    def renew(self) -> None:
        """Before the next label the printer is made to forget every earlier job."""
        self._memory.forget()

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

    def keep(self, sources: tuple[bytes, ...]) -> None:
        """Keep what a recipe names by digest. Raises NotReady."""
        for source in sources:
            self._evidence.keep(source, suffix=".json")

    def odometer(self) -> int | None:
        """Labels that ever left the print head; None where the printer does not count.

        Raises DriverError.
        """
        with named("printer"):
            return self._printer.odometer(self._deadline())

    def occupied(self) -> bool:
        """Whether a label lies where the next one will be looked at. Raises DriverError."""
        return self._reader.in_view()

    def run(self, job: Job, label: Label) -> Outcome:
        """Print, read, judge and sort one label. Every way out of here is in the journal."""
        order, number = job.order.id, label.number
        self._journal.append(
            LabelIssued(
                order=order,
                number=number,
                gtin=job.level.gtin,
                serial=label.serial,
                data=label.elements.encode().hex(),
                zpl=label.digest,
                reprint_of=label.reprint_of,
                recipe=job.recipe.digest,
            )
        )
        try:
            self._reader.forget()
            with named("printer"):
                self._printer.begin(label.zpl, self._deadline())
                self._printer.finish(self._deadline())
            look = self._reader.look(label.expected.carriers, printed_at=self._clock())
            picture = self._keep(look)
        except DriverError as fault:
            return self._fault(job, number, fault)
        verdict = self._judge(label, look)
        if look.missing and verdict.accepted:
            return self._missing(job, number, look.missing, picture)
        self._write_verdict(job, number, verdict, look, picture)
        return self._sort(job, number, verdict, picture)

    def look_again(
        self, job: Job, label: Label, *, rejected_as: frozenset[bytes], actor: str
    ) -> Outcome:
        """Steps 3 to 6 for a label that a person lays before the reader.

        One in doubt is judged now; a rejected one is voided, and `rejected_as` is what was read on
        it then. Raises Refused when it cannot be read, or when another label lies there.
        """
        if not label.serial:
            raise Refused(
                problem(
                    "A label without a serial looks like all others of its lot: reading it proves"
                    " nothing. Destroy it, and let a second person confirm it."
                )
            )
        try:
            self._reader.forget()
            look = self._reader.look(label.expected.carriers, printed_at=self._clock())
            picture = self._keep(look)
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None
        verdict = self._judge(label, look)
        read = [symbol for reading in look.readings for symbol in reading.symbols]
        if look.missing:
            raise Refused(
                problem("Nothing lies before the reader. Lay the label there, and try again.")
            )
        if not read:
            raise Refused(
                problem(
                    "No label could be read there. If it is this one, destroy it, and let a second"
                    " person confirm it."
                )
            )
        mine = label.expected.own_data(rejected_as)
        foreign = any(reason.code == Code.DUPLICATE for reason in verdict.reasons)
        if foreign or not any(each.data in mine for each in read):
            raise Refused(
                problem(
                    "This is another label: expected serial {serial}, read {got}.",
                    serial=label.serial,
                    got=", ".join(dict.fromkeys(shown(each.data) for each in read)),
                )
            )
        if rejected_as:
            return self._void(job, label, look, picture, actor=actor)
        self._write_verdict(job, label.number, verdict, look, picture, actor=actor)
        return self._sort(job, label.number, verdict, picture)

    def _void(self, job: Job, label: Label, look: Look, picture: _Kept, *, actor: str) -> Outcome:
        self._journal.append(
            LabelSettled(
                order=job.order.id,
                number=label.number,
                outcome=LabelState.VOIDED,
                reason="scanned into the scrap",
                symbols=_symbols(look),
                evidence=picture.digest,
            ),
            actor=actor,
        )
        return Outcome(LabelState.VOIDED, picture=picture.jpeg)

    def _judge(self, label: Label, look: Look) -> Verdict:
        """Every reading has to be right: two readers that disagree cannot both be."""
        verdicts = [judge(label.expected, each, self._ledger) for each in look.readings]
        reasons = dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons)
        if not look.missing and all(each.supplementary for each in look.readings):
            reasons[Reason(Code.NO_READ)] = None  # nothing shows the label as a whole
        return Verdict(tuple(reasons))

    def _write_verdict(
        self,
        job: Job,
        number: int,
        verdict: Verdict,
        look: Look,
        picture: _Kept,
        *,
        actor: str = "station",
    ) -> None:
        self._journal.append(
            LabelJudged(
                order=job.order.id,
                number=number,
                accepted=verdict.accepted,
                reasons=verdict.reasons,
                symbols=_symbols(look),
                evidence=picture.digest,
                rescued=look.rescued,
            ),
            actor=actor,
        )

    def _sort(self, job: Job, number: int, verdict: Verdict, picture: _Kept) -> Outcome:
        state = LabelState.ACCEPTED if verdict.accepted else LabelState.REJECTED
        try:
            if verdict.accepted:
                self._gate.release(self._deadline())
                self._journal.append(LabelReleased(order=job.order.id, number=number))
                state = LabelState.RELEASED
            else:
                self._gate.reject(self._deadline())
        except DriverError as fault:
            self._journal.append(*_stop(job.order.id, fault))
        return Outcome(state, verdict.reasons, picture.jpeg)

    def _fault(self, job: Job, number: int, fault: DriverError) -> Outcome:
        """The machine failed after the serial was burnt: the label may exist or not."""
        doubt = LabelInDoubt(order=job.order.id, number=number, cause="fault", detail=str(fault))
        self._journal.append(doubt, *_stop(job.order.id, fault))
        return Outcome(LabelState.IN_DOUBT)

    def _missing(self, job: Job, number: int, cause: Code, picture: _Kept) -> Outcome:
        """Nothing was seen. Where the label is now, only a person can find out."""
        self._journal.append(
            LabelInDoubt(order=job.order.id, number=number, cause=cause, evidence=picture.digest),
            OrderHeld(order=job.order.id, cause=cause),
        )
        return Outcome(LabelState.IN_DOUBT, (Reason(cause),), picture.jpeg)

    def _keep(self, look: Look) -> _Kept:
        """Evidence first: a verdict names the picture it rests on. Raises NotReady."""
        if look.picture is None:
            return _Kept()
        jpeg = to_jpeg(look.picture)
        return _Kept(jpeg, self._evidence.keep(jpeg))

    def _deadline(self) -> Deadline:
        return Deadline.after(self._print_seconds, clock=self._clock)


def _symbols(look: Look) -> tuple[SymbolRead, ...]:
    return tuple(
        SymbolRead(identifier=each.identifier, data=each.data.hex(), engine=each.engine)
        for reading in look.readings
        for each in reading.symbols
    )


def _stop(order: str, fault: DriverError) -> tuple[Event, ...]:
    return fault_raised(fault), OrderHeld(order=order, cause="fault", detail=str(fault))


def fault_raised(fault: DriverError) -> FaultRaised:
    return FaultRaised(
        device=fault.device,
        conditions=tuple(str(each) for each in fault.conditions),
        detail=fault.detail,
    )
