"""What the API answers with. A field once published keeps its name and meaning; new ones come."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from station.core.catalogue import LevelName
from station.core.scope import Scope
from station.core.shape import Shape
from station.core.state import LabelState, OrderState
from station.line.board import Mode

Next = Annotated[
    int | None, Field(description="Where the next piece begins: `after`. null at the end.")
]


class Taken(Shape):
    """Work orders that were taken in."""

    orders: tuple[str, ...]
    """Their ids."""

    sha256: str
    """Of the body, as it stands in the journal."""


class Counts(Shape):
    """How many labels are where."""

    wanted: Annotated[int, Field(description="Good labels the order asks for.")]
    issued: Annotated[int, Field(description="Written down before they were printed.")]
    accepted: Annotated[int, Field(description="Judged good, through the gate or not yet.")]
    released: int
    samples: int
    rejected: Annotated[int, Field(description="In the reject bin, or voided since.")]
    voided: Annotated[int, Field(description="Declared destroyed or not printed by people.")]
    in_doubt: Annotated[int, Field(description="Not yet settled by a person.")]
    open: Annotated[int, Field(description="Labels that still wait for somebody.")]


class Order(Shape):
    id: str
    state: OrderState
    cause: Annotated[str, Field(description="Why it is on hold, as a code; empty otherwise.")]
    detail: str
    product: str
    level: LevelName
    gtin: str
    lot: str | None
    quantity: int
    template: str
    revision: str
    accepted_at: datetime
    counts: Counts


class Orders(Shape):
    items: tuple[Order, ...]
    next: Next


class Label(Shape):
    number: int
    serial: Annotated[str, Field(description="Empty where labels carry none.")]
    state: LabelState
    reprint_of: Annotated[int | None, Field(description="Number of the label it replaces.")]
    issued_at: datetime
    judged_at: datetime | None


class Labels(Shape):
    items: tuple[Label, ...]
    next: Next


class Why(Shape):
    """One reason: code, application identifier, what was expected, what was read."""

    code: str
    ai: str
    expected: str
    read: str


class Nonconformance(Shape):
    id: int
    at: datetime
    order: str
    number: int
    product: str
    gtin: str
    lot: str
    serial: str
    state: LabelState
    reasons: tuple[Why, ...]
    evidence: Annotated[str, Field(description="SHA-256 of the picture; empty without one.")]
    settled: Annotated[str, Field(description="Who settled it and why; empty until then.")]


class Nonconformances(Shape):
    items: tuple[Nonconformance, ...]
    next: Next


class Said(Shape):
    """A sentence for people, with its code for programs."""

    code: str
    field: str
    text: str


class Fault(Shape):
    device: str
    conditions: tuple[str, ...]
    detail: str


class Webhook(Shape):
    """A receiver of messages, and how far it is."""

    url: str
    behind: Annotated[int, Field(description="Events of the journal it was not told of yet.")]
    failing_since: datetime | None
    why: Annotated[str, Field(description="What became of the last message; empty if taken.")]


class State(Shape):
    station: str
    mode: Mode
    order: Annotated[str | None, Field(description="At the line.")]
    waiting: tuple[str, ...]
    fault: Fault | None
    in_doubt: Annotated[int, Field(description="Labels of this order a person has to settle.")]
    notice: Annotated[Said | None, Field(description="What people should see to soon.")]
    webhooks: tuple[Webhook, ...]


class Health(Shape):
    """That it answers, and nothing else."""

    status: str


class Wrong(Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: tuple[Said, ...] = ()


SCOPES: dict[tuple[str, str], Scope | None] = {
    ("POST", "/orders"): Scope.ORDERS_WRITE,
    ("GET", "/orders"): Scope.ORDERS_READ,
    ("GET", "/orders/{order}"): Scope.ORDERS_READ,
    ("GET", "/orders/{order}/labels"): Scope.RECORDS_READ,
    ("GET", "/orders/{order}/record"): Scope.RECORDS_READ,
    ("GET", "/nonconformances"): Scope.RECORDS_READ,
    ("GET", "/state"): Scope.ORDERS_READ,
    ("GET", "/health"): None,
}
"""What each address takes; None: nothing. An address that is not here is not served."""
