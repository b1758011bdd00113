"""Every fact that can be recorded. The journal holds these and nothing else.

An event's body is JSON; a field once written keeps its meaning for ever, new fields get defaults.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import Problem
from station.core.shape import Shape
from station.core.state import LabelState

Outcome = Literal[LabelState.DESTROYED, LabelState.NOT_PRINTED, LabelState.RELEASED]


class StationStarted(Shape):
    type: Literal["StationStarted"] = "StationStarted"
    version: str
    configuration: str
    """SHA-256 of the configuration in force."""


class StationStopped(Shape):
    type: Literal["StationStopped"] = "StationStopped"


class OrderAccepted(Shape):
    type: Literal["OrderAccepted"] = "OrderAccepted"
    order: WorkOrder
    gtin: str
    file: str
    sha256: str


class OrderRefused(Shape):
    type: Literal["OrderRefused"] = "OrderRefused"
    file: str
    sha256: str
    problems: tuple[Problem, ...]


class Recipe(Shape):
    """What a label is made of besides its order, by digest (SHA-256)."""

    template: str
    font: str
    product: str
    """The product's catalogue entry with its parties."""

    dots_per_mm: int
    carriers: tuple[str, ...]


class OrderStarted(Shape):
    type: Literal["OrderStarted"] = "OrderStarted"
    order: str
    recipe: Recipe


class OrderHeld(Shape):
    type: Literal["OrderHeld"] = "OrderHeld"
    order: str
    cause: str
    """A code: "operator", "fault", "rejects", "restart", "take-away", "template", or the code of
    an in-doubt label.
    """

    detail: str = ""


class OrderResumed(Shape):
    type: Literal["OrderResumed"] = "OrderResumed"
    order: str
    reason: str


class OrderFinished(Shape):
    type: Literal["OrderFinished"] = "OrderFinished"
    order: str


class OrderEnded(Shape):
    """A person gave the order up; nothing more is printed for it."""

    type: Literal["OrderEnded"] = "OrderEnded"
    order: str
    reason: str


class LabelIssued(Shape):
    """Durable before the first byte leaves for the printer: from here on the serial is burnt."""

    type: Literal["LabelIssued"] = "LabelIssued"
    order: str
    number: int
    gtin: str
    serial: str
    data: str
    """The element string, hexadecimal."""

    zpl: str
    """SHA-256 of the bytes sent."""


class SymbolRead(Shape):
    identifier: str
    data: str
    """Hexadecimal, exactly as read."""

    engine: str


class LabelJudged(Shape):
    """Durable before the gate moves."""

    type: Literal["LabelJudged"] = "LabelJudged"
    order: str
    number: int
    accepted: bool
    reasons: tuple[Reason, ...]
    symbols: tuple[SymbolRead, ...]
    evidence: str = ""
    """SHA-256 of the picture the verdict rests on; empty where no camera looked."""

    rescued: bool = False
    """A symbol was read only after image processing: identified, but of doubtful print."""


class LabelReleased(Shape):
    type: Literal["LabelReleased"] = "LabelReleased"
    order: str
    number: int


class LabelInDoubt(Shape):
    type: Literal["LabelInDoubt"] = "LabelInDoubt"
    order: str
    number: int
    cause: Code | Literal["fault", "restart"]
    detail: str = ""
    evidence: str = ""


class LabelSettled(Shape):
    """A person closed a label that is in doubt, or accepted and not known to be released."""

    type: Literal["LabelSettled"] = "LabelSettled"
    order: str
    number: int
    outcome: Outcome
    reason: str


class FaultRaised(Shape):
    """The machine cannot work. It latches until a person clears it."""

    type: Literal["FaultRaised"] = "FaultRaised"
    device: str
    conditions: tuple[str, ...]
    detail: str


class FaultCleared(Shape):
    type: Literal["FaultCleared"] = "FaultCleared"
    reason: str


Event = Annotated[
    StationStarted
    | StationStopped
    | OrderAccepted
    | OrderRefused
    | OrderStarted
    | OrderHeld
    | OrderResumed
    | OrderFinished
    | OrderEnded
    | LabelIssued
    | LabelJudged
    | LabelReleased
    | LabelInDoubt
    | LabelSettled
    | FaultRaised
    | FaultCleared,
    Field(discriminator="type"),
]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event in its place in the journal."""

    seq: int
    at: datetime
    actor: str
    event: Event
    hash: str


_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def to_json(event: Event) -> bytes:
    return _ADAPTER.dump_json(event)


def from_json(body: bytes | str) -> Event:
    return _ADAPTER.validate_json(body)
