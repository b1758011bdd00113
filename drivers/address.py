"""Where a device is, as one line of text: over TCP or on a serial line.

    tcp://192.0.2.7:9100
    serial:///dev/ttyUSB0?baud=9600&flow=xonxoff        flow: none, xonxoff or rtscts

>>> parse_address("serial:///dev/ttyUSB0?baud=115200&flow=rtscts")
SerialAddress(path='/dev/ttyUSB0', baud=115200, flow='rtscts')
>>> parse_address("tcp://printer.example")
Traceback (most recent call last):
    ...
drivers.interface.Unreachable: tcp://printer.example: expected tcp://host:port
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from drivers.interface import Unreachable

_BAUD_RATES = (1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200, 230400)


@dataclass(frozen=True, slots=True)
class TcpAddress:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SerialAddress:
    path: str
    baud: int
    flow: str


def parse_address(url: str) -> TcpAddress | SerialAddress:
    """Raises Unreachable and says what was expected."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unreachable(url, f"not an address: {error}") from error
    if parts.scheme == "tcp":
        if not parts.hostname or not port or parts.path.strip("/") or parts.query:
            raise Unreachable(url, "expected tcp://host:port")
        return TcpAddress(parts.hostname, port)
    if parts.scheme == "serial":
        if parts.netloc or not parts.path.startswith("/"):
            raise Unreachable(url, "expected serial:///dev/…?baud=9600&flow=none")
        return _serial_address(url, parts.path, dict(parse_qsl(parts.query)))
    raise Unreachable(url, f"expected tcp:// or serial://, got {parts.scheme!r}")


def _serial_address(url: str, path: str, settings: dict[str, str]) -> SerialAddress:
    baud, flow = settings.pop("baud", "9600"), settings.pop("flow", "none")
    if settings:
        raise Unreachable(url, f"expected baud and flow, got {', '.join(sorted(settings))}")
    if not baud.isascii() or not baud.isdigit() or int(baud) not in _BAUD_RATES:
        rates = ", ".join(str(rate) for rate in _BAUD_RATES)
        raise Unreachable(url, f"expected a baud rate of {rates}, got {baud!r}")
    if flow not in {"none", "xonxoff", "rtscts"}:
        raise Unreachable(url, f"expected flow none, xonxoff or rtscts, got {flow!r}")
    return SerialAddress(path, int(baud), flow)
