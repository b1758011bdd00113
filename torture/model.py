"""Any number of deaths, in any order: a state machine of hypothesis around the real station.

Daemon, cycle, desk, journal, pictures and inbox are those of the product; only the devices are
played (see memory.py). Orders, mishaps, people and deaths come as hypothesis likes. After every
rule the journal is held against the World, and in the end every order must have come to its end
and be closed: nobody is left in a dead end.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from station.core.events import Outcome
from station.core.problem import Refused
from station.core.state import LabelState
from station.line.board import End, Hold, Resume
from torture.crew import Crew
from torture.deaths import ends, sweep
from torture.memory import Crash, Mishap, World
from torture.result import Result
from torture.rig import ORDERS, Rig, drop, quiet
from torture.truth import Invariant, said, violations

LOST = "an order that was handed in is not in the records"
TOO_EARLY = "the station went on although a label was in doubt"
MIXED_UP = "one label was judged by reading another"
NAMES = "ABC"
"""Of the orders in one example."""


class BrokenError(AssertionError):
    """An invariant does not hold."""

    def __init__(self, *found: str) -> None:
        super().__init__("\n".join(found))
        self.found = found


deaths = st.none() | st.integers(min_value=0, max_value=18)
"""Points that are survived; most of them lie within one label."""

mishaps = st.none() | st.sampled_from(Mishap)


taken_out: st.SearchStrategy[Outcome] = st.sampled_from((LabelState.DESTROYED, LabelState.SAMPLE))


def _alive(line: "Line") -> bool:
    return line.crew is not None


def _in_doubt(line: "Line") -> bool:
    return line.crew is not None and bool(line.crew.rig.in_doubt)


def _running(line: "Line") -> bool:
    return line.crew is not None and line.crew.rig.running


def _waits_for_a_person(line: "Line") -> bool:
    return _alive(line) and not _in_doubt(line) and not _running(line)


class Line(RuleBasedStateMachine):
    """Everything that can happen to one station, its machine and its people."""

    died: ClassVar[int] = 0
    """Deaths in all examples so far."""

    def __init__(self) -> None:
        super().__init__()
        self._temporary = tempfile.TemporaryDirectory()
        self._folder = Path(self._temporary.name)
        self._world = World()
        self._broken = False
        self.orders: list[str] = []
        self.crew: Crew | None = None
        """None while the station is not running."""
        self._hand_in(kind=0, quantity=4)
        self._do(None, lambda crew: crew.rig.run(2))

    # -- what can happen --

    @rule(labels=st.integers(1, 3), mishap=mishaps, death=deaths)
    def print_labels(self, labels: int, mishap: Mishap | None, death: int | None) -> None:
        """Whatever stands in the way is put right first."""
        self._do(None, lambda crew: crew.put_right())
        self._world.mishap = mishap
        self._do(death, lambda crew: crew.rig.run(labels))

    @precondition(lambda line: len(line.orders) < len(NAMES))
    @rule(kind=st.integers(0, len(ORDERS) - 1), quantity=st.integers(1, 4), death=deaths)
    def hand_in_an_order(self, kind: int, quantity: int, death: int | None) -> None:
        self._hand_in(kind=kind, quantity=quantity)
        self._do(death, lambda crew: crew.rig.run(2))

    @precondition(_running)
    @rule(death=deaths)
    def hold(self, death: int | None) -> None:
        self._do(death, lambda crew: crew.rig.ask(Hold("a break")))

    @precondition(_in_doubt)
    @rule(death=deaths)
    def settle(self, death: int | None) -> None:
        self._do(death, lambda crew: crew.settle(crew.rig.in_doubt[0]))

    @precondition(_in_doubt)
    @rule(mishap=mishaps, death=deaths)
    def look_at_what_is_in_doubt(self, mishap: Mishap | None, death: int | None) -> None:
        self._world.mishap = mishap
        self._do(death, lambda crew: crew.look(crew.rig.in_doubt[0]))

    @precondition(_in_doubt)
    @rule()
    def look_at_another_label(self) -> None:
        before = self._up().rig.in_doubt
        self._world.mishap = None
        self._do(None, lambda crew: crew.mix_up(before[0]))
        if self._up().rig.in_doubt != before:
            self._check(f"{MIXED_UP}: {before}")

    @precondition(_in_doubt)
    @rule()
    def resume_too_early(self) -> None:
        stop = self._up().rig.stop_seen
        self._do(None, lambda crew: crew.rig.ask(Resume("impatience", stop)))
        if not self._up().rig.stop_seen:
            self._check(TOO_EARLY)

    @precondition(_waits_for_a_person)
    @rule(mishap=mishaps, death=deaths)
    def resume(self, mishap: Mishap | None, death: int | None) -> None:
        self._world.mishap = mishap
        self._do(death, lambda crew: crew.resume())

    @precondition(_waits_for_a_person)
    @rule(death=deaths)
    def print_again(self, death: int | None) -> None:
        self._do(death, lambda crew: crew.print_again())

    @precondition(_waits_for_a_person)
    @rule(death=deaths)
    def scan_into_the_scrap(self, death: int | None) -> None:
        for label in self._up().labels(LabelState.REJECTED)[:1]:
            self._do(death, partial(Crew.scan_into_scrap, number=label.number))

    @precondition(_alive)
    @rule(outcome=taken_out, death=deaths)
    def take_one_out(self, outcome: Outcome, death: int | None) -> None:
        for label in self._up().labels(LabelState.RELEASED)[:1]:
            self._do(death, partial(Crew.take_out, number=label.number, outcome=outcome))

    @precondition(_waits_for_a_person)
    @rule(death=deaths)
    def end_the_order(self, death: int | None) -> None:
        row = self._up().rig.at_line
        if row:
            end = End(row.order.id, "no more")
            self._do(death, lambda crew: crew.rig.ask(end))

    @precondition(_alive)
    @rule(death=deaths)
    def close_what_is_over(self, death: int | None) -> None:
        self._do(death, lambda crew: crew.close())

    @precondition(_alive)
    @rule(politely=st.booleans(), death=deaths)
    def start_again(self, politely: bool, death: int | None) -> None:  # noqa: FBT001 - a choice of hypothesis
        self._do(None, lambda crew: crew.rig.stop() if politely else crew.rig.kill())
        self.crew = None
        self._do(death, lambda _: None)

    # -- what must hold --

    @invariant()
    def everything_is_accounted_for(self) -> None:
        self._check(*violations(self._folder, self._world.truth))

    def teardown(self) -> None:
        """However it stands, people can bring it to its end."""
        try:
            if not self._broken:
                self._bring_to_the_end()
        finally:
            if self.crew:
                self.crew.rig.kill()
            self._temporary.cleanup()

    def _bring_to_the_end(self) -> None:
        self._world.mishap = None
        rig = self._up().rig
        self._check(*ends(rig, self._world))
        missing = [each for each in self.orders if rig.records.order(each) is None]
        self._check(*(f"{LOST}: {each}" for each in missing))
        self.everything_is_accounted_for()

    # -- how it happens --

    def _hand_in(self, *, kind: int, quantity: int) -> None:
        name = NAMES[len(self.orders)]
        self.orders.append(name)
        drop(self._folder, name, kind=kind, quantity=quantity)

    def _up(self) -> Crew:
        """The station and its people; started again if it is dead."""
        if self.crew is None:
            try:
                self.crew = Crew(Rig(self._folder, self._world), self._world)
            except Refused as refused:
                self._check(said(Invariant.READABLE, str(refused)))
                raise
        return self.crew

    def _do(self, death: int | None, action: Callable[[Crew], object]) -> None:
        """Die after so many points, if the action has so many. What is refused is not done."""
        self._world.crash_after = death
        try:
            crew = self._up()
            with suppress(Refused):
                action(crew)
        except Crash:
            type(self).died += 1
            self.crew = None
        finally:
            self._world.crash_after = None

    def _check(self, *found: str) -> None:
        if found:
            self._broken = True
            raise BrokenError(*found)


def explore(*, long: bool) -> tuple[str, ...]:
    """Let hypothesis play with the Line; what it broke."""
    try:
        run_state_machine_as_test(Line, settings=play(long=long))
    except BrokenError as broken:
        return broken.found
    return ()


def play(*, long: bool) -> settings:
    """The short form plays the same games every time, the long form new ones."""
    return settings(
        max_examples=2000 if long else 25,
        stateful_step_count=40 if long else 20,
        derandomize=not long,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
    )


def run(*, long: bool) -> Result:
    """Sweep and play. Shorter than 30 s on two cores in the short form, minutes in the long one."""
    before = Line.died
    with quiet():
        swept = sweep(every=1 if long else 19)
        others = sweep(every=3 if long else 61, kinds=(1, 2, 3))
        played = explore(long=long)
    points = swept.points + others.points + Line.died - before
    return Result("model", points, (*swept.found, *others.found, *played))
