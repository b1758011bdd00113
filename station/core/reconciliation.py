"""The balance of an order: every issued label is accounted for, once.

>>> balance = reconcile({LabelState.RELEASED: 24, LabelState.REJECTED: 2}, quantity=24)
>>> balance.balanced, balance.issued, balance.short
(True, 26, 0)
>>> reconcile({LabelState.RELEASED: 23, LabelState.IN_DOUBT: 1}, quantity=24).open
1
"""

from collections.abc import Mapping
from dataclasses import dataclass

from station.core.state import LabelState


@dataclass(frozen=True, slots=True)
class Reconciliation:
    quantity: int
    """Good labels wanted."""

    issued: int
    accepted: int
    """Judged good, through the gate or not yet."""

    released: int
    rejected: int
    voided: int
    """In-doubt labels that a person declared destroyed or not printed."""

    in_doubt: int
    """Not yet settled by a person."""

    @property
    def open(self) -> int:
        """Labels that still wait for somebody: in doubt, issued only, or not through the gate."""
        return self.issued - self.released - self.rejected - self.voided

    @property
    def short(self) -> int:
        return max(0, self.quantity - self.accepted)

    @property
    def balanced(self) -> bool:
        """Issued = accepted + rejected + voided, and nothing is open."""
        return self.issued == self.accepted + self.rejected + self.voided and self.open == 0


def reconcile(counts: Mapping[LabelState, int], *, quantity: int) -> Reconciliation:
    def of(*states: LabelState) -> int:
        return sum(counts.get(state, 0) for state in states)

    return Reconciliation(
        quantity=quantity,
        issued=sum(counts.values()),
        accepted=of(LabelState.ACCEPTED, LabelState.RELEASED),
        released=of(LabelState.RELEASED),
        rejected=of(LabelState.REJECTED),
        voided=of(LabelState.DESTROYED, LabelState.NOT_PRINTED),
        in_doubt=of(LabelState.IN_DOUBT),
    )
