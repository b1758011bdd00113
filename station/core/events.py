"""Every fact that can be recorded. The journal holds these and nothing else.

An event's body is JSON; a field once written keeps its meaning for ever, new fields get defaults.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from station.core.calibration import Calibration
from station.core.challenge import Cause, Result, Span
from station.core.judge import Code, Reason
from station.core.nonconformance import Disposition
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem
from station.core.quality import Quality
from station.core.reconciliation import Stock
from station.core.shape import Shape
from station.core.state import LabelState
from station.core.workflow import Cleared, Step, Workflow

Outcome = Literal[
    LabelState.DESTROYED,
    LabelState.NOT_PRINTED,
    LabelState.RELEASED,
    LabelState.SAMPLE,
    LabelState.VOIDED,
]


class StationStarted(Shape):
    type: Literal["StationStarted"] = "StationStarted"
    version: str
    configuration: str
    """SHA-256 of the configuration in force."""

    boot: str = ""
    """Which start of the machine the monotonic readings of its records count from."""

    key: str = ""
    """The key that signs the journal's heads from here on; empty where none are signed."""


class StationStopped(Shape):
    type: Literal["StationStopped"] = "StationStopped"


class OrderAccepted(Shape):
    type: Literal["OrderAccepted"] = "OrderAccepted"
    order: WorkOrder
    gtin: str
    file: str
    sha256: str

    @model_validator(mode="after")
    def _drawn(self) -> Self:
        """What the record does not hold, nobody could say again."""
        plan = self.order.serials
        if plan and plan.random is not None and plan.drawn is None:
            raise Refused(problem("Random serials are drawn before their order is accepted."))
        return self


class OrderRefused(Shape):
    type: Literal["OrderRefused"] = "OrderRefused"
    file: str
    sha256: str
    problems: tuple[Problem, ...]


class SerialsImported(Shape):
    """Serials that were used before this station, or elsewhere: no order ever gets them.

    A file has several of these, written together; each holds serials that no other event has. A
    file whose serials were all known has one, without any: somebody vouched for it all the same.
    """

    type: Literal["SerialsImported"] = "SerialsImported"
    gtin: str
    serials: tuple[str, ...]
    file: str
    sha256: str
    part: int
    """Which one of `parts`, from 1."""

    parts: int
    known: int
    """How many serials of the whole file were in the records already."""

    reason: str


class Recipe(Shape):
    """What a label is made of besides its order, by digest (SHA-256)."""

    template: str
    font: str
    product: str
    """The product's catalogue entry with its parties."""

    dots_per_mm: int
    carriers: tuple[str, ...]
    profiles: str = ""
    """The profiles in force; empty where none were."""

    printer: str = ""
    """The settings every label states for the printer; empty in records of earlier versions."""

    @property
    def digest(self) -> str:
        """SHA-256 that stands for all of it, and goes with every label.

        Fields that say nothing are left out: one added later does not change what was recorded.
        """
        said = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class OrderStarted(Shape):
    type: Literal["OrderStarted"] = "OrderStarted"
    order: str
    recipe: Recipe
    version: str = ""
    """Of the program."""

    configuration: str = ""
    """SHA-256 of the configuration in force."""

    workflow: Workflow | None = None
    """The steps it has to pass, and so those that are switched off; None in records of earlier
    versions.
    """

    printer: str = ""
    """Where the printer of its labels is reached; empty in records of earlier versions."""


class OrderHeld(Shape):
    type: Literal["OrderHeld"] = "OrderHeld"
    order: str
    cause: str
    """A code: "operator", "fault", "rejects", "restart", "take-away", "template", "reprint",
    "challenge", "workflow", "first-article", or the code of an in-doubt label.
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


class OrderClosed(Shape):
    """Reconciled to the last serial, or closed without balance by two people who say why."""

    type: Literal["OrderClosed"] = "OrderClosed"
    order: str
    differences: tuple[Problem, ...] = ()
    """What does not balance; empty if everything does."""

    states: dict[str, int]
    """How many labels are in which state."""

    stock: dict[str, int]
    odometer: tuple[int | None, int | None]
    justification: str = ""
    witness: str = ""


class LineCleared(Shape):
    """Nothing of another order is left at the line: one person cleared it, another verified it."""

    type: Literal["LineCleared"] = "LineCleared"
    order: str
    confirmed: tuple[Annotated[Cleared, Field(strict=False)], ...]
    """What the two people vouch for."""

    camera: bool
    """A camera saw the place empty; False where none can see it."""

    odometer: int | None
    """Read when everything left in the printer had been cancelled; None where it does not count."""

    reason: str
    witness: str
    """Who verified it."""


class FirstArticleDue(Shape):
    """Something changed: the next labels are looked at by two people before the line goes on."""

    type: Literal["FirstArticleDue"] = "FirstArticleDue"
    order: str
    causes: tuple[Literal["stop", "supplies", "said"], ...]
    """A long stop; paper or ribbon ran out, the head was open, or a roll was changed; or somebody
    said so.
    """


class StepSigned(Shape):
    """A person agrees to a step of an order, or refuses it."""

    type: Literal["StepSigned"] = "StepSigned"
    order: str
    step: Annotated[Step, Field(strict=False)]
    passed: bool
    meaning: str
    """What the signature stands for (`station.core.workflow`); "refused" where it is refused."""

    reason: str
    witness: str = ""
    digest: str = ""
    """SHA-256 of what was signed (`station.core.workflow.digest_of`)."""

    head: int = 0
    """The last event that was signed with it; 0 where the journal was not."""

    labels: tuple[Span, ...] = ()
    """Of a first article: first and last numbers."""

    evidence: str = ""
    """SHA-256 of the picture that was looked at."""


class OdometerRead(Shape):
    """Labels that ever left the print head, as the printer itself counts them."""

    type: Literal["OdometerRead"] = "OdometerRead"
    order: str
    value: int | None
    """None where the printer does not count, or does not answer."""


class StockUsed(Shape):
    """Label stock that went through the printer without becoming a label of the order."""

    type: Literal["StockUsed"] = "StockUsed"
    order: str
    kind: Annotated[Stock, Field(strict=False)]
    count: int
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

    reprint_of: int = 0
    """The label that carried the same serial before, by number; 0 for a first print."""

    recipe: str = ""
    """Recipe.digest of what it was made of; empty in records of earlier versions."""


class SymbolRead(Shape):
    identifier: str
    data: str
    """Hexadecimal, exactly as read."""

    engine: str


class Mark(Shape):
    """Where on the picture something was found that is not as it was meant."""

    code: Annotated[Code, Field(strict=False)]
    outline: tuple[tuple[int, int], ...]
    """Corners in pixels of the picture kept as evidence."""

    rejects: bool = True
    """False: a warning about a good label."""


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

    quality: Quality | None = None
    """How well it is printed; None where no camera compared it."""

    marks: tuple[Mark, ...] = ()


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
    """People, or a scan, say where a label is that the cycle left behind, or took out since."""

    type: Literal["LabelSettled"] = "LabelSettled"
    order: str
    number: int
    outcome: Outcome
    reason: str
    witness: str = ""
    """The second person, where nothing but their word stands for it."""

    symbols: tuple[SymbolRead, ...] = ()
    """What was read on it, where it was scanned."""

    evidence: str = ""


class LabelCalibrated(Shape):
    """Good labels were measured; limits follow for this design under this camera."""

    type: Literal["LabelCalibrated"] = "LabelCalibrated"
    calibration: Calibration


class VerifierRead(Shape):
    """What a person read off a bar code verifier about one symbol of a label."""

    type: Literal["VerifierRead"] = "VerifierRead"
    order: str
    number: int
    identifier: str
    """AIM identifier of the symbol."""

    grade: str
    """As its standard writes it: "3.8/10/660/45" (`station.core.grade`)."""

    verifier: str
    """Which one: make, model and serial number."""


class ReprintAuthorised(Shape):
    """The serial of a label that surely is gone may be printed once more."""

    type: Literal["ReprintAuthorised"] = "ReprintAuthorised"
    order: str
    number: int
    """The label that is gone."""

    reason: str
    witness: str


class LabelDisposed(Shape):
    """Two people decided about a rejected label. Nothing about it is ever decided twice."""

    type: Literal["LabelDisposed"] = "LabelDisposed"
    order: str
    number: int
    found: int
    """The event that found the nonconformance."""

    disposition: Annotated[Disposition, Field(strict=False)]
    requirement: str
    """What was violated."""

    containment: str
    """What was done so that nothing else is affected."""

    evaluation: str
    """How bad it is, and why this was decided."""

    witness: str
    capa: str = ""
    """Reference to a corrective action that is kept elsewhere."""

    supply: str = ""
    """Roll or lot of the blank stock that goes back; empty where none does."""

    reader: str = ""
    """The second reader: make, model and serial number; empty where none looked."""

    symbols: tuple[SymbolRead, ...] = ()
    """What it read. What the first one read stands in the verdict."""

    passed: bool = False
    """The label is a good one from here on."""


class FaultRaised(Shape):
    """The machine cannot work. It latches until a person clears it."""

    type: Literal["FaultRaised"] = "FaultRaised"
    device: str
    conditions: tuple[str, ...]
    detail: str


class FaultCleared(Shape):
    type: Literal["FaultCleared"] = "FaultCleared"
    reason: str


class ScannerProved(Shape):
    """The challenge card was scanned: it came out of the scanner as it is, or it did not."""

    type: Literal["ScannerProved"] = "ScannerProved"
    scanner: str
    """Its address."""

    card: str
    """What the card says, hexadecimal."""

    symbol: SymbolRead
    problems: tuple[Problem, ...] = ()
    """What was lost or changed; empty if the card survived."""


class FamilyLeftOut(Shape):
    """A family of bad labels that an order has no specimen of, and why."""

    family: str
    why: Problem


class ChallengeStarted(Shape):
    """Bad labels of the order at the line are made, to see that each of them is rejected."""

    type: Literal["ChallengeStarted"] = "ChallengeStarted"
    order: str
    causes: tuple[Annotated[Cause, Field(strict=False)], ...]
    """Why it was due; empty where a person wanted it."""

    families: tuple[str, ...]
    """Those that are made, in their order (`station.core.challenge`)."""

    left_out: tuple[FamilyLeftOut, ...]
    recipe: str
    """Recipe.digest of the labels of the order."""

    version: str
    """Of the program."""

    configuration: str
    """SHA-256 of the configuration in force."""


class ChallengeSpecimen(Shape):
    """One bad label was made and judged. The gate rejects it, whatever its verdict."""

    type: Literal["ChallengeSpecimen"] = "ChallengeSpecimen"
    order: str
    family: str
    expected: tuple[Annotated[Code, Field(strict=False)], ...]
    """Reasons of which one shows that it was seen for what it is."""

    ai: str
    """The element that the reason has to name; empty where it is about none."""

    caught: bool
    """It was rejected for one of these."""

    reasons: tuple[Reason, ...]
    """All that were found; empty where it was accepted."""

    symbols: tuple[SymbolRead, ...]
    zpl: str
    """SHA-256 of the bytes sent; empty for a blank label."""

    evidence: str = ""
    """SHA-256 of the picture."""


class ChallengeEnded(Shape):
    type: Literal["ChallengeEnded"] = "ChallengeEnded"
    order: str
    result: Annotated[Result, Field(strict=False)]
    missed: tuple[str, ...] = ()
    """The families that were not caught."""

    detail: str = ""
    """What aborted it."""


class LabelsQuarantined(Shape):
    """Labels that nothing vouches for any more: a challenge after them was not passed."""

    type: Literal["LabelsQuarantined"] = "LabelsQuarantined"
    order: str
    labels: tuple[Span, ...]
    """First and last numbers."""

    cause: Literal["missed", "ended", "refused"]
    """Or their order was ended before the challenge that was to follow them; or they were a first
    article that was refused.
    """


class LabelsCleared(Shape):
    """Two people have inspected labels on hold again and let them go."""

    type: Literal["LabelsCleared"] = "LabelsCleared"
    order: str
    labels: tuple[Span, ...]
    reason: str
    witness: str


class BackupMade(Shape):
    type: Literal["BackupMade"] = "BackupMade"
    folder: str
    seq: int
    """The last event in it."""

    good: bool
    """It was restored elsewhere and audited."""

    detail: str = ""


class JournalRestored(Shape):
    """This journal was a backup. What happened after the backup is lost."""

    type: Literal["JournalRestored"] = "JournalRestored"
    folder: str
    seq: int
    """The last event of the backup."""

    lost_after: int
    """The last event that is known to have been; equal to `seq` if nothing is lost."""

    orders: tuple[str, ...] = ()
    """Orders that are known to have been started since, and that this journal knows nothing of."""

    ended: tuple[str, ...] = ()
    """Orders that may have printed more than it knows."""

    whole: bool = False
    """Nothing can have been lost."""


class HeadsBegun(Shape):
    """People decided that the signed heads begin anew: their second place is lost."""

    type: Literal["HeadsBegun"] = "HeadsBegun"
    key: str
    reason: str
    witness: str


class TemplateApproved(Shape):
    """Two people let labels be printed from exactly this design."""

    type: Literal["TemplateApproved"] = "TemplateApproved"
    name: str
    revision: str
    digest: str
    """SHA-256 of the canonical form of the template, which is kept with the pictures."""

    author: str
    approver: str
    reason: str
    font: str = ""
    """What the design was checked with, here and below; SHA-256 of the font."""

    dots_per_mm: int = 0
    profiles: str = ""
    """SHA-256 of the profiles in force; empty where none were."""


class TemplateRetired(Shape):
    """No order is started any more with any design of this name and revision."""

    type: Literal["TemplateRetired"] = "TemplateRetired"
    name: str
    revision: str
    reason: str


class BaselineApproved(Shape):
    """Two people vouch for it that the station was validated as it is set up now."""

    type: Literal["BaselineApproved"] = "BaselineApproved"
    settings: str
    """All that is in force, as JSON without secrets (`station.core.baseline`)."""

    digest: str
    """SHA-256 of it."""

    reason: str
    witness: str


class PersonAdded(Shape):
    """Somebody who may sign in from now on. No name is ever given to a second person."""

    type: Literal["PersonAdded"] = "PersonAdded"
    name: str
    roles: tuple[str, ...]
    credential: str
    """Argon2id of the PIN or password with the station's pepper; see station.access.secret."""

    badge: str
    """Keyed digest of what the badge says; empty without one."""

    reason: str


class RolesGiven(Shape):
    """In place of those that the person had."""

    type: Literal["RolesGiven"] = "RolesGiven"
    name: str
    roles: tuple[str, ...]
    reason: str


class CredentialSet(Shape):
    type: Literal["CredentialSet"] = "CredentialSet"
    name: str
    credential: str
    reason: str


class BadgeGiven(Shape):
    """In place of the one the person had; an empty one takes it away."""

    type: Literal["BadgeGiven"] = "BadgeGiven"
    name: str
    badge: str
    reason: str


class PersonRetired(Shape):
    """Never signs in again."""

    type: Literal["PersonRetired"] = "PersonRetired"
    name: str
    reason: str


class SignedIn(Shape):
    type: Literal["SignedIn"] = "SignedIn"
    name: str
    badge: bool
    """Whether by badge; otherwise by name."""


class SignInFailed(Shape):
    """Somebody gave a wrong PIN or password for this person."""

    type: Literal["SignInFailed"] = "SignInFailed"
    name: str


class SignedOut(Shape):
    type: Literal["SignedOut"] = "SignedOut"
    name: str
    why: Literal["self", "idle", "revoked"]


class Unlocked(Shape):
    """An admin lets somebody try again."""

    type: Literal["Unlocked"] = "Unlocked"
    name: str
    reason: str


class Signed(Shape):
    """A person signs the events right before it, which are of the same transaction.

    See station.core.signature.
    """

    type: Literal["Signed"] = "Signed"
    person: str
    meaning: str
    reason: str
    factor: Literal["both", "second"]
    order: str
    number: int
    """Of the label it is about; 0 for none."""

    first: int
    last: int
    """Of the events that are signed."""

    digest: str
    """SHA-256 of their bodies."""


class TokenIssued(Shape):
    """A machine may ask through the API from now on. No name is ever given to a second token."""

    type: Literal["TokenIssued"] = "TokenIssued"
    name: str
    scopes: tuple[str, ...]
    digest: str
    """HMAC-SHA256 of the token with the station's pepper; see station.access.secret."""

    expires: datetime | None = None
    """None where it holds until it is revoked."""

    reason: str


class TokenRevoked(Shape):
    type: Literal["TokenRevoked"] = "TokenRevoked"
    name: str
    reason: str


Event = Annotated[
    StationStarted
    | StationStopped
    | OrderAccepted
    | OrderRefused
    | SerialsImported
    | OrderStarted
    | OrderHeld
    | OrderResumed
    | OrderFinished
    | OrderEnded
    | OrderClosed
    | LineCleared
    | FirstArticleDue
    | StepSigned
    | OdometerRead
    | StockUsed
    | LabelIssued
    | LabelJudged
    | LabelReleased
    | LabelInDoubt
    | LabelSettled
    | VerifierRead
    | ReprintAuthorised
    | LabelDisposed
    | FaultRaised
    | FaultCleared
    | ScannerProved
    | ChallengeStarted
    | ChallengeSpecimen
    | ChallengeEnded
    | LabelsQuarantined
    | LabelsCleared
    | BackupMade
    | JournalRestored
    | HeadsBegun
    | TemplateApproved
    | TemplateRetired
    | BaselineApproved
    | PersonAdded
    | RolesGiven
    | CredentialSet
    | BadgeGiven
    | PersonRetired
    | SignedIn
    | SignInFailed
    | SignedOut
    | Unlocked
    | Signed
    | TokenIssued
    | TokenRevoked
    | LabelCalibrated,
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
    offset: int = 0
    """Minutes by which local time was ahead of UTC."""

    monotonic: int = 0
    """Nanoseconds since the machine was switched on."""

    steered: bool = False
    """The clock was synchronised with a time source."""


_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def to_json(event: Event) -> bytes:
    return _ADAPTER.dump_json(event)


def from_json(body: bytes | str) -> Event:
    return _ADAPTER.validate_json(body)
