"""The pictures of a batch record: what was seen, with what was found marked in it, and what was
meant. A picture is shown only if it still is the one that was recorded.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from station.core.events import Mark
from station.vision.markup import marked
from station.vision.picture import from_bytes, reduced, to_jpeg

WIDTH = 1200
"""Pixels of a picture on paper; the file itself is kept as it was taken."""

Kept = Callable[[str], bytes | None]
"""The file with this digest; None where there is none."""

Meant = Callable[[int, str], bytes | None]
"""The JPEG that label `number` with this serial should look like; None where nobody can say."""


class Lack(StrEnum):
    """Why there is no picture."""

    NONE = "none"
    MISSING = "missing"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Pictures:
    kept: Kept
    meant: Meant

    def seen(self, digest: str, marks: Sequence[Mark] = ()) -> bytes | Lack:
        """What verdicts rest on, with the marks drawn on a copy of it."""
        if not digest:
            return Lack.NONE
        data = self.kept(digest)
        if data is None:
            return Lack.MISSING
        pixels = from_bytes(data)
        if hashlib.sha256(data).hexdigest() != digest or pixels is None:
            return Lack.CHANGED
        return to_jpeg(reduced(marked(pixels, marks), WIDTH))
