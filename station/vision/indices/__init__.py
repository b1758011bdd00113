"""How well a symbol is printed, in numbers that follow the press from label to label.

    bars, ISO/IEC 15416:2016 clause 5     modules, ISO/IEC 15415:2011 clause 7, 16022 annex M

    contrast        Rmax - Rmin           contrast, modulation  of modules against the middle
    edge_contrast   the weakest edge      axial_nonuniformity   X and Y spacing differ
    modulation      of it by contrast     grid_nonuniformity    modules beside their places
    defects         spots and gaps        unused_error_correction, fixed_pattern_damage
    decodability    widths of bars        print_growth_x, _y    dark is wider than meant
    quiet_zone      its darkest place     quiet_zone            the same

The names end in `_index`, the numbers are thousandths: process-control indicators derived from the
methods, never a verification. Reflectance is measured against the label's own paper, which is 1:
no camera here is calibrated to anything else. The aperture is the camera's, not the standard's.

Elements and modules are looked for where registration says they are, and whether they are dark is
known: a method that has to guess both cannot tell a missing bar from two that are one.
"""

from collections.abc import Iterable

import numpy as np

from drivers.interface import Symbol
from station.core.quality import SymbolQuality
from station.vision.indices.linear import linear_indices
from station.vision.indices.matrix import matrix_indices
from station.vision.picture import Picture
from station.vision.registration import Registration
from station.vision.sheet import Sheet, SymbolPlace

LEAST_PIXELS = 2.0
"""For a module: with fewer, the numbers are of the camera only. Five make good ones."""


def indices_of(
    picture: Picture, sheet: Sheet, registration: Registration, symbols: Iterable[Symbol]
) -> tuple[SymbolQuality, ...]:
    """Of each symbol of the sheet that was read as it was meant, in the sheet's order.

    `picture` is grey (height, width), the one that the sheet was registered on.
    """
    read = {(each.identifier[:2], each.data) for each in symbols}
    return tuple(
        SymbolQuality(identifier=place.identifier, indices=_indices(picture, place, registration))
        for place in sheet.symbols
        if (place.identifier[:2], place.data) in read
        and place.module * registration.pixels_per_dot >= LEAST_PIXELS
    )


def _indices(picture: Picture, place: SymbolPlace, registration: Registration) -> dict[str, int]:
    method = linear_indices if len(place.modules) == 1 else matrix_indices
    found = method(picture, place, registration.homography)
    return {
        f"{name}_index": round(1000 * value)
        for name, value in found.items()
        if np.isfinite(value)  # a label seen from its edge has no places to measure
    }
