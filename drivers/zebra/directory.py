r"""What the printer keeps: the listing of a drive in one frame, STX … ETX.

A title, a line for each object, and the room that is left (ZPL II Programming Guide, ^HW Host
Directory List). The guide and printers differ in blanks, in the drive before a name and in what
stands behind the size; whatever is not a line of such a listing makes all of it no answer.

>>> sorted(parse_directory(b"\r\n- DIR R:*.*\r\n* R:UNIT.ZPL   2400\r\n*LOGO.GRF  000794\r\n"
...                        b"\r\n- 8386000 bytes free R: RAM\r\n"))
['LOGO.GRF', 'UNIT.ZPL']
>>> parse_directory(b"\r\n- DIR R:*.*\r\n* R:UNIT.ZPL   2400\r\n")
Traceback (most recent call last):
    ...
ValueError: expected a title, objects and the bytes free, got b'- DIR R:*.*'
"""

import re

from drivers.interface import Garbled
from drivers.zebra.answer import FrameAnswer

LIST_STORED = b"^XA^HWR:*.*^XZ"

LISTING_LIMIT = 1 << 17
"""Bytes of one listing: a printer keeps at most some hundreds of objects."""

_TITLE = re.compile(rb"-? ?DIR R:\S*", re.IGNORECASE)
_FREE = re.compile(rb"- *[0-9]{1,12} bytes free\b.*", re.IGNORECASE)
_OBJECT = re.compile(
    rb"\* *(?:R:)?([!-)+-9;-~][!-)+-9;-~]{0,15}?) *(\.[A-Z0-9]{1,3}) +[0-9]{1,10}(?: .*)?",
    re.IGNORECASE,
)


class DirectoryAnswer(FrameAnswer):
    """One listing."""

    def __init__(self, name: str) -> None:
        what = "listing of what is stored"
        super().__init__(name, mark=rb"DIR", what=what, limit=LISTING_LIMIT)

    def names(self) -> frozenset[str]:
        """Of all objects in R:, as "LOGO.GRF". Raises Garbled."""
        try:
            return parse_directory(self.text)
        except ValueError as error:
            raise Garbled(self._name, str(error)) from error


def parse_directory(listing: bytes) -> frozenset[str]:
    """Names from a listing without STX and ETX. Raises ValueError for any line that is none."""
    title, *objects, free = _lines(listing)
    if not (_TITLE.fullmatch(title) and _FREE.fullmatch(free)):
        raise ValueError(f"expected a title, objects and the bytes free, got {title[:80]!r}")
    return frozenset(_object(each) for each in objects)


def _lines(listing: bytes) -> list[bytes]:
    """At least two, without blanks around them; lines of blanks are none."""
    lines = [each.strip(b" \t") for each in re.split(rb"[\r\n]+", listing)]
    found = [each for each in lines if each]
    if len(found) < 2:
        raise ValueError(f"expected a title, objects and the bytes free, got {listing[:80]!r}")
    return found


def _object(line: bytes) -> str:
    found = _OBJECT.fullmatch(line)
    if not found:
        raise ValueError(f"expected the line of a stored object, got {line[:80]!r}")
    return (found[1] + found[2]).decode("ascii").upper()
