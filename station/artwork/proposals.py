"""What would fit where a symbol does not: a refusal that leaves a person something to choose.

>>> elements = ElementString.of(
...     ("01", "06972869182019"), ("10", "A" * 20), ("21", "b" * 20))
>>> for each in instead_of_rectangle(elements, Room(480, 320, 8)):
...     print(each)
This would fit: a DataMatrix of 32 by 32 modules, 12.8 mm with its quiet zone, X 3 dots (0.375 mm).

Every proposal fits on the label as it is, for these data, in whole dots of this print head; whether
there is room for it beside the other elements, the next try tells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from itertools import chain

from station.artwork.clearance import Claim, is_clear
from station.artwork.dots import Rectangle, at_least, at_most
from station.artwork.elements import LINEAR_HEIGHT, LINEAR_MODULE, MATRIX_MODULE, Gs1128Element
from station.artwork.items import LinearSymbol, SymbolItem
from station.artwork.symbols import Part, data_matrix, encoded, gs1_128
from station.core.gs1 import MOST_IN_GS1_128, ElementString
from station.core.problem import Problem, Refused, problem

LONGEST_LINEAR = Decimal("165.1")
"""Millimetres of a GS1-128 with its quiet zones (GS1 General Specifications 5.4.2)."""


@dataclass(frozen=True, slots=True)
class Room:
    """A label in dots."""

    width: int
    height: int
    dots_per_mm: int

    @property
    def longest(self) -> int:
        """Dots that a GS1-128 may be long on it."""
        return min(self.width, at_most(LONGEST_LINEAR, self.dots_per_mm))

    def mm(self, dots: int) -> Decimal:
        return Decimal(dots) / self.dots_per_mm


def module_mm(dots: int, dots_per_mm: int) -> str:
    """Rounded down: written into a template, it becomes these dots and not one more.

    >>> module_mm(8, 12)
    '0.666'
    """
    mm = Decimal(dots) / dots_per_mm
    return str(mm.quantize(Decimal("0.001"), ROUND_FLOOR))


def instead_of_linear(
    elements: ElementString, element: Gs1128Element, room: Room
) -> Iterator[Problem]:
    """For data that are too many, or too long, for one GS1-128 on this label."""
    found = chain(
        _smaller_linear(elements, element, room),
        _two_symbols(elements, element, room) if element.part == "all" else (),
        _square_matrix(elements, room),
    )
    first = next(found, None)
    if first is None:
        yield problem(
            "Nothing else fits on a label of {width} by {height} mm: it takes fewer data, or a"
            " larger label.",
            width=f"{room.mm(room.width):.1f}",
            height=f"{room.mm(room.height):.1f}",
        )
        return
    yield from chain((first,), found)


def instead_of_rectangle(elements: ElementString, room: Room) -> Iterator[Problem]:
    """For data that are too many for a rectangular DataMatrix."""
    return _square_matrix(elements, room)


def smaller_symbol(
    symbol: SymbolItem, others: Sequence[Claim], label: Rectangle, *, dots_per_mm: int
) -> Iterator[Problem]:
    """For a symbol that is too large for its place: the greatest X-dimension that is not."""
    linear = isinstance(symbol, LinearSymbol)
    least, _ = LINEAR_MODULE if linear else MATRIX_MODULE
    for dots in range(symbol.module - 1, at_least(least, dots_per_mm) - 1, -1):
        smaller = replace(symbol, module=dots)
        if is_clear(Claim.of(smaller, where="", kind=""), others, label):
            yield problem(
                "This would fit there: an X-dimension of {dots} dots ({module} mm).",
                where="module",
                dots=dots,
                module=module_mm(dots, dots_per_mm),
            )
            return


def _smaller_linear(
    elements: ElementString, element: Gs1128Element, room: Room
) -> Iterator[Problem]:
    if len(encoded(elements, element.part)) > MOST_IN_GS1_128:
        return
    modules = _modules(elements, element.part)
    dots = _fitting_module(element, room, lambda module: modules * module <= room.longest)
    if dots:
        yield problem(
            "This would fit: an X-dimension of {dots} dots ({module} mm), {length} mm with its"
            " quiet zones.",
            dots=dots,
            module=module_mm(dots, room.dots_per_mm),
            length=f"{room.mm(modules * dots):.1f}",
        )


def _two_symbols(elements: ElementString, element: Gs1128Element, room: Room) -> Iterator[Problem]:
    try:
        lengths = [_modules(elements, "di"), _modules(elements, "pi")]
    except Refused:
        return  # there is no second part
    too_many = len(encoded(elements, "pi")) > MOST_IN_GS1_128
    if too_many or 2 * at_least(LINEAR_HEIGHT, room.dots_per_mm) > room.height:
        return
    dots = _fitting_module(element, room, lambda module: max(lengths) * module <= room.longest)
    if dots:
        di, pi = (f"{room.mm(each * dots):.1f}" for each in lengths)
        yield problem(
            "This would fit: two symbols, part di of {di} mm and part pi of {pi} mm with their"
            " quiet zones, X {dots} dots ({module} mm).",
            di=di,
            pi=pi,
            dots=dots,
            module=module_mm(dots, room.dots_per_mm),
        )


def _square_matrix(elements: ElementString, room: Room) -> Iterator[Problem]:
    """At the least X-dimension: it is the one that fits most often."""
    dots = at_least(MATRIX_MODULE[0], room.dots_per_mm)
    try:
        side, _ = data_matrix(elements).shape
    except Refused:
        return
    whole = (side + 2) * dots
    if whole <= min(room.width, room.height):
        yield problem(
            "This would fit: a DataMatrix of {side} by {side} modules, {mm} mm with its quiet zone,"
            " X {dots} dots ({module} mm).",
            side=side,
            mm=f"{room.mm(whole):.1f}",
            dots=dots,
            module=module_mm(dots, room.dots_per_mm),
        )


def _modules(elements: ElementString, part: Part) -> int:
    """How long a GS1-128 is with its quiet zones, in modules."""
    return len(gs1_128(elements, part)) + 20


def _fitting_module(element: Gs1128Element, room: Room, fits: Callable[[int], bool]) -> int:
    """The greatest in range, and no greater than was asked for, that fits; 0 if none does."""
    least, most = LINEAR_MODULE
    asked = at_least(element.module, room.dots_per_mm)
    first = min(asked, at_most(most, room.dots_per_mm))
    smallest = at_least(least, room.dots_per_mm)
    return next((dots for dots in range(first, smallest - 1, -1) if fits(dots)), 0)
