"""A template and one label's data become an artwork: placed in whole dots, or refused.

Nothing is cut, squeezed or left out to make a label fit. All reasons come at once, with the
path of the element: a person corrects a design, not one line of it at a time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from station.artwork.carriers import Carriers, shown_problems
from station.artwork.clearance import Claim, clearance_problems, is_clear
from station.artwork.content import empty, filled, is_static
from station.artwork.dots import RESOLUTIONS, Rectangle, nearest
from station.artwork.elements import (
    Boxed,
    BoxElement,
    HriElement,
    Lettering,
    LineElement,
    PictureElement,
    TextElement,
)
from station.artwork.ink import blank, sealed
from station.artwork.items import Artwork, Bitmap, Box, Item, SymbolItem
from station.artwork.lengths import plain
from station.artwork.paragraph import SMALLEST, SetLine, Style, set_flowing, set_lines, set_text
from station.artwork.pictogram_element import PictogramElement
from station.artwork.pictograms import pictogram
from station.artwork.proposals import smaller_symbol
from station.artwork.template import Repeat, Template, TemplateElement
from station.artwork.text import Font
from station.core.gs1 import ElementString
from station.core.problem import Problem, Refused, problem, refuse

__all__ = ["Artwork", "layout"]


def layout(
    template: Template,
    fields: Mapping[str, str],
    elements: ElementString,
    *,
    dots_per_mm: int,
    font: Font,
) -> Artwork:
    """One label in dots. Raises Refused with every element that cannot be as it is designed."""
    refuse(resolution_problems(dots_per_mm))
    width, height = (
        nearest(template.size.width, dots_per_mm),
        nearest(template.size.height, dots_per_mm),
    )
    starts = _starts(template.repeat, dots_per_mm)
    label = Rectangle(0, 0, min([width, *(b - a for a, b in pairwise(starts))]), height)
    items = _placed(_Sheet(template, fields, elements, dots_per_mm, font, label))
    copies = tuple(replace(item, x=item.x + start) for start in starts for item in items)
    return Artwork(starts[-1] + width, height, dots_per_mm, copies)


def _starts(repeat: Repeat | None, dots_per_mm: int) -> tuple[int, ...]:
    """Left edges of the labels on the web. Two of them may be a dot closer than the pitch."""
    if repeat is None:
        return (0,)
    return tuple(nearest(repeat.pitch * place, dots_per_mm) for place in range(repeat.across))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What every element is set with."""

    template: Template
    fields: Mapping[str, str]
    elements: ElementString
    dots_per_mm: int
    font: Font
    label: Rectangle

    def dots(self, mm: Decimal) -> int:
        return nearest(mm, self.dots_per_mm)

    def stroke(self, mm: Decimal) -> int:
        """A rule is never so thin that it is not there."""
        return max(1, self.dots(mm))

    def box(self, element: Boxed) -> Rectangle:
        return Rectangle.of(
            element.x,
            element.y,
            element.width,
            element.height,
            dots_per_mm=self.dots_per_mm,
        )


@dataclass(frozen=True, slots=True)
class _Placement:
    """What has become of one element."""

    place: int
    element: TemplateElement
    items: tuple[Item, ...]

    @property
    def where(self) -> str:
        return f"elements.{self.place}"

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(
            Claim.of(each, where=self.where, kind=self.element.kind) for each in self.items
        )


def _placed(sheet: _Sheet) -> tuple[Item, ...]:
    """All items of one label. Raises Refused with every problem of every element."""
    shown = [
        (place, each)
        for place, each in enumerate(sheet.template.elements)
        if each.shown(sheet.fields)
    ]
    problems = list(shown_problems(each for _, each in shown))
    placements: list[_Placement] = []
    for place, element in shown:
        try:
            placements.append(_Placement(place, element, tuple(_items(element, place, sheet))))
        except Refused as refused:
            problems.extend(refused.within(f"elements.{place}").problems)
    claims = [claim for each in placements for claim in each.claims]
    clashes = list(clearance_problems(claims, sheet.label))
    refuse([*problems, *clashes, *(_proposed(placements, sheet) if clashes else ())])
    return tuple(item for each in placements for item in each.items)


def _proposed(placements: Sequence[_Placement], sheet: _Sheet) -> Iterator[Problem]:
    """Smaller symbols for those that something is in the way of."""
    for each in placements:
        others = [claim for other in placements if other is not each for claim in other.claims]
        for item, claim in zip(each.items, each.claims, strict=True):
            if isinstance(item, SymbolItem) and not is_clear(claim, others, sheet.label):
                found = smaller_symbol(item, others, sheet.label, dots_per_mm=sheet.dots_per_mm)
                yield from (proposal.within(each.where) for proposal in found)


def _items(element: TemplateElement, place: int, sheet: _Sheet) -> Iterator[Item]:
    """What can be on one label and not on the next one is never stored on the printer."""
    for item in _drawn(element, place, sheet):
        if element.varies and isinstance(item, Bitmap):
            yield replace(item, static=False)
        elif element.varies and isinstance(item, Box):
            yield from _strokes(item, f"{element.kind} {place}")
        else:
            yield item


def _strokes(box: Box, name: str) -> Iterator[Bitmap]:
    for number, area in enumerate(box.strips, start=1):
        pixels = sealed(~blank(width=area.width, height=area.height))
        yield Bitmap(area.x, area.y, pixels, f"{name} stroke {number}", static=False)


def _drawn(element: TemplateElement, place: int, sheet: _Sheet) -> Iterator[Item]:
    match element:
        case TextElement():
            yield from _text(element, place, sheet)
        case HriElement():
            yield from _hri(element, place, sheet)
        case LineElement():
            yield _rule(element, sheet)
        case BoxElement():
            area = sheet.box(element)
            yield Box(area.x, area.y, area.width, area.height, sheet.stroke(element.thickness))
        case PictureElement():
            yield _picture(element, place, sheet)
        case PictogramElement():
            yield _pictogram(element, place, sheet)
        case _:
            carriers = Carriers(sheet.elements, sheet.dots_per_mm, sheet.label)
            yield carriers.symbol(element)


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
    """A line without the serial is the same on every label of an order."""
    parts = [f"({each.ai}){each.value}" for each in sheet.elements.elements]
    assert "".join(parts) == sheet.elements.hri(), "the HRI is its elements, one after another"
    setting = set_lines if element.flow == "lines" else set_flowing
    lines = setting(parts, sheet.box(element), _style(element, sheet), font=sheet.font)
    for number, line in enumerate(lines, start=1):
        # A lot that says "(21)" itself only makes its line travel with every label.
        static = "(21)" not in line.text
        yield Bitmap(line.x, line.y, line.ink, f"hri {place} line {number}", static, line.text)


def _bitmaps(lines: tuple[SetLine, ...], name: str, *, static: bool) -> Iterator[Bitmap]:
    for number, line in enumerate(lines, start=1):
        yield Bitmap(line.x, line.y, line.ink, f"{name} line {number}", static, line.text)


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
    return Style(
        sizes,
        bold=element.weight == "bold",
        align=element.align,
        valign=element.valign,
        rotate=element.rotate,
    )


def _picture(element: PictureElement, place: int, sheet: _Sheet) -> Bitmap:
    area = sheet.box(element)
    drawing = sheet.template.drawing(element.file)
    if element.scale == "exact" and not drawing.is_exact(width=area.width, height=area.height):
        rows, columns = drawing.ink.shape
        raise Refused(
            problem(
                "Pixels of {file} would not become whole dots: expected {width} by {height} mm at"
                " {resolution} dots/mm, or a whole multiple of it, or scale nearest; got"
                " {got_width} by {got_height} mm.",
                file=element.file,
                width=f"{Decimal(columns) / sheet.dots_per_mm:.3f}",
                height=f"{Decimal(rows) / sheet.dots_per_mm:.3f}",
                resolution=sheet.dots_per_mm,
                got_width=plain(element.width),
                got_height=plain(element.height),
            )
        )
    pixels = drawing.scaled(width=area.width, height=area.height)
    return Bitmap(area.x, area.y, pixels, f"picture {place}", static=True)


def _rule(element: LineElement, sheet: _Sheet) -> Box:
    thickness = sheet.stroke(element.thickness)
    x, y = sheet.dots(element.x), sheet.dots(element.y)
    if element.direction == "horizontal":
        return Box(x, y, sheet.dots(element.x + element.length) - x, thickness, thickness)
    return Box(x, y, thickness, sheet.dots(element.y + element.length) - y, thickness)


def resolution_problems(dots_per_mm: int) -> Iterator[Problem]:
    if dots_per_mm not in RESOLUTIONS:
        yield problem(
            "Expected one of {known} dots/mm, got {got}.",
            known=", ".join(str(each) for each in RESOLUTIONS),
            got=dots_per_mm,
        )
