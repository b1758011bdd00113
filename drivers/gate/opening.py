"""How long a gate is open for one label, whatever opens it."""

from dataclasses import dataclass

from drivers.interface import Condition, NotReady
from drivers.settings import Settings


@dataclass(frozen=True, slots=True)
class Opening:
    pulse_seconds: float = 0.15
    """As long as one label takes to pass, and shorter than two take."""

    longest_seconds: float = 1.0
    """Open for longer than that, a second label may have come by."""

    @classmethod
    def of(cls, settings: Settings) -> "Opening":
        """Takes `pulse_ms` and `longest_ms` from the settings, and refuses there what is wrong."""
        pulse = settings.number("pulse_ms", least=10, most=5000, default=150)
        longest = settings.number("longest_ms", least=10, most=60_000, default=pulse + 850)
        if longest < pulse:
            settings.refuse(f"longest_ms is {longest}, and the pulse alone takes {pulse}")
        return cls(pulse / 1000, longest / 1000)

    def check(self, gate: str, lasted: float) -> None:
        """The machine stood still, or the answer came late. Raises NotReady."""
        if lasted > self.longest_seconds:
            raise NotReady(
                gate,
                f"was open for {lasted:.2f} s instead of {self.pulse_seconds:.2f} s:"
                " more than one label may have passed",
                Condition.GATE_NOT_AT_REST,
            )
