"""What a look at any label finds, and the one line that says it largest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from station.core import ai
from station.core.catalogue import Level, Product
from station.core.judge import Reason
from station.core.problem import Problem
from station.core.state import LabelState
from station.core.udi import Checked
from station.core.verdict import CODE_OF_AI
from station.language import say, sentence
from station.line.scanned import Scanned
from station.records.query import OrderRow
from station.records.trace.traced import TracedLabel
from station.wording import FACTS, LABEL_STATES, title, word


class Finding(StrEnum):
    AGREES = "agrees"
    """Made here, released, and it says what it was made to say."""

    NOT_GOOD = "not-good"
    """Made here, and it must not be used."""

    DIFFERS = "differs"
    """It looks like one made here, and says something else."""

    NOT_OURS = "not-ours"
    TOO_LITTLE = "too-little"
    """It names a product, or a part of a label, and no label."""

    UNREADABLE = "unreadable"
    """No data, or data that follow nobody's rules."""


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    """Application identifier of GS1 data; a word of the others."""

    value: str
    day: date | None = None
    """What six digits mean, where they are a date."""


@dataclass(frozen=True, slots=True)
class Made:
    """A label of this station, or all labels of one order that are alike."""

    order: OrderRow
    label: TracedLabel | None
    """None where labels of a lot cannot be told apart."""

    data: bytes
    """The element string that was sent to the printer."""

    reasons: tuple[Reason, ...] = ()
    """How what was read differs from it; nothing where it is the same."""


@dataclass(frozen=True, slots=True)
class Verified:
    read: Scanned
    checked: Checked
    finding: Finding
    facts: tuple[Fact, ...] = ()
    item: tuple[Product, Level] | None = None
    """Of the catalogue, by its GTIN."""

    made: tuple[Made, ...] = ()
    """Labels with this serial, in the order they were printed; or orders of this lot, newest first.
    """

    state: LabelState | None = None
    """Of the one label that it has to be; None where several are alike."""

    notes: tuple[Problem, ...] = ()
    """What a person should know besides."""

    @property
    def good(self) -> bool:
        return self.finding == Finding.AGREES and not self.checked.problems


HEADLINES: Mapping[Finding, str] = {
    Finding.AGREES: sentence("Made here, released, data agree"),
    Finding.NOT_GOOD: sentence("Made here, but {state}: must not be used"),
    Finding.DIFFERS: sentence("Looks like made here, but data differ"),
    Finding.NOT_OURS: sentence("Not made here"),
    Finding.TOO_LITTLE: sentence("Only a part: scan the other code too"),
    Finding.UNREADABLE: sentence("Cannot be read"),
}

_TWIN = sentence("Made here, but a rejected label says the same: must not be used")
_LOT = sentence("Made here, but nothing of this lot was released: must not be used")
_MADE_AS = sentence("{what}: made as {made}, read {read}.")
_NOTHING = sentence("nothing")


def headline(found: Verified, language: str) -> str:
    """What is said largest."""
    if found.finding == Finding.NOT_GOOD and found.state is None:
        return say(_LOT if all(each.label is None for each in found.made) else _TWIN, language)
    state = word(LABEL_STATES, found.state, language) if found.state else ""
    return say(HEADLINES[found.finding], language, state=state)


def name_of(fact: Fact, language: str) -> str:
    """What a value is: an application identifier with its name, or a word of another system.

    >>> name_of(Fact("17", "261231"), "en"), name_of(Fact("240", "X"), "en")
    ('(17) Expiry date', '(240) ADDITIONAL ID')
    """
    if fact.name in CODE_OF_AI:
        return f"({fact.name}) {title(CODE_OF_AI[fact.name], language)}"
    if fact.name in ai.TABLE:
        return f"({fact.name}) {ai.TABLE[fact.name].title}"
    return word(FACTS, fact.name, language)


def difference(reason: Reason, language: str) -> str:
    """One way in which a label is not what it was made as.

    >>> from station.core.judge import Code
    >>> difference(Reason(Code.LOT, "10", "A1", "A2"), "en")
    'Lot: made as A1, read A2.'
    """
    nothing = say(_NOTHING, language)
    return say(
        _MADE_AS,
        language,
        what=title(reason.code, language, ai=reason.ai),
        made=reason.expected or nothing,
        read=reason.read or nothing,
    )
