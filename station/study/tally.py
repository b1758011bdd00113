"""What came of labels, counted: of one family, and of one design."""

from collections import Counter
from dataclasses import dataclass, field

from station.study.families import GOOD
from station.study.trial import LeftOut, Outcome, Trial


@dataclass(slots=True)
class Tally:
    """What came of one family."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)
    """Design → why the family does not apply to it."""

    @property
    def labels(self) -> int:
        return self.outcomes.total()

    def take(self, trial: Trial) -> None:
        self.outcomes[trial.outcome] += 1
        self.codes.update(trial.codes)

    def leave_out(self, left: LeftOut, design: str) -> None:
        self.left_out[design] = str(left.why)


@dataclass(slots=True)
class DesignTally:
    """What came of the labels of one design, whatever was wrong with them."""

    bad: int = 0
    missed: int = 0
    good: int = 0
    rejected: int = 0
    scale: float = 0.0
    """Pixels a dot of the print head: the least of those measured; 0 where none was."""

    def take(self, trial: Trial) -> None:
        """A picture of no use counts for nothing."""
        if trial.outcome == Outcome.FAULT:
            return
        if trial.family in GOOD:
            self.good += 1
            self.rejected += trial.wrong
        else:
            self.bad += 1
            self.missed += trial.wrong
        if trial.scale:
            self.scale = min(self.scale or trial.scale, trial.scale)
