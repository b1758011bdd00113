"""Every kind of event in words, and what it says, field by field.

>>> from station.core.events import FaultCleared
>>> title("FaultCleared", "en"), [(each.name, each.text) for each in said(
...     FaultCleared(reason="paper"), "en")]
('Fault cleared', [('Why', 'paper')])
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from station import wording
from station.core.challenge import told as spans_told
from station.core.events import Event
from station.core.problem import Problem
from station.language import say, sentence
from station.line.challenge import words as challenge
from station.reports.batch.happened import HOLDS

TITLES: Mapping[str, str] = {
    "StationStarted": sentence("Station started"),
    "StationStopped": sentence("Station stopped"),
    "OrderAccepted": sentence("Order taken in"),
    "OrderRefused": sentence("Order refused"),
    "SerialsImported": sentence("Serials of before imported"),
    "OrderStarted": sentence("Order started"),
    "OrderHeld": sentence("Order put on hold"),
    "OrderResumed": sentence("Order went on"),
    "OrderFinished": sentence("Order finished"),
    "OrderEnded": sentence("Order ended early"),
    "OrderClosed": sentence("Order closed"),
    "LineCleared": sentence("Line cleared"),
    "FirstArticleDue": sentence("First article due again"),
    "StepSigned": sentence("Step of an order signed"),
    "OdometerRead": sentence("Odometer of the printer read"),
    "StockUsed": sentence("Label stock that became no label"),
    "LabelIssued": sentence("Label issued"),
    "LabelJudged": sentence("Label judged"),
    "LabelReleased": sentence("Label let through the gate"),
    "LabelInDoubt": sentence("Label in doubt"),
    "LabelSettled": sentence("Label settled"),
    "VerifierRead": sentence("Verifier reading written down"),
    "ReprintAuthorised": sentence("Reprint authorised"),
    "LabelDisposed": sentence("Rejected label decided about"),
    "FaultRaised": sentence("Fault of the machine"),
    "FaultCleared": sentence("Fault cleared"),
    "ScannerProved": sentence("Scanner tried with the challenge card"),
    "ChallengeStarted": sentence("Challenge begun"),
    "ChallengeSpecimen": sentence("Bad label made and judged"),
    "ChallengeEnded": sentence("Challenge ended"),
    "LabelsQuarantined": sentence("Labels put on hold"),
    "LabelsCleared": sentence("Labels on hold let go"),
    "BackupMade": sentence("Backup made"),
    "JournalRestored": sentence("Journal restored from a backup"),
    "HeadsBegun": sentence("Signed heads begun anew"),
    "TemplateApproved": sentence("Design approved"),
    "TemplateRetired": sentence("Design retired"),
    "BaselineApproved": sentence("Settings vouched for as validated"),
    "PersonAdded": sentence("Person added"),
    "RolesGiven": sentence("Roles given"),
    "CredentialSet": sentence("PIN or password set"),
    "BadgeGiven": sentence("Badge given or taken away"),
    "PersonRetired": sentence("Person signs in no more"),
    "SignedIn": sentence("Signed in"),
    "SignInFailed": sentence("Sign-in failed"),
    "SignedOut": sentence("Signed out"),
    "Unlocked": sentence("Sign-in unlocked"),
    "TokenIssued": sentence("Token issued"),
    "TokenRevoked": sentence("Token revoked"),
    "Signed": sentence("Signature"),
    "LabelCalibrated": sentence("Design calibrated"),
}
"""By the type of the event."""

SECRET = frozenset({"credential", "badge"})
"""Fields that no page shows, though they are only digests."""

LONGEST = 300
"""Characters of one value in the list; all of it is on the page of the event."""

DIGITS = 12
"""Of a digest, where it only tells two things apart."""

_YES, _NO = sentence("yes"), sentence("no")

_FIELDS: Mapping[str, str] = {
    "number": sentence("Label"),
    "serial": sentence("Serial"),
    "reprint_of": sentence("Reprint of label"),
    "file": sentence("File"),
    "gtin": sentence("GTIN"),
    "part": sentence("Part"),
    "device": sentence("Device"),
    "conditions": sentence("Conditions"),
    "cause": sentence("Cause"),
    "causes": sentence("Causes"),
    "accepted": sentence("Accepted"),
    "reasons": sentence("Reasons"),
    "outcome": sentence("What became of it"),
    "disposition": sentence("Decision"),
    "requirement": sentence("Requirement that was violated"),
    "containment": sentence("Containment"),
    "evaluation": sentence("Evaluation"),
    "capa": sentence("CAPA reference"),
    "supply": sentence("Blank stock"),
    "reader": sentence("Second reader"),
    "step": sentence("Step"),
    "passed": sentence("Passed"),
    "meaning": sentence("Meaning"),
    "kind": sentence("Kind"),
    "count": sentence("Count"),
    "value": sentence("Odometer"),
    "identifier": sentence("Symbol"),
    "grade": sentence("Grade"),
    "verifier": sentence("Verifier"),
    "scanner": sentence("Scanner"),
    "family": sentence("Bad label"),
    "caught": sentence("Found"),
    "result": sentence("Result"),
    "missed": sentence("Missed"),
    "labels": sentence("Labels"),
    "folder": sentence("Folder"),
    "seq": sentence("Up to event"),
    "good": sentence("Good"),
    "lost_after": sentence("Last event known"),
    "orders": sentence("Orders"),
    "ended": sentence("Ended"),
    "name": sentence("Name"),
    "revision": sentence("Revision"),
    "author": sentence("Author"),
    "approver": sentence("Approver"),
    "roles": sentence("Roles"),
    "person": sentence("Person"),
    "factor": sentence("Proved by"),
    "first": sentence("From event"),
    "last": sentence("To event"),
    "why": sentence("Why"),
    "reason": sentence("Why"),
    "justification": sentence("Justification"),
    "witness": sentence("Second person"),
    "detail": sentence("Detail"),
    "problems": sentence("What was wrong"),
    "differences": sentence("What does not balance"),
    "version": sentence("Version"),
    "configuration": sentence("Configuration"),
    "digest": sentence("SHA-256"),
}
"""Fields that are told, in this order; the others are on the page of the event."""

_OF_DESIGNS = {"name": sentence("Design")}
"""What a field is called where the event is about a design."""

_DESIGNS = frozenset({"TemplateApproved", "TemplateRetired"})

_WORDS: Mapping[str, Mapping[str, str]] = {
    "cause": {
        **HOLDS,
        **wording.TITLES,
        "missed": challenge.CAUSES["missed"],
        "ended": sentence("its order was ended before a challenge"),
        "refused": sentence("the first article was refused"),
    },
    "causes": {
        **challenge.CAUSES,
        "stop": sentence("long stop"),
        "supplies": sentence("paper, ribbon or print head changed"),
        "said": sentence("somebody said so"),
    },
    "outcome": wording.LABEL_STATES,
    "disposition": wording.DISPOSITIONS,
    "step": wording.STEPS,
    "meaning": wording.MEANINGS,
    "kind": wording.STOCK,
    "result": challenge.RESULTS,
    "roles": wording.ROLES,
    "family": challenge.FAMILIES,
    "missed": challenge.FAMILIES,
    "factor": {
        "both": sentence("name or badge, and secret"),
        "second": sentence("secret, while signed in"),
    },
    "why": {
        "self": sentence("signed out"),
        "idle": sentence("nothing was touched"),
        "revoked": sentence("right taken away"),
    },
}
"""Words that stand for the values of a field."""

_SHORT = frozenset({"configuration", "digest"})


@dataclass(frozen=True, slots=True)
class Said:
    """One field of an event."""

    name: str
    text: str


def title(type_: str, language: str) -> str:
    """An unknown type stands for itself."""
    return wording.word(TITLES, type_, language)


def said(event: Event, language: str) -> Iterator[Said]:
    """What an event says, in the order of the fields above; what says nothing is left out."""
    values = {name: value for name, value in event if name not in SECRET}
    fields = {**_FIELDS, **(_OF_DESIGNS if event.type in _DESIGNS else {})}
    for field, name in fields.items():
        if field not in values:
            continue
        text = _text(field, values[field], language)
        if text:
            yield Said(say(name, language), text[:LONGEST])


def _text(field: str, value: Any, language: str) -> str:  # noqa: PLR0911 - one line a kind
    if isinstance(value, bool):
        return say(_YES if value else _NO, language)
    if not value:
        return ""
    if field == "device":
        return f"{wording.device(value, language)} ({value})"
    if field == "labels":
        return spans_told(value)
    if field == "reasons":
        return " ".join(each.sentence for each in wording.whys(value, language))
    if field in _SHORT:
        return str(value)[:DIGITS]
    if isinstance(value, tuple):
        return _joined(field, value, language)
    return wording.word(_WORDS.get(field, {}), str(value), language)


def _joined(field: str, values: tuple[Any, ...], language: str) -> str:
    if all(isinstance(each, Problem) for each in values):
        return " ".join(wording.told(each, language) for each in values)
    table = _WORDS.get(field, {})
    between = "、" if language == "zh" else ", "
    return between.join(wording.word(table, str(each), language) for each in values)
