"""Gates. Rest position is reject: what is not released does not pass.

open_gate("operator")                                             nobody but a person
open_gate("modbus://192.0.2.30?release=0&rest=2&confirm_count=5")  an input and output module
open_gate("relay:///dev/serial/by-id/usb-…?pulse_ms=150")          a relay on a serial line
"""

import time
from collections.abc import Callable

from drivers.gate.modbus import ModbusGate
from drivers.gate.operator import OperatorGate
from drivers.gate.relay import RelayGate
from drivers.interface import Gate, Unreachable
from drivers.settings import Settings

__all__ = ["ModbusGate", "OperatorGate", "RelayGate", "open_gate"]


def open_gate(url: str, *, name: str = "gate", clock: Callable[[], float] = time.monotonic) -> Gate:
    """The gate at this address, not connected yet. Raises Unreachable where it cannot be one.

    Check it at once: if the station died while it stood open, that puts it to rest.
    """
    if url == "operator":
        return OperatorGate()
    match url.partition("://")[0]:
        case "modbus":
            return ModbusGate(Settings(url), name=name, clock=clock)
        case "relay":
            return RelayGate(Settings(url), name=name, clock=clock)
    raise Unreachable(url, "expected operator, modbus:// or relay:///")
