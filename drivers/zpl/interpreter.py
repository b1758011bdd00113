"""One format to the picture of one label.

>>> interpreter = Interpreter(dots_per_mm=8, width_mm=50)
>>> rendering = interpreter.render(b"^XA^PW80^LL40^FO8,8^GB16,8,8^FS^RB1^XZ")
>>> rendering.picture.shape, int((rendering.picture == 0).sum())
((40, 80), 128)
>>> rendering.unknown
('^RB',)
>>> interpreter.render(b"^XA^JZN^XZ").picture is None
True
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drivers.zpl import graphics
from drivers.zpl.canvas import AREA_LIMIT, Canvas
from drivers.zpl.commands import Command, Complaint, Prefixes, parse
from drivers.zpl.formats import COMMANDS_LIMIT, Format, FormatReader
from drivers.zpl.memory import Memory, normal
from drivers.zpl.state import Field, Font, Nothing, Printed, Run, Settings, Text
from drivers.zpl.verbs import VERBS, WITHOUT_PICTURE
from drivers.zpl.verbs.fields import close_field


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    picture: NDArray[np.uint8] | None
    """(^LL, ^PW) dots, 0 ink and 255 paper; None where the format prints nothing."""

    copies: int
    unknown: tuple[str, ...]
    """Unknown commands such as "^RB", and a sentence for each one that could not be obeyed."""

    executed: tuple[str, ...]
    """Every command of the format in its order, as "^FO"."""

    printed: tuple[Printed, ...] = ()
    """Texts and symbols with data, in the order they were painted."""


class Interpreter:
    def __init__(
        self, *, dots_per_mm: int = 8, width_mm: int = 104, memory: Memory | None = None
    ) -> None:
        self._head = dots_per_mm * width_mm
        self.memory = memory or Memory()
        self.settings = Settings(print_width=self._head, length=dots_per_mm * 100)

    def render(self, zpl: bytes, *, prefixes: Prefixes | None = None) -> Rendering:
        """Never raises: what cannot be done is listed, and the label comes out without it."""
        commands = parse(zpl, prefixes)
        run = Run(self.settings, self.memory)
        allowed = iter(range(2 * COMMANDS_LIMIT))
        for place, command in enumerate(commands):
            self._obey(run, command, allowed)
            if run.stored_as is not None:
                self._store(run, commands[place + 1 :])
                break
        close_field(run)
        picture = self._picture(run) if run.items and run.stored_as is None else None
        executed = tuple(command.code for command in commands if command.code)
        return Rendering(picture, run.copies, tuple(run.notes), executed, tuple(run.printed))

    def _obey(self, run: Run, command: Command, allowed: Iterator[int]) -> None:
        if next(allowed, None) is None:
            run.note(f"format: more than {2 * COMMANDS_LIMIT} commands with those recalled")
            return
        try:
            self._carry_out(run, command, allowed)
        except Complaint as complaint:
            run.note(_named(command.code, str(complaint)))

    def _carry_out(self, run: Run, command: Command, allowed: Iterator[int]) -> None:
        code = command.code
        if code in VERBS:
            VERBS[code](run, command)
        elif code == "^XF":
            self._recall(run, command, allowed)
        elif not code:
            _no_text(command)
        elif code not in WITHOUT_PICTURE:
            run.note(code)
            if code.startswith("^B"):
                run.current.painter = Nothing()

    def _recall(self, run: Run, command: Command, allowed: Iterator[int]) -> None:
        if run.recalling:
            raise Complaint("^XF: a recalled format cannot recall another")
        name = normal(command.parameters().text(0, "UNKNOWN"), kind="ZPL")
        run.recalling = True
        for stored in self.memory.format(name):
            self._obey(run, stored, allowed)
        close_field(run)
        run.recalling = False

    def _store(self, run: Run, commands: tuple[Command, ...]) -> None:
        assert run.stored_as is not None, "only a format that names itself is kept"
        kept = tuple(each for each in commands if each.code not in {"", "^XA", "^XZ", "^DF"})
        try:
            self.memory.keep_format(run.stored_as, kept)
        except Complaint as complaint:
            run.note(_named("^DF", str(complaint)))

    def blank(self) -> NDArray[np.uint8]:
        """A label without ink, as large as the next one would be."""
        return np.full(self._size(self.settings), 255, np.uint8)

    def _size(self, settings: Settings) -> tuple[int, int]:
        """(rows, columns) of a label, in dots."""
        columns = min(settings.print_width, self._head)
        return min(settings.length, AREA_LIMIT // columns), columns

    def _picture(self, run: Run) -> NDArray[np.uint8]:
        rows, columns = self._size(run.settings)
        if rows < run.settings.length:
            run.note(f"^LL: expected at most {rows} dots, got {run.settings.length}")
        canvas = Canvas(rows=rows, columns=columns)
        for item in run.items:
            try:
                _paint(run, item, canvas)
            except Complaint as complaint:
                run.note(str(complaint))
        across = -1 if run.settings.inverted != run.settings.mirrored else 1
        ink = canvas.ink[:: -1 if run.settings.inverted else 1, ::across]
        return np.where(ink, np.uint8(0), np.uint8(255))


def _paint(run: Run, item: object, canvas: Canvas) -> None:
    if not isinstance(item, Field):
        assert callable(item), "what is no field is a shape"
        item(canvas)
        return
    data = item.data if item.number is None else run.values.get(item.number, item.data)
    invalid = Text(Font("0", 30), "ascii") if run.settings.validate else None
    if not data:
        return
    printed = item.paint(canvas, data, invalid)
    run.printed.append(printed)
    for note in printed.notes:
        run.note(note)


def _named(code: str, sentence: str) -> str:
    return sentence if sentence.startswith(("^", "~", "text")) else f"{code}: {sentence}"


def _no_text(command: Command) -> None:
    stray = command.raw.strip()
    if stray:
        raise Complaint(f"text outside a command: {stray[:40]!r}")


def render_stream(
    zpl: bytes, *, dots_per_mm: int = 8, width_mm: int = 104
) -> tuple[Rendering, ...]:
    """Everything a fresh printer makes of a stream: one rendering for each format in it. A
    download that fails is listed with the next format.

    >>> [r.copies for r in render_stream(b"~DGR:A,1,1,F0^XA^XGA^FS^PQ2^XZ^XA^FDx^FS^XZ")]
    [2, 1]
    """
    interpreter = Interpreter(dots_per_mm=dots_per_mm, width_mm=width_mm)
    renderings: list[Rendering] = []
    failed: tuple[str, ...] = ()
    for found in FormatReader().feed(zpl):
        if isinstance(found, Format):
            rendering = interpreter.render(found.zpl, prefixes=found.prefixes)
            unknown = failed + found.problems + rendering.unknown
            renderings.append(replace(rendering, unknown=unknown))
            failed = ()
        elif found.code in {"~DG", "~DY"}:
            failed += _download(found, interpreter.memory)
    return tuple(renderings)


def _download(command: Command, memory: Memory) -> tuple[str, ...]:
    try:
        graphics.download(command, memory)
    except Complaint as complaint:
        return (_named(command.code, str(complaint)),)
    return ()
