"""The stack light shows what the pages show."""

import queue
from dataclasses import replace

import pytest

from drivers.interface import Light
from station.core.problem import problem
from station.line.beacon import Beacon, wished
from station.line.board import Board, Mode, Snapshot


@pytest.mark.parametrize(
    ("snapshot", "light", "sound"),
    [
        (Snapshot(mode=Mode.RUNNING), Light.RUNNING, False),
        (Snapshot(mode=Mode.RUNNING, occupied=True), Light.WAITING, False),
        (Snapshot(mode=Mode.RUNNING, notice=problem("Soon.")), Light.WAITING, False),
        (Snapshot(mode=Mode.IDLE), Light.WAITING, False),
        (Snapshot(mode=Mode.HELD), Light.STOPPED, True),
        (Snapshot(mode=Mode.FAULT), Light.STOPPED, True),
        (Snapshot(mode=Mode.STOPPED), Light.STOPPED, False),
    ],
)
def test_each_state_of_the_line_has_its_light(
    snapshot: Snapshot, light: Light, *, sound: bool
) -> None:
    assert wished(snapshot) == (light, sound)


class Lamp:
    def __init__(self) -> None:
        self.shown: queue.Queue[Light | None] = queue.Queue()

    def show(self, light: Light, *, sound: bool = False) -> None:  # noqa: ARG002 - only the light
        self.shown.put(light)

    def close(self) -> None:
        self.shown.put(None)


def test_the_light_follows_the_line_and_goes_out_with_the_station() -> None:
    board, lamp = Board(), Lamp()
    beacon = Beacon(board, lamp)
    beacon.start()
    assert lamp.shown.get(timeout=5) == Light.WAITING
    board.publish(replace(board.snapshot, mode=Mode.RUNNING))
    assert lamp.shown.get(timeout=5) == Light.RUNNING
    board.publish(replace(board.snapshot, mode=Mode.FAULT))
    assert lamp.shown.get(timeout=5) == Light.STOPPED
    beacon.stop()
    assert lamp.shown.get(timeout=5) is None
