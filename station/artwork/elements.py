"""What may stand on a label: texts, symbols, lines, boxes and pictures, each with its rules.

Any of them may be shown on some labels only:

>>> element = TextElement(
...     kind="text", x=2, y=2, width=30, height=4, size=3, content="SN {serial}", when="serial"
... )
>>> element.shown({"serial": "CN010123"}), element.shown({"serial": " "})
(True, False)

Source of the ranges: GS1 General Specifications, symbol specification table 6, regulated
healthcare items that are not in general distribution; for the DataMatrix after ISO/IEC 16022.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from station.artwork.content import VARIABLE, Placeholder, pieces, unprintable
from station.artwork.drawing import bare_name
from station.artwork.lengths import Length, Millimetres, plain
from station.artwork.symbols import Part
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import Code, Shape

MATRIX_MODULE = (Decimal("0.254"), Decimal("0.990"))
"""X-dimension of GS1 DataMatrix and GS1 QR Code in millimetres."""

LINEAR_MODULE = (Decimal("0.170"), Decimal("0.495"))
"""X-dimension of GS1-128 in millimetres."""

LINEAR_HEIGHT = Decimal("12.7")
"""Least height of GS1-128 in millimetres."""


def _understood(content: str) -> str:
    texts = [each for each in pieces(content) if isinstance(each, str)]
    refuse(found for each in texts for found in unprintable(each))
    return content


def _field(name: str) -> str:
    """The name of a field, by the rules of a placeholder."""
    if pieces("{" + name + "}") != (Placeholder(name),):
        raise Refused(
            problem("Expected the name of a field, such as serial, got {got!r}.", got=name)
        )
    return name


def _digest(value: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", value):
        raise Refused(
            problem("Expected a SHA-256 as 64 digits 0-9 a-f, got {got!r}.", got=value[:80])
        )
    return value


Content = Annotated[Code, AfterValidator(_understood)]
FieldName = Annotated[Code, AfterValidator(_field)]
FileName = Annotated[Code, AfterValidator(bare_name)]
Digest = Annotated[Code, AfterValidator(_digest)]
Weight = Literal["regular", "bold"]
Turn = Literal[0, 90, 180, 270]


class Placed(Shape):
    """(x, y) is the top left corner, from the top left corner of the label."""

    x: Millimetres
    y: Millimetres
    when: FieldName | None = None
    """Shown only on labels on which this field is not empty."""

    unless: FieldName | None = None
    """Shown only on labels on which this field is empty."""

    @property
    def conditional(self) -> bool:
        return self.when is not None or self.unless is not None

    @property
    def varies(self) -> bool:
        """Whether it can be on one label of an order and not on the next one."""
        return not VARIABLE.isdisjoint((self.when, self.unless))

    def shown(self, fields: Mapping[str, str]) -> bool:
        """Whether a label with these fields has it."""
        there = {name for name in (self.when, self.unless) if name and fields.get(name, "").strip()}
        return (self.when is None or self.when in there) and self.unless not in there


class Boxed(Placed):
    width: Length
    height: Length


class Lettering(Boxed):
    """Text that must stay in its box, which is given as it lies on the label."""

    size: Length
    """Height of the em square: of a Chinese character with its share of white."""

    weight: Weight = "regular"
    align: Literal["left", "center", "right"] = "left"
    valign: Literal["top", "middle", "bottom"] = "top"
    rotate: Turn = 0
    """Degrees clockwise; of 90, the text reads from top to bottom."""

    shrink_to: Length | None = None
    """Smallest size to try before text that does not fit is refused."""

    @model_validator(mode="after")
    def _shrinks(self) -> Self:
        if self.shrink_to is not None and self.shrink_to > self.size:
            raise Refused(
                problem(
                    "Expected shrink_to of at most the size, {size} mm, got {got} mm.",
                    size=plain(self.size),
                    got=plain(self.shrink_to),
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
    """(x, y) is the corner of the symbol; its quiet zone of 1 X lies around it."""

    kind: Literal["datamatrix"]
    module: Length
    """Least X-dimension; the next whole number of dots is used."""

    shape: Literal["square", "rectangular"] = "square"


class Gs1QrElement(Placed):
    """GS1 QR Code; (x, y) is the corner of the symbol, its quiet zone of 4 X lies around it."""

    kind: Literal["gs1_qr"]
    module: Length


class Gs1128Element(Placed):
    """(x, y) is the top of the first bar; the quiet zones of 10 X lie to its left and right."""

    kind: Literal["gs1_128"]
    module: Length
    height: Length
    part: Part = "all"
    """All of the data in one symbol; or di for (01) in one and pi for the rest in another."""


class LineElement(Placed):
    kind: Literal["line"]
    length: Length
    thickness: Length
    direction: Literal["horizontal", "vertical"] = "horizontal"


class BoxElement(Boxed):
    kind: Literal["box"]
    thickness: Length


class PictureElement(Boxed):
    """A drawing that lies beside the template as a PNG file of one bit a pixel."""

    kind: Literal["picture"]
    file: FileName
    sha256: Digest | None = None
    """What the file must be; always in the canonical form of a template."""

    scale: Literal["exact", "nearest"] = "exact"
    """Exact: every pixel becomes the same whole number of dots, or the label is refused. Nearest:
    every dot takes the pixel nearest to it, so strokes may differ by a dot."""


SymbolElement = DataMatrixElement | Gs1QrElement | Gs1128Element


def module_range(element: SymbolElement) -> tuple[Decimal, Decimal]:
    """Least and greatest X-dimension in millimetres."""
    return LINEAR_MODULE if isinstance(element, Gs1128Element) else MATRIX_MODULE


def symbol_problems(element: SymbolElement) -> Iterator[Problem]:
    least, most = module_range(element)
    if not least <= element.module <= most:
        yield problem(
            "Expected an X-dimension from {least} to {most} mm, got {got} mm.",
            where="module",
            least=str(least),
            most=str(most),
            got=plain(element.module),
        )
    if isinstance(element, Gs1128Element) and element.height < LINEAR_HEIGHT:
        yield problem(
            "Expected bars at least {least} mm high, got {got} mm.",
            where="height",
            least=str(LINEAR_HEIGHT),
            got=plain(element.height),
        )
