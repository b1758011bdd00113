"""What the line shows: the last label, and how things stand, published as one snapshot."""

from collections.abc import Callable

from station.artwork.picture import expected_picture, to_png
from station.core.problem import Problem
from station.core.state import LabelState, OrderState
from station.line.board import Board, Called, FaultShown, LabelSeen, Mode, Snapshot
from station.line.challenge.challenging import Challenging
from station.line.job import Label
from station.line.steps import Steps
from station.line.verdicts import Outcome
from station.records.query import OrderRow, Records

_FOR_PEOPLE = {LabelState.IN_DOUBT, LabelState.ACCEPTED}
"""Labels that only a person can close, once the line stands still."""


class Showing:
    def __init__(
        self,
        board: Board,
        records: Records,
        *,
        scanned: bool,
        notice: Callable[[], Problem | None],
        unproven: Callable[[], Problem | None] = lambda: None,
        challenging: Challenging,
        steps: Steps,
    ) -> None:
        """`scanned`: a person has to act on each label, so it is shown before its verdict too.

        `notice` gives what people should see to soon, `unproven` why the scanner is not believed,
        `challenging` how things stand with the challenge, `steps` how far an order is.
        """
        self._board = board
        self._records = records
        self._scanned = scanned
        self._notice = notice
        self._unproven = unproven
        self._challenging = challenging
        self._steps = steps
        self._seen: LabelSeen | None = None
        self._rejected: LabelSeen | None = None
        self._expected = self._picture = b""
        self.refused: tuple[str, Problem] | None = None
        """(file or order, first reason) of what was refused last."""

        self.called: Called | None = None

    def show(self, order: str, label: Label, outcome: Outcome) -> None:
        """Take in one label; it is seen with the next publication."""
        same_order = self._seen is not None and self._seen.order == order
        if outcome.state == LabelState.ISSUED and same_order and not self._scanned:
            return  # the verdict before stays in view until the next one
        self._expected = to_png(expected_picture(label.artwork))
        self._picture = outcome.picture
        self._seen = LabelSeen(
            order=order,
            number=label.number,
            serial=label.serial,
            hri=label.elements.hri(),
            state=outcome.state,
            reasons=outcome.reasons,
        )
        if outcome.state == LabelState.REJECTED:
            self._rejected = self._seen
        elif not same_order:
            self._rejected = None

    def draw(self, label: Label) -> bytes:
        """Show a label as it should be, before it is printed; returns its picture (PNG)."""
        self._expected = to_png(expected_picture(label.artwork))
        self._picture = b""
        return self._expected

    def publish(self, *, stop: int, occupied: bool) -> None:
        current, fault = self._records.current(), self._records.fault()
        waiting = self._for_people(current)
        shown = current or self._last_order()
        self._board.publish(
            Snapshot(
                mode=_mode(current, faulty=fault is not None),
                order=shown,
                waiting=tuple(each.order.id for each in self._records.waiting()),
                label=self._seen,
                rejected=self._rejected,
                fault=FaultShown(fault.device, fault.conditions, fault.detail) if fault else None,
                in_doubt=tuple((number, serial) for number, serial, _ in waiting),
                unreleased=tuple(
                    number for number, _, state in waiting if state == LabelState.ACCEPTED
                ),
                stop=stop,
                occupied=occupied,
                refused=self.refused,
                notice=self._notice(),
                unproven=self._unproven(),
                challenge=self._challenging.due(current),
                challenging=self._challenging.progress,
                steps=self._steps.shown(shown),
                step=self._steps.next(current),
                called=self.called,
                expected=self._expected,
                picture=self._picture,
            )
        )

    def _for_people(self, current: OrderRow | None) -> tuple[tuple[int, str, LabelState], ...]:
        if current is None or current.balance.open == 0:
            return ()
        return tuple(
            (each.number, each.serial, each.state)
            for each in self._records.open_labels(current.order.id)
            if each.state in _FOR_PEOPLE
        )

    def _last_order(self) -> OrderRow | None:
        """After the last label its order stays in view."""
        return self._records.order(self._seen.order) if self._seen else None


def _mode(current: OrderRow | None, *, faulty: bool) -> Mode:
    if faulty:
        return Mode.FAULT
    if current is None:
        return Mode.IDLE
    return Mode.RUNNING if current.state == OrderState.RUNNING else Mode.HELD
