"""Everything that can be ordered to go wrong on the simulated bench, in one table.

A fault is put in place at a step of one label's way, and stays until somebody does what an operator
would do about it:

>>> fault = FAULTS["paper-out-mid-label"]
>>> fault.device.value, fault.steps, fault.remedy.name if fault.remedy else ""
('printer', (<Step.PRINT: 'print'>,), 'load-paper')

A new one is one line here: its name, what does it, where it can strike, what mends it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from drivers.simulated.camera import SimulatedCamera
from drivers.simulated.gate import SimulatedModbusGate
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.scanner import SimulatedScanner


class Step(StrEnum):
    """The moments of one label that can be seen from the devices, in their order."""

    READY = "ready"
    """The label before has left: the station asks whether the next one may be printed."""

    PRINT = "print"
    """The printer has the label's format, and has not printed it."""

    LOOK = "look"
    """The label lies before the camera; the printer has not said that it is done."""

    JUDGE = "judge"
    """A picture of the label was taken; its verdict is not known."""

    GATE = "gate"
    """The gate is told where the label goes, and has not moved."""


ANY = tuple(Step)


class Device(StrEnum):
    PRINTER = "printer"
    CAMERA = "camera"
    SCANNER = "scanner"
    GATE = "gate"


class Devices(Protocol):
    """The bench, as far as faults need it."""

    printer: SimulatedPrinter
    camera: SimulatedCamera
    scanner: SimulatedScanner

    gate: SimulatedModbusGate

    def spoil(self, name: str) -> None:
        """Change what comes out for the format that was just received; see BenchFault."""

    def load_paper(self) -> None: ...

    def take_away(self) -> None: ...


Act = Callable[[Devices], None]


def sentence(text: str, /) -> str:
    """Mark a sentence that the station's pages say in other languages."""
    return text


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an operator does at the machine."""

    name: str
    does: str
    act: Act


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    device: Device
    does: str
    """One sentence."""

    strike: Act
    """Called at its step, on whichever thread comes there; puts the fault in place."""

    steps: tuple[Step, ...] = ANY
    """Where it can be put in place; the first is where it is, unless another one is named."""

    remedy: Remedy | None = None
    """None where nothing is left to mend at the machine."""

    comes_out: bool = False
    """One label more comes out of the printer by itself, and then it has struck."""

    @property
    def any_time(self) -> bool:
        """Whether it can be put in place at once, without waiting for a label."""
        return self.steps != (Step.PRINT,)


# -- what an operator does -----------------------------------------------------------------------


LOAD_PAPER = Remedy(
    "load-paper",
    sentence("Load paper, tear off the last label, press the key of the printer."),
    lambda bench: bench.load_paper(),
)
LOAD_RIBBON = Remedy(
    "load-ribbon",
    sentence("Load a ribbon and press the key of the printer."),
    lambda bench: bench.printer.load_ribbon(),
)
CLOSE_HEAD = Remedy(
    "close-head",
    sentence("Close the print head and press the key of the printer."),
    lambda bench: bench.printer.close_head(),
)
PRESS_PAUSE = Remedy(
    "press-pause",
    sentence("Press PAUSE on the printer once more."),
    lambda bench: bench.printer.resume(),
)
WAKE_PRINTER = Remedy(
    "wake-printer",
    sentence("Wake the printer up: it answers again."),
    lambda bench: bench.printer.answer_again(),
)
EMPTY_BUFFER = Remedy(
    "empty-buffer",
    sentence("Switch the printer off and on, which empties its memory."),
    lambda bench: bench.printer.empty_buffer(),
)
PLUG_IN_PRINTER = Remedy(
    "plug-in-printer",
    sentence("Plug the cable of the printer in again."),
    lambda bench: bench.printer.come_back(),
)
REPAIR_PRINTER = Remedy(
    "repair-printer",
    sentence("Free the cutter of the printer."),
    lambda bench: bench.printer.repair(),
)
CHANGE_HEAD = Remedy(
    "change-head",
    sentence("Change the print head."),
    lambda bench: bench.printer.mend_wear("dead-dots"),
)
SET_DARKNESS = Remedy(
    "set-darkness",
    sentence("Set the darkness of the printer back to what it was."),
    lambda bench: bench.printer.mend_wear("faint", "bold"),
)
THREAD_RIBBON = Remedy(
    "thread-ribbon",
    sentence("Thread the ribbon again, without a fold."),
    lambda bench: bench.printer.mend_wear("wrinkle"),
)
ALIGN_PAPER = Remedy(
    "align-paper",
    sentence("Lay the paper straight between its guides."),
    lambda bench: bench.printer.mend_wear("skew", "offset"),
)
MEND_CAMERA = Remedy(
    "mend-camera",
    sentence("Put the camera right and plug it in again."),
    lambda bench: bench.camera.heal(),
)


def _restore_scanner(bench: Devices) -> None:
    bench.scanner.restore()
    bench.scanner.plug_in()


RESTORE_SCANNER = Remedy(
    "restore-scanner",
    sentence("Set the scanner up again and plug it in."),
    _restore_scanner,
)
FREE_GATE = Remedy(
    "free-gate",
    sentence("Free the gate, and plug it in again."),
    lambda bench: bench.gate.heal(),
)
TAKE_AWAY = Remedy(
    "take-away",
    sentence("Take away what lies before the camera."),
    lambda bench: bench.take_away(),
)

REMEDIES: Mapping[str, Remedy] = MappingProxyType(
    {
        each.name: each
        for each in (
            LOAD_PAPER,
            LOAD_RIBBON,
            CLOSE_HEAD,
            PRESS_PAUSE,
            WAKE_PRINTER,
            EMPTY_BUFFER,
            PLUG_IN_PRINTER,
            REPAIR_PRINTER,
            CHANGE_HEAD,
            SET_DARKNESS,
            THREAD_RIBBON,
            ALIGN_PAPER,
            MEND_CAMERA,
            RESTORE_SCANNER,
            FREE_GATE,
            TAKE_AWAY,
        )
    }
)

# -- what goes wrong -----------------------------------------------------------------------------


_FOREIGN = b"^XA^PW240^LL160^FO20,20^GB200,120,8^FS^XZ"
"""A label of another program: a frame, and nothing to read."""


def _of_label(name: str, does: str) -> Fault:
    """One that shows on the paper of a single label."""
    return Fault(name, Device.PRINTER, does, lambda bench: bench.spoil(name), (Step.PRINT,))


def _printer(
    name: str,
    does: str,
    strike: Callable[[SimulatedPrinter], None],
    *steps: Step,
    remedy: Remedy | None = None,
) -> Fault:
    return Fault(
        name, Device.PRINTER, does, lambda bench: strike(bench.printer), steps or ANY, remedy
    )


def _by_itself(
    name: str, does: str, strike: Callable[[SimulatedPrinter], None], *steps: Step
) -> Fault:
    return Fault(
        name,
        Device.PRINTER,
        does,
        lambda bench: strike(bench.printer),
        steps,
        TAKE_AWAY,
        comes_out=True,
    )


def _worn(name: str, does: str, remedy: Remedy | None = None) -> Fault:
    """See WEAR; without a remedy it befalls a single label."""
    labels = None if remedy else 1
    return Fault(
        name,
        Device.PRINTER,
        does,
        lambda bench: bench.printer.wear_out(name, labels=labels),
        (Step.PRINT,),
        remedy,
    )


def _camera(name: str, does: str, strike: Callable[[SimulatedCamera], None]) -> Fault:
    return Fault(
        name, Device.CAMERA, does, lambda bench: strike(bench.camera), ANY, remedy=MEND_CAMERA
    )


def _scanner(name: str, does: str, strike: Callable[[SimulatedScanner], None]) -> Fault:
    """Before the label is scanned, which happens as soon as it lies there."""
    return Fault(
        name,
        Device.SCANNER,
        does,
        lambda bench: strike(bench.scanner),
        (Step.LOOK,),
        RESTORE_SCANNER,
    )


def _gate(
    name: str,
    does: str,
    strike: Callable[[SimulatedModbusGate], None],
    *steps: Step,
    spoils: str = "",
) -> Fault:
    """`spoils`: what becomes of the label, where only a rejected one shows the fault."""

    def together(bench: Devices) -> None:
        if spoils:
            bench.spoil(spoils)
        strike(bench.gate)

    return Fault(name, Device.GATE, does, together, steps or ANY, FREE_GATE)


def _table(faults: Iterable[Fault]) -> Mapping[str, Fault]:
    found = {each.name: each for each in faults}
    return MappingProxyType(found)


FAULTS: Mapping[str, Fault] = _table(
    (
        _of_label("damaged", sentence("Voids all over the label: no symbol can be read.")),
        _of_label("previous", sentence("The label before comes out again instead.")),
        _of_label(
            "wrong-serial", sentence("The last character of the encoded data is another one.")
        ),
        _of_label(
            "wrong-text",
            sentence("One line of text is that of the label before; the symbol is right."),
        ),
        _of_label("taken", sentence("Somebody takes the label before the camera looks.")),
        _printer(
            "lost",
            sentence("No label comes, and the printer says nothing."),
            lambda printer: printer.lose_next(),
            Step.PRINT,
        ),
        _printer(
            "twin",
            sentence("The label comes out twice."),
            lambda printer: printer.print_twin_next(),
            Step.PRINT,
        ),
        _by_itself(
            "blank",
            sentence("A blank label comes out by itself."),
            lambda printer: printer.feed_blank(),
            Step.PRINT,
            Step.JUDGE,
        ),
        _printer(
            "paper-out-mid-label",
            sentence("The paper ends in the middle of the label."),
            lambda printer: printer.run_out_of_paper(mid_label=True),
            Step.PRINT,
            remedy=LOAD_PAPER,
        ),
        _printer(
            "paper-out",
            sentence("The paper ends between two labels."),
            lambda printer: printer.run_out_of_paper(mid_label=False),
            remedy=LOAD_PAPER,
        ),
        _printer(
            "ribbon-out",
            sentence("The ribbon ends."),
            lambda printer: printer.run_out_of_ribbon(),
            remedy=LOAD_RIBBON,
        ),
        _printer(
            "ribbon-out-mid-label",
            sentence("The ribbon ends in the middle of the label."),
            lambda printer: printer.run_out_of_ribbon(mid_label=True),
            Step.PRINT,
            remedy=LOAD_RIBBON,
        ),
        _printer(
            "head-open",
            sentence("Somebody opens the print head."),
            lambda printer: printer.open_head(),
            remedy=CLOSE_HEAD,
        ),
        _printer(
            "paused",
            sentence("Somebody presses PAUSE on the printer."),
            lambda printer: printer.pause(),
            remedy=PRESS_PAUSE,
        ),
        _printer(
            "printer-silent",
            sentence("The printer obeys and answers nothing."),
            lambda printer: printer.fall_silent(),
            remedy=WAKE_PRINTER,
        ),
        _printer(
            "power-cycle",
            sentence("The printer loses its power for a moment, and all that it had in memory."),
            lambda printer: printer.power_cycle(),
        ),
        _printer(
            "power-cycle-mid-format",
            sentence("The printer loses its power with the next format half received."),
            lambda printer: printer.power_cycle_mid_format(after_bytes=100),
            Step.READY,
        ),
        _printer(
            "dies-and-prints",
            sentence("The connection breaks when the label was taken in; the label comes out."),
            lambda printer: printer.die_after_taking(prints=True),
            Step.PRINT,
        ),
        _printer(
            "dies-and-forgets",
            sentence("The connection breaks when the label was taken in; no label comes out."),
            lambda printer: printer.die_after_taking(prints=False),
            Step.PRINT,
        ),
        _by_itself(
            "reprint",
            sentence("The last label comes out once more by itself."),
            lambda printer: printer.reprint_now(),
            Step.PRINT,
            Step.LOOK,
            Step.JUDGE,
        ),
        _by_itself(
            "foreign",
            sentence("Somebody else has a label printed in between."),
            lambda printer: printer.print_foreign(_FOREIGN),
            Step.PRINT,
            Step.LOOK,
            Step.JUDGE,
        ),
        _printer(
            "buffer-full",
            sentence("The printer takes no more labels, and says so."),
            lambda printer: printer.fill_buffer(),
            remedy=EMPTY_BUFFER,
        ),
        _printer(
            "printer-broken",
            sentence("The cutter of the printer is jammed."),
            lambda printer: printer.break_down(),
            remedy=REPAIR_PRINTER,
        ),
        _printer(
            "printer-garbled",
            sentence("The next answer of the printer has wrong bytes in it, the one after is cut."),
            lambda printer: printer.voice.garble(2),
        ),
        _printer(
            "printer-late",
            sentence("The printer answers each question only after the next one."),
            lambda printer: printer.voice.answer_late(1),
            remedy=WAKE_PRINTER,
        ),
        _printer(
            "printer-unplugged",
            sentence("The cable of the printer is pulled; the connection seems to stand."),
            lambda printer: printer.go_half_open(),
            remedy=PLUG_IN_PRINTER,
        ),
        _worn(
            "dead-dots",
            sentence(
                "Three dots of the print head burn out: a white line runs through each label."
            ),
            CHANGE_HEAD,
        ),
        _worn(
            "faint", sentence("The print head heats too little: the print is pale."), SET_DARKNESS
        ),
        _worn("bold", sentence("The print head heats too much: the ink spreads."), SET_DARKNESS),
        _worn(
            "wrinkle",
            sentence("The ribbon has a fold: white bands slant across each label."),
            THREAD_RIBBON,
        ),
        _worn("void", sentence("A speck of dust leaves a white blot in the ink of one label.")),
        _worn("smear", sentence("Something drags over the wet ink of one label.")),
        _worn("skew", sentence("The paper runs askew: the print is turned on it."), ALIGN_PAPER),
        _worn(
            "offset",
            sentence("The paper has shifted: the print lies beside its place."),
            ALIGN_PAPER,
        ),
        _camera(
            "camera-frozen",
            sentence("The camera shows the same picture again and again."),
            lambda camera: camera.freeze(),
        ),
        _camera(
            "camera-lagging",
            sentence("The camera shows pictures from three exposures ago."),
            lambda camera: camera.lag(3),
        ),
        _camera(
            "camera-black",
            sentence("Somebody puts the lens cap on."),
            lambda camera: camera.go_black(),
        ),
        _camera(
            "camera-blown-out",
            sentence("A lamp shines into the lens."),
            lambda camera: camera.blow_out(),
        ),
        _camera(
            "camera-blurred",
            sentence("The lens has turned out of focus."),
            lambda camera: camera.blur(8.0),
        ),
        _camera(
            "camera-resized",
            sentence("The camera comes up in another mode, with smaller pictures."),
            lambda camera: camera.resize(640, 480),
        ),
        _camera(
            "camera-cut",
            sentence("Each picture ends in its middle."),
            lambda camera: camera.cut_picture(),
        ),
        _camera(
            "camera-stalled",
            sentence("The camera takes connections and sends nothing."),
            lambda camera: camera.stall(),
        ),
        _camera(
            "camera-unplugged",
            sentence("The camera is unplugged."),
            lambda camera: camera.unplug(),
        ),
        _scanner(
            "scanner-noise",
            sentence("The line of the scanner picks up noise before the scan."),
            lambda scanner: scanner.noise(b"\xff\x00\x1b#"),
        ),
        _scanner(
            "scanner-noise-line",
            sentence("The line of the scanner picks up noise that looks like a whole scan."),
            lambda scanner: scanner.noise(b"\xff\x00\x1b#\r"),
        ),
        _scanner(
            "scanner-no-end",
            sentence("The next scan comes without its terminator."),
            lambda scanner: scanner.without_terminator(),
        ),
        _scanner(
            "scanner-changes-byte",
            sentence("One byte of the next scan is changed on the way."),
            lambda scanner: scanner.spoil(),
        ),
        _scanner(
            "scanner-holds-back",
            sentence("The next scan arrives only together with the one after it."),
            lambda scanner: scanner.glue(),
        ),
        _scanner(
            "scanner-no-identifier",
            sentence("The scanner does not send the AIM identifier any more."),
            lambda scanner: scanner.drop_identifier(),
        ),
        _scanner(
            "scanner-layout",
            sentence("The scanner takes the keyboard for a German one."),
            lambda scanner: scanner.layout("de"),
        ),
        _scanner(
            "scanner-unplugged",
            sentence("The scanner is unplugged."),
            lambda scanner: scanner.unplug(),
        ),
        _gate(
            "gate-stuck",
            sentence("The gate is told to move, and does not."),
            lambda gate: gate.flap.stick(),
        ),
        _gate(
            "gate-jammed",
            sentence("Something keeps the gate from its rest position."),
            lambda gate: gate.flap.not_at_rest(),
        ),
        _gate(
            "gate-welded",
            sentence("The output that opens the gate does not go off any more."),
            lambda gate: gate.weld(),
        ),
        _gate(
            "gate-astray",
            sentence("A label that is released falls into the reject bin all the same."),
            lambda gate: gate.flap.go_astray(),
        ),
        _gate(
            "gate-unseen",
            sentence("The label is unreadable, and the eye does not see it fall into the bin."),
            lambda gate: gate.flap.lose_confirm(),
            Step.PRINT,
            spoils="damaged",
        ),
        _gate(
            "gate-ghost",
            sentence("The eye at the reject bin sees something that is no label."),
            lambda gate: gate.flap.confirm_by_itself(),
        ),
        _gate(
            "gate-silent",
            sentence("The module of the gate obeys and answers nothing."),
            lambda gate: gate.module.fall_silent(),
        ),
        _gate(
            "gate-refusing",
            sentence("The module of the gate refuses everything."),
            lambda gate: gate.module.answer_exception(4),
        ),
        _gate(
            "gate-hanging-up",
            sentence("The module of the gate closes the connection."),
            lambda gate: gate.module.hang_up(),
        ),
        _gate(
            "gate-unplugged",
            sentence("The network of the gate is gone."),
            lambda gate: gate.module.unplug(),
        ),
    )
)
