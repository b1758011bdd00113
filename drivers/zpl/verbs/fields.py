"""Commands that make a field: where it stands, how it is drawn, what it says."""

from dataclasses import replace

from drivers.zpl import text
from drivers.zpl.barcodes import Linear, Matrix
from drivers.zpl.commands import Command, Complaint
from drivers.zpl.state import Field, Nothing, Run, Spot, Text
from drivers.zpl.verbs.fonts import sized
from drivers.zpl.verbs.verb import Verb


def _origin(run: Run, command: Command) -> None:
    run.current.spot = _spot(run, command, typeset=False)


def _typeset(run: Run, command: Command) -> None:
    run.current.spot = _spot(run, command, typeset=True)


def _spot(run: Run, command: Command, *, typeset: bool) -> Spot:
    fields, settings = command.parameters(), run.settings
    return Spot(
        settings.home[0] + fields.number(0, 0) - settings.shift,
        settings.home[1] + fields.number(1, 0) + settings.top,
        typeset=typeset,
        right=fields.number(2, 0, high=2) == 1,
        reverse=run.current.spot.reverse or settings.reverse,
    )


def _font(run: Run, command: Command) -> None:
    fields = command.parameters()
    head = fields.text(0, run.settings.font.name).upper()
    orientation = head[1:2] or run.settings.orientation
    if orientation not in "NRIB":
        raise Complaint(f"^A: expected one of NRIB, got {orientation!r}")
    run.current.orientation = orientation
    run.current.font = sized(run, head[:1], fields)


def _block(run: Run, command: Command) -> None:
    fields = command.parameters()
    run.current.block = text.Block(
        fields.number(0, 0, high=9999),
        fields.number(1, 1, low=1, high=9999),
        fields.number(2, 0, low=-9999, high=9999),
        fields.choice(3, "L", among="LCRJ"),
        fields.number(4, 0, high=9999),
    )


def _text_block(run: Run, command: Command) -> None:
    fields = command.parameters()
    run.current.orientation = fields.choice(0, run.settings.orientation, among="NRIB")
    line = (run.current.font or run.settings.font).height
    height = fields.number(2, 1, low=1, high=9999)
    run.current.block = text.Block(fields.number(1, 1, low=1, high=9999), max(1, height // line))


def _code128(run: Run, command: Command) -> None:
    fields = command.parameters()
    run.current.orientation = fields.choice(0, run.settings.orientation, among="NRIB")
    if fields.choice(4, "N", among="YN") == "Y":
        raise Complaint("^BC: the check digit of parameter e is not known")
    run.current.painter = Linear(
        module=run.settings.module,
        height=fields.number(1, run.settings.bar_height, low=1),
        interpretation=fields.choice(2, "Y", among="YN") == "Y",
        above=fields.choice(3, "N", among="YN") == "Y",
        mode=fields.choice(5, "N", among="NUAD"),
    )


def _data_matrix(run: Run, command: Command) -> None:
    fields = command.parameters()
    run.current.painter = Nothing()
    run.current.orientation = fields.choice(0, run.settings.orientation, among="NRIB")
    if fields.number(2, 0) != 200:
        raise Complaint(f"^BX: expected quality 200, got {fields.text(2, '0')[:20]!r}")
    run.current.painter = Matrix(
        module=fields.number(1, 0, high=4095),
        height=run.settings.bar_height,
        columns=fields.number(3, 0, high=144),
        rows=fields.number(4, 0, high=144),
        # Firmware since V60.13.0.11 takes the tilde, earlier ones the underscore.
        escape=ord(fields.text(6, "~")[0].encode("latin-1")),
        rectangular=fields.number(7, 1, low=1, high=2) == 2,
    )


def _hexadecimal(run: Run, command: Command) -> None:
    run.current.indicator = command.body[0] if command.body.strip(b"\r\n") else ord("_")


def _data(run: Run, command: Command) -> None:
    data = command.body.translate(None, b"\r\n")
    run.current.data = unescaped(data, run.current.indicator)
    if len(run.current.data) > text.TEXT_LIMIT:
        run.current.data = run.current.data[: text.TEXT_LIMIT]
        raise Complaint(f"{command.code}: expected at most {text.TEXT_LIMIT} bytes")


def unescaped(data: bytes, indicator: int | None) -> bytes:
    """^FH: the indicator and two hexadecimal digits are one byte; anything else stays."""
    if indicator is None:
        return data
    first, *rest = data.split(bytes([indicator]))
    out = bytearray(first)
    for piece in rest:
        digits = piece[:2].decode("latin-1")
        if len(digits) == 2 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            out.append(int(digits, 16))
            out += piece[2:]
        else:
            out.append(indicator)
            out += piece
    return bytes(out)


def _numbered(run: Run, command: Command) -> None:
    digits = command.body.split(b'"')[0].strip()
    if not digits.isdigit() or len(digits) > 4:
        raise Complaint(f"^FN: expected a number, got {digits[:20]!r}")
    run.current.number = int(digits)


def _reversed(run: Run, _command: Command) -> None:
    run.current.spot = replace(run.current.spot, reverse=True)


def close_field(run: Run, _command: Command | None = None) -> None:
    """^FS: the field is complete. One that only gives a recalled format its data paints nothing."""
    field, settings = run.current, run.settings
    run.current = Field(orientation=settings.orientation)
    if field.number is not None and run.recalling:
        run.recalled.add(field.number)
    if field.number is not None and field.data is not None and not run.recalling:
        run.values[field.number] = field.data
        if field.number in run.recalled:
            return
    if field.data is None and field.number is None:
        return
    if field.painter is None:
        field.painter = Text(field.font or settings.font, settings.encoding, field.block)
    if settings.reverse:
        field.spot = replace(field.spot, reverse=True)
    run.items.append(field)


VERBS: dict[str, Verb] = {
    "^FO": _origin,
    "^FT": _typeset,
    "^FS": close_field,
    "^FD": _data,
    "^FV": _data,
    "^FH": _hexadecimal,
    "^FN": _numbered,
    "^FR": _reversed,
    "^FB": _block,
    "^TB": _text_block,
    "^A": _font,
    "^BC": _code128,
    "^BX": _data_matrix,
}
