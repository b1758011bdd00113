"""A pictogram on a label: which one, how large, and the values it shows.

>>> place = {"kind": "pictogram", "x": 2, "y": 2, "size": 5}
>>> PictogramElement(**place, name="temperature-upper", upper="40 °C").values
{'upper': '40 °C'}
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from station.artwork.content import filled, placeholders
from station.artwork.elements import Content, Placed
from station.artwork.lengths import Length, plain
from station.artwork.pictograms.drawing import known, selection_problems, values_wrong
from station.core.problem import Problem, problem, refuse

CE_HEIGHT = Decimal(5)
"""Millimetres (Regulation (EU) 2017/745, Annex V)."""

CE_MARKINGS = ("ce", "ce-no-body")


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


def _marking_problems(element: PictogramElement) -> Iterator[Problem]:
    marking = element.name in CE_MARKINGS
    if marking and element.size < CE_HEIGHT and not element.small_device:
        yield problem(
            "The CE marking is at least {least} mm high, got {got} mm; on a small-scale device it"
            " may be lower, where the template says small_device: true (Regulation (EU) 2017/745,"
            " Annex V).",
            where="size",
            least=plain(CE_HEIGHT),
            got=plain(element.size),
        )
    if element.small_device and not marking:
        yield problem(
            "Only the CE marking has a size for small-scale devices, {name} has none.",
            where="small_device",
            name=element.name,
        )
