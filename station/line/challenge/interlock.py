"""What the challenge means for the line: when it is due nothing is printed, and a miss holds more.

The rules are in `station.core.challenge`; here they are asked about the order at the line.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from station.core.challenge import Cause, Choice, Facts, Schedule, due, next_due, quarantined
from station.core.events import (
    ChallengeStarted,
    Event,
    FamilyLeftOut,
    LabelsQuarantined,
    OdometerRead,
    OrderHeld,
)
from station.core.problem import Problem, Refused, problem, refuse
from station.core.state import OrderState
from station.line.board import Progress
from station.line.challenge.kits import Kits
from station.line.challenge.run import Challenger
from station.records.challenges import Challenges
from station.records.journal import Journal
from station.records.query import OrderRow, Records

CAUSE = "challenge"
"""Why an order is on hold while one is due."""

WHY: Mapping[Cause, Problem] = {
    Cause.MISSED: problem(
        "The last challenge was missed: a bad label was not rejected for the right reason. Call the"
        " supervisor. Nothing is printed before a challenge is passed."
    ),
    Cause.START: problem(
        "A challenge is due before the first label of this order. Press Make the challenge."
    ),
    Cause.TIME: problem(
        "A challenge is due: the last one was passed too long ago. Press Make the challenge."
    ),
    Cause.FAULT: problem(
        "A challenge is due, because the machine failed since the last one. Press Make the"
        " challenge."
    ),
    Cause.STOP: problem(
        "A challenge is due, because the line stood still for long. Press Make the challenge."
    ),
    Cause.END: problem(
        "A challenge is due after the last label of this order. Press Make the challenge."
    ),
}
"""What a person reads, and does."""


_AT_FIRST = {Cause.START, Cause.TIME}
"""What asks for a challenge at the beginning of an order; a miss or a fault never waits."""


class Interlock:
    def __init__(
        self,
        *,
        journal: Journal,
        records: Records,
        challenger: Challenger,
        kits: Kits,
        schedule: Schedule,
        now: Callable[[], datetime],
        odometer: Callable[[OrderRow], OdometerRead],
        schedule_of: Callable[[str, Schedule], Schedule] = lambda _, usual: usual,
        articles_first: Callable[[str], bool] = lambda _: False,
        check_turn: Callable[[str, bool], None] = lambda _order, _first: None,
    ) -> None:
        """`odometer` asks the printer; raises DriverError. `schedule_of(order, usual)` is what was
        settled for an order when it was started. `articles_first`: the first labels of an
        order are made before the challenge it begins with. `check_turn(order, first)` raises
        Refused where a challenge, the `first` of its order or a later one, comes too early.
        """
        self._journal = journal
        self._records = records
        self._history = Challenges(journal.db)
        self._challenger = challenger
        self._kits = kits
        self._schedule = schedule
        self._now = now
        self._odometer = odometer
        self._schedule_of = schedule_of
        self._articles_first = articles_first
        self._check_turn = check_turn

    @property
    def active(self) -> bool:
        """A challenge is under way."""
        return self._challenger.active

    @property
    def progress(self) -> Progress | None:
        return self._challenger.progress

    def due(self, row: OrderRow | None, *, finishing: bool = False) -> Problem | None:
        """Why nothing may be printed before a challenge is passed; None if it may."""
        causes = self._causes(row, finishing=finishing) if row else ()
        return WHY[causes[0]] if causes else None

    def next_due(self, row: OrderRow | None) -> datetime | None:
        """When the clock will ask for the next one."""
        return next_due(self._schedule, self._facts(row)) if row else None

    def check(self, row: OrderRow) -> None:
        """Raises Refused where the order may not go on."""
        self.check_idle()
        found = self.due(row)
        refuse((found,) if found else ())

    def check_idle(self) -> None:
        """Raises Refused while a challenge is under way."""
        if self.active:
            raise Refused(problem("A challenge is under way: wait until it has ended, or stop it."))

    def holding(self, row: OrderRow, *, finishing: bool = False) -> tuple[OrderHeld, ...]:
        """What stops the order now; empty where no challenge is due."""
        causes = self._causes(row, finishing=finishing)
        return (OrderHeld(order=row.order.id, cause=CAUSE),) if causes else ()

    def ending(self, row: OrderRow) -> tuple[LabelsQuarantined, ...]:
        """What it means that the order ends now, without the challenge that was to follow it."""
        if not self._scheduled(row).at_end:
            return ()
        passed = self._history.passed()
        since = passed[0] if passed else 0
        labels = self._history.made(since=since, order=row.order.id)
        return tuple(
            LabelsQuarantined(order=order, labels=stretches, cause="ended")
            for order, stretches in quarantined(labels, passed=since).items()
        )

    def begin(
        self, row: OrderRow, choice: Choice | None, *, version: str, configuration: str, actor: str
    ) -> None:
        """Start a challenge with the next label of an order on hold. Raises Refused, DriverError.

        Before the first label of an order its odometer is read: specimens count as well.
        """
        self._check_can_begin(row)
        self._check_turn(row.order.id, self._is_first(row))
        kit = self._kits.of(row, choice or self._schedule.families)
        if not kit.specimens:
            raise Refused(*(each.why for each in kit.left_out))
        before = () if row.balance.issued else (self._odometer(row),)
        assert row.recipe, "the order was started"
        started = ChallengeStarted(
            order=row.order.id,
            causes=self._causes(row),
            families=tuple(each.family.name for each in kit.specimens),
            left_out=tuple(
                FamilyLeftOut(family=each.family.name, why=each.why) for each in kit.left_out
            ),
            recipe=row.recipe.digest,
            version=version,
            configuration=configuration,
        )
        self._challenger.begin(started, kit, before=before, actor=actor)

    def turn(self, *, by_hand: bool) -> bool:
        """See Challenger."""
        return self._challenger.turn(by_hand=by_hand)

    def interrupt(self, reason: str, *, actor: str) -> None:
        """Raises Refused where none is under way."""
        if not self.active:
            raise Refused(problem("No challenge is under way."))
        self._challenger.interrupt(reason, actor=actor)

    def recover(self) -> tuple[Event, ...]:
        """What has to be recorded after a restart."""
        return self._challenger.recover()

    def _check_can_begin(self, row: OrderRow) -> None:
        self.check_idle()
        if self._records.fault():
            raise Refused(problem("The machine has a fault: clear it first."))
        if row.state != OrderState.HELD:
            raise Refused(problem("Put the line on hold first."))

    def _is_first(self, row: OrderRow) -> bool:
        """Nothing but the beginning of the order asks for it."""
        return set(self._all_causes(row)) <= _AT_FIRST and self._articles_first(row.order.id)

    def _causes(self, row: OrderRow, *, finishing: bool = False) -> tuple[Cause, ...]:
        """The first labels of an order may come before the challenge that it begins with."""
        found = self._all_causes(row, finishing=finishing)
        if found and set(found) <= _AT_FIRST and self._articles_first(row.order.id):
            return ()
        return found

    def _all_causes(self, row: OrderRow, *, finishing: bool = False) -> tuple[Cause, ...]:
        return due(self._scheduled(row), self._facts(row, finishing=finishing), now=self._now())

    def _scheduled(self, row: OrderRow) -> Schedule:
        return self._schedule_of(row.order.id, self._schedule)

    def _facts(self, row: OrderRow, *, finishing: bool = False) -> Facts:
        return self._history.facts(
            row.order.id,
            finishing=finishing or row.balance.accepted >= row.order.quantity,
            now=self._now(),
        )
