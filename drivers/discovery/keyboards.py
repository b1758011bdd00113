"""Scanners that type what they read, as a USB keyboard: a "wedge".

Every keyboard of the machine is under /dev/input/by-id too, so only those are named whose vendor
makes scanners or whose name says so.
"""

import re
from pathlib import Path

from drivers.discovery.found import Found, Kind, closed, fact, path_of, stable_names
from drivers.discovery.vendors import SCANNERS

_BY_ID = Path("/dev/input/by-id")
_SYS = Path("/sys/class/input")

_TELLING = re.compile(
    r"scan|bar.?code|imager|honeywell|datalogic|newland|opticon|symbol", re.IGNORECASE
)


def scanner_keyboards(*, by_id: Path = _BY_ID, sys: Path = _SYS) -> tuple[Found, ...]:
    keyboards = sorted(stable_names(by_id, ending="-event-kbd").items())
    found = (_found(device, link, sys) for device, link in keyboards)
    return tuple(each for each in found if each)


def _found(device: Path, link: Path, sys: Path) -> Found | None:
    described = sys / device.name / "device"
    name, vendor = fact(described / "name"), _number(fact(described / "id" / "vendor"))
    if vendor not in SCANNERS and not _TELLING.search(f"{name} {link.name}"):
        return None
    maker = SCANNERS.get(vendor, "")
    says = "types what it reads, as a keyboard" + (f", {maker}" if maker else "")
    return Found(
        Kind.SCANNER, f"wedge://{path_of(device, {device: link})}", name, says, closed(device)
    )


def _number(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9a-fA-F]{4}", text) else -1
