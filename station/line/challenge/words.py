"""The words of a challenge, as people read them on pages, in tables and in reports.

>>> family("wrong-lot", "en"), family("wrong-lot", "zh")
('Wrong lot', '批号错误')
>>> expected((Code.TEXT_MISSING, Code.TEXT_WRONG), "", "en")
'Text or drawing is missing / Text or drawing is not as it was meant'
"""

from collections.abc import Iterable, Mapping

from station import wording
from station.core.challenge import Cause, Result
from station.core.judge import Code, Reason
from station.language import say, sentence

FAMILIES: Mapping[str, str] = {
    "wrong-gtin": sentence("Wrong product code (GTIN)"),
    "wrong-lot": sentence("Wrong lot"),
    "wrong-expiry": sentence("Wrong expiry date"),
    "wrong-production-date": sentence("Wrong production date"),
    "wrong-serial": sentence("Wrong serial"),
    "duplicate": sentence("Serial that a good label has already"),
    "previous-order": sentence("Label of the order before"),
    "element-order": sentence("Elements in the wrong order"),
    "missing-fnc1": sentence("No FNC1 between two elements"),
    "data-matrix-without-fnc1": sentence("Data Matrix without its leading FNC1"),
    "code-128-without-fnc1": sentence("Code 128 without its leading FNC1"),
    "brackets-encoded": sentence("Brackets encoded as data"),
    "other-system": sentence("Code of another issuing system (HIBC)"),
    "text-not-symbol": sentence("Text says something else than the code"),
    "wrong-character": sentence("One wrong character"),
    "look-alike-character": sentence("One character that looks alike"),
    "missing-character": sentence("One character missing"),
    "missing-line": sentence("One line of text missing"),
    "missing-drawing": sentence("One drawing missing"),
    "dead-dots": sentence("Dead dots of the print head"),
    "low-contrast": sentence("Print too faint"),
    "smear": sentence("Print smeared"),
    "void": sentence("Holes in the print of the label"),
    "shift": sentence("Print shifted"),
    "half-label": sentence("Half a label"),
    "blank": sentence("Blank label"),
    "two-labels": sentence("Two codes in view"),
}

RESULTS: Mapping[str, str] = {
    Result.PASSED: sentence("passed"),
    Result.MISSED: sentence("MISSED"),
    Result.ABORTED: sentence("stopped, neither passed nor missed"),
}

CAUSES: Mapping[str, str] = {
    Cause.MISSED: sentence("the last one was missed"),
    Cause.START: sentence("start of the order"),
    Cause.TIME: sentence("time since the last one"),
    Cause.FAULT: sentence("fault of the machine"),
    Cause.STOP: sentence("long stop"),
    Cause.END: sentence("end of the order"),
}

_OF_ELEMENT = sentence("{what}, element ({ai})")


def family(name: str, language: str) -> str:
    """What is wrong with its specimens; an unknown one stands for itself."""
    return wording.word(FAMILIES, name, language)


def expected(codes: Iterable[Code], ai: str, language: str) -> str:
    """The reasons of which one has to be found."""
    named = " / ".join(wording.title(each, language, ai=ai) for each in sorted(codes))
    return say(_OF_ELEMENT, language, what=named, ai=ai) if ai else named


def found(reasons: Iterable[Reason], language: str) -> str:
    """What the label was rejected for; empty where it was accepted."""
    return " ".join(each.sentence for each in wording.whys(reasons, language))
