"""The ears of the simulated printer: what arrives is queued, acted upon, or answered."""

import threading
from collections import deque
from collections.abc import Callable

from drivers.interface import PrinterStatus
from drivers.simulated import printer_replies as replies
from drivers.simulated.printer_engine import Engine
from drivers.simulated.zpl import graphics
from drivers.simulated.zpl.commands import Command, Complaint
from drivers.simulated.zpl.formats import Format, FormatReader

_PROBLEMS_KEPT = 1000

_NO_REPLY = b""

_WITHOUT_EFFECT = frozenset({"~SD", "~TA", "~JS", "~CC", "^CC", "~CD", "^CD", "~CT", "^CT"})


class Receiver:
    def __init__(
        self, engine: Engine, *, dots_per_mm: int, on_problem: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._dots_per_mm = dots_per_mm
        self._on_problem = on_problem
        self._problems: deque[str] = deque(maxlen=_PROBLEMS_KEPT)
        self._readers: list[FormatReader] = []
        # Held while bytes are read: a reset never meets a half-read piece.
        self._reading = threading.RLock()
        self.mute = False

    def ear(self) -> Callable[[bytes], bytes]:
        """For one port: takes bytes in any pieces, returns the answer. Every port puts its own
        formats together.
        """
        reader = FormatReader()
        self._readers.append(reader)

        def receive(data: bytes) -> bytes:
            with self._reading:
                answer = b"".join(self._act(found, reader) for found in reader.feed(data))
                return _NO_REPLY if self.mute else answer

        return receive

    @property
    def status(self) -> PrinterStatus:
        return self._engine.status(partial=any(reader.partial for reader in self._readers))

    @property
    def problems(self) -> tuple[str, ...]:
        with self._reading:
            return tuple(self._problems)

    def power_off(self) -> None:
        with self._reading:
            for reader in self._readers:
                reader.power_off()
            self._engine.reset()

    def complain(self, problem: str) -> None:
        with self._reading:
            self._problems.append(problem)
        self._on_problem(problem)

    def _act(self, found: Format | Command, reader: FormatReader) -> bytes:
        if isinstance(found, Command):
            return self._obey(found, reader)
        if not self._engine.accept(found):
            self.complain("format: left out, the buffer is full")
        return _NO_REPLY

    def _obey(self, command: Command, reader: FormatReader) -> bytes:
        match command.code:
            case "~HS":
                length = self._engine.interpreter.settings.length
                return replies.host_status(self.status, length=length)
            case "~HI":
                return replies.identification(dots_per_mm=self._dots_per_mm)
            case "~HQ" if command.body.upper() == b"ES":
                return replies.errors_and_warnings(self.status)
            case _:
                self._change(command, reader)
                return _NO_REPLY

    def _change(self, command: Command, reader: FormatReader) -> None:
        match command.code:
            case "~JA":
                self._engine.cancel()
            case "~JX":
                reader.cancel()
            case "~JR":
                reader.restart()
                self._engine.reset()
            case "~PP":
                self._engine.set(paused=True)
            case "~PS":
                self._engine.set(paused=False)
            case "~EG":
                self._engine.memory.forget_graphics()
            case "~DG" | "~DY":
                self._download(command)
            case _:
                self._list(command)

    def _download(self, command: Command) -> None:
        try:
            graphics.download(command, self._engine.memory)
        except Complaint as complaint:
            self.complain(f"{command.code}: {complaint}")

    def _list(self, command: Command) -> None:
        if command.code and command.code not in _WITHOUT_EFFECT:
            self.complain(command.code)
        elif not command.code and command.raw.strip():
            self.complain(f"text outside a command: {command.raw.strip()[:40]!r}")
