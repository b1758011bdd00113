r"""One scan as it came: the AIM identifier and the data.

>>> symbol_of(b"]d20106972869182125\x1d21B2", engine="scanner")
Symbol(identifier=']d2', data=b'0106972869182125\x1d21B2', engine='scanner', corners=None)
>>> symbol_of(b"0106972869182125", engine="scanner").identifier
''

Source: ISO/IEC 15424 (identifiers).
"""

import re

from drivers.interface import Symbol

LONGEST = 4096
"""Bytes of one scan; more is noise."""

PAUSE_SECONDS = 0.3
"""Between two characters of one scan; a longer one means the rest was lost."""

_IDENTIFIER = re.compile(rb"\][A-Za-z][0-9A-Za-z]")


def symbol_of(scan: bytes, *, engine: str) -> Symbol:
    """A scan without identifier has the empty one: it says so, and is nobody's label."""
    found = _IDENTIFIER.match(scan)
    identifier = found[0].decode("ascii") if found else ""
    return Symbol(identifier, scan[len(identifier) :], engine)
