"""Sentences of a protocol in the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import replace

from station import wording
from station.core.problem import Problem
from station.language import sentence
from station.line.challenge import words

OUTCOMES: Mapping[str, str] = {
    "pass": sentence("passed"),
    "fail": sentence("FAILED"),
    "not applicable": sentence("not applicable"),
}

_FAMILY = "family"
"""A value of a problem that is the name of a family of bad labels."""


def told(found: Problem, language: str) -> str:
    """A sentence with the names in it in words.

    >>> from station.core.problem import problem
    >>> told(problem("Make a bad label on purpose: {family}.", family="wrong-lot"), "en")
    'Make a bad label on purpose: Wrong lot.'
    """
    values = tuple(
        (name, words.family(str(value), language) if name == _FAMILY else value)
        for name, value in found.values
    )
    return wording.told(replace(found, values=values), language)
