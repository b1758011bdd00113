r"""What ~HI answers: one frame with model, firmware, dots per millimetre, memory, and options (ZPL
II Programming Guide, ~HI Host Identification).

>>> parse_identity(b"ZTC ZD420-203dpi ZPL,V93.20.15Z,8,4194304")
PrinterIdentity(model='ZTC ZD420-203dpi ZPL', firmware='V93.20.15Z', dots_per_mm=8)
>>> parse_identity(b"ZEBRA,V1.0.0,ten,8192KB")
Traceback (most recent call last):
    ...
ValueError: expected model, firmware, dots per millimetre and memory, got b'ZEBRA,V1.0.0,ten,8192KB'
"""

import re

from drivers.interface import Garbled, PrinterIdentity
from drivers.zebra.answer import FrameAnswer

HOST_IDENTIFICATION = b"~HI"

_NAME = rb"[!-+\--~](?:[ -+\--~]{0,58}[!-+\--~])?"
_IDENTITY = re.compile(
    rb"[ \r\n]*("
    + _NAME
    + rb"),[ ]*("
    + _NAME
    + rb"),[ ]*([0-9]{1,2}),[ ]*[0-9]{1,12} ?(?:KB|MB|B)?"
    rb"(?:,[ -~]{0,100})?[ \r\n]*",
    re.IGNORECASE,
)


class IdentityAnswer(FrameAnswer):
    """Frames that begin with a number are those of a status."""

    def __init__(self, name: str) -> None:
        super().__init__(name, mark=rb"\A[^,]*[A-Z][^,]*,", what="model and firmware", limit=256)

    def identity(self) -> PrinterIdentity:
        """Raises Garbled."""
        try:
            return parse_identity(self.text)
        except ValueError as error:
            raise Garbled(self._name, str(error)) from error


def parse_identity(text: bytes) -> PrinterIdentity:
    """A frame without STX and ETX. Raises ValueError."""
    found = _IDENTITY.fullmatch(text)
    if not found or not int(found[3]):
        raise ValueError(
            f"expected model, firmware, dots per millimetre and memory, got {text[:80]!r}"
        )
    model, firmware = (found[place].decode("ascii") for place in (1, 2))
    return PrinterIdentity(model, firmware, int(found[3]))
