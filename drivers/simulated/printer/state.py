"""What can be seen of the simulated printer from outside, and what was ordered to happen to it."""

from collections import deque
from dataclasses import dataclass, field

from drivers.zpl.formats import Format

QUEUE_LIMIT = 64
QUEUE_BYTES = 32 << 20


@dataclass(slots=True)
class State:
    """Guarded by the engine's lock."""

    paper_out: bool = False
    ribbon_out: bool = False
    head_open: bool = False
    paused: bool = False
    printed: int = 0
    odometer: int = 0
    """Like `printed`, without the blanks that it does not count. Outlives the power."""

    remaining: int = 0
    """Labels of the present format that have not come out."""

    queue: deque[Format] = field(default_factory=deque)
    working: bool = False
    """A format has left the queue and is not done."""

    feeds: deque[bool] = field(default_factory=deque)
    """Blank labels still to be fed: does the odometer count this one?"""

    paper_left: int | None = None
    """Whole labels until the paper ends; None: plenty."""

    cut_last: bool = False
    """The label after those comes out cut."""

    to_lose: int = 0
    to_double: int = 0
    deaths: deque[bool] = field(default_factory=deque)
    """For each of the next labels: the connections die before it; does it still come out?"""

    session: int = 0
    """Counts resets: a format begun in an earlier session is not finished."""

    job: int = 0
    """Counts cancellations: waiting formats of an earlier job are not begun."""

    closing: bool = False

    @property
    def fed(self) -> bool:
        """Paper can move: all but a pause stops it."""
        return not (self.paper_out or self.ribbon_out or self.head_open)

    @property
    def able(self) -> bool:
        return self.fed and not self.paused

    def use_paper(self) -> tuple[bool, bool]:
        """Paper for one label: does it come out cut, and is the paper at its end after it?"""
        if self.paper_left is None:
            return False, False
        cut = self.paper_left == 0
        last = cut or (self.paper_left == 1 and not self.cut_last)
        self.paper_left = None if last else self.paper_left - 1
        return cut, last

    @property
    def formats(self) -> int:
        return len(self.queue) + self.working

    @property
    def full(self) -> bool:
        return (
            self.formats >= QUEUE_LIMIT
            or sum(len(waiting.zpl) for waiting in self.queue) >= QUEUE_BYTES
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """When a format was taken from the queue: what cancels it came later."""

    session: int
    job: int

    def powered_off(self, state: State) -> bool:
        return state.closing or state.session != self.session

    def goes_on(self, state: State) -> bool:
        return not self.powered_off(state) and state.job == self.job
