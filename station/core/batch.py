"""The batch record of an order: everything an inspector asks for, as one document.

This is the schema, version 1, of `labelstation order record --json` and of the page
`/orders/{id}/record.json`; published in docs/batch-record.schema.json. The PDF is made from exactly
this document and carries it inside. The same journal gives the same document: no field says when
it was made, or by whom.

Times are ISO 8601, to the millisecond, with the offset of local time at the station when it
happened. `seq` is always the event of the journal that says so. Codes and digests are as recorded;
putting them in words is for whoever shows them.
"""

from typing import Annotated, Literal

from pydantic import Field

from station.core.challenge import Cause, Result, Span
from station.core.events import FamilyLeftOut, Mark, Recipe, SymbolRead
from station.core.judge import Code
from station.core.order import WorkOrder
from station.core.problem import Problem
from station.core.reconciliation import Stock
from station.core.shape import Shape
from station.core.state import LabelState, OrderState
from station.core.trend import State

LabelStateField = Annotated[LabelState, Field(strict=False)]
StepState = Literal["done", "off", "open", "refused", "due again"]


class Entry(Shape):
    """Who wrote something down, and when."""

    seq: int
    at: str
    by: str


class Taken(Shape):
    """How the order came in."""

    entry: Entry
    file: str
    sha256: str


class Version(Shape):
    """A start of the station that labels of the order were made after."""

    entry: Entry
    version: str
    configuration: str
    """SHA-256."""


class ApprovedDesign(Shape):
    entry: Entry
    name: str
    revision: str
    digest: str
    author: str
    approver: str
    reason: str


class MadeWith(Shape):
    recipe: Recipe | None
    """None before the order is started."""

    recipe_digest: str
    """Stands for all of it, and goes with every label."""

    approval: ApprovedDesign | None
    """Of exactly the design that was printed; None where none is recorded."""

    versions: tuple[Version, ...]


class StepLine(Shape):
    """A step of the order's workflow: done by whom, or switched off for this order."""

    name: str
    """A code: station.core.workflow.Step."""

    state: StepState
    entry: Entry | None = None
    witness: str = ""
    """The second person, where there were two."""

    note: str = ""
    """Why, as they said."""


class Article(Shape):
    """The first label that was judged good."""

    number: int
    serial: str
    entry: Entry
    data: str
    """The element string that was sent, hexadecimal."""

    symbols: tuple[SymbolRead, ...]
    picture: str
    """SHA-256, here and everywhere; empty where no camera looked."""


class ReasonLine(Shape):
    code: str
    """Of `station.core.verdict.Code`, or "fault", "restart", "withdrawn"."""

    ai: str = ""
    expected: str = ""
    read: str = ""


class SpecimenLine(Shape):
    family: str
    expected: tuple[Annotated[Code, Field(strict=False)], ...]
    ai: str
    caught: bool
    reasons: tuple[ReasonLine, ...]
    picture: str


class ChallengeLine(Shape):
    entry: Entry
    causes: tuple[Annotated[Cause, Field(strict=False)], ...]
    result: Annotated[Result, Field(strict=False)] | None
    """None while it is under way."""

    ended_at: str
    detail: str
    specimens: tuple[SpecimenLine, ...]
    left_out: tuple[FamilyLeftOut, ...]


class Stretch(Shape):
    """Labels without a gap that share one state."""

    first: int
    last: int
    state: LabelStateField
    first_serial: str
    last_serial: str


class LabelLine(Shape):
    number: int
    serial: str
    state: LabelStateField
    reprint_of: int
    issued_at: str
    judged_at: str
    """Empty if it never was."""

    picture: str


class Labels(Shape):
    stretches: tuple[Stretch, ...]
    exceptions: tuple[LabelLine, ...]
    """Every label that is not simply good: rejected, in doubt once, printed again, taken out."""

    every: tuple[LabelLine, ...] | None
    """All of them, where they were asked for."""

    on_hold: tuple[Span, ...]
    """Numbers of labels that nothing vouches for since a challenge was not passed."""


class NonconformanceLine(Shape):
    id: int
    seq: int
    at: str
    number: int
    serial: str
    state: LabelStateField
    reasons: tuple[ReasonLine, ...]
    data: str
    """The element string that was meant, hexadecimal."""

    symbols: tuple[SymbolRead, ...]
    """What was read."""

    picture: str
    marks: tuple[Mark, ...]
    disposition: str
    """Who decided, and what; empty while nobody has."""


class ReprintLine(Shape):
    entry: Entry
    number: int
    """The label that is gone."""

    serial: str
    witness: str
    reason: str
    became: int | None


class DoubtLine(Shape):
    """A label that was in doubt, and what became of it."""

    seq: int
    at: str
    number: int
    serial: str
    cause: str
    detail: str
    settled: Entry | None
    """None while nobody has."""

    state: LabelStateField
    reason: str
    witness: str


class StockLine(Shape):
    entry: Entry
    kind: Annotated[Stock, Field(strict=False)]
    count: int
    reason: str


class ClosingLine(Shape):
    entry: Entry
    witness: str
    justification: str
    differences: tuple[Problem, ...]


class Account(Shape):
    """The reconciliation sheet."""

    quantity: int
    issued: int
    accepted: int
    released: int
    samples: int
    rejected: int
    voided: int
    in_doubt: int
    open: int
    short: int
    states: dict[str, int]
    stock: tuple[StockLine, ...]
    odometer: tuple[int | None, int | None]
    counted: int | None
    expected: tuple[int, int]
    differences: tuple[Problem, ...]
    """As of now; `closing` says those of then."""

    balanced: bool
    closing: ClosingLine | None


class StopLine(Shape):
    """The order stood still."""

    entry: Entry
    cause: str
    detail: str
    resumed: Entry | None
    reason: str
    """Why it went on."""

    milliseconds: int | None
    """How long; None where it never went on."""


class FaultLine(Shape):
    seq: int
    at: str
    device: str
    conditions: tuple[str, ...]
    detail: str
    cleared_at: str
    cleared_by: str
    reason: str


class ChangeLine(Shape):
    """Something that was entered, and was changed later. What was there first is never gone."""

    entry: Entry
    what: Literal["label", "order", "hold"]
    numbers: tuple[Span, ...]
    """Of labels; empty where it is about the order."""

    before: str
    after: str
    reason: str
    witness: str


class IndexLine(Shape):
    """How one index of print quality went over the order, in thousandths."""

    symbol: str
    index: str
    labels: int
    least: int
    mean: int
    most: int
    usual: int | None
    """The mean of good labels; None where too few say so."""

    alarm: int | None
    """By how far from it the trend is alarming."""

    worst: Annotated[State, Field(strict=False)] | None
    """What the trend came to at its worst."""

    last: Annotated[State, Field(strict=False)] | None


class VerifierLine(Shape):
    entry: Entry
    number: int
    identifier: str
    grade: str
    verifier: str


class Quality(Shape):
    labels: int
    """Judged."""

    rescued: int
    """A symbol was read only after image processing."""

    warned: int
    """Accepted with a mark that only warns."""

    calibrated: bool
    """The usual values are those of a calibration, not of the first labels of the order."""

    indices: tuple[IndexLine, ...]
    verifier: tuple[VerifierLine, ...]


class SignatureLine(Shape):
    """People who stand for something, and the event that is bound to their names."""

    entry: Entry
    name: str
    meaning: str
    """A code: "settled", "reprint", "closed", "cleared", "approved"."""

    about: str
    reason: str = ""
    proof: Literal["", "both", "second"] = ""
    """What the person gave with it: name or badge and secret; the secret, once they were signed in;
    or nothing, where names were typed.
    """

    hash: str
    """Of the event."""


class SignedHead(Shape):
    seq: int
    hash: str
    at: str
    why: str
    key: str
    """Fingerprint of the key that the file of heads ends with."""


class Chain(Shape):
    """Why this can be believed: events `first` to `last` are the order's, and follow from each
    other, with all events between them, up to the signed head.
    """

    first: int
    last: int
    hash: str
    """Of event `last`."""

    at: str
    """When `last` was written."""

    until: int
    """The last event that was followed: the signed one, or `last`."""

    broken_at: int | None
    """The first event that does not follow from the one before; None if all do."""

    signed: SignedHead | None
    """The first head that was signed after `last`, and that the journal agrees with."""

    unsteered: int
    """Events from `first` to `last` while no time source steered the clock."""

    problems: tuple[Problem, ...]


class BatchRecord(Shape):
    schema_version: Literal[1] = 1
    station: str
    order: WorkOrder
    gtin: str
    state: Annotated[OrderState, Field(strict=False)]
    taken: Taken
    made_with: MadeWith
    steps: tuple[StepLine, ...]
    first_article: Article | None
    challenges: tuple[ChallengeLine, ...]
    labels: Labels
    nonconformances: tuple[NonconformanceLine, ...]
    reprints: tuple[ReprintLine, ...]
    doubts: tuple[DoubtLine, ...]
    account: Account
    stops: tuple[StopLine, ...]
    faults: tuple[FaultLine, ...]
    changes: tuple[ChangeLine, ...]
    quality: Quality
    signatures: tuple[SignatureLine, ...]
    journal: Chain
