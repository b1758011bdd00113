"""What is worn in the simulated printer, by name, and what it makes of each label.

>>> import numpy as np
>>> from drivers.simulated.wear import WEAR
>>> wearing = Wearing()
>>> wearing.add("dead-dots", WEAR["dead-dots"])
>>> meant = np.zeros((40, 80), np.uint8)
>>> first, second = (wearing.paper(meant) for _ in range(2))
>>> np.array_equal(first, meant), np.array_equal(first, second)
(False, True)
>>> wearing.mend("dead-dots")
>>> np.array_equal(wearing.paper(meant), meant)
True
"""

import threading
from dataclasses import dataclass, replace

from drivers.simulated.wear import Picture, Wear, pinned, printed


@dataclass(frozen=True, slots=True)
class _Worn:
    wear: Wear
    labels: int | None
    """None: all, until it is mended."""

    used: int = 0
    """Labels that it has spoilt: the seed of the next one, so that the same order of faults spoils
    labels in the same places whatever came before."""

    @property
    def done(self) -> bool:
        return self.labels is not None and self.used >= self.labels

    def struck(self, picture: Picture) -> "_Worn":
        """By the next label; the first settles which dots of the head are dead."""
        return replace(self, wear=pinned(self.wear, picture), used=self.used + 1)


class Wearing:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worn: dict[str, _Worn] = {}
        self._before: Picture | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they came."""
        with self._lock:
            return tuple(self._worn)

    def add(self, name: str, wear: Wear, *, labels: int | None = None) -> None:
        """From the next label on, for so many of them; in place of what had this name."""
        with self._lock:
            self._worn[name] = _Worn(wear, labels)

    def mend(self, *names: str) -> None:
        """Those that there are."""
        with self._lock:
            for name in names:
                self._worn.pop(name, None)

    def paper(self, picture: Picture) -> Picture:
        """What comes out instead of the picture."""
        with self._lock:
            struck = {name: worn.struck(picture) for name, worn in self._worn.items()}
            self._worn = {name: worn for name, worn in struck.items() if not worn.done}
            before, self._before = self._before, picture
        for worn in struck.values():
            picture = printed(picture, worn.wear, worn.used, before=before)
        return picture
