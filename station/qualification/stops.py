"""Operation: a fault of a device stops the line, and nothing that was not judged goes further.

Each fault strikes at the second label of three. Whatever it is, the same has to come of it: the
line stands and says why, what passed the gate is what the journal says passed it, and when the
machine is mended and people have said what became of the label in hand, the order is brought to its
end without a serial on two labels.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from drivers.interface import Condition
from drivers.simulated.faults import FAULTS, Step
from station.core.problem import Problem, problem
from station.core.reconciliation import Stock
from station.core.state import LabelState
from station.line.board import Close, End, Hold, Mode, Resume, Snapshot, Use
from station.qualification.check import Check, Finding
from station.qualification.requirements import Need
from station.qualification.trial import (
    WITNESS,
    Ground,
    Trial,
    audited,
    serialised,
    states_of,
    trial,
    tried,
    unless,
)
from station.records.clock import Instant, now
from station.records.place import write_whole

ORDER, QUANTITY = "OQ-1", 3
STRUCK = 2
"""The label at which a fault strikes."""

SETTLE_SECONDS = 10.0
MOST_STOPS = 5
"""So often one fault can stop the line; more is another fault."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault of the bench, and the condition it has to be told as."""

    id: str
    fault: str
    step: Step
    condition: Condition
    needs: tuple[Need, ...] = (Need.FAULT,)


STRUCK_BY = (
    Struck("OQ-31", "paper-out-mid-label", Step.PRINT, Condition.PAPER_OUT,
           (Need.FAULT, Need.IN_DOUBT)),
    Struck("OQ-32", "ribbon-out", Step.READY, Condition.RIBBON_OUT),
    Struck("OQ-33", "head-open", Step.READY, Condition.HEAD_OPEN),
    Struck("OQ-34", "printer-silent", Step.PRINT, Condition.SILENT, (Need.FAULT, Need.IN_DOUBT)),
    Struck("OQ-35", "power-cycle", Step.PRINT, Condition.UNREACHABLE,
           (Need.FAULT, Need.IN_DOUBT, Need.NOT_TWICE)),
    Struck("OQ-36", "twin", Step.PRINT, Condition.UNEXPLAINED_LABELS,
           (Need.FAULT, Need.NOT_TWICE, Need.RECONCILED)),
    Struck("OQ-37", "reprint", Step.PRINT, Condition.UNEXPLAINED_LABELS,
           (Need.FAULT, Need.NOT_TWICE, Need.RECONCILED)),
    Struck("OQ-41", "camera-black", Step.LOOK, Condition.BLACK_PICTURE),
    Struck("OQ-42", "camera-blurred", Step.LOOK, Condition.BLURRED_PICTURE),
    Struck("OQ-43", "camera-frozen", Step.LOOK, Condition.FROZEN_PICTURE,
           (Need.FAULT, Need.STALE)),
    Struck("OQ-44", "camera-lagging", Step.LOOK, Condition.STALE_PICTURE,
           (Need.FAULT, Need.STALE)),
    Struck("OQ-45", "camera-unplugged", Step.LOOK, Condition.UNREACHABLE,
           (Need.FAULT, Need.IN_DOUBT)),
    Struck("OQ-51", "gate-stuck", Step.READY, Condition.GATE_NOT_AT_REST, (Need.FAULT, Need.GATE)),
    Struck("OQ-52", "gate-unseen", Step.PRINT, Condition.GATE_NOT_CONFIRMED,
           (Need.FAULT, Need.GATE)),
    Struck("OQ-53", "gate-unplugged", Step.GATE, Condition.UNREACHABLE, (Need.FAULT, Need.GATE)),
)  # fmt: skip


def _struck(by: Struck) -> Callable[[Ground], Finding]:
    def look(ground: Ground) -> Finding:
        with trial(ground) as line:
            line.bench.order(by.fault, at=STRUCK, step=by.step)
            line.put(ORDER, serialised(ORDER, quantity=QUANTITY))
            seen = line.stopped()
            wrong = tuple(_at_the_stop(line, seen, by))
            _mend(line, by.fault)
            line.settle(seen)
            line.bench.take_away()
            line.resume()
            _to_the_end(line)
            wrong += tuple(_at_the_end(line))
        return tried(
            ground, (*wrong, *audited(ground.folder / "data").problems),
            problem(
                "Stopped with {conditions}; {count} labels in doubt. Mended, settled by two people,"
                " and brought to its end.",
                conditions=", ".join(seen.fault.conditions) if seen.fault else "–",
                count=len(seen.in_doubt),
            ),
        )  # fmt: skip

    return look


def _at_the_stop(line: Trial, seen: Snapshot, by: Struck) -> Iterator[Problem]:
    told = seen.fault.conditions if seen.fault else ()
    yield from unless(
        by.condition in told,
        problem("The line says {got}, expected {expected}.", got=", ".join(told) or "–",
                expected=by.condition),
    )  # fmt: skip
    good = {LabelState.RELEASED, LabelState.ACCEPTED}
    recorded = sum(each.state in good for each in line.labels(ORDER))
    yield from unless(
        line.passed() <= recorded,
        problem("{count} labels passed the gate, {recorded} were accepted.", count=line.passed(),
                recorded=recorded),
    )  # fmt: skip


def _mend(line: Trial, fault: str) -> None:
    """What a person does at the machine."""
    remedy = FAULTS[fault].remedy
    if remedy:
        remedy.act(line.bench)
    line.bench.printer.wait_idle(seconds=SETTLE_SECONDS)


def _to_the_end(line: Trial) -> None:
    """A fault can show a second time, at the next label; then a person does the same again."""
    for _ in range(MOST_STOPS):
        seen = line.until(
            lambda seen: seen.mode in {Mode.HELD, Mode.FAULT, Mode.IDLE}, what="stopped or finished"
        )
        if seen.mode == Mode.IDLE:
            return
        line.settle(seen)
        line.bench.take_away()
        line.resume()
    line.finished(ORDER)


def _at_the_end(line: Trial) -> Iterator[Problem]:
    """Of what the order asked for there is exactly that, and every serial once."""
    labels = line.labels(ORDER)
    good = [each for each in labels if each.state == LabelState.RELEASED]
    yield from unless(len(good) == QUANTITY, states_of(each.state for each in labels))
    serials = [each.serial for each in labels]
    yield from unless(
        len(set(serials)) == len(serials),
        problem("A serial stands on two labels: {serials}.", serials=", ".join(serials)),
    )
    if line.why_not(Close(ORDER), actor=WITNESS):
        # One label more left the printer than was issued: somebody has to find it and say so.
        line.ask(Use(ORDER, Stock.BLANK, 1, "OQ: found beside the printer"))
        line.close(ORDER)


def _disk_full(ground: Ground) -> Finding:
    """Where a record or a picture might be lost, nothing is printed."""
    with trial(ground, spare_megabytes=2_000_000_000) as line:
        line.put(ORDER, serialised(ORDER))
        seen = line.stopped()
        issued = len(line.labels(ORDER))
    told = seen.fault.conditions if seen.fault else ()
    return tried(
        ground,
        (
            *unless(Condition.DISK_FULL in told, _said(told, Condition.DISK_FULL)),
            *unless(not issued, problem("{count} labels were issued.", count=issued)),
        ),
        problem("Stopped with {conditions}, before the first label.", conditions=", ".join(told)),
    )


def _clock_set(ground: Ground) -> Finding:
    """Somebody sets the clock an hour back while labels are made."""
    ahead = [timedelta()]

    def clock() -> Instant:
        at = now()
        return replace(at, utc=at.utc + ahead[0])

    with trial(ground, clock=clock) as line:
        line.put(ORDER, serialised(ORDER, quantity=200))
        line.until(lambda seen: bool(seen.order and seen.order.balance.released), what="one label")
        ahead[0] = timedelta(hours=1)
        seen = line.stopped()
    told = seen.fault.conditions if seen.fault else ()
    return tried(
        ground, unless(Condition.CLOCK in told, _said(told, Condition.CLOCK)),
        problem("Stopped with {conditions}.", conditions=", ".join(told)),
    )  # fmt: skip


def _second_place_gone(ground: Ground) -> Finding:
    """What lies in the second place is exchanged for an older state of it."""
    heads = ground.folder / "data" / "heads" / "heads.jsonl"
    with trial(ground) as line:
        line.put(ORDER, serialised(ORDER))
        line.finished(ORDER)
        before = heads.read_bytes()
        line.close(ORDER)
        after = heads.read_bytes()
        write_whole(heads, before)
        line.put("OQ-2", serialised("OQ-2", start="100001"))
        seen = line.until(
            lambda seen: seen.mode == Mode.FAULT or _finished(seen, "OQ-2"), what="a fault"
        )
    told = seen.fault.conditions if seen.fault else ()
    write_whole(heads, after)
    return tried(
        ground, unless(Condition.HEAD_NOT_KEPT in told, _said(told, Condition.HEAD_NOT_KEPT)),
        problem("Stopped with {conditions}.", conditions=", ".join(told)),
    )  # fmt: skip


def _finished(seen: Snapshot, order: str) -> bool:
    return bool(seen.mode == Mode.IDLE and seen.order and seen.order.order.id == order)


def _said(told: tuple[str, ...], wanted: Condition) -> Problem:
    return problem("The line says {got}, expected {expected}.", got=", ".join(told) or "–",
                   expected=wanted)  # fmt: skip


def _rejects_in_a_row(ground: Ground) -> Finding:
    with trial(ground) as line:
        for place in (1, 2, 3):
            line.bench.order("damaged", at=place)
        line.put(ORDER, serialised(ORDER))
        line.held("rejects")
        states = [each.state for each in line.labels(ORDER)]
        line.resume()
        line.finished(ORDER)
    wanted = [LabelState.REJECTED] * line.config.hold_after_rejects
    return tried(
        ground, unless(states == wanted, states_of(states)),
        problem("Held after {count} rejects in a row.", count=len(states)),
    )  # fmt: skip


def _hold_and_end(ground: Ground) -> Finding:
    """A stop the person has not seen cannot be taken away by their button."""
    with trial(ground) as line:
        line.put(ORDER, serialised(ORDER, quantity=200))
        line.until(lambda seen: bool(seen.order and seen.order.balance.released), what="one label")
        line.ask(Hold("OQ"))
        seen = line.held("operator")
        issued = len(line.labels(ORDER))
        stale = line.why_not(Resume("OQ", seen.stop - 1))
        line.ask(End(ORDER, "OQ"))
        later = len(line.labels(ORDER))
    return tried(
        ground,
        (
            *unless(bool(stale), problem("A stop that nobody had seen was taken away.")),
            *unless(issued == later, problem("{count} labels were issued while the line was held.",
                                             count=later - issued)),
        ),
        problem("Held and ended by a person after {count} labels.", count=issued),
    )  # fmt: skip


def _of(by: Struck) -> Check[Ground]:
    return Check(
        by.id, by.needs,
        problem("At the second of three labels: {fault}", fault=by.fault),
        problem("The line stops with {condition}; nothing that was not accepted passes, and the"
                " order can be brought to its end.", condition=by.condition),
        _struck(by),
    )  # fmt: skip


CHECKS: tuple[Check[Ground], ...] = (
    *map(_of, STRUCK_BY),
    Check(
        "OQ-54", (Need.FAULT, Need.DURABLE, Need.EVIDENCE),
        problem("Let the disk be fuller than it may be."),
        problem("The line stops before the first label."),
        _disk_full,
    ),
    Check(
        "OQ-55", (Need.FAULT, Need.TIME),
        problem("Set the clock by an hour while labels are made."),
        problem("The line stops."),
        _clock_set,
    ),
    Check(
        "OQ-56", (Need.FAULT, Need.SIGNED),
        problem("Exchange what lies in the second place for an older state of it."),
        problem("The line stops: nobody could prove the records whole."),
        _second_place_gone,
    ),
    Check(
        "OQ-57", (Need.ESCALATION,),
        problem("Spoil three labels in a row."),
        problem("All three are rejected, and the line holds for a supervisor."),
        _rejects_in_a_row,
    ),
    Check(
        "OQ-58", (Need.PEOPLE_STOP, Need.STEPS),
        problem("Hold the line, press Resume for a stop that was not seen, and end the order."),
        problem("Held, not resumed, ended; no label is issued meanwhile."),
        _hold_and_end,
    ),
)  # fmt: skip
