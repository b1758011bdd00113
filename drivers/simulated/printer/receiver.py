"""The ears of the simulated printer: what arrives is queued, acted upon, or answered."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from drivers.interface import PrinterStatus
from drivers.simulated.printer import replies
from drivers.simulated.printer.engine import Engine
from drivers.simulated.printer.leak import Leak
from drivers.simulated.printer.variables import Lines, asked_for
from drivers.simulated.printer.voice import Voice
from drivers.zpl import graphics
from drivers.zpl.commands import Command, Complaint, parse
from drivers.zpl.formats import Format, FormatReader
from drivers.zpl.memory import normal

_PROBLEMS_KEPT = 1000

_NO_REPLY = b""

_WITHOUT_EFFECT = frozenset({"~SD", "~TA", "~JS", "~CC", "^CC", "~CD", "^CD", "~CT", "^CT"})


@dataclass(frozen=True, slots=True)
class Knows:
    """What this printer answers at all; a clone may know less."""

    odometer: bool = True
    """False: it answers "?"."""

    directory: bool = True
    """^HW"""

    identity: bool = True
    """~HI"""

    health: bool = True
    """~HQES"""

    variables: bool = True
    """False: it says nothing at all when it is asked for one."""


@dataclass(frozen=True, slots=True)
class _Ear:
    """What one port has taken in and not yet acted upon."""

    reader: FormatReader = field(default_factory=FormatReader)
    lines: Lines = field(default_factory=Lines)

    def power_off(self) -> None:
        self.reader.power_off()
        self.lines.take()


class Receiver:
    def __init__(
        self,
        engine: Engine,
        *,
        dots_per_mm: int,
        knows: Knows,
        counts_feeds: bool,
        voice: Voice,
        on_problem: Callable[[str], None],
        hang_up: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._dots_per_mm = dots_per_mm
        self._knows = knows
        self._counts_feeds = counts_feeds
        self._voice = voice
        self._on_problem = on_problem
        self._hang_up = hang_up
        self._problems: deque[str] = deque(maxlen=_PROBLEMS_KEPT)
        self._ears: list[_Ear] = []
        # Held while bytes are read: a reset never meets a half-read piece.
        self._reading = threading.RLock()
        self._fuse: int | None = None
        """Bytes of one format after which the power goes."""
        self._leak = Leak()

    def ear(self) -> Callable[[bytes], bytes]:
        """For one port: takes bytes in any pieces, returns the answer. Every port puts its own
        formats together.
        """
        ear = _Ear()
        self._ears.append(ear)

        def receive(data: bytes) -> bytes:
            with self._reading:
                answer = self._hear(self._leak.through(data), ear)
            if answer is None:
                self._hang_up()  # without the lock: another port may be waiting for it
            return self._voice.say(answer or _NO_REPLY)

        return receive

    def drop_bytes(self, count: int, *, after: int) -> None:
        with self._reading:
            self._leak.drop(count, after=after)

    def blow_fuse(self, *, after_bytes: int) -> None:
        """Lose power when so many bytes of a format are there and its end is not."""
        with self._reading:
            self._fuse = after_bytes

    def _hear(self, data: bytes, ear: _Ear) -> bytes | None:
        """The answers; None when the power went, and the rest of the data with it."""
        answers = []
        for piece in self._pieces(data, ear.reader):
            answers += [self._act(found, ear) for found in ear.reader.feed(piece)]
            if self._blows(ear.reader):
                self._fuse = None
                self.power_off()
                return None
        return b"".join(answers)

    def _blows(self, reader: FormatReader) -> bool:
        return self._fuse is not None and reader.partial and reader.held >= self._fuse

    def _pieces(self, data: bytes, reader: FormatReader) -> Iterator[bytes]:
        """Of the size that came, or so that no format grows past the fuse."""
        place = 0
        while place < len(data):
            most = len(data) if self._fuse is None else max(1, self._fuse - reader.held)
            yield data[place : place + most]
            place += most

    @property
    def status(self) -> PrinterStatus:
        return self._engine.status(partial=any(ear.reader.partial for ear in self._ears))

    @property
    def problems(self) -> tuple[str, ...]:
        with self._reading:
            return tuple(self._problems)

    def power_off(self) -> None:
        with self._reading:
            for ear in self._ears:
                ear.power_off()
            self._engine.reset()

    def complain(self, problem: str) -> None:
        with self._reading:
            self._problems.append(problem)
        self._on_problem(problem)

    def _act(self, found: Format | Command, ear: _Ear) -> bytes:
        if isinstance(found, Command) and not found.code:
            return b"".join(self._hear_line(line) for line in ear.lines.feed(found.raw))
        self._hear_line(ear.lines.take())
        if isinstance(found, Command):
            return self._obey(found, ear.reader)
        wanted = _listing_asked(found)
        if wanted is not None:
            return self._listing(wanted) if self._knows.directory else _NO_REPLY
        if not self._engine.accept(found):
            self.complain("format: left out, the buffer is full")
        return _NO_REPLY

    def _listing(self, wanted: Command) -> bytes:
        """^HW. A real printer answers when its turn comes; this one at once, or not at all."""
        try:
            pattern = normal(wanted.parameters().text(0, "*"), kind="*")
        except Complaint as complaint:
            self.complain(f"^HW: {complaint}")
            return _NO_REPLY
        if self.status.formats_in_buffer:
            self.complain("^HW: not answered, formats wait before it")
            return _NO_REPLY
        memory = self._engine.memory
        return replies.directory(pattern, memory.sizes(pattern), free=memory.free)

    def _hear_line(self, line: bytes) -> bytes:
        name = asked_for(line)
        if name is not None:
            return replies.variable(self._variable(name)) if self._knows.variables else _NO_REPLY
        if line.strip():
            self.complain(f"text outside a command: {line.strip()[:40]!r}")
        return _NO_REPLY

    def _variable(self, name: str) -> str:
        match name:
            case "odometer.total_label_count" if self._knows.odometer:
                return str(self._engine.odometer)
            case "ezpl.reprint_mode":
                return "on" if self._engine.interpreter.settings.reprint else "off"
            case _:
                return "?"

    def _obey(self, command: Command, reader: FormatReader) -> bytes:
        match command.code:
            case "~HS":
                length = self._engine.interpreter.settings.length
                return replies.host_status(self.status, length=length, mode=self._engine.mode)
            case "~HI" if self._knows.identity:
                return replies.identification(dots_per_mm=self._dots_per_mm)
            case "~HQ" if command.body.upper() == b"ES" and self._knows.health:
                return self._health()
            case _:
                self._change(command, reader)
                return _NO_REPLY

    def _health(self) -> bytes:
        status, errors, warnings = self._engine.health()
        return replies.errors_and_warnings(status, errors=errors, warnings=warnings)

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
                self._pause(on=True)
            case "~PS":
                self._pause(on=False)
            case "~PH":
                self._engine.feed(counted=self._counts_feeds)
            case "~EG":
                self._engine.memory.forget_graphics()
            case "~DG" | "~DY":
                self._download(command)
            case _:
                self._list(command)

    def _pause(self, *, on: bool) -> None:
        with self._engine.change() as state:
            state.paused = on

    def _download(self, command: Command) -> None:
        try:
            graphics.download(command, self._engine.memory)
        except Complaint as complaint:
            self.complain(f"{command.code}: {complaint}")

    def _list(self, command: Command) -> None:
        if command.code not in _WITHOUT_EFFECT:
            self.complain(command.code)


def _listing_asked(found: Format) -> Command | None:
    """The ^HW of a format, which does nothing else then."""
    if b"HW" not in found.zpl.upper():
        return None
    commands = parse(found.zpl, found.prefixes)
    return next((each for each in commands if each.code == "^HW"), None)
