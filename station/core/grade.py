"""What a bar code verifier measured, as its standard writes it: "3.8/10/660/45".

The overall grade of a symbol, the aperture in thousandths of an inch, the wavelength in
nanometres (W for white light) and, for matrix symbols, the angle of the light (ISO/IEC 15416 and
15415). The station never makes one itself: it has no calibrated aperture or reflectance. It keeps
what a person read off a real verifier beside its own process indices.

>>> parse_grade("3.8/10/660/45").overall
38
>>> parse_grade("A")
Traceback (most recent call last):
    ...
station.core.problem.Refused: Expected a verifier's result such as 3.8/10/660/45: grade 0.0 to \
4.0, aperture, light, angle if there is one; got 'A'.
"""

import re
from dataclasses import dataclass

from station.core.problem import Refused, problem

_WRITTEN = re.compile(r"([0-4])\.([0-9])/([0-9]{2})/([0-9]{3}|W)(?:/(30|45|90)([QTS]?))?")


@dataclass(frozen=True, slots=True)
class Grade:
    overall: int
    """Tenths, 0 to 40."""

    written: str


def parse_grade(text: str) -> Grade:
    """Raises Refused."""
    found = _WRITTEN.fullmatch(text.strip())
    overall = int(found[1] + found[2]) if found else 0
    if found is None or overall > 40:
        raise Refused(
            problem(
                "Expected a verifier's result such as 3.8/10/660/45: grade 0.0 to 4.0, aperture,"
                " light, angle if there is one; got {got!r}.",
                got=text[:40],
            )
        )
    return Grade(overall, text.strip())
