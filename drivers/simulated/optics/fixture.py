"""How a camera stands over a label, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Optics:
    """How a picture comes about. Each "up to" is drawn per picture, evenly, in both directions.

    Places are shares of the frame, from its top left.
    """

    width: int = 1280
    height: int = 960
    colour: bool = False
    """BGR pictures instead of grey ones."""

    pixels_per_mm: float = 18.0
    """At most; less where the label would not fit the frame otherwise."""

    rotation_degrees: float = 2.0
    """Up to."""

    perspective: float = 0.004
    """Each corner is moved by up to this share of the label's length."""

    blur_pixels: float = 0.7
    """Standard deviation of the lens blur."""

    motion_pixels: int = 0
    """Length of the smear of a moving label, in a direction drawn per picture; below 2, none."""

    noise_levels: float = 2.5
    """Standard deviation of the sensor noise."""

    light_fall: float = 0.15
    """How much darker the far end of the frame is than the near end."""

    glare: float = 0.0
    """Brightness a reflected lamp adds at its centre, as a share of the light."""

    growth_dots: float = 0.1
    """How far the ink spreads on every side; below zero it shrinks. At most one dot."""

    paper: int = 225
    ink: int = 30
    table: int = 80
    texture_levels: float = 3.0

    # -- off by default --------------------------------------------------------------------------

    defocus_pixels: float = 0.0
    """Radius of the disc that a point becomes out of focus: steeper at its rim than any blur."""

    motion_degrees: float | None = None
    """The direction of the smear, clockwise from the right, where it is known: along the belt."""

    barrel: float = 0.0
    """By how much of its distance from the middle a point in the corner is drawn in; below zero it
    is pushed out.
    """

    rolling_pixels: float = 0.0
    """How far to the right of its first row the last row of a moving label is taken."""

    wobble_pixels: float = 0.0
    """How far rows swing to both sides where the label shakes while it is read out row by row."""

    wobble_rows: float = 120.0
    """Length of one swing."""

    vignetting: float = 0.0
    """Share of the light that the lens loses in the corners."""

    glare_at: tuple[float, float] = (0.3, 0.35)
    """In the frame, or in its mirror image: see `light_fall`."""

    glare_size: float = 0.1
    """Standard deviation of the glare."""

    lamp: float = 0.0
    """What the mirror image of a lamp adds on paper, ink and table alike, as a share of white."""

    lamp_at: tuple[float, float] | None = None
    """Its middle; None is drawn per picture."""

    lamp_size: tuple[float, float] = (0.12, 0.05)

    shot_levels: float = 0.0
    """Standard deviation, at white, of the noise that grows with the root of the light."""

    gamma: float = 1.0
    """The camera raises the light to 1/gamma: above 1, dark grey comes out lighter."""

    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Of the light on blue, green and red, in colour."""

    jpeg_quality: int = 0
    """1 to 100: what the camera loses in sending its pictures; 0 sends everything."""

    clutter: int = 0
    """Rails that cross the edge of the frame, four at most, with their screws."""


MILD = Optics()
"""A fixture as it should be."""

HARSH = Optics(
    rotation_degrees=12.0,
    perspective=0.025,
    blur_pixels=1.5,
    motion_pixels=4,
    noise_levels=9.0,
    light_fall=0.45,
    glare=0.55,
    growth_dots=0.3,
    paper=195,
    ink=62,
)
"""A hand-held camera under a shop lamp. Some of these pictures cannot be read."""

UGLY = Optics(
    rotation_degrees=4.0,
    perspective=0.008,
    blur_pixels=0.8,
    defocus_pixels=1.2,
    motion_pixels=3,
    motion_degrees=0.0,
    noise_levels=3.0,
    shot_levels=5.0,
    light_fall=0.3,
    vignetting=0.2,
    glare=0.12,
    growth_dots=0.2,
    paper=205,
    ink=48,
    barrel=0.01,
    rolling_pixels=2.0,
    gamma=1.15,
    jpeg_quality=85,
    clutter=2,
)
"""A camera that somebody mounted and nobody cared for since: every good label must pass it."""

FIVE_MEGAPIXEL = Optics(width=2560, height=1920, pixels_per_mm=36.0, blur_pixels=1.2)

COLOUR = Optics(colour=True, cast=(0.86, 0.97, 1.0), shot_levels=4.0)
"""Under warm light."""

OPTICS: Mapping[str, Optics] = MappingProxyType(
    {
        "mild": MILD,
        "harsh": HARSH,
        "ugly": UGLY,
        "five-megapixel": FIVE_MEGAPIXEL,
        "colour": COLOUR,
    }
)
