"""What is worn in the simulated printer, by name, and what it makes of each label.

>>> import numpy as np
>>> from drivers.simulated.wear import WEAR
>>> wearing = Wearing()
>>> wearing.add("dead-dots", WEAR["dead-dots"])
>>> meant = np.zeros((40, 80), np.uint8)
>>> first, second = (wearing.paper(meant, number=number) for number in (1, 2))
>>> np.array_equal(first, meant), np.array_equal(first, second)
(False, True)
>>> wearing.mend("dead-dots")
>>> np.array_equal(wearing.paper(meant, number=3), meant)
True
"""

import threading

from drivers.simulated.wear import Picture, Wear, pinned, printed


class Wearing:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worn: dict[str, tuple[Wear, int | None]] = {}
        """And for how many labels more; None until it is mended."""

        self._before: Picture | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they came."""
        with self._lock:
            return tuple(self._worn)

    def add(self, name: str, wear: Wear, *, labels: int | None = None) -> None:
        """From the next label on, for so many of them; in place of what had this name."""
        with self._lock:
            self._worn[name] = (wear, labels)

    def mend(self, *names: str) -> None:
        """Those that there are."""
        with self._lock:
            for name in names:
                self._worn.pop(name, None)

    def paper(self, picture: Picture, *, number: int) -> Picture:
        """What comes out of the head instead of the picture; its number is its seed."""
        with self._lock:
            wears = self._used(picture)
            before, self._before = self._before, picture
        for wear in wears:
            picture = printed(picture, wear, number, before=before)
        return picture

    def _used(self, picture: Picture) -> tuple[Wear, ...]:
        """By one label: which dots of the head are dead is settled by the first one."""
        used = {name: (pinned(wear, picture), left) for name, (wear, left) in self._worn.items()}
        self._worn = {
            name: (wear, left and left - 1) for name, (wear, left) in used.items() if left != 1
        }
        return tuple(wear for wear, _ in used.values())
