"""Serial lines, by the name that stays the same whichever port they are plugged into.

What is behind a line nobody knows before asking, and asking is not done here; only the USB ids of
scanners that are no mere adapters give a hint.
"""

from collections.abc import Callable
from pathlib import Path

from drivers.discovery.found import LONGEST, MOST, Found, Kind, closed, path_of, stable_names
from drivers.discovery.vendors import PRINTERS, SCANNERS
from drivers.wire import SerialPort, serial_ports

_BY_ID = Path("/dev/serial/by-id")


def serial_lines(
    *, listed: Callable[[], tuple[SerialPort, ...]] = serial_ports, by_id: Path = _BY_ID
) -> tuple[Found, ...]:
    """Raises Unreachable where the system cannot list them."""
    names = stable_names(by_id)
    return tuple(_found(port, names) for port in listed()[:MOST])


def _found(port: SerialPort, names: dict[Path, Path]) -> Found:
    device = Path(port.path)
    return Found(
        _kind(port),
        f"serial://{path_of(device, names)}?baud=9600",
        port.description[:LONGEST],
        _ids(port),
        closed(device),
    )


def _kind(port: SerialPort) -> Kind:
    if port.vendor in SCANNERS:
        return Kind.SCANNER
    return Kind.PRINTER if port.vendor in PRINTERS else Kind.SERIAL


def _ids(port: SerialPort) -> str:
    if port.vendor is None or port.product is None:
        return "not on USB"
    maker = SCANNERS.get(port.vendor) or PRINTERS.get(port.vendor)
    return f"USB {port.vendor:04x}:{port.product:04x}" + (f", {maker}" if maker else "")
