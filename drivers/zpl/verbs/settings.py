"""Commands that set what stays from one format to the next."""

from drivers.zpl import text
from drivers.zpl.commands import Command, Complaint
from drivers.zpl.state import Run
from drivers.zpl.verbs.fonts import sized
from drivers.zpl.verbs.verb import Verb


def _print_width(run: Run, command: Command) -> None:
    run.settings.print_width = command.parameters().number(0, run.settings.print_width, low=2)


def _length(run: Run, command: Command) -> None:
    run.settings.length = command.parameters().number(0, run.settings.length, low=1)


def _home(run: Run, command: Command) -> None:
    fields = command.parameters()
    run.settings.home = fields.number(0, 0), fields.number(1, 0)


def _shift(run: Run, command: Command) -> None:
    run.settings.shift = command.parameters().number(0, 0, low=-9999, high=9999)


def _top(run: Run, command: Command) -> None:
    run.settings.top = command.parameters().number(0, 0, low=-120, high=120)


def _orientation(run: Run, command: Command) -> None:
    run.settings.inverted = command.parameters().choice(0, "N", among="NI") == "I"


def _mirror(run: Run, command: Command) -> None:
    run.settings.mirrored = _yes(command, "N")


def _reverse_all(run: Run, command: Command) -> None:
    run.settings.reverse = _yes(command, "N")


def _reprint(run: Run, command: Command) -> None:
    run.settings.reprint = _yes(command, "Y")


def _mode(run: Run, command: Command) -> None:
    run.settings.mode = command.parameters().choice(0, "T", among="TPRACDFLUK")


def _validate(run: Run, command: Command) -> None:
    run.settings.validate = _yes(command, "N")


def _yes(command: Command, default: str) -> bool:
    return command.parameters().choice(0, default, among="YN") == "Y"


def _encoding(run: Run, command: Command) -> None:
    number = command.parameters().number(0, 0, high=255)
    if number not in text.ENCODINGS:
        raise Complaint(f"^CI: encoding {number} is not known")
    run.settings.encoding = text.ENCODINGS[number]


def _default_font(run: Run, command: Command) -> None:
    fields = command.parameters()
    name = fields.text(0, run.settings.font.name)[:1].upper()
    run.settings.font = sized(run, name, fields)


def _turn(run: Run, command: Command) -> None:
    run.settings.orientation = command.parameters().choice(0, "N", among="NRIB")
    run.current.orientation = run.settings.orientation


def _bars(run: Run, command: Command) -> None:
    fields = command.parameters()
    run.settings.module = fields.number(0, run.settings.module, low=1, high=100)
    run.settings.bar_height = fields.number(2, run.settings.bar_height, low=1)


def _copies(run: Run, command: Command) -> None:
    run.copies = command.parameters().number(0, 1, low=1, high=99_999_999)


def _only(letter: str) -> Verb:
    """A command that is accepted with the one argument that changes nothing."""

    def check(_run: Run, command: Command) -> None:
        got = command.parameters().text(0, letter).upper()
        if got != letter:
            raise Complaint(f"{command.code}: only {letter} is known, got {got[:20]!r}")

    return check


VERBS: dict[str, Verb] = {
    "^PW": _print_width,
    "^LL": _length,
    "^LH": _home,
    "^LS": _shift,
    "^LT": _top,
    "^LR": _reverse_all,
    "^PO": _orientation,
    "^PM": _mirror,
    "^PQ": _copies,
    "^JZ": _reprint,
    "^MM": _mode,
    "^CV": _validate,
    "^CI": _encoding,
    "^CF": _default_font,
    "^FW": _turn,
    "^BY": _bars,
    "^MU": _only("D"),
    "^JM": _only("A"),
}
