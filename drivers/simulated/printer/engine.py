"""The part of the simulated printer that moves paper: a queue, one thread, and what stops it."""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from drivers.interface import PrinterStatus, PrintMode, Warn
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer.panel import Panel
from drivers.simulated.printer.state import LETTERS, Supply, Turn
from drivers.simulated.printer.wearing import Wearing
from drivers.zpl.formats import Format, FormatReader
from drivers.zpl.interpreter import Interpreter, Rendering
from drivers.zpl.memory import Memory
from drivers.zpl.state import Settings

Transform = Callable[[PrintedLabel], PrintedLabel | None]
"""Changes a label after it was printed; None takes it away."""

Rewrite = Callable[[int, bytes], bytes]
"""Changes a format before it is printed, given the number of the label it will make."""


class Engine(Panel):
    """Prints formats one after the other."""

    def __init__(
        self,
        *,
        dots_per_mm: int,
        width_mm: int,
        on_label: Callable[[PrintedLabel], None],
        on_problem: Callable[[str], None],
        hang_up: Callable[[], None],
        seconds_per_label: float,
        mode: PrintMode,
    ) -> None:
        """mode: the one saved in the printer, which the power does not touch."""
        super().__init__()
        self.rewrite: Rewrite | None = None
        self.transform: Transform | None = None
        self.wearing = Wearing()
        self._dots_per_mm = dots_per_mm
        self._width_mm = width_mm
        self._on_label = on_label
        self._on_problem = on_problem
        self._hang_up = hang_up
        self.seconds = seconds_per_label
        self._saved_mode = self.state.mode = mode
        self.interpreter = self._fresh()
        self._thread = threading.Thread(target=self._run, name="printer engine", daemon=True)
        self._thread.start()

    @property
    def memory(self) -> Memory:
        return self.interpreter.memory

    @property
    def odometer(self) -> int:
        with self.changed:
            return self.state.odometer

    @property
    def mode(self) -> PrintMode:
        with self.changed:
            return self.state.mode

    def status(self, *, partial: bool) -> PrinterStatus:
        """partial: a format is being received."""
        with self.changed:
            state = self.state
            return PrinterStatus(
                paper_out=state.paper.out,
                ribbon_out=state.ribbon.out,
                head_open=state.head_open,
                paused=state.paused,
                buffer_full=state.full,
                partial_format=partial,
                label_waiting=state.waiting,
                formats_in_buffer=state.formats,
                labels_remaining=state.remaining,
                graphics_stored=self.memory.graphics_stored,
            )

    def health(self) -> tuple[PrinterStatus, int, frozenset[Warn]]:
        """Its status, the bits of further errors, and what it would like done."""
        with self.changed:
            return self.status(partial=False), self.state.error, self.state.warnings

    def print_again(self) -> None:
        """The last label once more, by itself."""
        with self.changed:
            if self.state.last_job is not None:
                self.accept(self.state.last_job)

    def print_foreign(self, zpl: bytes) -> None:
        """Formats that somebody else sends; whatever is no format has no effect."""
        for found in FormatReader().feed(zpl):
            if isinstance(found, Format):
                self.accept(found)

    def accept(self, job: Format) -> bool:
        """Queue a format; False when there is no room for it."""
        with self.changed:
            if self.state.full:
                return False
            self.state.queue.append(job)
            self.changed.notify_all()
            return True

    def cancel(self) -> None:
        """~JA: forget what waits. A label that is moving comes out."""
        with self.changed:
            self.state.queue.clear()
            self.state.remaining = 0
            self.state.job += 1
            self.changed.notify_all()

    def reset(self) -> None:
        """Buffer, stored objects and settings are lost; so is a label that is moving."""
        with self.changed:
            self.state.session += 1
            self.state.paused = False
            self.state.mode = self._saved_mode
            self.state.last_job = None
            self.state.feeds.clear()
            self.interpreter = self._fresh()
            self.cancel()

    def close(self) -> None:
        with self.changed:
            self.state.closing = True
            self.changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _fresh(self) -> Interpreter:
        interpreter = Interpreter(dots_per_mm=self._dots_per_mm, width_mm=self._width_mm)
        letters = (letter for letter, mode in LETTERS.items() if mode == self._saved_mode)
        interpreter.settings.mode = next(letters)
        return interpreter

    def _run(self) -> None:
        while (taken := self._take()) is not None:
            self._print(*taken)
            with self.changed:
                self.state.working = False
                self.changed.notify_all()

    def _take(self) -> tuple[Format, Turn] | None:
        state = self.state
        while True:
            with self.changed:
                self.changed.wait_for(lambda: state.closing or state.queue or state.feeds)
                if state.closing:
                    return None
                if not state.feeds:
                    state.working = True
                    return state.queue.popleft(), Turn(state.session, state.job)
            self._feed_blank()

    def _print(self, job: Format, turn: Turn) -> None:
        rendering = self._interpret(job)
        if rendering.picture is None:
            for problem in (*job.problems, *rendering.unknown):
                self._on_problem(problem)
            return
        if not self._survives(turn):
            return
        with self.changed:
            if turn.goes_on(self.state):
                self.state.remaining = rendering.copies
        while self._may_print(turn):
            self._print_one(job, rendering, turn)

    def _survives(self, turn: Turn) -> bool:
        """Whether this format's label comes out; the connections may die first, as ordered."""
        with self.changed:
            if not self.state.deaths or not turn.goes_on(self.state):
                return True
            prints = self.state.deaths.popleft()
        self._hang_up()
        return prints

    def _interpret(self, job: Format) -> Rendering:
        with self.changed:
            number, interpreter = self.state.printed + 1, self.interpreter
        zpl = self.rewrite(number, job.zpl) if self.rewrite else job.zpl
        before = replace(interpreter.settings)
        rendering = interpreter.render(zpl, prefixes=job.prefixes)
        self._keep_settings(interpreter.settings, before)
        return rendering

    def _keep_settings(self, settings: Settings, before: Settings) -> None:
        """Of those that a format changed, the ones that are not refused."""
        with self.changed:
            if "^JZ" in self.state.refused:
                settings.reprint = before.reprint
            if "^MM" in self.state.refused:
                settings.mode = before.mode
            self.state.mode = LETTERS.get(settings.mode, self.state.mode)

    def _may_print(self, turn: Turn) -> bool:
        """Wait until the next label can move; False when there is none."""
        state = self.state
        while True:
            with self.changed:
                self.changed.wait_for(
                    lambda: (
                        state.feeds or not turn.goes_on(state) or state.remaining == 0 or state.able
                    )
                )
                if state.closing or not state.feeds:
                    return turn.goes_on(state) and state.remaining > 0
            self._feed_blank()

    def _print_one(self, job: Format, rendering: Rendering, turn: Turn) -> None:
        state = self.state
        with self.changed:
            self.changed.wait_for(lambda: turn.powered_off(state), timeout=self.seconds)
            if turn.powered_off(state):
                return
            if state.to_lose:
                state.to_lose -= 1
                state.remaining = max(0, state.remaining - 1)
                return
            if state.to_double:
                state.to_double -= 1
                state.remaining += 1
            cut, ended = state.use_supplies()
            label = self._label(job, rendering, number=state.printed + 1, cut=cut)
        self._deliver(self._worn(label))
        with self.changed:
            if not (cut and self.interpreter.settings.reprint):
                state.remaining = max(0, state.remaining - 1)
            state.last_job, state.waiting = job, state.peels
            self._count(ended=ended)

    def _feed_blank(self) -> None:
        state = self.state
        with self.changed:
            self.changed.wait_for(lambda: state.closing or not state.feeds, timeout=self.seconds)
            if not state.feeds:  # the power went in between
                return
            counted = state.feeds.popleft()
            _, ended = state.use_supplies()
            blank = self.interpreter.blank()
            label = PrintedLabel(state.printed + 1, blank, self._dots_per_mm, b"")
        self._deliver(label)
        self._count(ended=ended, counted=counted)

    def _label(self, job: Format, rendering: Rendering, *, number: int, cut: bool) -> PrintedLabel:
        picture = rendering.picture
        assert picture is not None, "only formats with a picture come here"
        if cut:
            # The top left the printer on the last of the paper; nothing was under the rest.
            half = picture.shape[0] // 2
            picture = np.concatenate([picture[:half], np.full_like(picture[half:], 255)])
        unknown = (*job.problems, *rendering.unknown)
        return PrintedLabel(number, picture, self._dots_per_mm, job.zpl, unknown)

    def _worn(self, label: PrintedLabel) -> PrintedLabel:
        return replace(label, picture=self.wearing.paper(label.picture))

    def _deliver(self, label: PrintedLabel) -> None:
        """Without the lock: whoever takes the label may order the next fault."""
        delivered = self.transform(label) if self.transform else label
        if delivered is not None:
            self._on_label(delivered)

    def _count(self, *, ended: tuple[Supply, ...], counted: bool = True) -> None:
        """Only now, so that a printer that says it is done has delivered."""
        with self.change() as state:
            state.printed += 1
            state.odometer += counted
            for supply in ended:
                supply.out = state.paused = True
