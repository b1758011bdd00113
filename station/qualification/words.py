"""Sentences of a protocol in the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import replace

from drivers.simulated.faults import FAULTS
from station import wording
from station.core.problem import Problem
from station.language import say, sentence
from station.line.challenge import words

OUTCOMES: Mapping[str, str] = {
    "pass": sentence("passed"),
    "fail": sentence("FAILED"),
    "not applicable": sentence("not applicable"),
}


def told(found: Problem, language: str) -> str:
    """A sentence with the names in it in words.

    >>> from station.core.problem import problem
    >>> told(problem("Make a bad label on purpose: {family}.", family="wrong-lot"), "en")
    'Make a bad label on purpose: Wrong lot.'
    """
    values = tuple((name, _in_words(name, str(value), language)) for name, value in found.values)
    return wording.told(replace(found, values=values), language)


def _in_words(name: str, value: str, language: str) -> str:
    """By what the value is called in the sentence."""
    match name:
        case "family":
            return words.family(value, language)
        case "fault" if value in FAULTS:
            return say(FAULTS[value].does, language)
        case "codes" | "states":
            return ", ".join(_titled(each, language) for each in value.split(", "))
    return value


def _titled(name: str, language: str) -> str:
    state = wording.word(wording.LABEL_STATES, name, language)
    return state if state != name else wording.title(name, language, ai="…")
