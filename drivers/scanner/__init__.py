"""Handheld scanners: on a serial line, on the network, or typing like a keyboard.

    open_scanner("serial:///dev/serial/by-id/usb-…?baud=115200", profile=Profile.HONEYWELL)
    open_scanner("tcp://192.0.2.40:2112")
    open_scanner("wedge:///dev/input/by-id/usb-…-event-kbd?gs=f8")

A serial line is the better way: it carries every byte, and the scanner can be told what became of
a label. A wedge types keys, and whatever its set-up has no key for is lost or changed: it is to be
believed only after the challenge card came through whole.

Of either the AIM identifier (`]d2…`) has to be switched on in the scanner. It is the only sign of
the leading FNC1, and without it a scan is no GS1 symbol.
"""

import time
from collections.abc import Callable

from drivers.interface import Scanner
from drivers.scanner.answers import Profile
from drivers.scanner.serial import SerialScanner
from drivers.scanner.wedge import Wedge

__all__ = ["Profile", "SerialScanner", "Wedge", "open_scanner"]


def open_scanner(
    url: str,
    *,
    profile: Profile = Profile.NONE,
    name: str = "scanner",
    clock: Callable[[], float] = time.monotonic,
) -> Scanner:
    """The scanner at this address; it is connected at first use.

    A wedge cannot be told anything, whatever its profile. Raises Unreachable for a wedge's address
    that cannot be one.
    """
    if url.startswith("wedge:"):
        return Wedge(url, name=name, clock=clock)
    return SerialScanner(url, profile=profile, name=name, clock=clock)
