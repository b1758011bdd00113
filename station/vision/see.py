"""One picture of one label, looked at in every way there is.

    decode      what the symbols say
    register    where each dot of the label lies on the picture
    tone        too little ink, or too much
    placement   where the print lies on its paper
    dead dots   columns of the print head that leave no ink
    compare     every part with what was meant, and the symbols for holes and blots
    indices     how well each symbol is printed, for the trend

What was read is judged elsewhere (`station.core.judge`); what is found here is a fact, with its
place. A label that was read but could not be laid over what was meant has not been compared, and
says so: it never passes for one that has.
"""

from collections.abc import Collection, Iterator

import numpy as np

from station.core.quality import Limits, Quality, SymbolQuality
from station.core.verdict import Code
from station.vision.comparison import compare
from station.vision.decode import Decoding, decode
from station.vision.head import findings_of, single, worn_dots
from station.vision.homography import Matrix, Points, through
from station.vision.indices import indices_of
from station.vision.picture import Picture, grey
from station.vision.placement import placed, placement_findings
from station.vision.rectify import Rectified, rectify
from station.vision.registration import Registration, register
from station.vision.sheet import Sheet
from station.vision.sighting import Finding, Sighting
from station.vision.tone import tone_findings

BUILT_IN = Limits()


def see(
    pixels: Picture,
    *,
    expected: Collection[str] = (),
    sheet: Sheet | None = None,
    limits: Limits = BUILT_IN,
    qr: bool = False,
    budget_seconds: float = 0.3,
) -> Sighting:
    """Everything that one picture tells. Raises Refused for what is no picture.

    `expected` as for `decode`. Without a `sheet` the symbols are read and nothing is compared.
    """
    picture = grey(pixels)
    decoding = decode(picture, expected=expected, qr=qr, sheet=sheet, budget_seconds=budget_seconds)
    read = Quality(passes=max(1, len(decoding.passes)))
    if sheet is None:
        return Sighting(decoding, quality=read)
    registration = register(picture, sheet, decoding.symbols)
    if registration is None or registration.error * 1000 > limits.registration:
        return Sighting(decoding, quality=read)
    rectified = rectify(picture, sheet, registration)
    indices = indices_of(picture, sheet, registration, decoding.symbols)
    return _compared(decoding, rectified, sheet, limits, indices)


def _beside(decoding: Decoding, sheet: Sheet, registration: Registration) -> Iterator[Finding]:
    """Symbols that lie beside the label: there is another one in view."""
    back: Matrix = np.asarray(np.linalg.inv(registration.homography), np.float64)
    for symbol in decoding.symbols:
        if symbol.corners is None:
            continue
        corners: Points = np.array(symbol.corners, np.float64)
        x, y = through(back, corners).mean(axis=0)
        if not (0 <= x <= sheet.width and 0 <= y <= sheet.height):
            yield Finding(Code.TWO_LABELS, part=symbol.identifier, outline=symbol.corners)


def _compared(
    decoding: Decoding,
    rectified: Rectified,
    sheet: Sheet,
    limits: Limits,
    indices: tuple[SymbolQuality, ...],
) -> Sighting:
    worn = worn_dots(rectified, sheet)
    placement = placed(rectified, sheet)
    found = compare(
        rectified,
        sheet,
        limits,
        paper=placement.paper(sheet),
        worn=single(worn),
    )
    quality = Quality(
        passes=max(1, len(decoding.passes)),
        registration=round(rectified.registration.error * 1000),
        residual=found.residual,
        residual_elsewhere=found.elsewhere,
        single_dot=found.single_dot,
        dead_dots=tuple(each.dot for each in worn if each.dead),
        paper=round(rectified.paper * 1000 / 255),
        growth=round(rectified.growth * 1000),
        contrast=round(rectified.contrast * 1000),
        sampling=round(rectified.registration.pixels_per_dot * 1000),
        softness=round(rectified.softness * 1000),
        symbols=indices,
    )
    findings = (
        *tone_findings(rectified, limits),
        *placement_findings(placement, rectified, sheet, limits),
        *findings_of(worn, rectified, sheet),
        *found.findings,
        *_beside(decoding, sheet, rectified.registration),
    )
    return Sighting(decoding, findings, quality, compared=True)
