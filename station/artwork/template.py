"""A label template: the design a person approves, in millimetres.

>>> template = Template.parse({
...     "name": "unit", "revision": "1", "size": {"width": 60, "height": "40"},
...     "elements": (
...         {"kind": "text", "x": 2, "y": "2.125", "width": 40, "height": 4, "size": 3,
...          "content": "SN {serial}"},
...         {"kind": "datamatrix", "x": 3, "y": 10, "module": 0.375},
...         {"kind": "hri", "x": 15, "y": 10, "width": 40, "height": 10, "size": 2},
...     ),
... })
>>> template.fields
('serial',)
>>> template.elements[0].y
Decimal('2.125')

Lengths are decimal text or numbers with at most three decimals, and stay decimal until they
become whole dots. Everything that can be wrong with a design without knowing a label's data is
refused here; the rest is refused by `layout`.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, model_validator

from station.artwork.carriers import half_problems, missing_problems, repeated_problems
from station.artwork.content import DATES, DEFERRAL, empty, placeholders
from station.artwork.drawing import Drawing
from station.artwork.elements import (
    Boxed,
    BoxElement,
    DataMatrixElement,
    Gs1QrElement,
    Gs1128Element,
    HriElement,
    LineElement,
    PictureElement,
    SymbolElement,
    TextElement,
    symbol_problems,
)
from station.artwork.lengths import LARGEST, Length, plain
from station.artwork.pictogram_element import PictogramElement
from station.artwork.scope import Scope
from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.subject import Shown
from station.core.shape import Code, Count, Shape, parse

MOST_ELEMENTS = 200
MOST_ACROSS = 20
"""Labels side by side on one web."""


TemplateElement = Annotated[
    TextElement
    | HriElement
    | DataMatrixElement
    | Gs1QrElement
    | Gs1128Element
    | LineElement
    | BoxElement
    | PictureElement
    | PictogramElement,
    Field(discriminator="kind"),
]


class Size(Shape):
    width: Length
    height: Length


class Repeat(Shape):
    """The same label several times side by side, printed by one format.

    An implant comes with a row of stickers for the patient's records.
    """

    across: Count
    pitch: Length
    """From the left edge of one label to that of the next."""


class Template(Shape):
    name: Code
    revision: Code
    size: Size
    """Of one label, however often it is repeated."""

    elements: tuple[TemplateElement, ...]
    repeat: Repeat | None = None
    scope: Scope | None = None
    """What it is made for. Without one it prints what an order names, and is never approved."""

    _drawings: Mapping[str, Drawing] = PrivateAttr(default_factory=dict)

    @classmethod
    def parse(
        cls, document: object, *, pictures: Mapping[str, bytes] = MappingProxyType({})
    ) -> Self:
        """A template from a document and the files it names.

        `pictures` are PNG files by their bare names (`drawing.beside` reads them). Raises Refused
        with every problem and its path.
        """
        template = parse(cls, document)
        template._drawings = _opened(template.elements, pictures)  # noqa: SLF001 - its own class
        return template

    def drawing(self, file: str) -> Drawing:
        """The picture an element names."""
        return self._drawings[file]

    @cached_property
    def canonical(self) -> bytes:
        """What was approved, however its files were laid out: JSON, UTF-8.

        What stands at its default is left out, so that a design keeps its digest when a later
        station knows more settings. Its pictures are in it.
        """
        design = self.model_dump(mode="json", exclude_defaults=True)
        for element in design["elements"]:
            if element["kind"] == "picture":
                element["sha256"] = self.drawing(element["file"]).digest
        if self._drawings:
            design["pictures"] = {
                name: base64.b64encode(each.data).decode() for name, each in self._drawings.items()
            }
        text = json.dumps(design, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return text.encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields the label shows, each once, in the order of the elements."""
        return _named(self.elements)

    def fields_shown(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The same for one label: without what its conditions leave out."""
        return _named(self._elements_shown(values))

    def shown(self, values: Mapping[str, str]) -> Shown:
        """What one label shows, as the profiles ask about it."""
        elements = tuple(self._elements_shown(values))
        contents = [content for each in elements for content in _contents(each)]
        named = [each for content in contents for each in placeholders(content)]
        return Shown(
            texts=frozenset(each.field for each in named),
            given=frozenset(name for name, text in values.items() if text.strip()),
            dates=frozenset((each.field, each.pattern) for each in named if each.field in DATES),
            pictograms=frozenset(
                each.name for each in elements if isinstance(each, PictogramElement)
            ),
            defers=any(DEFERRAL in content for content in contents),
        )

    def _elements_shown(self, values: Mapping[str, str]) -> Iterator[TemplateElement]:
        for each in self.elements:
            optional = isinstance(each, TextElement) and each.optional
            lacking = optional and any(empty(content, values) for content in _contents(each))
            if each.shown(values) and not lacking:
                yield each

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len(self.elements) > MOST_ELEMENTS:
            raise Refused(
                problem(
                    "Expected at most {most} elements, got {got}.",
                    where="elements",
                    most=MOST_ELEMENTS,
                    got=len(self.elements),
                )
            )
        refuse(
            [
                *self._carrier_problems(),
                *self._element_problems(),
                *(each.within("repeat") for each in self._repeat_problems()),
            ]
        )
        return self

    def _carrier_problems(self) -> Iterator[Problem]:
        """Of what every label shows; where something is conditional, `layout` judges the rest."""
        always = [each for each in self.elements if not each.conditional]
        yield from repeated_problems(always)
        if len(always) == len(self.elements):
            yield from half_problems(always)
        yield from missing_problems(self.elements)

    def _element_problems(self) -> Iterator[Problem]:
        for place, element in enumerate(self.elements):
            where = f"elements.{place}"
            yield from (each.within(where) for each in self._outside(element))
            if isinstance(element, SymbolElement):
                yield from (each.within(where) for each in symbol_problems(element))

    def _outside(self, element: TemplateElement) -> Iterator[Problem]:
        width, height = _extent(element)
        for axis, end, limit in (
            ("x", element.x + width, self.size.width),
            ("y", element.y + height, self.size.height),
        ):
            if end > limit:
                yield problem(
                    "Expected to end at most {limit} mm from the label's corner, got {got} mm.",
                    where=axis,
                    limit=plain(limit),
                    got=plain(end),
                )

    def _repeat_problems(self) -> Iterator[Problem]:
        if self.repeat is None:
            return
        across, pitch = self.repeat.across, self.repeat.pitch
        if across > MOST_ACROSS:
            yield problem(
                "Expected at most {most} labels side by side, got {got}.",
                where="across",
                most=MOST_ACROSS,
                got=across,
            )
        if pitch < self.size.width:
            yield problem(
                "Expected a pitch of at least the width of a label, {least} mm, got {got} mm.",
                where="pitch",
                least=plain(self.size.width),
                got=plain(pitch),
            )
        whole = self.size.width + pitch * (across - 1)
        if whole > LARGEST:
            yield problem(
                "Expected all labels together to be at most {most} mm wide, got {got} mm.",
                most=LARGEST,
                got=plain(whole),
            )


def _named(elements: Iterable[TemplateElement]) -> tuple[str, ...]:
    named = (
        each.field
        for element in elements
        for content in _contents(element)
        for each in placeholders(content)
    )
    return tuple(dict.fromkeys(named))


def _contents(element: TemplateElement) -> tuple[str, ...]:
    match element:
        case TextElement():
            return (element.content,)
        case PictogramElement():
            return tuple(element.values.values())
    return ()


def _opened(
    elements: tuple[TemplateElement, ...], pictures: Mapping[str, bytes]
) -> Mapping[str, Drawing]:
    """The drawings that the elements name; a file that nobody names is not looked at."""
    drawings: dict[str, Drawing] = {}
    problems: list[Problem] = []
    for place, element in enumerate(elements):
        if not isinstance(element, PictureElement):
            continue
        try:
            drawings[element.file] = _checked(element, pictures)
        except Refused as refused:
            problems.extend(refused.within(f"elements.{place}.file").problems)
    refuse(problems)
    return drawings


def _checked(element: PictureElement, pictures: Mapping[str, bytes]) -> Drawing:
    if element.file not in pictures:
        raise Refused(problem("There is no picture {name} beside the template.", name=element.file))
    drawing = Drawing.of(pictures[element.file])
    if element.sha256 not in (None, drawing.digest):
        raise Refused(
            problem(
                "This is another picture {name}: expected the SHA-256 {expected}, got {got}.",
                name=element.file,
                expected=element.sha256 or "",
                got=drawing.digest,
            )
        )
    return drawing


def _extent(element: TemplateElement) -> tuple[Decimal, Decimal]:
    """Width and height in millimetres, as far as they are known without data."""
    match element:
        case Boxed():
            return element.width, element.height
        case LineElement(direction="horizontal"):
            return element.length, element.thickness
        case LineElement():
            return element.thickness, element.length
        case PictogramElement():
            return Decimal(0), element.size
        case Gs1128Element():
            return Decimal(0), element.height
    return Decimal(0), Decimal(0)
