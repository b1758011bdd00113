"""What the station shows, and what people ask of it.

The station's own thread publishes an immutable snapshot after every step; pages wait for the next
one. Requests of people go into a queue, and the station's thread answers them between two labels,
so nothing a page does can come between a print and its verdict.
"""

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from station.core.challenge import Choice
from station.core.events import Outcome, SignedIn, SignedOut, SignInFailed
from station.core.judge import Reason
from station.core.nonconformance import Disposition
from station.core.problem import Problem, Refused
from station.core.reconciliation import Stock
from station.core.signature import Signature
from station.core.state import LabelState
from station.core.workflow import Step
from station.records.query import OrderRow
from station.records.steps import Shown


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a challenge that is under way."""

    family: str
    """The specimen that is made, or was made last."""

    place: int
    """From 1."""

    of: int


class Mode(StrEnum):
    STARTING = "starting"
    IDLE = "idle"
    """No order is at the line."""

    RUNNING = "running"
    HELD = "held"
    FAULT = "fault"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LabelSeen:
    """Judged last; or the one that is being printed or waits for a scan, before its verdict."""

    order: str
    number: int
    serial: str
    hri: str
    state: LabelState
    reasons: tuple[Reason, ...] = ()
    """Why it is rejected or in doubt."""


@dataclass(frozen=True, slots=True)
class FaultShown:
    device: str
    conditions: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Called:
    """Who called for a supervisor, why and when."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    version: int = 0
    """Grows with every publication; a page that shows this one asks for a newer one."""

    mode: Mode = Mode.STARTING
    order: OrderRow | None = None
    waiting: tuple[str, ...] = ()
    """Ids of accepted orders that have not started, oldest first."""

    label: LabelSeen | None = None
    rejected: LabelSeen | None = None
    """The last label of this order that was rejected, for whoever did not see it happen."""

    fault: FaultShown | None = None
    in_doubt: tuple[tuple[int, str], ...] = ()
    """(number, serial) of labels of this order that a person has to settle."""

    unreleased: tuple[int, ...] = ()
    """Those of them that were accepted: they exist, and perhaps they passed the gate."""

    stop: int = 0
    """The event that stopped the line; 0 while it runs or has nothing to do."""

    occupied: bool = False
    """The next label waits until the place in front of the camera is empty."""

    refused: tuple[str, Problem] | None = None
    """(file or order, first reason) of what was refused last."""

    notice: Problem | None = None
    """What people should see to soon, and the line does not stop for: a backup that failed."""

    unproven: Problem | None = None
    """Why the scanner is not believed before the challenge card was scanned; None if it is."""

    challenge: Problem | None = None
    """Why the order on hold may not go on before a challenge is passed; None if it may."""

    challenging: Progress | None = None
    """How far the challenge is that is under way."""

    steps: tuple[Shown, ...] = ()
    """The steps of the order in their order; empty where people sign none."""

    step: Step | None = None
    """The one that people take next, while the line waits for it."""

    called: Called | None = None
    """Somebody waits for a supervisor."""

    expected: bytes = b""
    """PNG of the label as it should be."""

    picture: bytes = b""
    """JPEG of the label as the camera saw it; empty until it was seen."""


@dataclass(frozen=True, slots=True)
class Start:
    order: str


@dataclass(frozen=True, slots=True)
class Hold:
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Clears a latched fault, if the machine is ready again, and lets the order go on."""

    reason: str
    stop: int
    """The stop the person saw, Snapshot.stop: a later one is not taken away unseen."""

    changed: bool = False
    """Labels, ribbon or print head were changed meanwhile: a first article is due again."""


@dataclass(frozen=True, slots=True)
class End:
    """Give up the order at the line, or one that waits; nothing more is printed for it."""

    order: str
    reason: str


@dataclass(frozen=True, slots=True)
class Settle:
    """People say where a label is."""

    order: str
    number: int
    outcome: Outcome
    reason: str
    witness: str = ""
    """The second person; needed for everything but a sample."""


@dataclass(frozen=True, slots=True)
class Look:
    """The label lies before the reader: one in doubt is judged now, a rejected one is voided."""

    order: str
    number: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print the serial of a label that is gone once more."""

    order: str
    number: int
    reason: str
    witness: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A bar code verifier has measured a symbol of a label."""

    order: str
    number: int
    identifier: str
    """AIM identifier of the symbol."""

    grade: str
    verifier: str
    """Which one: make, model and serial number."""


@dataclass(frozen=True, slots=True)
class Use:
    """Label stock went through the printer without becoming a label of the order."""

    order: str
    kind: Stock
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """Reconcile an order for good; the last two only where it does not balance."""

    order: str
    justification: str = ""
    witness: str = ""


@dataclass(frozen=True, slots=True)
class Approve:
    """Two people let labels be printed from one design: whoever asks, and its author."""

    template: str
    """Its name."""

    revision: str
    digest: str
    """Of the design that was looked at, SHA-256; no other is approved."""

    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Retire:
    """No label is printed any more from any design of this name and revision."""

    template: str
    """Its name."""

    revision: str
    reason: str


@dataclass(frozen=True, slots=True)
class ApproveBaseline:
    """Two people vouch for it that the station was validated as it is set up now."""

    digest: str
    """Of the settings that were looked at, SHA-256; no others are approved."""

    reason: str
    witness: str


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody at the line wants a supervisor. The line goes on, and nothing is recorded of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Came:
    """Whoever was called is there."""


@dataclass(frozen=True, slots=True)
class Prove:
    """Somebody has the challenge card in hand: the scanner waits for it now."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """Make bad labels of the order on hold, and see that each of them is rejected."""

    order: str
    families: Choice | Literal[""] = ""
    """Which; those of the schedule where nothing is said."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop the challenge that is under way: it is neither passed nor missed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Two people let labels go that a challenge had put on hold; they have inspected them."""

    order: str
    number: int
    """Of the label; 0 for all of the order that are on hold."""

    reason: str
    witness: str


@dataclass(frozen=True, slots=True)
class TakeStep:
    """A person takes a step of an order by signing it, or refuses it."""

    order: str
    step: Step
    reason: str
    witness: str = ""
    """The second person, where the step takes two."""

    passed: bool = True
    confirmed: str = ""
    """Of a line clearance: what the two people vouch for (`station.core.workflow.Cleared`), with
    commas.
    """


@dataclass(frozen=True, slots=True)
class Enrol:
    """Somebody may sign in from now on, or in another way, or no more."""

    change: Literal["add", "roles", "credential", "badge", "retire", "unlock"]
    person: str
    reason: str
    roles: str = ""
    """Of `add` and `roles`, with commas."""

    credential: str = ""
    """Argon2id, of `add` and `credential`; a secret itself never comes here."""

    badge: str = ""
    """Keyed digest, of `add` and `badge`."""


@dataclass(frozen=True, slots=True)
class Note:
    """Who came and went at the pages; nobody waits for it."""

    event: SignedIn | SignInFailed | SignedOut


@dataclass(frozen=True, slots=True)
class Grant:
    """A machine may ask through the API from now on, or no more."""

    change: Literal["issue", "revoke"]
    token: str
    """Its name; a token itself never comes here."""

    reason: str
    scopes: str = ""
    """Of `issue`, with commas (`station.core.scope`)."""

    kept: str = ""
    """Keyed digest, of `issue`."""

    days: int = 0
    """Of `issue`: how long it holds; 0: until it is revoked."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Work orders that came without a file. Asked for twice, they are taken once."""

    name: str
    """Unlike that of any other delivery, ending in .json; the record calls it their file."""

    data: bytes


OfPeople = Enrol | Note | Grant


@dataclass(frozen=True, slots=True)
class Dispose:
    """Two people decide about a rejected label."""

    order: str
    number: int
    disposition: Disposition
    reason: str
    """The evaluation: how bad it is, and why this is decided."""

    witness: str
    requirement: str
    """What was violated."""

    containment: str
    """What was done so that nothing else is affected."""

    capa: str = ""
    """Reference to a corrective action kept elsewhere."""

    supply: str = ""
    """Roll or lot of the blank stock that goes back."""

    reader: str = ""
    """The second reader: make, model and serial number."""

    read: str = ""
    """What it read, as it sent it; several scans are parted by blanks or lines."""


AtDesk = (
    Settle
    | Reprint
    | Measure
    | Use
    | Close
    | Clear
    | TakeStep
    | Dispose
    | ApproveBaseline
    | OfPeople
)
"""What needs no device."""

Request = (
    AtDesk
    | Start
    | Hold
    | Resume
    | End
    | Look
    | Approve
    | Retire
    | Prove
    | Challenge
    | Interrupt
    | Deliver
    | Call
    | Came
)


@dataclass(frozen=True, slots=True)
class Asked:
    request: Request
    actor: str
    """Who asks: as they signed in or, where nobody does, as typed."""

    answer: "Future[None]"
    """Done when the station has done it; Refused says why it has not."""

    signatures: tuple[Signature, ...] = ()
    """Under what is recorded of it, by people who have proved who they are."""


class Board:
    """Between the station's thread and everybody else's."""

    def __init__(self) -> None:
        self._snapshot = Snapshot()
        self._changed = threading.Condition()
        self._asked: queue.Queue[Asked] = queue.Queue(maxsize=100)

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def publish(self, snapshot: Snapshot) -> None:
        with self._changed:
            self._snapshot = replace(snapshot, version=self._snapshot.version + 1)
            self._changed.notify_all()

    def newer(self, version: int, *, seconds: float) -> Snapshot:
        """The next snapshot after `version`, or the same one when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._snapshot.version > version, timeout=seconds)
            return self._snapshot

    def ask(
        self, request: Request, *, actor: str, signatures: tuple[Signature, ...] = ()
    ) -> "Future[None]":
        """Queue a request; the future's result says when it was done, or raises Refused."""
        asked = Asked(request, actor, Future(), signatures)
        self._asked.put_nowait(asked)
        return asked.answer

    def refuse_all(self, refused: Refused) -> None:
        """Answer everybody who still waits: nobody will do it any more."""
        while asked := self.next_asked(seconds=0.0):
            asked.answer.set_exception(refused)

    def next_asked(self, *, seconds: float) -> Asked | None:
        try:
            return self._asked.get(timeout=seconds) if seconds else self._asked.get_nowait()
        except queue.Empty:
            return None
