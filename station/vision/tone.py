"""Faint and bold print: how the printer's energy shows on the label as a whole."""

from collections.abc import Iterator

from station.core.quality import Limits
from station.core.verdict import Code
from station.vision.rectify import Rectified
from station.vision.sighting import Finding


def tone_findings(rectified: Rectified, limits: Limits) -> Iterator[Finding]:
    """Too little ink, or too much."""
    contrast, growth = round(rectified.contrast * 1000), round(rectified.growth * 1000)
    if contrast < limits.contrast:
        yield Finding(Code.FAINT, expected=f"≥ {limits.contrast}", seen=str(contrast))
    if growth <= -limits.growth:
        yield Finding(Code.FAINT, expected=f"> {-limits.growth}", seen=str(growth))
    if growth >= limits.growth:
        yield Finding(Code.BOLD, expected=f"< {limits.growth}", seen=str(growth))
