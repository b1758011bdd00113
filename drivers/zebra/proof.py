"""Proof that a serial line carries a long graphic whole, before any label depends on it.

Where the two ends disagree about flow control, everything short arrives and the middle of something
long does not: the receiver's buffer overflows while the printer is busy. So a graphic is stored
that takes the line some seconds, and asked for afterwards. Its data are not to be compressed and
bear a check sum (ZPL II Programming Guide, ~DG and "ZB64 Encoding"): a printer does not keep it
when anything of it was lost.

How long: at 115 200 baud three seconds are 34 kB, three times what a stored layer of a label takes;
at 9600 they are 4 kB, at a rate that no printer is slower than. It is never less than 4 kB, which
no UART and no USB adapter holds.
"""

import base64
import binascii
import hashlib

from drivers.interface import Condition, NotReady

NAME = "PROOF.GRF"

FORGET = b"^XA^IDR:PROOF.GRF^FS^XZ"

_LEAST = 4096
_ROW = 32
"""Bytes of one row of dots: the width of the smallest print heads."""


def graphic(*, baud: int, seconds: float) -> bytes:
    """The ~DG that keeps a line of that baud rate busy for so long, or a little longer.

    >>> sent = graphic(baud=115200, seconds=3.0)
    >>> len(sent), sent[:32]
    (34594, b'~DGR:PROOF.GRF,25920,32,:B64:8qA')
    """
    on_the_wire = max(_LEAST, int(baud / 10 * seconds))
    size = -(-on_the_wire * 3 // 4 // _ROW) * _ROW
    text = base64.b64encode(hashlib.shake_128(b"proof").digest(size))
    check = binascii.crc_hqx(text, 0)
    return b"~DGR:%b,%d,%d,:B64:%b:%04X" % (NAME.encode(), size, _ROW, text, check)


def not_carried(name: str, sent: int, *, baud: int, flow: str) -> NotReady:
    return NotReady(
        name,
        f"a graphic of {sent} bytes did not arrive whole: expected the printer to use {baud} baud"
        f" and flow control {flow}, as its address says",
        Condition.SETTING_REFUSED,
    )
