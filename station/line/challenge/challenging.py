"""The interlock as the daemon sees it: there may be none, and then nothing is ever due."""

from drivers.interface import DriverError
from station.core.events import Event, OrderHeld
from station.core.problem import Problem, Refused, problem
from station.core.state import OrderState
from station.line.board import Challenge, Progress
from station.line.challenge.interlock import Interlock
from station.records.query import OrderRow


class Challenging:
    def __init__(self, interlock: Interlock | None) -> None:
        self._interlock = interlock

    @property
    def active(self) -> bool:
        """A challenge is under way."""
        return self._interlock is not None and self._interlock.active

    @property
    def progress(self) -> Progress | None:
        return self._interlock.progress if self._interlock else None

    def due(self, row: OrderRow | None) -> Problem | None:
        """Why an order on hold may not go on before a challenge is passed; None if it may."""
        if self._interlock is None or row is None or row.state != OrderState.HELD:
            return None
        return self._interlock.due(row)

    def holding(self, row: OrderRow | None, *, finishing: bool = False) -> tuple[OrderHeld, ...]:
        """What stops the order now; empty where nothing does."""
        return self._interlock.holding(row, finishing=finishing) if self._interlock and row else ()

    def ending(self, row: OrderRow) -> tuple[Event, ...]:
        """What follows from ending an order now."""
        return self._interlock.ending(row) if self._interlock else ()

    def recover(self) -> tuple[Event, ...]:
        """What has to be recorded after a restart."""
        return self._interlock.recover() if self._interlock else ()

    def check(self, row: OrderRow | None) -> None:
        """Raises Refused where the order may not go on."""
        if self._interlock and row:
            self._interlock.check(row)

    def check_idle(self) -> None:
        """Raises Refused while a challenge is under way."""
        if self._interlock:
            self._interlock.check_idle()

    def begin(
        self,
        request: Challenge,
        row: OrderRow | None,
        *,
        version: str,
        configuration: str,
        actor: str,
    ) -> None:
        """Raises Refused."""
        if self._interlock is None:
            raise Refused(problem("This station makes no challenges."))
        if row is None or row.order.id != request.order:
            raise Refused(problem("Order {order!r} is not at the line.", order=request.order[:60]))
        try:
            self._interlock.begin(
                row,
                request.families or None,
                version=version,
                configuration=configuration,
                actor=actor,
            )
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None

    def turn(self, *, by_hand: bool) -> bool:
        """Make the next specimen; whether anything was done."""
        assert self._interlock, "a challenge is under way"
        return self._interlock.turn(by_hand=by_hand)

    def interrupt(self, reason: str, *, actor: str) -> None:
        """Raises Refused where none is under way."""
        if self._interlock is None:
            raise Refused(problem("No challenge is under way."))
        self._interlock.interrupt(reason, actor=actor)
