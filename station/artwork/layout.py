"""A template and one label's data become an artwork: placed in whole dots, or refused.

Nothing is cut, squeezed or left out to make a label fit. All reasons come at once, with the
path of the element: a person corrects a design, not one line of it at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from station.artwork.clearance import Claim, clearance_problems
from station.artwork.content import empty, filled, is_static
from station.artwork.dots import RESOLUTIONS, Rectangle, at_least, nearest
from station.artwork.items import Artwork, Bitmap, Box, Item, LinearSymbol, MatrixSymbol
from station.artwork.paragraph import SMALLEST, SetLine, Style, set_flowing, set_lines, set_text
from station.artwork.pictograms import pictogram
from station.artwork.symbols import codewords, data_matrix, gs1_128
from station.artwork.template import (
    BoxElement,
    DataMatrixElement,
    Gs1128Element,
    HriElement,
    Lettering,
    LineElement,
    PictogramElement,
    SymbolElement,
    Template,
    TemplateElement,
    TextElement,
    module_range,
)
from station.artwork.text import Font
from station.core.gs1 import MOST_IN_GS1_128, ElementString, fits_gs1_128, length_in_gs1_128
from station.core.problem import Problem, Refused, problem, refuse

__all__ = ["Artwork", "layout"]

LONGEST_LINEAR = Decimal("165.1")
"""Millimetres of a GS1-128 with its quiet zones (GS1 General Specifications 5.4.2)."""


def layout(
    template: Template,
    fields: Mapping[str, str],
    elements: ElementString,
    *,
    dots_per_mm: int,
    font: Font,
) -> Artwork:
    """One label in dots. Raises Refused with every element that cannot be as it is designed."""
    sheet = _Sheet(fields, elements, dots_per_mm, font)
    refuse(_resolution_problems(dots_per_mm))
    size = Rectangle(
        0, 0, nearest(template.size.width, dots_per_mm), nearest(template.size.height, dots_per_mm)
    )
    placed, problems = _placed(template, sheet)
    claims = [
        Claim.of(item, where=f"elements.{place}", kind=element.kind)
        for place, element, items in placed
        for item in items
    ]
    refuse([*problems, *clearance_problems(claims, size)])
    items = tuple(item for _, _, found in placed for item in found)
    return Artwork(size.width, size.height, dots_per_mm, items)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What every element is set with."""

    fields: Mapping[str, str]
    elements: ElementString
    dots_per_mm: int
    font: Font

    def dots(self, mm: Decimal) -> int:
        return nearest(mm, self.dots_per_mm)

    def stroke(self, mm: Decimal) -> int:
        """A rule is never so thin that it is not there."""
        return max(1, self.dots(mm))

    def box(self, element: Lettering | BoxElement) -> Rectangle:
        return Rectangle.of(
            element.x,
            element.y,
            element.width,
            element.height,
            dots_per_mm=self.dots_per_mm,
        )


_Placement = tuple[int, TemplateElement, tuple[Item, ...]]


def _placed(template: Template, sheet: _Sheet) -> tuple[list[_Placement], list[Problem]]:
    placed: list[_Placement] = []
    problems: list[Problem] = []
    for place, element in enumerate(template.elements):
        try:
            placed.append((place, element, tuple(_items(element, place, sheet))))
        except Refused as refused:
            problems.extend(refused.within(f"elements.{place}").problems)
    return placed, problems


def _items(element: TemplateElement, place: int, sheet: _Sheet) -> Iterator[Item]:
    match element:
        case TextElement():
            yield from _text(element, place, sheet)
        case HriElement():
            yield from _hri(element, place, sheet)
        case DataMatrixElement():
            yield _matrix(element, sheet)
        case Gs1128Element():
            yield _linear(element, sheet)
        case LineElement():
            yield _rule(element, sheet)
        case BoxElement():
            area = sheet.box(element)
            yield Box(area.x, area.y, area.width, area.height, sheet.stroke(element.thickness))
        case PictogramElement():
            yield _pictogram(element, place, sheet)


def _pictogram(element: PictogramElement, place: int, sheet: _Sheet) -> Bitmap:
    contents = element.values
    refuse(
        problem("The label has no {field}, which this pictogram shows.", where=value, field=each)
        for value, content in contents.items()
        for each in empty(content, sheet.fields)
    )
    pixels = pictogram(
        element.name,
        height=sheet.dots(element.size),
        font=sheet.font,
        values={value: filled(content, sheet.fields) for value, content in contents.items()},
        dots_per_mm=sheet.dots_per_mm,
    )
    static = all(is_static(content) for content in contents.values())
    x, y = sheet.dots(element.x), sheet.dots(element.y)
    return Bitmap(x, y, pixels, f"{element.name} {place}", static)


def _text(element: TextElement, place: int, sheet: _Sheet) -> Iterator[Bitmap]:
    lacking = empty(element.content, sheet.fields)
    if lacking and element.optional:
        return
    refuse(
        problem("The label has no {field}, and the element is not optional.", field=each)
        for each in lacking
    )
    text = filled(element.content, sheet.fields)
    lines = set_text(text, sheet.box(element), _style(element, sheet), font=sheet.font)
    yield from _bitmaps(lines, f"text {place}", static=is_static(element.content))


def _hri(element: HriElement, place: int, sheet: _Sheet) -> Iterator[Bitmap]:
    """Never static: all that belongs to the encoded data is sent together with it."""
    parts = [f"({each.ai}){each.value}" for each in sheet.elements.elements]
    assert "".join(parts) == sheet.elements.hri(), "the HRI is its elements, one after another"
    setting = set_lines if element.flow == "lines" else set_flowing
    lines = setting(parts, sheet.box(element), _style(element, sheet), font=sheet.font)
    yield from _bitmaps(lines, f"hri {place}", static=False)


def _bitmaps(lines: tuple[SetLine, ...], name: str, *, static: bool) -> Iterator[Bitmap]:
    for number, line in enumerate(lines, start=1):
        yield Bitmap(line.x, line.y, line.ink, f"{name} line {number}", static)


def _style(element: Lettering, sheet: _Sheet) -> Style:
    largest = sheet.dots(element.size)
    smallest = sheet.dots(element.shrink_to or element.size)
    if smallest < SMALLEST:
        raise Refused(
            problem(
                "Text needs at least {least} dots to be read, got {got}.",
                where="size",
                least=SMALLEST,
                got=smallest,
            )
        )
    sizes = tuple(range(largest, smallest - 1, -1))
    return Style(sizes, bold=element.weight == "bold", align=element.align)


def _matrix(element: DataMatrixElement, sheet: _Sheet) -> MatrixSymbol:
    return MatrixSymbol(
        sheet.dots(element.x),
        sheet.dots(element.y),
        _module(element, sheet.dots_per_mm),
        sheet.elements.encode(),
        data_matrix(sheet.elements),
    )


def _linear(element: Gs1128Element, sheet: _Sheet) -> LinearSymbol:
    if not fits_gs1_128(sheet.elements):
        raise Refused(
            problem(
                "A GS1-128 holds at most {most} characters, got {got}.",
                most=MOST_IN_GS1_128,
                got=length_in_gs1_128(sheet.elements),
            )
        )
    bars = gs1_128(sheet.elements)
    symbol = LinearSymbol(
        sheet.dots(element.x),
        sheet.dots(element.y),
        _module(element, sheet.dots_per_mm),
        at_least(element.height, sheet.dots_per_mm),
        sheet.elements.encode(),
        codewords(bars),
        bars,
    )
    _refuse_long(symbol, sheet.dots_per_mm)
    return symbol


def _refuse_long(symbol: LinearSymbol, dots_per_mm: int) -> None:
    length = Decimal(symbol.with_quiet_zone.width) / dots_per_mm
    if length > LONGEST_LINEAR:
        raise Refused(
            problem(
                "A GS1-128 is at most {most} mm long with its quiet zones, got {got} mm.",
                most=str(LONGEST_LINEAR),
                got=f"{length:.1f}",
            )
        )


def _module(element: SymbolElement, dots_per_mm: int) -> int:
    """Dots a module: the fewest that are no smaller than the template asks for."""
    dots = at_least(element.module, dots_per_mm)
    _, most = module_range(element)
    if Decimal(dots) / dots_per_mm > most:
        raise Refused(
            problem(
                "At {resolution} dots/mm the X-dimension would be {dots} dots, {got} mm: expected"
                " at most {most} mm.",
                where="module",
                resolution=dots_per_mm,
                dots=dots,
                got=f"{Decimal(dots) / dots_per_mm:.3f}",
                most=str(most),
            )
        )
    return dots


def _rule(element: LineElement, sheet: _Sheet) -> Box:
    thickness = sheet.stroke(element.thickness)
    x, y = sheet.dots(element.x), sheet.dots(element.y)
    if element.direction == "horizontal":
        return Box(x, y, sheet.dots(element.x + element.length) - x, thickness, thickness)
    return Box(x, y, thickness, sheet.dots(element.y + element.length) - y, thickness)


def _resolution_problems(dots_per_mm: int) -> Iterator[Problem]:
    if dots_per_mm not in RESOLUTIONS:
        yield problem(
            "Expected one of {known} dots/mm, got {got}.",
            known=", ".join(str(each) for each in RESOLUTIONS),
            got=dots_per_mm,
        )
