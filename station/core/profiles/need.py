"""One line of a profile: what is required, optional or forbidden, when, and which clause says so.

>>> from station.core.shape import parse
>>> need = parse(Need, {"ai": "11", "need": "required", "if_text": ("production_date",),
...                     "clause": "21 CFR 801.40(b)"})
>>> need.items
(Item(kind=<Kind.AI: 'ais'>, name='11'),)
>>> parse(Need, {"ai": "11", "text": "lot", "need": "forbidden", "clause": "?"})
Traceback (most recent call last):
station.core.problem.Refused: A need is about one thing: expected one of ai, text, pictogram, \
one_of, got ai, text.

All conditions have to hold. Within `levels`, `traits` and `without` one word is enough.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from station.core.problem import Problem, problem, refuse
from station.core.profiles.item import (
    DATES,
    AiCode,
    Item,
    Kind,
    PictogramName,
    TextName,
    What,
)
from station.core.profiles.subject import LevelWord, Subject, Trace, Trait
from station.core.shape import Code, Shape, Text

DATE = "YYYY-MM-DD"
"""How a date without a pattern is written."""


class Bilingual(Shape):
    zh: Code
    en: Code


class Need(Shape):
    ai: AiCode | None = None
    text: TextName | None = None
    pictogram: PictogramName | None = None
    one_of: tuple[What, ...] = ()
    """Any of these will do."""

    need: Literal["required", "optional", "forbidden"]
    levels: tuple[LevelWord, ...] = ()
    """Empty: every level."""

    transport: bool | None = None
    """True: only what is also the shipping pack; false: only what is not."""

    trace: Trace | None = None
    traits: tuple[Trait, ...] = ()
    """Only for a device with any of these."""

    without: tuple[Trait, ...] = ()
    """Only for a device with none of these."""

    if_text: tuple[TextName, ...] = ()
    """Only where the label shows all of these."""

    unless_text: tuple[TextName, ...] = ()
    """Only where the label shows none of these."""

    if_given: bool = False
    """Only where the text has a value: what a product has to say must be said."""

    deferrable: bool = False
    """A small label may leave the text to the instructions, if it says so."""

    pattern: Text = ""
    """How a date is written, wherever it is shown."""

    clause: Code
    """Where the rule stands: standard or law, with its clause."""

    note: Bilingual | None = None

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What the need is about; more than one for one_of."""
        drawn = f"pictogram.{self.pictogram}" if self.pictogram else None
        written = (self.ai, self.text, drawn, *self.one_of)
        return tuple(Item.parse(each) for each in written if each is not None)

    @cached_property
    def encoded(self) -> bool:
        """Whether it is about the symbol alone, and can be judged without a template."""
        return all(each.kind is Kind.AI for each in self.items)

    def concerns(self, subject: Subject, *, level: str) -> bool:
        """Whether it speaks of such a subject, whatever its label shows."""
        return (
            (not self.levels or level in self.levels)
            and self.transport in (None, subject.transport)
            and self.trace in (None, subject.trace)
            and (not self.traits or not subject.traits.isdisjoint(self.traits))
            and subject.traits.isdisjoint(self.without)
        )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        refuse([*self._subject_problems(), *self._meaning_problems()])
        return self

    def _subject_problems(self) -> Iterator[Problem]:
        fields = ("ai", "text", "pictogram", "one_of")
        values = (self.ai, self.text, self.pictogram, self.one_of)
        given = [field for field, value in zip(fields, values, strict=True) if value]
        if len(given) != 1:
            yield problem(
                "A need is about one thing: expected one of {fields}, got {got}.",
                fields=", ".join(fields),
                got=", ".join(given) or "none",
            )
        if self.one_of and (len(set(self.one_of)) < 2 or self.need != "required"):
            yield problem(
                "A choice is between two things at least, and required: got {got}, {need}.",
                where="one_of",
                got=", ".join(self.one_of),
                need=self.need,
            )

    def _meaning_problems(self) -> Iterator[Problem]:
        """Words that would never be asked are refused, not passed over."""
        if self.deferrable and (self.text is None or self.need != "required"):
            yield problem("Only a required text can be deferred.", where="deferrable")
        if self.if_given and not any(each.kind is Kind.TEXT for each in self.items):
            yield problem("Only a text has a value: expected a text or no if_given.")
        if self.pattern and self.text not in DATES:
            yield problem(
                "Only a date has a pattern, got {got!r} for {field}.",
                where="pattern",
                got=self.pattern,
                field=str(self.text or self.ai or self.pictogram),
            )
        both = sorted(set(self.if_text) & set(self.unless_text))
        if both:
            yield problem(
                "A text cannot be asked for and excluded at once: {both}.",
                where="unless_text",
                both=", ".join(both),
            )
