"""Where the print quality of the order at the line is going: told before it rejects a label.

Each index of each symbol is followed from where good labels of the design had it: those of its
calibration, or the first ones of the order where it has none. Whoever starts or resumes an order
has looked at the machine: head, ribbon and darkness may be others, and the following begins anew.
"""

from collections.abc import Callable
from dataclasses import replace

from station.core.problem import Problem, problem
from station.core.quality import Quality
from station.core.trend import LEARNT, Baseline, State, Trend, baselines_of, moved, moving
from station.core.udi import CARRIERS

_HEAD = (
    problem(
        "The print of {symbol} becomes uneven ({index} is {now}, usually {usual}). Clean the print"
        " head at the next stop."
    ),
    problem(
        "The print of {symbol} is far more uneven than it was ({index} is {now}, usually {usual})."
        " Hold the order, clean the print head, and look at a label before going on."
    ),
)
_FAINT = (
    problem(
        "The print of {symbol} becomes fainter ({index} is {now}, usually {usual}). Check ribbon"
        " and darkness, and clean the print head at the next stop."
    ),
    problem(
        "The print of {symbol} is far fainter than it was ({index} is {now}, usually {usual})."
        " Hold the order, check ribbon and darkness, and clean the print head."
    ),
)
_TONE = (
    problem(
        "The ink of {symbol} spreads or shrinks ({index} is {now}, usually {usual}). Check"
        " darkness and speed of the printer at the next stop."
    ),
    problem(
        "The ink of {symbol} has spread or shrunk far more than it had ({index} is {now}, usually"
        " {usual}). Hold the order, and set darkness and speed of the printer."
    ),
)
_FEED = (
    problem(
        "The shape of {symbol} changes ({index} is {now}, usually {usual}). Look at the platen"
        " roller, the ribbon's folds and the camera's mounting at the next stop."
    ),
    problem(
        "The shape of {symbol} is far from what it was ({index} is {now}, usually {usual}). Hold"
        " the order, and look at platen roller, ribbon and the camera's mounting."
    ),
)
_DIRT = (
    problem(
        "The paper beside {symbol} becomes dirty ({index} is {now}, usually {usual}). Clean platen"
        " and print head at the next stop."
    ),
    problem(
        "The paper beside {symbol} is far dirtier than it was ({index} is {now}, usually {usual})."
        " Hold the order, and clean platen and print head."
    ),
)

_SAID = {
    "contrast_index": _FAINT,
    "decodability_index": _TONE,
    "print_growth_x_index": _TONE,
    "print_growth_y_index": _TONE,
    "axial_nonuniformity_index": _FEED,
    "grid_nonuniformity_index": _FEED,
    "quiet_zone_index": _DIRT,
}


class TrendWatch:
    def __init__(self, baselines: Callable[[], tuple[Baseline, ...]] = lambda: ()) -> None:
        """`baselines` are those of the design at the line; none where it is not calibrated."""
        self._baselines = baselines
        self._trends: tuple[Trend, ...] | None = None
        self._first: list[Quality] = []

    def renew(self) -> None:
        """Somebody has been at the machine, or another order comes."""
        self._trends = None
        self._first = []

    def take(self, quality: Quality | None) -> None:
        """Of the label that was looked at; None where nothing was compared."""
        if quality is None or not quality.symbols:
            return
        if self._trends is None:
            self._begin(quality)
        else:
            self._trends = moved(self._trends, quality)

    @property
    def worst(self) -> Trend | None:
        return next(iter(moving(self._trends or ())), None)

    @property
    def notice(self) -> Problem | None:
        return None if self.worst is None else told(self.worst)

    def _begin(self, quality: Quality) -> None:
        known = self._baselines()
        if known:
            self._trends = moved(tuple(map(Trend, known)), quality)
            return
        self._first.append(quality)
        if len(self._first) == LEARNT:
            self._trends = tuple(map(Trend, baselines_of(self._first)))
            self._first = []


def named(symbol: str) -> str:
    """As a person calls it.

    >>> named("]d2"), named("]C1 2")
    ('GS1 DataMatrix', 'GS1-128 2')
    """
    identifier, _, number = symbol.partition(" ")
    return f"{CARRIERS.get(identifier, identifier)} {number}".strip()


def told(trend: Trend) -> Problem:
    """What a person at the machine reads of an index that is not in control."""
    said = _SAID.get(trend.baseline.index, _HEAD)[trend.state == State.ALARM]
    values: dict[str, str | int] = {
        "symbol": named(trend.baseline.symbol),
        "index": trend.baseline.index,
        "now": round(trend.level),
        "usual": trend.baseline.mean,
    }
    return replace(said, values=tuple(values.items()))
