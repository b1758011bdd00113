"""Shipped labels as sheets, and photographs of what came of them."""

from functools import lru_cache

import numpy as np

from drivers.simulated.optics import MILD, Optics, photograph
from station.app import Workshop
from station.config import Config
from station.line.job import Job
from station.line.sheet import sheet_of
from station.line.specimen import Codes, covered, order_of
from station.vision.picture import Picture
from station.vision.see import see
from station.vision.sheet import Part, Sheet
from station.vision.sighting import Sighting


@lru_cache(maxsize=1)
def workshop() -> Workshop:
    return Workshop.open(Config())


def sheet(name: str = "has-mhb-hc-unit", code: str = "CN8B0O5S") -> Sheet:
    """Of the first product the template is made for; `code` is its serial, lot and own number."""
    press = workshop().press
    template = workshop().library.template(name, "1")
    product, level = next(covered(template, workshop().library))
    order = order_of(template, product, level, codes=Codes(code, code, code), today=press.today)
    job = Job(order, library=workshop().library, font=workshop().font, dots_per_mm=8)
    return sheet_of(job.first.artwork)


def taken(picture: Picture, *, seed: int = 1, optics: Optics = MILD) -> Picture:
    return photograph(picture, dots_per_mm=8, optics=optics, seed=seed)


def looked(frame: Picture, of: Sheet) -> Sighting:
    return see(frame, expected=tuple(each.identifier for each in of.symbols), sheet=of)


def part(of: Sheet, name: str) -> Part:
    return next(each for each in of.parts if each.name.startswith(name))


def with_text_of(one: Sheet, other: Sheet, name: str) -> Picture:
    """The first label with one line of the second."""
    picture = one.picture.copy()
    mine, theirs = part(one, name), part(other, name)
    mine.area.of(picture)[:] = 255
    there = theirs.area.of(picture)
    np.minimum(there, theirs.area.of(other.picture), out=there)
    return picture


def differing(one: Sheet, other: Sheet) -> str:
    """Name of the first line of text that is another one on the other label."""
    dots = {each.name: each.area.of(other.picture).tobytes() for each in other.parts}
    return next(
        each.name
        for each in one.parts
        if each.name.startswith("text") and each.area.of(one.picture).tobytes() != dots[each.name]
    )
