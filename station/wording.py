"""The closed lists of the core in words: why a label was rejected, what state it is in.

>>> why("DATA.serial", expected="CN010123", read="CN010124", language="en")
'Serial: expected CN010123, read CN010124.'
>>> why("READ.no-read", expected="GS1-128 ]C1", language="en")
'No code could be read: expected GS1-128 ]C1.'

Values are shown as they were read: a person compares them with the paper, character by character.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from station.core.catalogue import LevelName
from station.core.judge import Code, Reason
from station.core.nonconformance import Disposition
from station.core.people import Role
from station.core.problem import Problem
from station.core.reconciliation import Stock
from station.core.state import LabelState, OrderState
from station.core.trend import State
from station.core.workflow import Cleared, Step
from station.language import say, sentence, tell

TITLES: Mapping[str, str] = {
    Code.GTIN: sentence("Product code (GTIN)"),
    Code.LOT: sentence("Lot"),
    Code.EXPIRY: sentence("Expiry date"),
    Code.PRODUCTION_DATE: sentence("Production date"),
    Code.SERIAL: sentence("Serial"),
    Code.DUPLICATE: sentence("Serial that was printed before"),
    Code.OTHER_ELEMENT: sentence("Element ({ai})"),
    Code.ORDER: sentence("Right values in the wrong order"),
    Code.MISSING_FNC1: sentence("FNC1 separator is missing"),
    Code.OTHER_SYSTEM: sentence("Code of another system"),
    Code.NOT_AN_ELEMENT_STRING: sentence("Not GS1 data"),
    Code.NO_READ: sentence("No code could be read"),
    Code.WRONG_SYMBOLOGY: sentence("Wrong kind of code"),
    Code.SEVERAL: sentence("More codes than there should be"),
    Code.DISAGREE: sentence("Two readers contradict each other"),
    Code.TEXT_WRONG: sentence("Text or drawing is not as it was meant"),
    Code.TEXT_MISSING: sentence("Text or drawing is missing"),
    Code.NOT_REGISTERED: sentence("The print could not be compared"),
    Code.DEAD_DOTS: sentence("Dots of the print head are dead"),
    Code.VOID: sentence("Holes in the print"),
    Code.SMEAR: sentence("Ink where there should be none"),
    Code.WRINKLE: sentence("Ribbon wrinkle across the print"),
    Code.FAINT: sentence("Print is too faint"),
    Code.BOLD: sentence("Print is too bold"),
    Code.SKEW: sentence("Print lies askew on the label"),
    Code.OFFSET: sentence("Print is shifted on the label"),
    Code.CUT: sentence("Label or print is cut off"),
    Code.TWO_LABELS: sentence("Two labels in view"),
    Code.PREVIOUS: sentence("The label before was seen again"),
    Code.NONE: sentence("No label was seen"),
    Code.LATE: sentence("The label came too late"),
    Code.EXTRA: sentence("One label too many"),
    Code.LOST: sentence("The label did not come to the camera"),
    Code.DOUBLED: sentence("The label came twice"),
    Code.SWAPPED: sentence("The labels came in another order"),
    "fault": sentence("The machine failed with this label in hand"),
    "restart": sentence("The station stopped with this label in hand"),
    "withdrawn": sentence("A good label was taken out again"),
}
"""Every code a rejected or in-doubt label can carry."""

GROUPS: Mapping[str, str] = {
    "DATA": sentence("Data on the label"),
    "READ": sentence("Reading"),
    "TEXT": sentence("Text and drawings"),
    "PRINT": sentence("Print"),
    "PROCESS": sentence("Process"),
}
"""First level of the codes."""

LEVELS: Mapping[str, str] = {
    LevelName.UNIT: sentence("unit"),
    LevelName.PRIMARY: sentence("primary package"),
    LevelName.SECONDARY: sentence("secondary package"),
    LevelName.OUTER: sentence("outer package"),
}

ORDER_STATES: Mapping[str, str] = {
    OrderState.WAITING: sentence("waiting"),
    OrderState.RUNNING: sentence("running"),
    OrderState.HELD: sentence("held"),
    OrderState.FINISHED: sentence("finished"),
    OrderState.ENDED: sentence("ended early"),
    OrderState.CLOSED: sentence("closed"),
    OrderState.CLOSED_UNBALANCED: sentence("closed, NOT BALANCED"),
}

LABEL_STATES: Mapping[str, str] = {
    LabelState.PLANNED: sentence("planned"),
    LabelState.UNUSED: sentence("never used"),
    LabelState.ISSUED: sentence("issued"),
    LabelState.ACCEPTED: sentence("accepted, not yet through the gate"),
    LabelState.RELEASED: sentence("accepted and released"),
    LabelState.SAMPLE: sentence("kept as a sample"),
    LabelState.REJECTED: sentence("rejected"),
    LabelState.VOIDED: sentence("rejected and scrapped"),
    LabelState.IN_DOUBT: sentence("in doubt"),
    LabelState.DESTROYED: sentence("found and destroyed"),
    LabelState.NOT_PRINTED: sentence("not printed"),
}

INDICES: Mapping[str, str] = {
    "contrast_index": sentence("contrast index"),
    "edge_contrast_index": sentence("edge contrast index"),
    "modulation_index": sentence("modulation index"),
    "defects_index": sentence("defects index"),
    "decodability_index": sentence("decodability index"),
    "axial_nonuniformity_index": sentence("axial nonuniformity index"),
    "grid_nonuniformity_index": sentence("grid nonuniformity index"),
    "unused_error_correction_index": sentence("unused error correction index"),
    "fixed_pattern_damage_index": sentence("fixed pattern damage index"),
    "print_growth_x_index": sentence("print growth index, across"),
    "print_growth_y_index": sentence("print growth index, along the feed"),
    "quiet_zone_index": sentence("quiet zone index"),
}
"""Process indices of print quality (`station.vision.indices`)."""

TREND_STATES: Mapping[str, str] = {
    State.IN_CONTROL: sentence("in control"),
    State.DRIFTING: sentence("drifting"),
    State.ALARM: sentence("alarm"),
}

STOCK: Mapping[str, str] = {
    Stock.ROLL_START: sentence("roll start"),
    Stock.ROLL_END: sentence("roll end"),
    Stock.BLANK: sentence("blank"),
    Stock.TEST: sentence("test print"),
    Stock.CHALLENGE: sentence("challenge specimen"),
}
"""Label stock that became no label of an order."""

STEPS: Mapping[str, str] = {
    Step.CLEARANCE: sentence("line clearance"),
    Step.RELEASE: sentence("label release"),
    Step.RESIDENT_LABELS: sentence("resident: labels"),
    Step.FIRST_ARTICLE: sentence("first article"),
    Step.CHALLENGE: sentence("challenge"),
    Step.RUN: sentence("run"),
    Step.LAST_CHALLENGE: sentence("last challenge"),
    Step.RECONCILIATION: sentence("reconciliation"),
    Step.REVIEW: sentence("review"),
    Step.RESIDENT_BATCH: sentence("resident: order"),
    Step.PRODUCTION_RELEASE: sentence("production release"),
    Step.MARKET_RELEASE: sentence("market release"),
}
"""Steps of an order."""

STANDINGS: Mapping[str, str] = {
    "done": sentence("done"),
    "next": sentence("next"),
    "to come": sentence("to come"),
    "refused": sentence("refused"),
    "due again": sentence("due again"),
    "off": sentence("not for this order"),
}
"""How things stand with a step."""

MEANINGS: Mapping[str, str] = {
    "cleared": sentence("The line is clear."),
    "approved": sentence("The label is the right one."),
    "agreed": sentence("The representative agrees."),
    "verified": sentence("The first labels are good."),
    "reviewed": sentence("The order was reviewed."),
    "released": sentence("The order is released."),
    "reconciled": sentence("Every label is accounted for."),
    "refused": sentence("It is refused."),
    "settled": sentence("This is what became of the label."),
    "disposed": sentence("This is decided about the label."),
    "authorised": sentence("The serial may be printed again."),
    "inspected": sentence("The labels were inspected again and may go."),
    "unbalanced": sentence("The order is closed although it does not balance."),
    "designed": sentence("Labels may be printed from this design."),
    "retired": sentence("Nothing is printed from this design any more."),
    "validated": sentence("The station was validated as it is set up."),
    "authored": sentence("This design is mine, and it is finished."),
    "witnessed": sentence("I was there and confirm it."),
}
"""What a signature under a step stands for."""

ROLES: Mapping[str, str] = {
    Role.OPERATOR: sentence("Operator"),
    Role.SUPERVISOR: sentence("Supervisor"),
    Role.QUALITY: sentence("Quality"),
    Role.RESIDENT: sentence("Resident representative"),
    Role.REGISTRANT: sentence("Registrant"),
    Role.AUTHOR: sentence("Template author"),
    Role.APPROVER: sentence("Template approver"),
    Role.ADMIN: sentence("Administrator"),
}
"""What people may be here."""

CLEARED: Mapping[str, str] = {
    Cleared.LABELS: sentence("No label of another order is left"),
    Cleared.RIBBON: sentence("No used ribbon that could be read is left"),
    Cleared.BIN: sentence("The reject bin is empty"),
}
"""What people vouch for at a line clearance."""

DISPOSITIONS: Mapping[str, str] = {
    Disposition.SCRAP: sentence("scrap"),
    Disposition.REPRINT: sentence("scrap and reprint"),
    Disposition.CONCESSION: sentence("use as is"),
    Disposition.RETURN: sentence("return to supplier"),
    Disposition.REINSPECT: sentence("re-inspect"),
}
"""What is decided about a rejected label."""

FACTS: Mapping[str, str] = {
    "labeler": sentence("labeler"),
    "product": sentence("product"),
    "unit of measure": sentence("unit of measure"),
    "lot": sentence("lot"),
    "serial": sentence("serial"),
    "expiry": sentence("expiry"),
    "manufactured": sentence("manufactured"),
    "quantity": sentence("quantity"),
    "link": sentence("link"),
    "country": sentence("country"),
    "industry": sentence("industry"),
    "registrant": sentence("registrant"),
    "valid until": sentence("valid until"),
    "sterilisation lot": sentence("sterilisation lot"),
    "check character": sentence("check character"),
}
"""Names of what data of issuing systems other than GS1 say."""

DEVICES: Mapping[str, str] = {
    "printer": sentence("printer"),
    "camera": sentence("camera"),
    "scanner": sentence("scanner"),
    "reader": sentence("reader"),
    "gate": sentence("gate"),
    "disk": sentence("disk"),
    "clock": sentence("clock"),
    "second place": sentence("second place of the records"),
}

_DEVICE_AT = {
    "tcp": "printer",
    "http": "camera",
    "https": "camera",
    "rtsp": "camera",
    "v4l2": "camera",
    "folder": "camera",
}
"""What is reached by which kind of address; a serial line can have anything at its end."""

_OF_STATES = ("state", "got")
"""Values of a problem that may be a state."""

_OF_ROLES = "roles"
"""Names of the values that are roles, with commas."""

_OF_STEPS = ("step", "earlier")
"""Values of a problem that are the name of a step."""

_DISPOSITION = "disposition"
"""A value of a problem that is a decision about a rejected label."""

_INDEX = "index"
"""A value of a problem that is the name of an index."""

_STATES: Mapping[str, str] = {**ORDER_STATES, **LABEL_STATES}

_CAUSES = ("fault", "restart", "withdrawn")
"""Why a label was never judged; what was "read" is then the detail of the fault."""

_DEVICE = sentence("device {name}")
_DIFFERS = sentence("{what}: expected {expected}, read {read}.")
_ABSENT = sentence("{what}: expected {expected}, which is not there.")
_SURPLUS = sentence("{what}: expected nothing, read {read}.")
_UNREAD = sentence("{what}: expected {expected}.")
_DETAIL = sentence("{what}: {detail}.")
_PLAIN = sentence("{what}.")
_MANY = sentence("{what}, at {count} places: {first}, …")

SEVERAL = 3
"""Places of a label that are told one by one; a label that is spoilt all over has thirty."""


def title(code: str, language: str, *, ai: str = "") -> str:
    """What a reason is about, in a word or two; an unknown code stands for itself."""
    return say(TITLES.get(code, code), language, ai=ai) if code in TITLES else code


def why(code: str, *, language: str, ai: str = "", expected: str = "", read: str = "") -> str:
    """One reason as a sentence."""
    what = title(code, language, ai=ai)
    if code in _CAUSES:
        return _with_detail(what, read, language)
    if expected and read:
        return say(_DIFFERS, language, what=what, expected=expected, read=read)
    if expected:
        template = _ABSENT if code.startswith("DATA.") else _UNREAD
        return say(template, language, what=what, expected=expected)
    if read:
        return say(_SURPLUS, language, what=what, read=read)
    return say(_PLAIN, language, what=what)


def why_of(reason: Reason | Mapping[str, str], language: str) -> str:
    """A reason of a verdict, or of a record, as a sentence."""
    return _why(_recorded(reason), language)


@dataclass(frozen=True, slots=True)
class Why:
    """What a person is told of one reason, or of many alike."""

    code: str
    sentence: str
    expected: str = ""
    read: str = ""
    """Both empty where there are many."""


def whys(reasons: Iterable[Reason | Mapping[str, str]], language: str) -> Iterator[Why]:
    """Reasons as sentences; the same one at many places of a label is one sentence.

    >>> lines = [Reason(Code.TEXT_WRONG, expected=each) for each in ("REF", "LOT", "SN", "2026")]
    >>> [each.sentence for each in whys(lines, "en")]
    ['Text or drawing is not as it was meant, at 4 places: REF, LOT, SN, …']
    """
    alike: dict[str, list[Reason]] = {}
    for each in reasons:
        found = _recorded(each)
        alike.setdefault(found.code, []).append(found)
    for code, found_all in alike.items():
        if len(found_all) > SEVERAL:
            first = ", ".join(each.expected or each.read for each in found_all[:SEVERAL])
            what = title(code, language)
            many = say(_MANY, language, what=what, count=len(found_all), first=first)
            yield Why(code, many)
        else:
            yield from (
                Why(code, _why(each, language), each.expected, each.read) for each in found_all
            )


def _recorded(reason: Reason | Mapping[str, str]) -> Reason:
    if isinstance(reason, Reason):
        return reason
    return Reason(
        cast("Code", reason["code"]),  # a record of another version may know more codes
        ai=reason.get("ai", ""),
        expected=reason.get("expected", ""),
        read=reason.get("read", ""),
    )


def _why(reason: Reason, language: str) -> str:
    return why(
        reason.code,
        ai=reason.ai,
        expected=reason.expected,
        read=reason.read,
        language=language,
    )


def word(table: Mapping[str, str], key: str, language: str) -> str:
    """A word of one of the tables above; what is not in it stands for itself."""
    return say(table[key], language) if key in table else key


def told(found: Problem, language: str) -> str:
    """A problem as one sentence, with the states it speaks of in the reader's words.

    >>> from station.core.problem import problem
    >>> told(problem("Label {number} is open: {state}.", number=5, state="in doubt"), "zh")
    '第 5 张标签未了结：存疑。'
    """
    values = tuple((name, _in_words(name, value, language)) for name, value in found.values)
    return tell(replace(found, values=values), language)


def _in_words(name: str, value: str | int, language: str) -> str | int:
    if isinstance(value, str) and name in _OF_STATES:
        return word(_STATES, value, language)
    if isinstance(value, str) and name in _OF_STEPS:
        return word(STEPS, value, language)
    if isinstance(value, str) and name == _INDEX:
        return word(INDICES, value, language)
    if isinstance(value, str) and name == _DISPOSITION:
        return word(DISPOSITIONS, value, language)
    if isinstance(value, str) and name == _OF_ROLES:
        return roles(value.split(", "), language)
    return value


def roles(names: Iterable[str], language: str) -> str:
    """What somebody is, in one line.

    >>> roles(["operator", "quality"], "zh")
    '操作员、质量'
    """
    between = "、" if language == "zh" else ", "
    return between.join(word(ROLES, each, language) for each in names)


def device(name: str, language: str) -> str:
    """What people call a device that a driver calls by its address.

    >>> device("printer tcp://192.0.2.7:9100", "en"), device("rtsp://192.0.2.8/live", "en")
    ('printer', 'camera')
    """
    known = device_kind(name)
    return say(DEVICES[known], language) if known else say(_DEVICE, language, name=name)


def device_kind(name: str) -> str:
    """Which of DEVICES it is; empty where its name does not tell.

    >>> device_kind("printer tcp://192.0.2.7:9100"), device_kind("laser")
    ('printer', '')
    """
    kind = name.partition(" ")[0]
    known = next((each for each in (name, kind) if each in DEVICES), "")
    return known or _DEVICE_AT.get(kind.partition("://")[0], "")


def _with_detail(what: str, detail: str, language: str) -> str:
    if not detail:
        return say(_PLAIN, language, what=what)
    return say(_DETAIL, language, what=what, detail=detail.rstrip("."))
