"""Operation: what has to be refused, and is: orders, changed designs, one person alone."""

import shutil
from collections.abc import Callable, Iterable

from station.config import shipped
from station.core.problem import Problem, problem
from station.core.state import LabelState, OrderState
from station.line.board import Close, End, Reprint, Resume, Settle
from station.qualification.check import Check, Finding
from station.qualification.requirements import Need
from station.qualification.trial import (
    OPERATOR,
    UNIT,
    WITNESS,
    Ground,
    serialised,
    trial,
    tried,
    unless,
)

ORDER = "OQ-1"


def _refused(
    text: Callable[[], str], *, approved: tuple[str, ...] = (UNIT,)
) -> Callable[[Ground], Finding]:
    """An order file that has to be refused; where designs are approved, after one that is taken."""

    def look(ground: Ground) -> Finding:
        with trial(ground, approved=approved) as line:
            line.put("OQ-0", serialised("OQ-0", quantity=1, start="900001"))
            if approved:
                line.finished("OQ-0")
                line.put("OQ-X", text())
            why = line.refusal()
            there = line.records.order("OQ-X")
        return tried(ground, unless(there is None, problem("The order was taken.")), *why)

    return look


def _design_changed(ground: Ground) -> Finding:
    """A millimetre more, after it was approved; then the order it was started with goes on."""
    labels = ground.folder / "labels"
    shutil.copytree(shipped("labels"), labels)
    with trial(ground, labels=labels) as line:
        line.put(ORDER, serialised(ORDER, quantity=200))
        line.until(lambda seen: bool(seen.order and seen.order.balance.released), what="one label")
    path = labels / f"{UNIT}.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("width: 50,", "width: 49,", 1), "utf-8")
    with trial(ground, labels=labels, approved=()) as line:
        line.settle(line.held("restart"))
        issued = len(line.labels(ORDER))
        line.resume()
        held = line.held("template")
        line.put("OQ-2", serialised("OQ-2", start="500001"))
        why = line.refusal()
        later = len(line.labels(ORDER))
    return tried(
        ground,
        unless(issued == later, problem("{count} labels were issued.", count=later - issued)),
        problem("Held: {why}", why=held.order.detail if held.order else "–"),
        *why,
    )


def _closed(ground: Ground) -> Finding:
    """Nothing about a closed order changes any more."""
    with trial(ground) as line:
        line.put(ORDER, serialised(ORDER, quantity=1))
        line.finished(ORDER)
        line.close(ORDER)
        settle = Settle(ORDER, 1, LabelState.DESTROYED, "OQ", witness=WITNESS)
        why = [line.why_not(each) for each in (settle, Close(ORDER), End(ORDER, "OQ"))]
    return _all_refused(ground, why)


def _unbalanced(ground: Ground) -> Finding:
    """One label came out twice, and nobody has found the other one yet."""
    with trial(ground) as line:
        line.bench.order("twin", at=1)
        line.put(ORDER, serialised(ORDER, quantity=1))
        line.settle(line.stopped())
        line.bench.take_away()
        line.resume()
        line.finished(ORDER)
        why = [
            line.why_not(Close(ORDER)),
            line.why_not(Close(ORDER, justification="OQ", witness=OPERATOR)),
            line.why_not(Close(ORDER, witness=WITNESS)),
        ]
        line.ask(Close(ORDER, justification="OQ", witness=WITNESS))
        row = line.records.order(ORDER)
    marked = row is not None and row.state == OrderState.CLOSED_UNBALANCED
    return _all_refused(ground, why, unless(marked, problem("The order is not marked.")))


def _doubt(ground: Ground) -> Finding:
    """Nothing goes on past a label of which nobody knows what became."""
    with trial(ground) as line:
        line.bench.order("lost", at=1)
        line.put(ORDER, serialised(ORDER, quantity=1))
        seen = line.stopped()
        number, _ = seen.in_doubt[0]
        alone = Settle(ORDER, number, LabelState.NOT_PRINTED, "OQ", witness=OPERATOR)
        why = [
            line.why_not(Resume("OQ", seen.stop)),
            line.why_not(alone, actor=OPERATOR),
            line.why_not(Reprint(ORDER, number, "OQ", WITNESS)),
        ]
        issued = len(line.labels(ORDER))
        line.settle(line.snapshot)
        line.resume()
        line.finished(ORDER)
        serials = [each.serial for each in line.labels(ORDER)]
    return _all_refused(
        ground, why,
        (
            *unless(issued == 1, problem("{count} labels were issued.", count=issued)),
            *unless(
                len(set(serials)) == len(serials),
                problem("A serial stands on two labels: {serials}.", serials=", ".join(serials)),
            ),
        ),
    )  # fmt: skip


def _all_refused(
    ground: Ground, why: Iterable[tuple[Problem, ...]], wrong: Iterable[Problem] = ()
) -> Finding:
    """What was asked for, one after the other, and every time why it was refused."""
    found = tuple(why)
    done = sum(not each for each in found)
    return tried(
        ground,
        (
            *unless(not done, problem("{count} things were done that had to be refused.",
                                      count=done)),
            *wrong,
        ),
        *(each[0] for each in found if each),
    )  # fmt: skip


def _hostile(ground: Ground) -> Finding:
    """Printer commands where a name should be: refused, or printed as text on a label like any
    other, and nothing more comes out of the printer.
    """
    with trial(ground) as line:
        line.put("OQ-X", serialised("OQ-X", quantity=1, start="1^XZ~JR^XA"))
        why = line.refusal()
        line.put(ORDER, serialised(ORDER, quantity=1))
        line.finished(ORDER)
        printed = line.bench.printer.printed
    return tried(
        ground,
        unless(printed == 1, problem("{count} labels came out of the printer.", count=printed)),
        *why,
    )


CHECKS: tuple[Check[Ground], ...] = (
    Check(
        "OQ-61", (Need.APPROVED,),
        problem("Give an order whose design nobody has approved."),
        problem("It is refused."),
        _refused(lambda: "", approved=()),
    ),
    Check(
        "OQ-62", (Need.APPROVED, Need.UNCHANGED),
        problem("Change a design after it was approved, in the middle of an order."),
        problem("The order does not go on, and a new one is refused."),
        _design_changed,
    ),
    Check(
        "OQ-63", (Need.SERIALS,),
        problem("Give an order with serials that were printed already."),
        problem("It is refused."),
        _refused(lambda: serialised("OQ-X", quantity=1, start="900001")),
    ),
    Check(
        "OQ-64", (Need.SERIALS, Need.STEPS),
        problem("Give another order with the number of one that there is."),
        problem("It is refused."),
        _refused(lambda: serialised("OQ-0", quantity=2, start="700001")),
    ),
    Check(
        "OQ-65", (Need.CODES, Need.ONE_SOURCE),
        problem("Give an order with a field nobody knows and a product that there is not."),
        problem("It is refused."),
        _refused(
            lambda: serialised("OQ-X").replace("HAS-MHB-HC", "NO-SUCH-PRODUCT") + "colour: red\n"
        ),
    ),
    Check(
        "OQ-66", (Need.NO_COMMANDS,),
        problem("Give an order whose serial begins with commands of the printer."),
        problem("It is refused, and nothing but the next good label comes out of the printer."),
        _hostile,
    ),
    Check(
        "OQ-67", (Need.IN_DOUBT, Need.TWO_PEOPLE, Need.NOT_TWICE, Need.REPRINT),
        problem("Lose a label; resume, settle it alone, and have its serial printed once more."),
        problem("All three are refused; settled by two, the order goes on with another serial."),
        _doubt,
    ),
    Check(
        "OQ-68", (Need.RECONCILED, Need.TWO_PEOPLE, Need.NONCONFORMANCE),
        problem(
            "Close an order that does not balance: alone, with oneself as witness, without a why."
        ),
        problem("All three are refused; two people who say why close it, and it stays marked."),
        _unbalanced,
    ),
    Check(
        "OQ-69", (Need.STEPS, Need.RECONCILED),
        problem("Change a closed order: settle a label of it, close it again, end it."),
        problem("All of it is refused."),
        _closed,
    ),
)  # fmt: skip
