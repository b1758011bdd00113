"""One thing that was found, and how it may be read about in /sys.

>>> Found(Kind.CAMERA, "v4l2:///dev/video0", "HD Webcam", "takes pictures: MJPG").usable
True
"""

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

LONGEST = 200
"""Characters of anything a device says of itself."""

MOST = 64
"""Devices of one kind; more are not looked at."""

_PLAIN = re.compile(r"/[A-Za-z0-9._:=@+,/-]+")
"""Paths that mean the same inside an address; udev also allows "#", which does not."""


class Kind(StrEnum):
    PRINTER = "printer"
    CAMERA = "camera"
    SCANNER = "scanner"
    SERIAL = "serial line"


@dataclass(frozen=True, slots=True)
class Found:
    kind: Kind
    address: str
    """As in the configuration; for what the station cannot use, only where it is."""

    name: str
    """What it calls itself: untrusted, at most 200 characters."""

    says: str = ""
    """What else is known of it; untrusted as well."""

    hindrance: str = ""
    """Why the station could not use it as it is; empty where nothing is known against it."""

    @property
    def usable(self) -> bool:
        return not self.hindrance


def fact(path: Path) -> str:
    """One line of /sys, or "" where it is not there: devices are pulled out at any moment."""
    try:
        with path.open("rb") as file:
            line = file.read(LONGEST)
    except OSError:
        return ""
    return text(line.partition(b"\n")[0])


def text(data: bytes) -> str:
    """Bytes of a device as text, whatever they are; what follows a NUL is not part of it."""
    return data.partition(b"\0")[0].decode("utf-8", "backslashreplace").strip()[:LONGEST]


def closed(device: Path) -> str:
    """Why this user cannot open the device; empty if they can."""
    if os.access(device, os.R_OK | os.W_OK):
        return ""
    return "this user may not open it" if device.exists() else "it is gone"


def stable_names(folder: Path, *, ending: str = "") -> dict[Path, Path]:
    """Devices and the link in `folder` that goes on naming each of them, by its real path."""
    try:
        links = sorted(each for each in folder.iterdir() if each.name.endswith(ending))[:MOST]
    except OSError:
        return {}
    return {link.resolve(): link for link in reversed(links)}


def path_of(device: Path, names: dict[Path, Path]) -> str:
    """The name that stays, where there is one and an address can carry it."""
    stable = str(names.get(device.resolve(), device))
    return stable if _PLAIN.fullmatch(stable) else str(device)
