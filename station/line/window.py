"""The labels between the print head and the camera, in the order in which they come.

    print head ▸ [ 7 ][ 6 ][ 5 ][ 4 ] ◂ camera        a window of four: 4 is looked at

Every label that is printed or fed moves the web on by one place. What lies under the camera is
known by counting, and proven by reading: where another label of the window lies there, one of them
was lost, doubled or swapped, and `disorder` says which. Labels without a serial are all alike: of
them only their number can be checked, by what lies there when the web is drained.

>>> disorder((5, 6, 7), (6, 7, 7), before=4)
{5: <Code.LOST: 'PROCESS.lost'>, 7: <Code.DOUBLED: 'PROCESS.doubled'>}
"""

from collections import Counter, deque
from dataclasses import dataclass

from station.core.judge import Code
from station.line.job import Job, Label
from station.line.reader import Look


@dataclass(frozen=True, slots=True)
class Printed:
    """A label on the web, printed and not yet looked at."""

    job: Job
    label: Label


class Window:
    """Places on the web from the print head to the camera; None where no label of ours lies."""

    def __init__(self, length: int) -> None:
        """`length` counts the place under the camera: 1 where labels are seen as they come out."""
        assert length >= 1, "a camera looks at one place"
        self.length = length
        self.order = ""
        """Of the label printed last."""

        self._last: Printed | None = None
        """The one that left the camera's view last."""

        self._places: deque[Printed | None] = deque()
        self.clear()

    def clear(self) -> None:
        """Nothing on the web is ours."""
        self._last = None
        self._places = deque([None] * (self.length - 1))

    def printed(self, label: Printed) -> None:
        self.order = label.job.order.id
        self._places.append(label)

    def fed(self) -> None:
        self._places.append(None)

    @property
    def in_view(self) -> Printed | None:
        """What should lie under the camera now; None for a blank."""
        return self._places[0]

    def advance(self) -> None:
        """What lay under the camera is done with: the next move takes it away."""
        self._last = self._places.popleft() or self._last

    @property
    def waiting(self) -> tuple[Printed, ...]:
        """The labels that were not looked at yet, in the order in which they should come."""
        return tuple(each for each in self._places if each)

    @property
    def before(self) -> int:
        """Number of the label that was under the camera last; 0 if there was none."""
        return self._last.label.number if self._last else 0

    def other(self, look: Look) -> bool:
        """Whether another label of the window lies where the one in view should."""
        met = self.met(look)
        return (
            self.length > 1
            and met is not None
            and self._places[0] is not None
            and (met != self._places[0].label.number)
        )

    def met(self, look: Look) -> int | None:
        """Number of the label of ours that was read; None where nothing tells.

        What the label in view may carry is that label, whatever else carries the same.
        """
        read = {each.data for reading in look.readings for each in reading.symbols}
        known = (*self._places, self._last)
        for printed in (each for each in known if each):
            if printed.label.serial and read & printed.label.expected.own_data():
                return printed.label.number
        return None


def disorder(meant: tuple[int, ...], met: tuple[int, ...], *, before: int) -> dict[int, Code]:
    """What went wrong with which label: those that were meant to come, and those that did.

    Not met: lost, or it went by unseen. Met more than once: doubled. Met before an earlier one:
    swapped. The label `before` them, met again, was doubled unless one of these is lost: then the
    web just did not move.
    """
    times = Counter(met)
    found = {number: Code.LOST for number in meant if number not in times}
    again = (number for number in meant if times[number] > 1)
    found |= dict.fromkeys(again, Code.DOUBLED)
    if before in times and Code.LOST not in found.values():
        found[before] = Code.DOUBLED
    first = {number: met.index(number) for number in meant if number in times}
    for number, place in first.items():
        if any(place > at for later, at in first.items() if later > number):
            found.setdefault(number, Code.SWAPPED)
        if any(place < at for earlier, at in first.items() if earlier < number):
            found.setdefault(number, Code.SWAPPED)
    return found
