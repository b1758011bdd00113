"""What a trace finds: orders and labels with what became of them, as typed rows."""

from dataclasses import dataclass
from datetime import datetime

from station.core.events import SymbolRead
from station.core.judge import Reason
from station.core.problem import Problem
from station.core.quality import Quality
from station.core.state import LabelState, OrderState
from station.records.imported import Imported
from station.records.query import VerifierReading
from station.records.trace.asked import Understood


@dataclass(frozen=True, slots=True)
class TracedOrder:
    id: str
    product: str
    lot: str
    gtin: str
    state: OrderState
    quantity: int
    accepted_at: datetime
    labels: tuple[tuple[LabelState, int], ...]
    """How many are in which state."""

    people: tuple[str, ...]
    """Whoever acted or witnessed, apart from the daily life of labels; first come first."""

    more_people: bool
    """There are more events than were looked through."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event in the life of a label."""

    seq: int
    at: datetime
    type: str
    actor: str
    witness: str
    reason: str


@dataclass(frozen=True, slots=True)
class TracedLabel:
    order: str
    number: int
    """0 for a serial that was set aside and never printed."""

    gtin: str
    lot: str
    serial: str
    state: LabelState
    reprint_of: int
    became: int
    """The label that was printed with this serial next; 0 if none was."""

    data: bytes
    """The element string that was sent to the printer."""

    zpl: str
    """SHA-256 of the bytes sent."""

    accepted: bool | None
    """The verdict; None where there is none."""

    reasons: tuple[Reason, ...]
    symbols: tuple[SymbolRead, ...]
    """What was read."""

    evidence: str
    """SHA-256 of the picture; empty where there is none."""

    nonconformances: tuple[int, ...]
    steps: tuple[Step, ...]
    people: tuple[str, ...]
    recipe: str = ""
    """Recipe.digest of what it was made of; empty in records of earlier versions."""

    quality: Quality | None = None
    """Process indices and other facts about its print; None where no camera compared it."""

    verified: tuple[VerifierReading, ...] = ()
    """What bar code verifiers measured on it."""


@dataclass(frozen=True, slots=True)
class Traced:
    text: str
    understood: Understood
    orders: tuple[TracedOrder, ...]
    """Newest first."""

    labels: tuple[TracedLabel, ...]
    imported: tuple[Imported, ...]
    """Used before the station, or elsewhere; the notes tell how that is known."""

    more: bool
    """There is more than is shown; how much is not known."""

    notes: tuple[Problem, ...]
    """What does not fit together, and what should be here and is not."""

    @property
    def found(self) -> bool:
        return bool(self.orders or self.labels or self.imported)
