"""What was learned of a design in fonts of the printer's own, as it is recorded, and back."""

import base64
import random
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from station.artwork.design import Design
from station.artwork.items import Artwork
from station.core.calibration import LearnedDesign
from station.core.catalogue import Level, Product
from station.core.problem import Refused
from station.line.job import Label
from station.line.sheet import symbols_of
from station.line.specimen import Codes, Press, covered, some_specimen, specimen
from station.vision.sheet import Area, Sheet
from station.vision.teach import Taught, read_png, taught_sheet

CODE_LENGTH = 8
"""Characters, as most serials and lots have."""

MONTH = timedelta(days=37)


def recorded(taught: Taught) -> LearnedDesign:
    return LearnedDesign(
        png=base64.b64encode(taught.png).decode(),
        varying=tuple((each.x, each.y, each.width, each.height) for each in taught.varying),
    )


def learned_of(record: LearnedDesign) -> Taught:
    """Raises Refused for what is damaged."""
    areas = tuple(Area(*each) for each in record.varying)
    return Taught(read_png(base64.b64decode(record.png)), areas)


def learned_sheet(record: LearnedDesign, artwork: Artwork) -> Sheet:
    """What a label of the design is compared with."""
    return taught_sheet(learned_of(record), symbols_of(artwork))


def different(design: Design, *, press: Press) -> Iterator[Label]:
    """Labels that differ in all that orders change: product, codes, dates. Raises Refused where the
    design cannot be laid out for any product.
    """
    some_specimen(design, press=press)
    products = tuple(_fitting(design, press))
    drawn = random.Random(0)  # noqa: S311 - the same labels again, and nobody's secret
    number = 0
    while True:
        product, level = products[number % len(products)]
        number += 1
        code = "".join(drawn.choices(string.ascii_uppercase + string.digits, k=CODE_LENGTH))
        day = press.today - (number % 24) * MONTH
        yield specimen(
            design,
            product,
            level,
            press=replace(press, today=day),
            codes=Codes(code, code, code),
        ).label


def _fitting(design: Design, press: Press) -> Iterator[tuple[Product, Level]]:
    """The products and levels that the design can be laid out for."""
    for product, level in covered(design, press.library):
        try:
            specimen(design, product, level, press=press)
        except Refused:
            continue
        yield product, level
