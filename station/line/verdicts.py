"""From what was seen of a label to what becomes of it: judge, record, move the gate."""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.deadline import Deadline
from drivers.interface import DriverError, Gate
from station.core.events import (
    Event,
    FaultRaised,
    LabelInDoubt,
    LabelJudged,
    LabelReleased,
    Mark,
    OrderHeld,
    SymbolRead,
)
from station.core.judge import Code, Expected, Ledger, Reason, Verdict, judge
from station.core.state import LabelState
from station.line.job import Label
from station.line.reader import Look, named, reading_of
from station.line.window import Printed
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.vision.markup import marked
from station.vision.picture import to_jpeg
from station.vision.sighting import Finding, Sighting


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one label."""

    state: LabelState
    reasons: tuple[Reason, ...] = ()
    picture: bytes = b""
    """JPEG of what the camera saw; empty where none looked."""

    gate_failed: bool = False
    """The gate did not do what it was told; the fault is recorded."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A label whose turn it was, and what became of it."""

    label: Label
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture kept as evidence; empty where no camera looked."""

    jpeg: bytes = b""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A label that was looked at and waits for its verdict."""

    printed: Printed
    look: Look
    picture: Kept


class Verdicts:
    def __init__(
        self,
        *,
        journal: Journal,
        ledger: Ledger,
        evidence: Evidence,
        gate: Gate,
        deadline: Callable[[], Deadline],
    ) -> None:
        """`deadline` makes the one for the gate's next movement."""
        self._journal = journal
        self._ledger = ledger
        self._evidence = evidence
        self._gate = gate
        self._deadline = deadline
        self._before: frozenset[bytes] = frozenset()
        """Data that only the label before has."""

    @staticmethod
    def _shown(seen: Seen) -> bytes:
        """The picture with what rejected the label marked in it."""
        if seen.look.picture is None or not any(each.outline for each in seen.look.findings):
            return seen.picture.jpeg
        return to_jpeg(marked(seen.look.picture, seen.look.findings))

    def keep(self, look: Look) -> Kept:
        """Evidence first: a verdict names the picture it rests on. Raises NotReady."""
        if look.picture is None:
            return Kept()
        jpeg = to_jpeg(look.picture)
        return Kept(jpeg, self._evidence.keep(jpeg))

    def verdict(self, label: Label, look: Look) -> Verdict:
        return verdict_on(label.expected, look, self._ledger)

    def pass_on(self, seen: Seen) -> Judged:
        """Steps 4 to 6 for a label in its turn."""
        label = seen.printed.label
        verdict = self._in_turn(label, seen.look)
        if seen.look.missing and verdict.accepted:
            return Judged(label, self._missing(seen, seen.look.missing))
        return Judged(label, self.sort(seen, verdict))

    def _in_turn(self, label: Label, look: Look) -> Verdict:
        """One that shows what the label before has on it says so."""
        verdict, before = self.verdict(label, look), self._before
        self._before = label.expected.own_data()
        read = {each.data for reading in look.readings for each in reading.symbols}
        if verdict.accepted or not read & (before - self._before):
            return verdict
        return Verdict((*verdict.reasons, Reason(Code.PREVIOUS)))

    def sort(self, seen: Seen, verdict: Verdict, *, actor: str = "station") -> Outcome:
        """Record the verdict, then move the gate."""
        order, number = seen.printed.job.order.id, seen.printed.label.number
        self._journal.append(
            LabelJudged(
                order=order,
                number=number,
                accepted=verdict.accepted,
                reasons=verdict.reasons,
                symbols=symbols(seen.look),
                evidence=seen.picture.digest,
                rescued=seen.look.rescued,
                quality=seen.look.quality,
                marks=marks(seen.look),
            ),
            actor=actor,
        )
        state = LabelState.ACCEPTED if verdict.accepted else LabelState.REJECTED
        try:
            if verdict.accepted:
                with named("gate"):
                    self._gate.release(self._deadline())
                self._journal.append(LabelReleased(order=order, number=number))
                state = LabelState.RELEASED
            else:
                with named("gate"):
                    self._gate.reject(self._deadline())
        except DriverError as fault:
            self._journal.append(*stopped(order, fault))
            return Outcome(state, verdict.reasons, self._shown(seen), gate_failed=True)
        return Outcome(state, verdict.reasons, self._shown(seen))

    def _missing(self, seen: Seen, cause: Code) -> Outcome:
        """Nothing was seen. Where the label is now, only a person can find out."""
        order, number = seen.printed.job.order.id, seen.printed.label.number
        self._journal.append(
            LabelInDoubt(order=order, number=number, cause=cause, evidence=seen.picture.digest),
            OrderHeld(order=order, cause=cause),
        )
        return Outcome(LabelState.IN_DOUBT, (Reason(cause),), seen.picture.jpeg)


def symbols(look: Look) -> tuple[SymbolRead, ...]:
    """Everything read, as it is recorded."""
    return tuple(
        SymbolRead(identifier=each.identifier, data=each.data.hex(), engine=each.engine)
        for reading in look.readings
        for each in reading.symbols
    )


def verdict_on(expected: Expected, look: Look, ledger: Ledger) -> Verdict:
    """Every reading has to be right: two readers that disagree cannot both be."""
    verdicts = [judge(expected, each, ledger) for each in look.readings]
    reasons = dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons)
    if not look.missing and all(each.supplementary for each in look.readings):
        reasons[Reason(Code.NO_READ)] = None  # nothing shows the label as a whole
    return _with_findings(tuple(reasons), look.findings)


def verdict_of(expected: Expected, sighting: Sighting, ledger: Ledger) -> Verdict:
    """On one picture by itself. A label that was read and not compared has not passed."""
    verdict = judge(expected, reading_of(sighting.decoding), ledger)
    found = sighting.findings
    if sighting.decoding.symbols and not sighting.compared:
        found += (Finding(Code.NOT_REGISTERED),)
    return _with_findings(verdict.reasons, found)


def _with_findings(reasons: tuple[Reason, ...], found: tuple[Finding, ...]) -> Verdict:
    rejects = (_reason(each) for each in found if each.rejects)
    return Verdict(tuple(dict.fromkeys((*reasons, *rejects))))


def _reason(finding: Finding) -> Reason:
    return Reason(finding.code, expected=finding.expected or finding.part, read=finding.seen)


def marks(look: Look) -> tuple[Mark, ...]:
    """Where things were found, on the picture that is kept."""
    return tuple(
        Mark(code=each.code, outline=each.outline, rejects=each.rejects)
        for each in look.findings
        if each.outline
    )


def stopped(order: str, fault: DriverError) -> tuple[Event, ...]:
    """The machine cannot go on with the order."""
    return fault_raised(fault), OrderHeld(order=order, cause="fault", detail=str(fault))


def fault_raised(fault: DriverError) -> FaultRaised:
    return FaultRaised(
        device=fault.device,
        conditions=tuple(str(each) for each in fault.conditions),
        detail=fault.detail,
    )
