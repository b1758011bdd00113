"""A label as the interpreter drew it, and what is wrong with it.

What the symbols say is taken from the values they were drawn from, and that nothing else was
painted on them, or into their quiet zones, from the dots.

Source: GS1 General Specifications 5.4.2 and 5.6.3 (quiet zones), symbol specification table 6.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from drivers.zpl.interpreter import Rendering
from drivers.zpl.state import Printed
from station.artwork.dots import Rectangle
from station.artwork.elements import LINEAR_HEIGHT, LINEAR_MODULE, MATRIX_MODULE
from station.artwork.foreign.comparable import is_compared, is_drawable
from station.artwork.foreign.design import Field
from station.artwork.ink import Ink, trimmed
from station.artwork.proposals import LONGEST_LINEAR
from station.core.gs1 import MOST_IN_GS1_128, ElementString, fits_gs1_128, length_in_gs1_128
from station.core.problem import Problem, problem


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rendering beside the fields it was made from."""

    rendering: Rendering
    fields: tuple[Field, ...]
    dots_per_mm: int
    not_compared: tuple[str, ...]

    @property
    def pairs(self) -> tuple[tuple[Field, Printed], ...]:
        return tuple(zip(self.fields, self.rendering.printed, strict=True))

    @property
    def ink(self) -> Ink:
        assert self.rendering.picture is not None, "a design with a symbol prints a label"
        return np.asarray(self.rendering.picture == 0)

    @property
    def label(self) -> Rectangle:
        height, width = self.ink.shape
        return Rectangle(0, 0, width, height)


def area(printed: Printed) -> Rectangle:
    height, width = printed.bitmap.shape
    return Rectangle(printed.x, printed.y, width, height)


def problems(sheet: Sheet, elements: ElementString) -> Iterator[Problem]:
    if sheet.rendering.unknown:
        for why in sheet.rendering.unknown:
            yield problem("A printer could not carry this out: {why}.", where="design", why=why)
        return
    ink, label = sheet.ink, sheet.label
    for field, printed in sheet.pairs:
        found = (
            _symbol_problems(printed, elements, sheet.dots_per_mm, ink, label)
            if field.symbol
            else _text_problems(field, printed, sheet.not_compared, ink, label)
        )
        yield from (each.within(field.where) for each in found)


def _symbol_problems(
    printed: Printed, elements: ElementString, dots_per_mm: int, ink: Ink, label: Rectangle
) -> Iterator[Problem]:
    carried = printed.carried
    assert carried is not None, "a symbol that cannot be drawn has been complained of"
    if carried.identifier not in {"]C1", "]d2"} or carried.data != elements.encode():
        yield problem(
            "The symbol would say {got!r} as {identifier}: expected {expected}.",
            got=carried.data.decode("latin-1")[:80],
            identifier=carried.identifier,
            expected=elements.hri(),
        )
    linear = carried.identifier == "]C1"
    yield from _module_problems(Decimal(carried.module) / dots_per_mm, linear=linear)
    if linear:
        yield from _linear_problems(printed, elements, carried.module, dots_per_mm)
    yield from _quiet_problems(printed, _kept(printed, carried.module, linear=linear), ink, label)


def _module_problems(module: Decimal, *, linear: bool) -> Iterator[Problem]:
    least, most = LINEAR_MODULE if linear else MATRIX_MODULE
    if not least <= module <= most:
        yield problem(
            "Expected an X-dimension from {least} to {most} mm, got {got} mm.",
            least=str(least),
            most=str(most),
            got=f"{module:.3f}",
        )


def _linear_problems(
    printed: Printed, elements: ElementString, module: int, dots_per_mm: int
) -> Iterator[Problem]:
    """GS1 General Specifications 5.4.2: 48 characters, 165.1 mm, and the height of the table."""
    height, length = printed.bitmap.T.shape if printed.turned else printed.bitmap.shape
    tall, long = Decimal(height) / dots_per_mm, Decimal(length + 20 * module) / dots_per_mm
    if tall < LINEAR_HEIGHT:
        yield problem(
            "Expected bars at least {least} mm high, got {got} mm.",
            least=str(LINEAR_HEIGHT),
            got=f"{tall:.1f}",
        )
    if long > LONGEST_LINEAR:
        yield problem(
            "A GS1-128 is at most {most} mm long with its quiet zones, got {got} mm.",
            most=str(LONGEST_LINEAR),
            got=f"{long:.1f}",
        )
    if not fits_gs1_128(elements):
        yield problem(
            "A GS1-128 holds at most {most} characters, got {got}.",
            most=MOST_IN_GS1_128,
            got=length_in_gs1_128(elements),
        )


def _kept(printed: Printed, module: int, *, linear: bool) -> Rectangle:
    """The symbol with its quiet zone: 1 X all round, or 10 X at both ends of the bars."""
    if not linear:
        return area(printed).grown(horizontally=module, vertically=module)
    ends = 10 * module
    return area(printed).grown(
        horizontally=0 if printed.turned else ends, vertically=ends if printed.turned else 0
    )


def _quiet_problems(
    printed: Printed, kept: Rectangle, ink: Ink, label: Rectangle
) -> Iterator[Problem]:
    if not label.holds(kept):
        yield _outside("symbol", kept, label)
        return
    expected = np.zeros((kept.height, kept.width), dtype=np.bool_)
    inner = area(printed)
    left, top = inner.x - kept.x, inner.y - kept.y
    expected[top : top + inner.height, left : left + inner.width] = printed.bitmap
    if not np.array_equal(ink[kept.y : kept.bottom, kept.x : kept.right], expected):
        yield problem(
            "Something else is drawn on the symbol or in its quiet zone, x {left}–{right} and y"
            " {top}–{bottom} dots.",
            left=kept.x,
            right=kept.right,
            top=kept.y,
            bottom=kept.bottom,
        )


def _text_problems(
    field: Field, printed: Printed, not_compared: Sequence[str], ink: Ink, label: Rectangle
) -> Iterator[Problem]:
    """Its size is known only as far as the interpreter's font goes."""
    found = trimmed(printed.bitmap)
    if found is None or field.loaded_font or not is_drawable(printed.data.decode()):
        return
    left, top, letters = found
    height, width = letters.shape
    place = Rectangle(printed.x + left, printed.y + top, width, height)
    if not label.holds(place):
        yield _outside("text", place, label)
    elif is_compared(field, not_compared):
        seen = ink[place.y : place.bottom, place.x : place.right]
        if not (np.array_equal(seen, letters) or np.array_equal(seen, ~letters)):
            yield problem(
                "Something else is drawn on the text, x {left}–{right} and y {top}–{bottom} dots.",
                left=place.x,
                right=place.right,
                top=place.y,
                bottom=place.bottom,
            )


def _outside(kind: str, place: Rectangle, label: Rectangle) -> Problem:
    return problem(
        "The {kind} with what it keeps clear reaches out of the label: expected x 0–{width}"
        " and y 0–{height} dots, got x {left}–{right} and y {top}–{bottom}.",
        kind=kind,
        width=label.width,
        height=label.height,
        left=place.x,
        right=place.right,
        top=place.y,
        bottom=place.bottom,
    )


def unseen(sheet: Sheet) -> Iterator[Rectangle]:
    """Where texts stand that are not compared, as far as it can be told.

    A printer's own font runs wider or narrower than ours, so that something is added all round,
    unless that would take in another text or a symbol.
    """
    for field, printed in sheet.pairs:
        if field.symbol or is_compared(field, sheet.not_compared):
            continue
        wide = _with_tolerance(field, printed)
        others = [area(other) for _, other in sheet.pairs if other is not printed]
        taken = area(printed) if any(wide.overlaps(each) for each in others) else wide
        yield _within(taken, sheet.label)


def _with_tolerance(field: Field, printed: Printed) -> Rectangle:
    """A quarter of the length at both ends; all of it where the text is not drawable, because
    the sign our font has for an unknown character is half as wide as a Chinese one.
    """
    known = is_drawable(printed.data.decode())
    place = area(printed)
    length, height = (place.height, place.width) if printed.turned else (place.width, place.height)
    along = length // 4 if known else length
    across = height if field.block and not known else 2
    if printed.turned:
        return place.grown(horizontally=across, vertically=along)
    return place.grown(horizontally=along, vertically=across)


def _within(place: Rectangle, label: Rectangle) -> Rectangle:
    """The part of it that is on the label."""
    left, top = max(place.x, 0), max(place.y, 0)
    right, bottom = min(place.right, label.right), min(place.bottom, label.bottom)
    return Rectangle(left, top, max(0, right - left), max(0, bottom - top))
