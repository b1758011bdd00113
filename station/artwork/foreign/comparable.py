"""Which texts of a design a picture drawn in advance can be compared with.

A printer prints ^A in fonts of its own. The interpreter draws them in one outline font that has
the printable characters of ASCII: of about the same size, of other shapes. So a text either is
drawable, and is compared dot by dot (which passes only on printers with that very font, such as
the simulated one), or the design names it in `not_compared`, and a person who approves it knows.

>>> from station.artwork.foreign.placeholder import Placeholder
>>> listed_names(Field(1, "", ("LOT ", Placeholder("lot"))))
('lot',)
>>> listed_names(Field(1, "", ("LOT",)))
('captions',)
"""

from collections.abc import Iterator, Sequence

from station.artwork.foreign.design import Field
from station.core.problem import Problem, problem

CAPTIONS = "captions"
"""In `not_compared`: every text without a placeholder."""


def listed_names(field: Field) -> tuple[str, ...]:
    """How `not_compared` names the text, each name once."""
    return tuple(dict.fromkeys(each.listed for each in field.placeholders)) or (CAPTIONS,)


def is_compared(field: Field, not_compared: Sequence[str]) -> bool:
    return not set(listed_names(field)) & set(not_compared)


def is_drawable(text: str) -> bool:
    return text.isascii() and text.isprintable()


def listing_problems(fields: Sequence[Field], not_compared: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with `not_compared`, seen from a design whose fields can be read."""
    texts = [each for each in fields if not each.symbol]
    known = tuple(dict.fromkeys(name for each in texts for name in listed_names(each)))
    for place, name in enumerate(not_compared):
        if name not in known:
            yield problem(
                "No text of the design is called {got!r}. Expected one of: {known}.",
                where=f"not_compared.{place}",
                got=name[:40],
                known=", ".join(known) or "none",
            )
    for each in texts:
        yield from (found.within(each.where) for found in _text_problems(each, not_compared))


def value_problems(field: Field, text: str) -> Iterator[Problem]:
    """Whether a text that is compared says something the picture cannot show."""
    if not is_drawable(text):
        yield problem(
            "{text!r} is printed in a font of the printer's own, which the expected picture cannot"
            " show: expected ASCII, or {names} in not_compared.",
            where=field.where,
            text=text[:40],
            names=", ".join(listed_names(field)),
        )


def _text_problems(field: Field, not_compared: Sequence[str]) -> Iterator[Problem]:
    names = listed_names(field)
    listed = [each for each in names if each in not_compared]
    if listed and len(listed) < len(names):
        yield problem(
            "One text is compared as a whole or not at all: not_compared has {listed} and lacks"
            " {lacking}.",
            listed=", ".join(listed),
            lacking=", ".join(each for each in names if each not in listed),
        )
    if not listed and (field.loaded_font or not is_drawable(field.literal)):
        yield problem(
            "This is printed in a font of the printer's own, which the expected picture cannot"
            " show: expected {names} in not_compared.",
            names=", ".join(names),
        )
