"""The outside of the simulated printer: whatever a hand or a fault does to it goes through here."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from drivers.simulated.printer.state import State


class Panel:
    """`changed` guards `state` and tells of every change."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.state = State()

    @contextmanager
    def change(self) -> Iterator[State]:
        """Change anything; everybody who waits is told."""
        with self.changed:
            yield self.state
            if not self.state.fed:
                self.state.feeds.clear()
            self.changed.notify_all()

    def feed(self, *, counted: bool) -> None:
        """The FEED key: nothing happens where no paper can move."""
        with self.change() as state:
            state.feeds.append(counted)
