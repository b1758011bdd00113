"""What one torture found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    points: int
    """How many kills, losses or examples were tried."""

    violations: tuple[str, ...]
    skipped: str = ""
    """Why it could not be run here; empty if it was."""
