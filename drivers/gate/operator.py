"""No machine sorts the labels."""

from drivers.deadline import Deadline


class OperatorGate:
    """The station stops after each reject until a person has taken it away."""

    def check(self, deadline: Deadline) -> None:
        """There is nothing that could be out of place."""

    def release(self, deadline: Deadline) -> None:
        """A released label needs nothing."""

    def reject(self, deadline: Deadline) -> None:
        """Nothing moves; whoever runs the line holds it."""

    def close(self) -> None:
        """Nothing is open."""
