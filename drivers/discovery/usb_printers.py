"""Printers on a USB cable, found so that somebody is told: the station has no driver for them.

It speaks to printers over the network or a serial line.
"""

import re
from pathlib import Path

from drivers.discovery.found import MOST, Found, Kind, fact

_SYS = Path("/sys/class/usbmisc")

_WORD = re.compile(r"(MFG|MANUFACTURER|MDL|MODEL):([^;]*)")


def usb_printers(*, sys: Path = _SYS) -> tuple[Found, ...]:
    try:
        nodes = sorted(each for each in sys.iterdir() if re.fullmatch(r"lp\d{1,3}", each.name))
    except OSError:
        return ()
    return tuple(_found(node) for node in nodes[:MOST])


def _found(node: Path) -> Found:
    """Its name is in its IEEE 1284 device id: `MFG:…;MDL:…;`."""
    said = fact(node / "device" / "ieee1284_id")
    name = " ".join(value.strip() for _, value in _WORD.findall(said)) or said
    return Found(
        Kind.PRINTER,
        f"/dev/usb/{node.name}",
        name,
        hindrance="the station prints over the network or a serial line, not over USB",
    )
