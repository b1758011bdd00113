"""What happens to the paper, the ribbon, the head and the labels of the simulated printer.

Faults are ordered by method and happen at a known label, never at a known time.
"""

from drivers.interface import Warn
from drivers.simulated.printer.engine import Engine, Rewrite, Transform
from drivers.simulated.wear import WEAR

CUTTER_JAMMED = 0x8
BAD_ELEMENT = 0x40
MOTOR_HOT = 0x20
"""Bits of ~HQES, ERRORS, group 1 (ZPL II Programming Guide, ~HQ)."""


class Mechanics:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def transform(self) -> Transform | None:
        """Applied to every label that came out; None from it makes the label vanish, counted."""
        return self._engine.transform

    @transform.setter
    def transform(self, transform: Transform | None) -> None:
        self._engine.transform = transform

    @property
    def rewrite(self) -> Rewrite | None:
        """Applied to every format before it is interpreted, with the number its label will get."""
        return self._engine.rewrite

    @rewrite.setter
    def rewrite(self, rewrite: Rewrite | None) -> None:
        self._engine.rewrite = rewrite

    # Paper, ribbon, head

    def run_out_of_paper(self, *, after_labels: int = 0, mid_label: bool = True) -> None:
        """The paper ends after so many more whole labels.

        mid_label: the label after those comes out cut: its upper half, then blank paper. With
        ^JZN it counts as printed; with ^JZY it is printed again, whole, once there is paper: a
        twin. Otherwise the printer stops between labels and keeps the format that waits.
        """
        with self._engine.change() as state:
            state.paper.end(after_labels=after_labels, cut_last=mid_label)
            state.paused = state.paused or state.paper.out

    def load_paper(self, *, resume: bool = True) -> None:
        """New paper. A real printer stays paused until its key is pressed: resume=False."""
        with self._engine.change() as state:
            state.paper.out, state.paused = False, state.paused and not resume

    def run_out_of_ribbon(self, *, after_labels: int = 0, mid_label: bool = False) -> None:
        """The ribbon ends after so many more whole labels, or in the one after those: its lower
        half stays blank.
        """
        with self._engine.change() as state:
            state.ribbon.end(after_labels=after_labels, cut_last=mid_label)

    def load_ribbon(self, *, resume: bool = True) -> None:
        with self._engine.change() as state:
            state.ribbon.out, state.paused = False, state.paused and not resume

    def open_head(self) -> None:
        """A label that is moving still comes out."""
        with self._engine.change() as state:
            state.head_open = True

    def close_head(self, *, resume: bool = True) -> None:
        with self._engine.change() as state:
            state.head_open, state.paused = False, state.paused and not resume

    def break_down(self, bits: int = CUTTER_JAMMED) -> None:
        """Stop with errors that only ~HQES tells."""
        with self._engine.change() as state:
            state.error = bits

    def repair(self) -> None:
        with self._engine.change() as state:
            state.error = 0

    def warn(self, *warnings: Warn) -> None:
        """What ~HQES tells under WARNINGS from now on; nothing takes everything back."""
        with self._engine.change() as state:
            state.warnings = frozenset(warnings)

    def take_label(self) -> None:
        """Somebody takes the label that was peeled or waits on the applicator."""
        with self._engine.change() as state:
            state.waiting = False

    def pause(self) -> None:
        with self._engine.change() as state:
            state.paused = True

    def resume(self) -> None:
        with self._engine.change() as state:
            state.paused = False

    # The print

    @property
    def worn(self) -> tuple[str, ...]:
        """Names of what is worn, in the order in which it came."""
        return self._engine.wearing.names

    def wear_out(self, name: str, *, strength: float = 1.0, labels: int | None = None) -> None:
        """Print the next labels as WEAR has it under this name, so many times as badly: so many of
        them, or all until `mend_wear`. Raises KeyError.

        Dots of the head that are dead or weak stay the same ones.
        """
        self._engine.wearing.add(name, WEAR[name].scaled(strength), labels=labels)

    def mend_wear(self, *names: str) -> None:
        """Where nothing is worn, nothing happens."""
        self._engine.wearing.mend(*names)

    # Labels

    def print_twin_next(self) -> None:
        """The next label comes out twice by itself, before the printer says that it is done."""
        with self._engine.change() as state:
            state.to_double += 1

    def lose_next(self) -> None:
        """The next label never comes out, takes no number, and the printer says nothing."""
        with self._engine.change() as state:
            state.to_lose += 1

    def reprint_now(self) -> None:
        """The last label comes out once more, by itself; nothing where there was none."""
        self._engine.print_again()

    def print_foreign(self, zpl: bytes) -> None:
        """Somebody else has these formats printed, past every port."""
        self._engine.print_foreign(zpl)

    def feed_blank(self, *, counted: bool = True) -> None:
        """Somebody presses FEED: a label without ink comes out, before the next one that waits.
        Nothing comes while the paper or the ribbon is out or the head is open.

        counted: the odometer moves. Zebra's guide says that form feeds do not count (SGD Printer
        Commands, odometer.total_label_count): a station must not rely on either.
        """
        self._engine.feed(counted=counted)

    def die_after_taking(self, *, prints: bool) -> None:
        """The connections die when the next format that makes a label has been taken in whole,
        before the printer says that it is done. prints: does its label come out?

        A serial line cannot die: the printer goes on answering there.
        """
        with self._engine.change() as state:
            state.deaths.append(prints)

    # Memory

    def fill_buffer(self) -> None:
        """It takes no more formats, and says so; what is sent all the same is left out."""
        with self._engine.change() as state:
            state.stuffed = True

    def empty_buffer(self) -> None:
        with self._engine.change() as state:
            state.stuffed = False

    def refuse_settings(self, *codes: str) -> None:
        """Take "^JZ" or "^MM" without a word and keep what was; nothing takes that back."""
        with self._engine.change() as state:
            state.refused = frozenset(codes)
