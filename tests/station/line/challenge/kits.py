"""Kits of the shipped labels, and what one look at a specimen finds."""

from functools import cache

import numpy as np

from drivers.simulated.optics import MILD, photograph
from station.app import Workshop
from station.artwork.picture import expected_picture
from station.config import Config
from station.core.challenge import Choice
from station.core.judge import Verdict
from station.core.problem import Refused
from station.line.challenge.kit import Kit, Specimen, kit
from station.line.job import Job
from station.line.sheet import sheet_of
from station.line.specimen import Codes, covered, order_of
from station.line.verdicts import verdict_of
from station.vision.see import see

CODES = Codes("SN0158", "LOT80051", "IN0158")
TAKEN = "SN0001"
"""A serial that a good label has."""

LABELS = (
    "has-mhb-hc-unit",
    "has-mhb-x2-primary",
    "implant-contract",
    "outer-carton-gs1-128",
    "patch-primary",
    "patch-secondary-bilingual",
)
"""By serial, by lot, by both; with a Data Matrix, a QR Code, and bars in two parts."""


class Past:
    def issued(self, gtin: str, serial: str) -> bool:  # noqa: ARG002 - the protocol's names
        return serial == TAKEN

    def accepted(self, gtin: str, *, order: str) -> str:  # noqa: ARG002 - the protocol's names
        return TAKEN


@cache
def workshop() -> Workshop:
    return Workshop.open(Config())


@cache
def job_of(name: str) -> Job:
    """The first order that can be made of a design."""
    opened = workshop()
    design = opened.library.templates[name, "1"]
    for product, level in covered(design, opened.library):
        order = order_of(design, product, level, codes=CODES, today=opened.press.today)
        try:
            return opened.job(order)
        except Refused:
            continue
    raise AssertionError(name)


@cache
def kit_of(name: str, *, choice: Choice = "all", compared: bool = True) -> Kit:
    return kit(
        job_of(name),
        serial=CODES.serial if job_of(name).first.serial else "",
        press=workshop().press,
        past=Past(),
        choice=choice,
        compared=compared,
    )


def verdict(of: Kit, specimen: Specimen, *, seed: int = 3) -> Verdict:
    """On one picture of it, as the line would judge it."""
    label = of.meant.artwork
    if specimen.artwork is None:
        dots = np.full((label.height, label.width), 255, np.uint8)
    else:
        dots = expected_picture(specimen.artwork)
    pixels = photograph(dots, dots_per_mm=label.dots_per_mm, optics=MILD, seed=seed)
    sighting = see(pixels, expected=of.meant.expected.carriers, sheet=sheet_of(label))
    return verdict_of(of.meant.expected, sighting, Past())
