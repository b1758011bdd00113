"""How well a label is printed: facts for trends, kept beside its verdict, never a grade.

Process indices are derived from the methods of ISO/IEC 15415 (matrix) and 15416 (linear) on the
picture of an ordinary camera. They are process-control indicators, not a verification grade: no
aperture, wavelength or reflectance is calibrated as ISO/IEC 15426 asks.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import Field

from station.core.shape import Shape


class SymbolQuality(Shape):
    """Process indices of one symbol."""

    identifier: str
    indices: dict[str, int] = Field(default_factory=dict)
    """Name to thousandths: "contrast_index": 812."""


BANDS: Mapping[str, tuple[int, int, int, int]] = MappingProxyType(
    {
        "contrast_index": (700, 550, 400, 200),
        "modulation_index": (500, 400, 300, 200),
        "axial_nonuniformity_index": (60, 80, 100, 120),
        "grid_nonuniformity_index": (380, 500, 630, 750),
        "unused_error_correction_index": (620, 500, 370, 250),
        "fixed_pattern_damage_index": (0, 90, 130, 170),
        "defects_index": (150, 200, 250, 300),
        "decodability_index": (620, 500, 370, 250),
    }
)
"""Where the bands A, B, C and D of a method end, in thousandths: for orientation only.

ISO/IEC 15415:2011 tables 4 to 8 and ISO/IEC 16022:2006 annex M; ISO/IEC 15416:2016 table 1. The
edition of 15415 of 2024 draws some of them elsewhere.
"""

LINEAR_MODULATION = (700, 600, 500, 400)
"""In place of that of modules: ISO/IEC 15416:2016 table 1."""


def band(name: str, value: int, *, linear: bool = False) -> str:
    """One of A, B, C and D, or F beyond them; empty for an index without bands.

    >>> band("contrast_index", 712), band("grid_nonuniformity_index", 400), band("other_index", 1)
    ('A', 'B', '')
    >>> band("modulation_index", 390, linear=True), band("modulation_index", 390)
    ('F', 'C')
    """
    ends = LINEAR_MODULATION if linear and name == "modulation_index" else BANDS.get(name)
    if ends is None:
        return ""
    side = 1 if ends[0] > ends[-1] else -1
    return next(
        (each for each, end in zip("ABCD", ends, strict=True) if side * value >= side * end), "F"
    )


class Quality(Shape):
    """What one look found out about the print of one label. Whole numbers: it is recorded."""

    passes: int = 1
    """Passes of the decoder until all was read: 1 is the first."""

    registration: int | None = None
    """Mean distance between where things are and where they were meant, in thousandths of a dot;
    None where the picture was not registered."""

    residual: int = 0
    """What differs from what was meant at the worst place, in thousandths of a square dot."""

    residual_elsewhere: int = 0
    """The same at the worst second place of one glyph."""

    single_dot: int = 0
    """By how much the worst dot that tells one character from another is not as it was meant, in
    thousandths of what a dot makes."""

    dead_dots: tuple[int, ...] = ()
    """Print head dots that left no ink where there should be some, from 0 at the left."""

    contrast: int | None = None
    """Of ink against paper, in thousandths: 1000 is black on white."""

    sampling: int | None = None
    """Pixels of the picture to a dot, in thousandths."""

    softness: int | None = None
    """Blur of the picture, as a standard deviation in thousandths of a dot."""

    growth: int | None = None
    """How far ink has spread on every side, in thousandths of a dot; below zero it has shrunk."""

    paper: int | None = None
    """How bright the label's paper is, in thousandths of white; None where nothing was compared."""

    symbols: tuple[SymbolQuality, ...] = ()


class Limits(Shape):
    """From where on a label is rejected or warned of. Set by calibration, kept with the recipe.

    The defaults are for a label nobody has calibrated. Whole numbers: thousandths, except where a
    name says otherwise.
    """

    registration: int = 250
    """Of a dot; more is no registration."""

    residual: int = 900
    """Of a square dot, at the worst place of a glyph or of a piece of a drawing."""

    residual_elsewhere: int = 400
    """The same at the next worst place of it."""

    single_dot: int = 1000
    """Of what a dot makes, where one alone tells a character from another."""

    contrast: int = 550
    """The least."""

    growth: int = 500
    """Of a dot by which ink may have spread, or shrunk, on every side."""

    spot: int = 6000
    """Of a square dot, of ink on bare paper."""

    offset: int = 1000
    """Of a millimetre by which the print may lie elsewhere on its paper."""

    skew: int = 1000
    """Of a degree by which it may be turned on it."""
