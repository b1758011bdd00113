"""Prints by name: a good one, one that only a pedant would throw away, and each defect by itself.

The sizes are what a person at arm's length sees and would reject on a label of 8 dots/mm, a dot
being 0.125 mm. `WEAR["faint"].scaled(0.5)` is half as bad.
"""

from collections.abc import Mapping
from types import MappingProxyType

from drivers.simulated.wear.amounts import Wear

GOOD = Wear()

UGLY = Wear(
    growth_dots=0.2,
    faintness=0.12,
    fade=0.1,
    fade_across=0.08,
    weak_run=1,
    weakness=0.35,
    voids=2,
    void_dots=0.8,
    spots=2,
    spot_dots=0.8,
    shift_x=2.0,
    shift_y=2.0,
    skew_degrees=0.3,
    stretch=0.003,
    varies=True,
)
"""Not as sharp and black as on the first day; a person would pass every one of these."""

WEAR: Mapping[str, Wear] = MappingProxyType(
    {
        "good": GOOD,
        "ugly": UGLY,
        "dead-dot": Wear(dead_run=1),
        "dead-dots": Wear(dead_run=3),
        "weak-dots": Wear(weak_run=3, weakness=0.7),
        "bold": Wear(growth_dots=1.0),
        "thin": Wear(growth_dots=-0.9, mottling=0.03),
        "faint": Wear(faintness=0.6, mottling=0.05),
        "fade": Wear(fade=0.85),
        "fade-across": Wear(fade_across=0.85),
        "void": Wear(voids=1, void_dots=10.0),
        "dust": Wear(voids=30, void_dots=3.5),
        "spots": Wear(spots=6, spot_dots=8.0),
        "smear": Wear(smear_dots=9.0, smear=0.5),
        "wrinkle": Wear(wrinkles=1, wrinkle_dots=3.0),
        "ghost": Wear(ghost=0.45),
        "overprint": Wear(ghost=1.0),
        "used-ribbon": Wear(ghost=-1.0),
        "offset": Wear(shift_x=12.0, shift_y=8.0),
        "skew": Wear(skew_degrees=2.5),
        "stretch": Wear(stretch=0.03),
        "shrunk": Wear(stretch=-0.03),
        "half": Wear(unprinted=0.5),
        "blank": Wear(unprinted=1.0),
        "cut": Wear(cut_dots=40.0),
    }
)
