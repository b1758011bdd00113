"""The people around a rig: honest, and never in doubt about what they can look up in the World.

What they say is what a search of the line would find. They repair what is broken, clear the line,
settle what is open, let serials that are engraved be printed again, and close what is over. Every
method raises Crash when the station dies of it.
"""

from collections import Counter

from station.core.events import Outcome
from station.core.problem import Refused
from station.core.state import LabelState, OrderState
from station.line.board import Close, Look, Reprint, Resume, Settle, Start
from station.records.query import LabelRow
from torture.memory import World
from torture.rig import Rig

ENOUGH = 60
"""Turns in which any order of the harness comes to its end."""

WITNESS = "supervisor"

OVER = (OrderState.FINISHED, OrderState.ENDED)


class Crew:
    def __init__(self, rig: Rig, world: World) -> None:
        self.rig = rig
        self._world = world

    # -- one label -------------------------------------------------------------------------

    def settle(self, number: int) -> None:
        """Look where the label is, say so, and clear it away."""
        outcome = self._became(number)
        self._world.clear()
        self._say(number, outcome)

    def look(self, number: int) -> None:
        """What lies on the belt is read as that label. Raises Refused."""
        self.rig.ask(Look(self._order, number))

    def scan_into_scrap(self, number: int) -> None:
        """A rejected label is laid before the reader once more, and is gone. Raises Refused."""
        label = self._label(number)
        thrown = next(each for each in self._world.scrap if each.label.serial == label.serial)
        self._world.belt.append(thrown)
        try:
            self.look(number)
            self._world.scrap.remove(thrown)
        finally:
            self._world.clear()

    def mix_up(self, number: int) -> None:
        """Lay another label before the reader, if there is one in the scrap. Raises Refused."""
        world, serial = self._world, self._label(number).serial
        others = [each for each in world.scrap if serial and each.label.serial != serial]
        before = list(world.belt)
        if others:
            world.belt[:] = others[:1]
            try:
                self.look(number)
            finally:
                world.belt[:] = before

    def take_out(self, number: int, outcome: Outcome) -> None:
        """A label that has passed is destroyed or kept as a sample."""
        serial = self._label(number).serial
        self._say(number, outcome)
        self._world.taken_back.append(serial)

    # -- the line --------------------------------------------------------------------------

    def resume(self) -> None:
        """Repair what is broken, clear the line, and let it go on."""
        self._world.paper_out = False
        self._world.clear()
        self.rig.ask(Resume("repaired", self.rig.stop_seen))

    def put_right(self) -> None:
        """Settle what is in doubt, say what is printed again, and let the line go on."""
        while self.rig.in_doubt:
            self.settle(self.rig.in_doubt[0])
        if self.rig.stop_seen:
            self.print_again()
            self.resume()

    def print_again(self) -> None:
        """Serials that are engraved get another label for each that surely is gone."""
        row = self.rig.at_line
        if row is None or row.order.reprint != "same":
            return
        for label in self.rig.records.lacking(row.order.id):
            if label.state == LabelState.REJECTED:
                self._say(label.number, LabelState.VOIDED)
            self.rig.ask(Reprint(row.order.id, label.number, "engraved", WITNESS))

    def step(self) -> None:
        """The next thing to do, by whoever has to do it."""
        if self.rig.stop_seen:
            self.put_right()
        elif self.rig.at_line is None:
            self.start()
        else:
            self.rig.run(1)

    def start(self) -> None:
        """An order that could not start by itself once is tried again only by hand."""
        waiting = [each.order.id for each in self.rig.records.waiting()]
        self.rig.run(1)
        if waiting and self.rig.at_line is None and not self.rig.stop_seen:
            self.rig.ask(Start(waiting[0]))

    def finish(self) -> bool:
        """Bring every order to its end. Whether that could be done."""
        self.rig.run(3)  # a file is taken at the second look; nobody hurries after a label
        for _ in range(ENOUGH):
            if self.rig.at_line is None and not self.rig.records.waiting():
                return True
            self.step()
        return False

    def close(self) -> dict[str, bool]:
        """Close every order that is over; whether it balanced."""
        over = [each.order.id for each in self.rig.records.orders() if each.state in OVER]
        return {order: self._closes(order) for order in over}

    def _closes(self, order: str) -> bool:
        try:
            self.rig.ask(Close(order))
        except Refused:
            self.rig.ask(Close(order, "looked for, not found", WITNESS))
            return False
        return True

    # -- what they know --------------------------------------------------------------------

    @property
    def _order(self) -> str:
        row = self.rig.at_line
        assert row is not None, "an order is at the line"
        return row.order.id

    def _say(self, number: int, outcome: Outcome) -> None:
        self.rig.ask(Settle(self._order, number, outcome, "seen", WITNESS))

    def _label(self, number: int) -> LabelRow:
        label = self.rig.records.label(self._order, number)
        assert label is not None, "the station has named it"
        return label

    def labels(self, *states: LabelState) -> tuple[LabelRow, ...]:
        """Of the order at the line."""
        row = self.rig.at_line
        labels = self.rig.records.labels(row.order.id) if row else ()
        return tuple(each for each in labels if each.state in states)

    def _became(self, number: int) -> Outcome:
        """Labels of one serial, or of none, are told apart by counting."""
        label, world = self._label(number), self._world
        others = self._states(label.serial)
        others[label.state] -= 1
        if label.state == LabelState.ACCEPTED:
            through = world.passed.count(label.serial) - world.taken_back.count(label.serial)
            passed = through > others[LabelState.RELEASED]
            return LabelState.RELEASED if passed else LabelState.DESTROYED
        on_paper = world.printed.count(label.serial) - world.doubled.count(label.serial)
        known = others.total() - others[LabelState.NOT_PRINTED]
        return LabelState.DESTROYED if on_paper > known else LabelState.NOT_PRINTED

    def _states(self, serial: str) -> Counter[LabelState]:
        """How many labels of this serial, in all orders, are in which state."""
        records = self.rig.records
        return Counter(
            label.state
            for row in records.orders()
            for label in tuple(records.labels(row.order.id))
            if label.serial == serial
        )
