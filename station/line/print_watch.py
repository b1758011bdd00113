"""How the print develops from label to label: told before it rejects one.

One label may have a scratch where a dot seems to be dead; the same dot on several labels in a row
is the print head. A head that was cleaned is believed again as soon as its labels are good.
"""

from collections import Counter, deque

from station.core.problem import Problem, problem
from station.core.quality import Quality

LAST = 8
"""Labels that count."""

OFTEN = 3
"""Of the last labels on which a dot is missing before people are told."""

TRIED = 25
"""Share in per cent of labels lately that needed more than one look of the decoder."""


class PrintWatch:
    def __init__(self) -> None:
        self._last: deque[Quality] = deque(maxlen=LAST)

    def take(self, quality: Quality | None) -> None:
        """Of the label that was looked at; None where nothing was compared."""
        if quality and quality.registration is not None:
            self._last.append(quality)

    @property
    def dead(self) -> tuple[int, ...]:
        """Dots of the print head, from 0 at the left of the label, that are dead by now."""
        missing = Counter(dot for each in self._last for dot in each.dead_dots)
        return tuple(sorted(dot for dot, times in missing.items() if times >= OFTEN))

    @property
    def notice(self) -> Problem | None:
        if self.dead:
            return problem(
                "The print head has dead dots: {dots}, counted from the left of the label. Clean"
                " the head at the next stop; where that does not help, have it replaced.",
                dots=", ".join(map(str, self.dead[:8])),
            )
        rescued = sum(each.passes > 1 for each in self._last)
        if len(self._last) == LAST and 100 * rescued > TRIED * LAST:
            return problem(
                "The codes are hard to read lately: look at ribbon, darkness and the camera's lens"
                " at the next stop."
            )
        return None
