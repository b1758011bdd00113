"""Whenever the station dies, every label is still accounted for, and the line can go on."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test

from station.core.problem import Refused
from station.core.state import LabelState, OrderState
from station.line.board import Resume
from torture.crew import Crew
from torture.deaths import ends, sweep
from torture.memory import Crash, Mishap, World
from torture.model import Line, play
from torture.rig import ORDERS, Rig, drop
from torture.truth import violations


@pytest.fixture
def world() -> World:
    return World()


def begun(folder: Path, world: World, *, kind: int = 0, quantity: int = 1) -> Crew:
    drop(folder, "A", kind=kind, quantity=quantity)
    return Crew(Rig(folder, world), world)


def states(crew: Crew) -> list[LabelState]:
    return [each.state for each in crew.rig.records.labels("A")]


def test_nothing_is_lost_or_doubled_wherever_the_station_dies_once() -> None:
    tally = sweep(mishaps=(None,))
    assert not tally.found
    assert tally.points > 50


def test_nothing_is_lost_or_doubled_when_the_machine_fails_and_the_station_dies() -> None:
    assert not sweep(every=19, mishaps=tuple(Mishap)).found


@pytest.mark.parametrize("kind", range(1, len(ORDERS)))
def test_nothing_is_lost_or_doubled_in_any_kind_of_order(kind: int) -> None:
    assert not sweep(every=23, mishaps=(Mishap.SMUDGED, Mishap.DEAF), kinds=(kind,)).found


def test_nothing_is_lost_or_doubled_in_any_order_of_events() -> None:
    before = Line.died
    run_state_machine_as_test(Line, settings=play(long=False))
    assert Line.died > before, "somebody has to die in this"


def test_the_same_life_is_lived_every_time(tmp_path: Path) -> None:
    assert _points(tmp_path / "one") == _points(tmp_path / "two")


def _points(folder: Path) -> list[str]:
    names: list[str] = []
    crew = begun(folder, World(watch=names.append, mishap=Mishap.STRANGE), quantity=2)
    assert crew.finish()
    crew.rig.stop()
    return names


def test_a_crash_leaves_the_journal_to_the_next_process(tmp_path: Path, world: World) -> None:
    crew = begun(tmp_path, world)
    world.crash_after = 10
    with pytest.raises(Crash):
        crew.rig.run(3)
    again = Rig(tmp_path, world)
    assert ends(again, world) == ()
    again.kill()
    assert violations(tmp_path, world.truth) == ()


@pytest.mark.parametrize(
    ("mishap", "state"),
    [
        (Mishap.COUNTLESS, LabelState.RELEASED),
        (Mishap.UNSIGNED, LabelState.RELEASED),
        (Mishap.DESIGN_LOST, LabelState.RELEASED),
        (Mishap.REFUSED, LabelState.NOT_PRINTED),
        (Mishap.DEAF, LabelState.NOT_PRINTED),
        (Mishap.LOST, LabelState.NOT_PRINTED),
        (Mishap.PAPER_OUT, LabelState.DESTROYED),
        (Mishap.MUTE, LabelState.DESTROYED),
        (Mishap.BLIND, LabelState.DESTROYED),
        (Mishap.DISK_FULL, LabelState.DESTROYED),
        (Mishap.STUCK, LabelState.DESTROYED),
        (Mishap.SILENT_GATE, LabelState.RELEASED),
        (Mishap.TWIN, LabelState.DESTROYED),
        (Mishap.SMUDGED, LabelState.REJECTED),
        (Mishap.STRANGE, LabelState.REJECTED),
    ],
)
def test_honest_people_find_out_what_became_of_a_label(
    tmp_path: Path, mishap: Mishap, state: LabelState
) -> None:
    crew = begun(tmp_path, World(mishap=mishap))
    assert crew.finish()
    assert states(crew)[0] == state
    crew.rig.kill()


def test_an_order_of_which_the_printer_made_a_twin_does_not_balance(tmp_path: Path) -> None:
    world = World(mishap=Mishap.TWIN)
    crew = begun(tmp_path, world)
    assert ends(crew.rig, world) == ()
    row = crew.rig.records.order("A")
    assert row
    assert row.state == OrderState.CLOSED_UNBALANCED
    crew.rig.kill()


def test_nobody_goes_on_over_a_label_in_doubt(tmp_path: Path) -> None:
    crew = begun(tmp_path, World(mishap=Mishap.MUTE))
    crew.rig.run(3)
    assert crew.rig.in_doubt == (1,)
    with pytest.raises(Refused, match="Label 1 is in doubt"):
        crew.rig.ask(Resume("impatience", crew.rig.stop_seen))
    crew.rig.kill()


def test_a_label_in_doubt_that_lies_before_the_reader_is_judged(tmp_path: Path) -> None:
    crew = begun(tmp_path, World(mishap=Mishap.MUTE))
    crew.rig.run(3)
    crew.look(1)
    assert states(crew) == [LabelState.RELEASED]
    crew.rig.kill()


def test_an_engraved_serial_is_printed_again_when_its_label_is_gone(tmp_path: Path) -> None:
    world = World(mishap=Mishap.SMUDGED)
    crew = begun(tmp_path, world, kind=2)
    assert ends(crew.rig, world) == ()
    assert states(crew) == [LabelState.VOIDED, LabelState.RELEASED]
    assert world.truth.printed == ("A01", "A01")
    assert violations(tmp_path, world.truth) == ()
    crew.rig.kill()


@pytest.mark.parametrize("kind", [0, 3])
def test_a_label_in_doubt_is_not_judged_by_reading_another(
    tmp_path: Path, world: World, kind: int
) -> None:
    world.mishap = Mishap.SMUDGED
    crew = begun(tmp_path, world, kind=kind)
    assert crew.finish()
    drop(tmp_path, "B", kind=0, quantity=1)
    world.mishap = Mishap.MUTE
    crew.rig.run(3)
    assert crew.rig.in_doubt == (1,)
    with suppress(Refused):
        crew.mix_up(1)
    in_doubt = crew.rig.in_doubt
    crew.rig.kill()
    assert in_doubt == (1,)
