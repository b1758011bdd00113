r"""A template that is a .zpl file: a small document beside it says what the file cannot.

>>> zpl = rb'''
... ^XA^PW480^LL320
... ^FO24,24^BXN,4,200,0,0,6,_,1^FH\^FD${udi}^FS
... ^FO24,280^A0N,24^FD${hri}^FS
... ^XZ'''
>>> template = ForeignTemplate.parse(
...     {"name": "imported-unit", "revision": "1", "design": "imported-unit.zpl",
...      "size": {"width": 60, "height": 40}, "dots_per_mm": (8,), "not_compared": ("hri",)}, zpl)
>>> elements = ElementString.of(("01", "06972869182019"), ("21", "CN010123"))
>>> label = template.artwork({}, elements, dots_per_mm=8)
>>> label.picture.shape, label.symbols[0].identifier, label.symbols[0].data
((320, 480), ']d2', b'010697286918201921CN010123')

Everything that can be wrong with the file is refused when it is read, a specimen included; every
label is then drawn and inspected again before its bytes are handed out.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Annotated, Self

from pydantic import AfterValidator

from drivers.zpl.interpreter import Interpreter, Rendering
from station.artwork.content import DATES, DEFERRAL
from station.artwork.dots import RESOLUTIONS, nearest
from station.artwork.foreign import comparable, filling, inspection
from station.artwork.foreign.artwork import ForeignArtwork, drawn
from station.artwork.foreign.comparable import is_compared
from station.artwork.foreign.design import Design, read
from station.artwork.foreign.filling import Values
from station.artwork.foreign.inspection import Sheet
from station.artwork.foreign.lint import problems as lint
from station.artwork.foreign.placeholder import Placeholder
from station.artwork.pictograms.drawing import known
from station.artwork.scope import Scope
from station.artwork.template import Size
from station.core.gs1 import ElementString
from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.subject import Shown
from station.core.shape import Code, Count, Shape, parse

MOST_PROBLEMS = 100
"""Problems of one file that are told at once: nobody reads on after them."""

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}\.zpl")
_SPECIMEN = ElementString.of(("01", "06972869182019"))
"""The least that any UDI has. What a longer one needs is checked with each label."""


def _bare(name: str) -> str:
    if not _FILE.fullmatch(name):
        raise Refused(
            problem(
                "Expected the bare name of a .zpl file beside this one, of letters, digits, dots,"
                " - and _, got {got!r}.",
                got=name[:60],
            )
        )
    return name


def _one_head(resolutions: tuple[int, ...]) -> tuple[int, ...]:
    if len(resolutions) != 1 or resolutions[0] not in RESOLUTIONS:
        raise Refused(
            problem(
                "A ZPL design is made in the dots of one print head: expected one of {known}, got"
                " {got}.",
                known=", ".join(str(each) for each in RESOLUTIONS),
                got=", ".join(str(each) for each in resolutions[:9]) or "none",
            )
        )
    return resolutions


class Beside(Shape):
    """The document beside the .zpl file."""

    name: Code
    revision: Code
    design: Annotated[Code, AfterValidator(_bare)]
    """The .zpl file, in the same folder."""

    size: Size
    dots_per_mm: Annotated[tuple[Count, ...], AfterValidator(_one_head)]
    not_compared: tuple[Code, ...] = ()
    """Texts in the printer's own fonts: fields, "hri", "hri:21", "ai:21", "captions"."""

    scope: Scope | None = None
    """What it is made for; see `Template`."""

    pictograms: tuple[Annotated[str, AfterValidator(known)], ...] = ()
    """Those drawn in the file, as the person who wrote this has seen them."""


def design_file(document: object) -> str | None:
    """The name of the .zpl file that a document speaks of; None if it is no document of this kind.

    Raises Refused when it is one and names no file in its own folder.
    """
    if not isinstance(document, dict) or "design" not in document:
        return None
    return parse(Beside, document).design


@dataclass(frozen=True, eq=False)
class ForeignTemplate:
    """A design that has passed every check that is possible without a label's data."""

    document: Beside
    zpl: bytes
    """The file as it was read."""

    design: Design

    @classmethod
    def parse(cls, document: object, zpl: bytes) -> Self:
        """A template from its document and its file. Raises Refused with every problem."""
        beside = parse(Beside, document)
        template = cls(beside, zpl, read(zpl))
        for check in (template._design_problems, template._specimen_problems):
            refuse(islice(check(), MOST_PROBLEMS))
        return template

    @property
    def name(self) -> str:
        return self.document.name

    @property
    def revision(self) -> str:
        return self.document.revision

    @property
    def scope(self) -> Scope | None:
        return self.document.scope

    @property
    def dots_per_mm(self) -> int:
        """The one print head it is made for."""
        return self.document.dots_per_mm[0]

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields the label shows, each once, in the order of the design."""
        return tuple(dict.fromkeys(each.name for each in self._placeholders() if each.is_field))

    def shown(self, values: Mapping[str, str]) -> Shown:
        """What one label shows, as the profiles ask about it; nothing in a file is conditional."""
        named = [each for each in self._placeholders() if each.is_field]
        return Shown(
            texts=frozenset(each.name for each in named),
            given=frozenset(name for name, text in values.items() if text.strip()),
            dates=frozenset((each.name, each.argument) for each in named if each.name in DATES),
            pictograms=frozenset(self.document.pictograms),
            defers=DEFERRAL in self.zpl.decode(),
        )

    @cached_property
    def canonical(self) -> bytes:
        """What was approved, the file included: JSON, UTF-8."""
        whole = self.document.model_dump(mode="json", exclude_defaults=True) | {
            "zpl": self.zpl.decode(),
            "sha256": hashlib.sha256(self.zpl).hexdigest(),
        }
        text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return text.encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(self.canonical).hexdigest()

    def artwork(
        self, fields: Mapping[str, str], elements: ElementString, *, dots_per_mm: int
    ) -> ForeignArtwork:
        """One label, drawn and inspected. Raises Refused with everything that is wrong with it."""

        def value(placeholder: Placeholder) -> str:
            return placeholder.value(fields, elements)

        refuse(self._head_problems(dots_per_mm))
        refuse([*self._hri_problems(elements), *self._value_problems(value, elements)])
        sheet, zpl = self._drawn(value, elements)
        refuse(inspection.problems(sheet, elements))
        return drawn(sheet, zpl)

    @property
    def _dots(self) -> tuple[int, int]:
        """Width and height of the label."""
        size = self.document.size
        return nearest(size.width, self.dots_per_mm), nearest(size.height, self.dots_per_mm)

    def _placeholders(self) -> Iterator[Placeholder]:
        for field in self.design.fields:
            yield from field.placeholders

    def _design_problems(self) -> Iterator[Problem]:
        width, height = self._dots
        found = tuple(islice(lint(self.design, width=width, height=height), MOST_PROBLEMS))
        yield from found
        if not found:
            listed = self.document.not_compared
            yield from comparable.listing_problems(self.design.fields, listed)

    def _specimen_problems(self) -> Iterator[Problem]:
        sheet, _ = self._drawn(_specimen, _SPECIMEN)
        yield from inspection.problems(sheet, _SPECIMEN)

    def _drawn(self, values: Values, elements: ElementString) -> tuple[Sheet, bytes]:
        width, height = self._dots
        zpl = filling.filled_with(self.design, values, elements, width=width, height=height)
        sheet = Sheet(
            self._rendered(zpl), self.design.fields, self.dots_per_mm, self.document.not_compared
        )
        return sheet, zpl

    def _rendered(self, zpl: bytes) -> Rendering:
        """By a printer that has just been switched on."""
        width_mm = math.ceil(self.document.size.width)
        return Interpreter(dots_per_mm=self.dots_per_mm, width_mm=width_mm).render(zpl)

    def _head_problems(self, dots_per_mm: int) -> Iterator[Problem]:
        if dots_per_mm != self.dots_per_mm:
            yield problem(
                "The design is made for {expected} dots/mm, and the printer has {got}: every length"
                " on it would be another.",
                where="dots_per_mm",
                expected=self.dots_per_mm,
                got=dots_per_mm,
            )

    def _hri_problems(self, elements: ElementString) -> Iterator[Problem]:
        said = set(self._placeholders())
        for each in elements.elements:
            if not said & {Placeholder("hri"), Placeholder("hri", each.ai)}:
                yield problem(
                    "({ai}) is encoded and no text says it: expected ${{hri}} or ${{hri:{ai}}}.",
                    where="design",
                    ai=each.ai,
                )

    def _value_problems(self, value: Values, elements: ElementString) -> Iterator[Problem]:
        wrong = tuple(filling.problems(self.design, value, elements))
        yield from wrong
        for field in () if wrong else self.design.fields:
            if not field.symbol and is_compared(field, self.document.not_compared):
                text = "".join(value(each) for each in field.placeholders)
                yield from comparable.value_problems(field, text)


def _specimen(placeholder: Placeholder) -> str:
    """A short value that any field of its kind could have."""
    if placeholder.name in DATES:
        return placeholder.value({placeholder.name: "2000-01-01"}, _SPECIMEN)
    return "0"
