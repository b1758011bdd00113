"""The life of a label's design: only what two people approved prints.

    draft ── approve ──▶ approved ── retire ──▶ retired
      ▲                      │
      └── its file changes ──┘

What was approved is a digest, so a design that was changed is a draft again, whatever it calls
itself. A retired revision stays retired; whoever wants its design back gives it another one.

>>> from datetime import UTC
>>> state_of("a1", None)
<DesignState.DRAFT: 'draft'>
>>> approval = Approval("unit", "1", digest="a1", author="Li", approver="Wang", reason="pilot",
...                     at=datetime(2026, 3, 31, tzinfo=UTC), seq=7)
>>> state_of("a1", approval), state_of("b2", approval)
(<DesignState.APPROVED: 'approved'>, <DesignState.CHANGED: 'changed since it was approved'>)
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DesignState(StrEnum):
    DRAFT = "draft"
    CHANGED = "changed since it was approved"
    """A draft again: its file is not the one that was approved."""

    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Retirement:
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """The last approval of a name and revision, and what became of it."""

    name: str
    revision: str
    digest: str
    """SHA-256 of the design that may print."""

    author: str
    approver: str
    reason: str
    at: datetime
    seq: int
    """The event of it."""

    retired: Retirement | None = None


def state_of(digest: str, approval: Approval | None) -> DesignState:
    """Where a design of this digest stands, by the last approval of its name and revision."""
    if approval is None:
        return DesignState.DRAFT
    if approval.retired:
        return DesignState.RETIRED
    return DesignState.APPROVED if digest == approval.digest else DesignState.CHANGED
