"""A stream of bytes to whole formats, ^XA to ^XZ, and the commands that act at once.

>>> reader = FormatReader()
>>> for piece in (b"~HS^XA^FO1,1~J", b"A^FDx^FS^X", b"Z"):
...     print([type(found).__name__ for found in reader.feed(piece)])
['Command']
['Command']
['Format']
"""

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.zpl.commands import Command, Prefixes, Tokeniser

FORMAT_LIMIT = 4 << 20
"""Bytes of one format; the rest of it is left out, and said so."""

COMMANDS_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class Format:
    zpl: bytes
    """From ^XA to ^XZ, as received."""

    prefixes: Prefixes
    """Those in force at its ^XA."""

    problems: tuple[str, ...] = ()


class FormatReader:
    """Puts formats together. A ~ command acts at once, even in the middle of a format."""

    def __init__(self) -> None:
        self._tokeniser = Tokeniser()
        self._prefixes = self._tokeniser.prefixes
        self._parts: list[bytes] = []
        self._size = 0
        self._left_out = 0

    @property
    def partial(self) -> bool:
        """A format has begun and not ended."""
        return bool(self._parts)

    @property
    def held(self) -> int:
        """Bytes of the format, or of the command outside one, that is being received."""
        return self._size + self._tokeniser.held

    def feed(self, data: bytes) -> Iterator[Format | Command]:
        """Complete formats; every ~ command, and every other one that is in no format."""
        before = self._tokeniser.prefixes
        for command in self._tokeniser.feed(data):
            yield from self._sorted(command, before)
            before = self._tokeniser.prefixes

    def cancel(self) -> None:
        """Forget the format that is being received (~JX). What was received after it counts."""
        self._parts.clear()
        self._size = self._left_out = 0

    def restart(self) -> None:
        """~JR: no format, the usual prefixes."""
        self.cancel()
        self._tokeniser.use(Prefixes())

    def power_off(self) -> None:
        """Nothing at all is left."""
        self.restart()
        self._tokeniser.clear()

    def _sorted(self, command: Command, before: Prefixes) -> Iterator[Format | Command]:
        if command.code == "^XA" and not self._parts:
            self._prefixes = before
        inside = self.partial or command.code == "^XA"
        if inside:
            self._keep(command)
        if command.code == "^XZ" and inside:
            yield self._close()
        elif not inside or command.code.startswith("~"):
            yield command

    def _keep(self, command: Command) -> None:
        self._size += len(command.raw)
        too_much = self._size > FORMAT_LIMIT or len(self._parts) >= COMMANDS_LIMIT
        if too_much and command.code != "^XZ":
            self._left_out += 1
            return
        self._parts.append(command.raw)

    def _close(self) -> Format:
        too_long = (
            f"format: {self._left_out} commands left out, expected at most {FORMAT_LIMIT} bytes "
            f"and {COMMANDS_LIMIT} commands"
        )
        problems = (too_long,) if self._left_out else ()
        whole = Format(b"".join(self._parts), self._prefixes, problems)
        self._parts.clear()
        self._size = self._left_out = 0
        return whole
