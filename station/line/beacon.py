"""The stack light and the horn of the line: they follow what the pages show."""

import threading

from drivers.interface import Light, Signals
from station.line.board import Board, Mode, Snapshot

_LIGHTS = {
    Mode.STARTING: Light.WAITING,
    Mode.IDLE: Light.WAITING,
    Mode.RUNNING: Light.RUNNING,
    Mode.HELD: Light.STOPPED,
    Mode.FAULT: Light.STOPPED,
    Mode.STOPPED: Light.STOPPED,
}

_WAIT_SECONDS = 0.1


class Beacon:
    """A thread that shows the newest snapshot. It only looks: nothing at the line waits for it."""

    def __init__(self, board: Board, signals: Signals) -> None:
        self._board = board
        self._signals = signals
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="stack light", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """The light goes out with the station."""
        self._closing.set()
        self._thread.join()
        self._signals.close()

    def _follow(self) -> None:
        shown: tuple[Light, bool] | None = None
        version = -1
        while not self._closing.is_set():
            snapshot = self._board.newer(version, seconds=_WAIT_SECONDS)
            version = snapshot.version
            wish = wished(snapshot)
            if wish != shown:
                self._signals.show(wish[0], sound=wish[1])
                shown = wish


def wished(snapshot: Snapshot) -> tuple[Light, bool]:
    """The light for a state of the line, and whether the horn calls somebody.

    Amber while it runs: it waits for a person, or will soon need one. The horn is for a line that
    stands and was running: a fault, or a hold.
    """
    light = _LIGHTS[snapshot.mode]
    if snapshot.mode == Mode.RUNNING and (snapshot.occupied or snapshot.notice):
        light = Light.WAITING
    return light, snapshot.mode in {Mode.HELD, Mode.FAULT}
