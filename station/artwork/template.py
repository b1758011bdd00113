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

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from station.artwork.content import filled, pieces, placeholders, unprintable
from station.artwork.pictograms.drawing import known, selection_problems, values_wrong
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import Code, Shape, parse, shown

LARGEST = 300
"""Millimetres; no label printer takes wider or longer labels."""

MOST_ELEMENTS = 200

MATRIX_MODULE = (Decimal("0.254"), Decimal("0.990"))
"""X-dimension of GS1 DataMatrix, healthcare not in general distribution, in millimetres."""

LINEAR_MODULE = (Decimal("0.170"), Decimal("0.495"))
"""X-dimension of GS1-128, same (GS1 General Specifications, symbol specification table 6)."""

LINEAR_HEIGHT = Decimal("12.7")
"""Least height of GS1-128, same."""

CE_HEIGHT = Decimal(5)
"""Millimetres (Regulation (EU) 2017/745, Annex V)."""

CE_MARKINGS = ("ce", "ce-no-body")

_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")


def _exact(value: object) -> object:
    """A decimal as it was written: a float's shortest text is what stood in the document."""
    text = str(value) if isinstance(value, str | int | float) else ""
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text) or Decimal(text) > LARGEST:
        raise Refused(
            problem(
                "Expected millimetres from 0 to {most} with at most three decimals, got {got}.",
                most=LARGEST,
                got=shown(value),
            )
        )
    return Decimal(text).normalize()


def _positive(value: Decimal) -> Decimal:
    if not value:
        raise Refused(problem("Expected more than 0 millimetres, got 0."))
    return value


def _understood(content: str) -> str:
    texts = [each for each in pieces(content) if isinstance(each, str)]
    refuse(found for each in texts for found in unprintable(each))
    return content


Millimetres = Annotated[Decimal, BeforeValidator(_exact)]
Length = Annotated[Millimetres, AfterValidator(_positive)]
Content = Annotated[Code, AfterValidator(_understood)]
Weight = Literal["regular", "bold"]


class Placed(Shape):
    """(x, y) is the top left corner, from the top left corner of the label."""

    x: Millimetres
    y: Millimetres


class Boxed(Placed):
    width: Length
    height: Length


class Lettering(Boxed):
    """Text that must stay in its box."""

    size: Length
    """Height of the em square: of a Chinese character with its share of white."""

    weight: Weight = "regular"
    align: Literal["left", "center", "right"] = "left"
    shrink_to: Length | None = None
    """Smallest size to try before text that does not fit is refused."""

    @model_validator(mode="after")
    def _shrinks(self) -> Self:
        if self.shrink_to is not None and self.shrink_to > self.size:
            raise Refused(
                problem(
                    "Expected shrink_to of at most the size, {size} mm, got {got} mm.",
                    size=_plain(self.size),
                    got=_plain(self.shrink_to),
                )
            )
        return self


class TextElement(Lettering):
    kind: Literal["text"]
    content: Content
    optional: bool = False
    """Left out when a field it names is empty; otherwise such a label is refused."""


class HriElement(Lettering):
    """The element string in readable form, generated from what is encoded."""

    kind: Literal["hri"]
    flow: Literal["lines", "flowing"] = "lines"
    """One element a line, or as many on a line as fit; an element is never broken."""


class DataMatrixElement(Placed):
    """(x, y) is the corner of the symbol; its quiet zone lies around it."""

    kind: Literal["datamatrix"]
    module: Length
    """Least X-dimension; the next whole number of dots is used."""


class Gs1128Element(Placed):
    """(x, y) is the top of the first bar; the quiet zones lie to its left and right."""

    kind: Literal["gs1_128"]
    module: Length
    height: Length


class LineElement(Placed):
    kind: Literal["line"]
    length: Length
    thickness: Length
    direction: Literal["horizontal", "vertical"] = "horizontal"


class BoxElement(Boxed):
    kind: Literal["box"]
    thickness: Length


class PictogramElement(Placed):
    """One of `pictograms.NAMES`, with exactly the values that it takes."""

    kind: Literal["pictogram"]
    name: Annotated[str, AfterValidator(known)]
    size: Length
    """Height; the width follows from the drawing."""

    upper: Content | None = None
    """Limits of temperature, humidity or pressure with their unit: "40 °C"."""

    lower: Content | None = None
    number: Content | None = None
    """Four digits of the notified body, beside the CE marking."""

    code: Content | None = None
    """Two or three letters of the country of manufacture."""

    small_device: bool = False
    """A small-scale device: the only one whose CE marking may be lower than 5 mm."""

    @property
    def values(self) -> dict[str, str]:
        """The contents given, by their names."""
        given = {
            "upper": self.upper,
            "lower": self.lower,
            "number": self.number,
            "code": self.code,
        }
        return {field: content for field, content in given.items() if content is not None}

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        """What is written out is checked now, what comes from a field when it is laid out."""
        written = {
            field: filled(content, {})
            for field, content in self.values.items()
            if not placeholders(content)
        }
        refuse(
            [
                *selection_problems(self.name, self.values),
                *values_wrong(self.name, written),
                *_marking_problems(self),
            ]
        )
        return self

    @model_serializer(mode="wrap")
    def _given(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        """What is not given is not written: a template without values keeps its digest."""
        given = whole(self).items()
        return {name: each for name, each in given if each is not None and each is not False}


def _marking_problems(element: PictogramElement) -> Iterator[Problem]:
    marking = element.name in CE_MARKINGS
    if marking and element.size < CE_HEIGHT and not element.small_device:
        yield problem(
            "The CE marking is at least {least} mm high, got {got} mm; on a small-scale device it"
            " may be lower, where the template says small_device: true (Regulation (EU) 2017/745,"
            " Annex V).",
            where="size",
            least=_plain(CE_HEIGHT),
            got=_plain(element.size),
        )
    if element.small_device and not marking:
        yield problem(
            "Only the CE marking has a size for small-scale devices, {name} has none.",
            where="small_device",
            name=element.name,
        )


SymbolElement = DataMatrixElement | Gs1128Element
TemplateElement = Annotated[
    TextElement
    | HriElement
    | DataMatrixElement
    | Gs1128Element
    | LineElement
    | BoxElement
    | PictogramElement,
    Field(discriminator="kind"),
]


class Size(Shape):
    width: Length
    height: Length


class Template(Shape):
    name: Code
    revision: Code
    size: Size
    elements: tuple[TemplateElement, ...]

    @classmethod
    def parse(cls, document: object) -> Self:
        """A template from a document. Raises Refused with every problem and its path."""
        return parse(cls, document)

    @cached_property
    def canonical(self) -> bytes:
        """What was approved, however its file was laid out: JSON, UTF-8."""
        text = json.dumps(
            self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return text.encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields the label shows, each once, in the order of the elements."""
        named = (
            each.field
            for element in self.elements
            for content in _contents(element)
            for each in placeholders(content)
        )
        return tuple(dict.fromkeys(named))

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
        refuse([*self._carrier_problems(), *self._element_problems()])
        return self

    def _carrier_problems(self) -> Iterator[Problem]:
        kinds = Counter(element.kind for element in self.elements)
        for kind in ("datamatrix", "gs1_128"):
            if kinds[kind] > 1:
                yield problem(
                    "A label carries one {kind} at most, got {got}: a reader could not say which"
                    " one it read.",
                    where="elements",
                    kind=kind,
                    got=kinds[kind],
                )
        if not kinds["datamatrix"] and not kinds["gs1_128"]:
            yield problem(
                "A label carries a symbol, or nothing on it could be verified: expected an element"
                " of kind datamatrix or gs1_128, got none.",
                where="elements",
            )
        if not kinds["hri"]:
            yield problem(
                "A symbol needs its human-readable interpretation: expected an element of kind"
                " hri, got none.",
                where="elements",
            )

    def _element_problems(self) -> Iterator[Problem]:
        for place, element in enumerate(self.elements):
            where = f"elements.{place}"
            yield from (each.within(where) for each in self._outside(element))
            if isinstance(element, SymbolElement):
                yield from (each.within(where) for each in _symbol_problems(element))

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
                    limit=_plain(limit),
                    got=_plain(end),
                )


def _contents(element: TemplateElement) -> tuple[str, ...]:
    match element:
        case TextElement():
            return (element.content,)
        case PictogramElement():
            return tuple(element.values.values())
    return ()


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


def _symbol_problems(element: SymbolElement) -> Iterator[Problem]:
    least, most = module_range(element)
    if not least <= element.module <= most:
        yield problem(
            "Expected an X-dimension from {least} to {most} mm, got {got} mm.",
            where="module",
            least=str(least),
            most=str(most),
            got=_plain(element.module),
        )
    if isinstance(element, Gs1128Element) and element.height < LINEAR_HEIGHT:
        yield problem(
            "Expected bars at least {least} mm high, got {got} mm.",
            where="height",
            least=str(LINEAR_HEIGHT),
            got=_plain(element.height),
        )


def module_range(element: SymbolElement) -> tuple[Decimal, Decimal]:
    """Least and greatest X-dimension in millimetres."""
    return LINEAR_MODULE if isinstance(element, Gs1128Element) else MATRIX_MODULE


def _plain(mm: Decimal) -> str:
    return f"{mm:f}"
