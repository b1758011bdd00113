r"""The balance of an order: every issued label is accounted for, once; every serial, by name.

>>> balance = reconcile({LabelState.RELEASED: 24, LabelState.REJECTED: 2}, quantity=24)
>>> balance.balanced, balance.issued, balance.short
(True, 26, 0)
>>> reconcile({LabelState.RELEASED: 23, LabelState.IN_DOUBT: 1}, quantity=24).open
1

Counts show an order on the way. It is closed on its sheet, which looks at each label: two wrongs
of opposite sign balance in counts, never on the sheet.

>>> lines = (Line(1, "A1", LabelState.RELEASED), Line(2, "A1", LabelState.RELEASED))
>>> print(*reckon(lines, quantity=2, used=Used()).differences, sep="\n")
Serial A1 is on 2 good labels: 1, 2.
Label 2 carries serial A1 again, and nobody authorised it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from station.core.problem import Problem, problem
from station.core.state import OPEN, LabelState

MOST_DIFFERENCES = 100
"""Named one by one on a sheet."""


class Stock(StrEnum):
    """Label stock that went through the printer without becoming a label of the order."""

    ROLL_START = "roll start"
    ROLL_END = "roll end"
    BLANK = "blank"
    TEST = "test print"
    CHALLENGE = "challenge specimen"


_PRINTED = {Stock.TEST, Stock.CHALLENGE}
"""Stock with ink on it: the odometer moves for certain."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    quantity: int
    """Good labels wanted."""

    issued: int
    accepted: int
    """Judged good, through the gate or not yet."""

    released: int
    samples: int
    """Judged good and kept back."""

    rejected: int
    """In the reject bin, or voided since."""

    voided: int
    """Labels that people declared destroyed or not printed."""

    in_doubt: int
    """Not yet settled by a person."""

    @property
    def open(self) -> int:
        """Labels that still wait for somebody: in doubt, issued only, or not through the gate."""
        return self.issued - self.released - self.samples - self.rejected - self.voided

    @property
    def short(self) -> int:
        return max(0, self.quantity - self.accepted)

    @property
    def balanced(self) -> bool:
        """Issued = released + samples + rejected + voided, and nothing is open."""
        return self.open == 0


def reconcile(counts: Mapping[LabelState, int], *, quantity: int) -> Reconciliation:
    def of(*states: LabelState) -> int:
        return sum(counts.get(state, 0) for state in states)

    never = of(LabelState.PLANNED, LabelState.UNUSED)
    return Reconciliation(
        quantity=quantity,
        issued=sum(counts.values()) - never,
        accepted=of(LabelState.ACCEPTED, LabelState.RELEASED),
        released=of(LabelState.RELEASED),
        samples=of(LabelState.SAMPLE),
        rejected=of(LabelState.REJECTED, LabelState.VOIDED),
        voided=of(LabelState.DESTROYED, LabelState.NOT_PRINTED),
        in_doubt=of(LabelState.IN_DOUBT),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One label on the sheet."""

    number: int
    serial: str
    state: LabelState
    doubted: bool = False
    """It was in doubt before; the printer may have counted it or not."""

    reprint_of: int = 0
    """The label whose serial it carries again; 0 for a first print."""

    authorised: bool = False
    """Two people asked for that reprint."""


@dataclass(frozen=True, slots=True)
class Used:
    """What the printer and the people say that went through it from start to end."""

    odometer: tuple[int | None, int | None] = (None, None)
    """Labels that ever left the head, at the start and at the end; None where it has no answer."""

    stock: Mapping[Stock, int] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    balance: Reconciliation
    states: Mapping[LabelState, int]
    stock: Mapping[Stock, int]
    odometer: tuple[int | None, int | None]
    expected: tuple[int, int]
    """Least and most labels the odometer may have counted."""

    differences: tuple[Problem, ...]

    @property
    def counted(self) -> int | None:
        """Labels that left the head from start to end; None where nobody counted."""
        start, end = self.odometer
        return None if start is None or end is None else end - start

    @property
    def balanced(self) -> bool:
        return not self.differences


def reckon(lines: Iterable[Line], *, quantity: int, used: Used) -> Sheet:
    """The sheet of an order, from each of its labels."""
    labels = tuple(lines)
    states = Counter(each.state for each in labels)
    stock = {kind: n for kind, n in (used.stock or {}).items() if n}
    sheet = Sheet(
        balance=reconcile(states, quantity=quantity),
        states=states,
        stock=stock,
        odometer=used.odometer,
        expected=_expected(labels, stock),
        differences=(),
    )
    found = tuple(_differences(labels, sheet))
    return Sheet(
        sheet.balance,
        sheet.states,
        sheet.stock,
        sheet.odometer,
        sheet.expected,
        found[:MOST_DIFFERENCES],
    )


def _expected(labels: Iterable[Line], stock: Mapping[Stock, int]) -> tuple[int, int]:
    """Printers count what they print. What else moves the counter is told by nobody for sure:

    a blank that was fed; a label cut by the end of the paper, which is in doubt and then destroyed.
    """
    printed = [each for each in labels if each.state != LabelState.NOT_PRINTED]
    unsure = sum(each.doubted and each.state == LabelState.DESTROYED for each in printed)
    specimens = sum(n for kind, n in stock.items() if kind in _PRINTED)
    return len(printed) - unsure + specimens, len(printed) + sum(stock.values())


def _differences(labels: tuple[Line, ...], sheet: Sheet) -> Iterator[Problem]:
    for place, each in enumerate(labels, start=1):
        if each.number != place:
            yield problem(
                "Label {number} stands where label {place} belongs.",
                number=each.number,
                place=place,
            )
            break
    for each in labels:
        if each.state in OPEN:
            yield problem("Label {number} is open: {state}.", number=each.number, state=each.state)
    yield from _serials(labels)
    yield from _odometer(sheet)


def _serials(labels: tuple[Line, ...]) -> Iterator[Problem]:
    good: dict[str, list[int]] = {}
    seen: set[str] = set()
    again: list[Problem] = []
    for each in labels:
        if not each.serial:
            continue
        if each.state in {LabelState.ACCEPTED, LabelState.RELEASED, LabelState.SAMPLE}:
            good.setdefault(each.serial, []).append(each.number)
        if each.serial in seen and not each.authorised:
            again.append(
                problem(
                    "Label {number} carries serial {serial} again, and nobody authorised it.",
                    number=each.number,
                    serial=each.serial,
                )
            )
        seen.add(each.serial)
    for serial, numbers in good.items():
        if len(numbers) > 1:
            yield problem(
                "Serial {serial} is on {count} good labels: {numbers}.",
                serial=serial,
                count=len(numbers),
                numbers=", ".join(map(str, numbers)),
            )
    yield from again


def _odometer(sheet: Sheet) -> Iterator[Problem]:
    start, end = sheet.odometer
    if start is None and end is None:
        return
    if start is None or end is None or end < start:
        yield problem(
            "The printer's odometer proves nothing: {start} at the start, {end} at the end.",
            start="no answer" if start is None else start,
            end="no answer" if end is None else end,
        )
        return
    least, most = sheet.expected
    if not least <= end - start <= most:
        yield problem(
            "The printer counted {got} labels, expected {expected}.",
            got=end - start,
            expected=str(least) if least == most else f"{least}–{most}",
        )
