"""What was seen in one picture of one label: what it says, and how it differs from what was meant.

>>> Sighting(Decoding(())).rejects
()
"""

from dataclasses import dataclass, field

from station.core.quality import Quality
from station.core.verdict import Code
from station.vision.decode import Decoding
from station.vision.places import Corners


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was meant, and where."""

    code: Code
    part: str = ""
    """What it is about: the name of a sheet's part, "dot 317", or empty for the whole label."""

    expected: str = ""
    seen: str = ""
    outline: Corners | None = None
    """In pixels of the camera's picture; None where it has no place."""

    rejects: bool = True
    """False: a warning. The label is good, what made it will soon not be."""


@dataclass(frozen=True, slots=True)
class Sighting:
    decoding: Decoding
    findings: tuple[Finding, ...] = ()
    quality: Quality = field(default_factory=Quality)
    compared: bool = False
    """Whether the picture was laid over what was meant, part by part."""

    @property
    def rejects(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.rejects)
