"""What the printer keeps: graphics and formats by name, until R: is lost with the power.

>>> memory = Memory()
>>> memory.keep_format("R:LOT.ZPL", ())
>>> normal("lot", kind="ZPL"), memory.format("R:LOT.ZPL")
('R:LOT.ZPL', ())
"""

import fnmatch
import re
import threading

import numpy as np
from numpy.typing import NDArray

from drivers.zpl.commands import Command, Complaint

SPACE = 8 << 20
"""Bytes for everything kept, graphics at one byte for eight dots."""

ENTRIES = 999
"""~HS counts stored graphics in three digits."""


def normal(name: str, *, kind: str) -> str:
    """The full name "R:LOGO.GRF" from "logo": device R:, the usual extension."""
    found = re.fullmatch(r"(?:([A-Z]):)?([^:.]{1,16})(?:\.([A-Z0-9*]{1,3}))?", name.upper())
    if not found:
        raise Complaint(f"expected a name such as R:LOGO.{kind}, got {name[:20]!r}")
    return f"{found[1] or 'R'}:{found[2]}.{found[3] or kind}"


class Memory:
    """Safe to fill from one thread while another reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._graphics: dict[str, NDArray[np.bool_]] = {}
        self._formats: dict[str, tuple[Command, ...]] = {}
        self._sizes: dict[str, int] = {}

    @property
    def graphics_stored(self) -> int:
        with self._lock:
            return len(self._graphics)

    @property
    def free(self) -> int:
        with self._lock:
            return SPACE - sum(self._sizes.values())

    def sizes(self, pattern: str = "*") -> tuple[tuple[str, int], ...]:
        """Full name and bytes of every object whose name matches; * and ? stand for anything."""
        with self._lock:
            names = fnmatch.filter(sorted(self._sizes), pattern)
            return tuple((name, self._sizes[name]) for name in names)

    def keep_graphic(self, name: str, dots: NDArray[np.bool_]) -> None:
        with self._lock:
            self._reserve(name, dots.size // 8)
            self._graphics[name] = dots

    def keep_format(self, name: str, commands: tuple[Command, ...]) -> None:
        with self._lock:
            self._reserve(name, sum(len(command.raw) for command in commands))
            self._formats[name] = commands

    def graphic(self, name: str) -> NDArray[np.bool_]:
        with self._lock:
            if name not in self._graphics:
                raise Complaint(f"no graphic {name} is stored")
            return self._graphics[name]

    def format(self, name: str) -> tuple[Command, ...]:
        with self._lock:
            if name not in self._formats:
                raise Complaint(f"no format {name} is stored")
            return self._formats[name]

    def forget(self, pattern: str) -> None:
        """Delete every object whose name matches, * and ? stand for anything (^ID)."""
        with self._lock:
            for name in fnmatch.filter(tuple(self._sizes), pattern):
                self._graphics.pop(name, None)
                self._formats.pop(name, None)
                del self._sizes[name]

    def forget_graphics(self) -> None:
        """~EG"""
        with self._lock:
            for name in self._graphics:
                del self._sizes[name]
            self._graphics.clear()

    def _reserve(self, name: str, size: int) -> None:
        used = sum(self._sizes.values()) - self._sizes.get(name, 0)
        if used + size > SPACE or (len(self._sizes) >= ENTRIES and name not in self._sizes):
            raise Complaint(
                f"no room for {name}: expected at most {SPACE - used} bytes, got {size}"
            )
        self._graphics.pop(name, None)
        self._formats.pop(name, None)
        self._sizes[name] = size
