"""The operator of the tortured station: honest, quick, and always at the line.

Of a label that waits for a person only that is said which the world shows: through the gate, or
lying somewhere (it is laid before the reader again, or destroyed), or nowhere at all once the
printer is done. A serial is printed again when its label is surely gone, where the order wants
that. Before the line is resumed the machine is mended and the place before the reader is emptied;
at the end every order is closed, and it has to balance.
"""

from collections.abc import Callable
from concurrent.futures import Future

from station.core.problem import Refused, problem
from station.core.state import LabelState, OrderState
from station.line.board import (
    Board,
    Close,
    Hold,
    Look,
    Mode,
    Reprint,
    Request,
    Resume,
    Settle,
    Snapshot,
    Start,
)
from station.records.query import LabelRow, OrderRow, Records
from torture.line import Line
from torture.world import Place

PATIENCE = 25
"""So many requests refused in a row, and the person gives up."""

NAME, WITNESS = "operator", "supervisor"


class GaveUp(Refused):
    """The line cannot be brought to go on."""


class Person:
    def __init__(
        self, board: Board, line: Line, records: Records, *, done: Callable[[], bool]
    ) -> None:
        """`records` are those of the station's own thread. `done`: nothing lies in the inbox."""
        self._board = board
        self._line = line
        self._records = records
        self._done = done
        self._asked: tuple[Request, Future[None]] | None = None
        self._refused = 0
        self._unreadable: set[tuple[str, int]] = set()
        self._unbalanced: set[str] = set()

    def act(self) -> bool:
        """Called once a turn by the station's own thread: look, and ask for one thing at most.

        False when the work is done.
        """
        self._hear()
        if self._asked:
            return True
        snapshot = self._board.snapshot
        if snapshot.mode in {Mode.HELD, Mode.FAULT}:
            self._ask(self._next_step(snapshot))
        elif snapshot.mode == Mode.IDLE and snapshot.waiting:
            if snapshot.refused and snapshot.refused[0] in snapshot.waiting:
                self._ask(Start(snapshot.refused[0]))  # it did not start by itself
        elif snapshot.mode == Mode.IDLE and self._done():
            finished = self._finished()
            # A request of any kind wakes the station, which waits for one.
            self._ask(self._closing(finished) if finished else Hold("the work is done"))
            return bool(finished)
        return True

    # -- asking --------------------------------------------------------------------------------

    def _ask(self, request: Request) -> None:
        self._asked = (request, self._board.ask(request, actor=NAME))

    def _hear(self) -> None:
        if self._asked is None or not self._asked[1].done():
            return
        request, answer = self._asked
        self._asked = None
        refused = answer.exception()
        self._refused = self._refused + 1 if refused else 0
        if self._refused >= PATIENCE:
            raise GaveUp(problem("The line cannot go on: {why}", why=str(refused)))
        match request:
            case Look(order, number) if refused:
                self._unreadable.add((order, number))
            case Close(order) if refused:
                self._check_surplus(refused)
                self._unbalanced.add(order)

    def _check_surplus(self, refused: BaseException) -> None:
        """Only labels that the printer made by itself are a reason to close without balance."""
        if not self._line.ask("twins")["places"]:
            raise GaveUp(problem("An order does not balance: {why}", why=str(refused)))

    # -- what is to be done --------------------------------------------------------------------

    def _next_step(self, snapshot: Snapshot) -> Request:
        row = self._records.current()
        self._line.ask("mend")  # what the printer still keeps comes out now, or never
        if row and snapshot.in_doubt:
            label = self._records.label(row.order.id, snapshot.in_doubt[0][0])
            assert label is not None, "it waits for a person"
            return self._account_for(row, label)
        lacking = self._records.lacking(row.order.id) if row and row.order.reprint == "same" else ()
        if row and lacking:
            return self._replace(row, lacking[0])
        self._line.ask("take-away")
        return Resume("the line is clear", snapshot.stop)

    def _account_for(self, row: OrderRow, label: LabelRow) -> Request:
        """A label in doubt, or accepted and perhaps not released."""
        order, number = row.order.id, label.number
        places = self._places(order, label)
        if label.state == LabelState.ACCEPTED and Place.PASSED in places:
            return Settle(order, number, LabelState.RELEASED, "it is through", WITNESS)
        if label.state == LabelState.IN_DOUBT and not places:
            return Settle(order, number, LabelState.NOT_PRINTED, "it is nowhere", WITNESS)
        if self._worth_a_look(order, label, places):
            self._line.ask("lay", serial=label.serial)
            return Look(order, number)
        self._line.ask("destroy", serial=label.serial)
        return Settle(order, number, LabelState.DESTROYED, "torn up", WITNESS)

    def _worth_a_look(self, order: str, label: LabelRow, places: tuple[Place, ...]) -> bool:
        """Every other one is read once more, so that both ways are gone."""
        return (
            label.state == LabelState.IN_DOUBT
            and label.number % 2 == 0
            and len(places) == 1
            and places[0] in {Place.VIEW, Place.BIN}
            and (order, label.number) not in self._unreadable
        )

    def _places(self, order: str, label: LabelRow) -> tuple[Place, ...]:
        """Where the paper of this label lies: earlier labels of its serial came out before it."""
        earlier = sum(
            each.serial == label.serial
            and each.number < label.number
            and each.state != LabelState.NOT_PRINTED
            for each in self._records.labels(order)
        )
        return self._line.where(label.serial)[earlier:]

    def _replace(self, row: OrderRow, label: LabelRow) -> Request:
        """A serial that has no good label: its last one is voided, then printed once more."""
        if label.state == LabelState.REJECTED:
            self._line.ask("destroy", serial=label.serial)
            return Settle(row.order.id, label.number, LabelState.VOIDED, "torn up", WITNESS)
        return Reprint(row.order.id, label.number, "its label is gone", WITNESS)

    def _finished(self) -> tuple[OrderRow, ...]:
        return tuple(each for each in self._records.orders() if each.state == OrderState.FINISHED)

    def _closing(self, finished: tuple[OrderRow, ...]) -> Close:
        order = finished[0].order.id
        if order in self._unbalanced:
            return Close(order, "the printer made a label by itself", WITNESS)
        return Close(order)
