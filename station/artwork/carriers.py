"""Which symbols a label carries, and each of them in whole dots, or refused with what would fit.

| symbol | at most | source (GS1 General Specifications) |
|---|---|---|
| GS1-128 | 48 characters, 165.1 mm with its quiet zones | 5.4.2 |
| GS1 DataMatrix | the sizes of `symbols`: 48 by 48 modules, or 16 by 48 | 5.6 |
| GS1 QR Code | what the label has room for | 5.7 |
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from station.artwork.dots import Rectangle, at_least, at_most, nearest
from station.artwork.elements import (
    DataMatrixElement,
    Gs1QrElement,
    Gs1128Element,
    HriElement,
    Placed,
    SymbolElement,
    module_range,
)
from station.artwork.items import LinearSymbol, MatrixSymbol, SymbolItem
from station.artwork.proposals import (
    LONGEST_LINEAR,
    Room,
    instead_of_linear,
    instead_of_rectangle,
    module_mm,
)
from station.artwork.symbols import codewords, data_matrix, encoded, gs1_128, gs1_qr
from station.core.gs1 import MOST_IN_GS1_128, ElementString
from station.core.problem import Problem, Refused, problem


@dataclass(frozen=True, slots=True)
class Carriers:
    """The data of one label, and the label that its symbols have to be on."""

    elements: ElementString
    dots_per_mm: int
    label: Rectangle

    def symbol(self, element: SymbolElement) -> SymbolItem:
        """Raises Refused with every reason, and with what would fit."""
        match element:
            case Gs1128Element():
                return self._linear(element)
            case DataMatrixElement():
                return self._matrix(element)
            case Gs1QrElement():
                return self._qr(element)

    def _matrix(self, element: DataMatrixElement) -> MatrixSymbol:
        try:
            modules = data_matrix(self.elements, shape=element.shape)
        except Refused as refused:
            if element.shape == "square":
                raise
            raise Refused(
                *refused.problems, *instead_of_rectangle(self.elements, self._room)
            ) from None
        module = _module(element, self.dots_per_mm)
        return MatrixSymbol(*self._corner(element), module, self.elements.encode(), modules)

    def _qr(self, element: Gs1QrElement) -> MatrixSymbol:
        module = _module(element, self.dots_per_mm)
        modules = gs1_qr(self.elements)
        return MatrixSymbol(
            *self._corner(element),
            module,
            self.elements.encode(),
            modules,
            identifier="]Q3",
            quiet=4,
        )

    def _linear(self, element: Gs1128Element) -> LinearSymbol:
        data = encoded(self.elements, element.part)
        problems = [*_capacity_problems(data)]
        try:
            bars = gs1_128(self.elements, element.part)
        except Refused:
            if not problems:
                raise
            instead = instead_of_linear(self.elements, element, self._room)
            raise Refused(*problems, *instead) from None
        problems += [
            *(each.within("module") for each in _module_problems(element, self.dots_per_mm)),
            *self._length_problems(element, modules=len(bars) + 20),
        ]
        if problems:
            raise Refused(*problems, *instead_of_linear(self.elements, element, self._room))
        return LinearSymbol(
            *self._corner(element),
            at_least(element.module, self.dots_per_mm),
            at_least(element.height, self.dots_per_mm),
            data,
            codewords(bars),
            bars,
        )

    def _length_problems(self, element: Gs1128Element, *, modules: int) -> Iterator[Problem]:
        """In millimetres; of an X-dimension that whole dots cannot keep, as it was asked for."""
        possible = next(_module_problems(element, self.dots_per_mm), None) is None
        dots = Decimal(at_least(element.module, self.dots_per_mm)) / self.dots_per_mm
        length = modules * (dots if possible else element.module)
        width = Decimal(self.label.width) / self.dots_per_mm
        if length > LONGEST_LINEAR:
            yield problem(
                "A GS1-128 is at most {most} mm long with its quiet zones, got {got} mm.",
                most=str(LONGEST_LINEAR),
                got=f"{length:.1f}",
            )
        elif length > width:
            yield problem(
                "With its quiet zones the GS1-128 is longer than the label is wide: expected at"
                " most {most} mm, got {got} mm.",
                most=f"{width:.1f}",
                got=f"{length:.1f}",
            )

    def _corner(self, element: SymbolElement) -> tuple[int, int]:
        return nearest(element.x, self.dots_per_mm), nearest(element.y, self.dots_per_mm)

    @property
    def _room(self) -> Room:
        return Room(self.label.width, self.label.height, self.dots_per_mm)


def _capacity_problems(data: bytes) -> Iterator[Problem]:
    if len(data) > MOST_IN_GS1_128:
        yield problem(
            "A GS1-128 holds at most {most} characters, got {got}.",
            most=MOST_IN_GS1_128,
            got=len(data),
        )


def _module(element: SymbolElement, dots_per_mm: int) -> int:
    """Dots a module: the fewest that are no smaller than the template asks for."""
    for found in _module_problems(element, dots_per_mm):
        raise Refused(found.within("module"), *_nearest_module(element, dots_per_mm))
    return at_least(element.module, dots_per_mm)


def _module_problems(element: SymbolElement, dots_per_mm: int) -> Iterator[Problem]:
    dots = at_least(element.module, dots_per_mm)
    _, most = module_range(element)
    if Decimal(dots) / dots_per_mm > most:
        yield problem(
            "At {resolution} dots/mm the X-dimension would be {dots} dots, {got} mm: expected"
            " at most {most} mm.",
            resolution=dots_per_mm,
            dots=dots,
            got=f"{Decimal(dots) / dots_per_mm:.3f}",
            most=str(most),
        )


def _nearest_module(element: SymbolElement, dots_per_mm: int) -> Iterator[Problem]:
    """The greatest X-dimension in range that this print head can print."""
    least, most = module_range(element)
    dots = at_most(most, dots_per_mm)
    if dots >= at_least(least, dots_per_mm):
        yield problem(
            "This would be in range: an X-dimension of {dots} dots ({module} mm).",
            where="module",
            dots=dots,
            module=module_mm(dots, dots_per_mm),
        )


def shown_problems(elements: Iterable[Placed]) -> Iterator[Problem]:
    """What is wrong with the symbols of one label that shows exactly these elements."""
    shown = tuple(elements)
    yield from repeated_problems(shown)
    yield from half_problems(shown)
    yield from missing_problems(shown)


def repeated_problems(elements: Iterable[Placed]) -> Iterator[Problem]:
    kinds = Counter(_carrier(each) for each in elements if isinstance(each, SymbolElement))
    for kind, got in kinds.items():
        if got > 1:
            yield problem(
                "A label carries one {kind} at most, got {got}: a reader could not say which"
                " one it read.",
                where="elements",
                kind=kind,
                got=got,
            )


def half_problems(elements: Iterable[Placed]) -> Iterator[Problem]:
    parts = {each.part for each in elements if isinstance(each, Gs1128Element)}
    if parts not in (set(), {"all"}, {"di", "pi"}):
        yield problem(
            "Expected one gs1_128 of part all, or one of part di and one of part pi, got {got}.",
            where="elements",
            got=" + ".join(sorted(parts)),
        )


def missing_problems(elements: Iterable[Placed]) -> Iterator[Problem]:
    shown = tuple(elements)
    if not any(isinstance(each, SymbolElement) for each in shown):
        yield problem(
            "A label carries a symbol, or nothing on it could be verified: expected an element of"
            " kind datamatrix or gs1_128 or gs1_qr, got none.",
            where="elements",
        )
    if not any(isinstance(each, HriElement) for each in shown):
        yield problem(
            "A symbol needs its human-readable interpretation: expected an element of kind"
            " hri, got none.",
            where="elements",
        )


def _carrier(element: SymbolElement) -> str:
    """What there is only one of; the two parts of a GS1-128 are told apart by their data."""
    if isinstance(element, Gs1128Element) and element.part != "all":
        return f"gs1_128 of part {element.part}"
    return element.kind
