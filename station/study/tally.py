"""What came of the labels of one family, counted."""

from collections import Counter
from dataclasses import dataclass, field

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
