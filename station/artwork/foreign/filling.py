r"""A design and one label's data become the bytes for the printer: one format, one label.

Nothing of a label's data is sent as it is. Every ^FD is written anew after ^FH with a backslash,
whatever indicator the design had, and in it all but an allow-list is hexadecimal, so that no value
can be a command. Statements come out one by one, in the form that was checked: what a design
says that is neither drawn nor set (comments, ^PQ) is left out.

>>> from station.artwork.foreign.design import read
>>> design = read(b"^XA^FO8,8^A0N,20^FDSN ${serial}^FS^XZ")
>>> elements = ElementString.of(("01", "06972869182019"))
>>> filled(design, {"serial": "1^XZ~JR"}, elements, width=480, height=320).split(b"^CI28")[1]
b'^FO8,8^A0N,20^FH\\^FDSN\\201\\5EXZ\\7EJR^FS^PQ1,0,1,Y^XZ'
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from drivers.symbology import datamatrix
from station.artwork.foreign.design import Design, Field, Statement
from station.artwork.foreign.lint import unsafe
from station.artwork.foreign.placeholder import Placeholder
from station.artwork.symbols import codewords, gs1_128
from station.artwork.zpl import field_data, invoked
from station.core.gs1 import GS, ElementString
from station.core.problem import Problem, Refused, problem, refuse

_LEFT_OUT = frozenset({"^XA", "^XZ", "^FX", "^PQ", "^PW", "^LL", "^FH"})


class Values(Protocol):
    """What a label has for each placeholder."""

    def __call__(self, placeholder: Placeholder) -> str:
        """Raises Refused."""


def filled(
    design: Design,
    fields: Mapping[str, str],
    elements: ElementString,
    *,
    width: int,
    height: int,
) -> bytes:
    """The whole format of one label; width and height in dots.

    The design must have passed `lint`. Raises Refused with every value that cannot be printed.
    """

    def value(placeholder: Placeholder) -> str:
        return placeholder.value(fields, elements)

    return filled_with(design, value, elements, width=width, height=height)


def filled_with(
    design: Design, values: Values, elements: ElementString, *, width: int, height: int
) -> bytes:
    """The same, with values from anywhere."""
    refuse(problems(design, values, elements))
    body = "".join(_statements(design, values, elements))
    return f"^XA{header(width=width, height=height)}{body}^PQ1,0,1,Y^XZ".encode("ascii")


def problems(design: Design, values: Values, elements: ElementString) -> Iterator[Problem]:
    """Every value that is missing or that the design cannot print, with its place."""
    for field in design.fields:
        yield from (each.within(field.where) for each in _problems(field, values, elements))


def header(*, width: int, height: int) -> str:
    """Every setting that a printer remembers and that could change the picture, as at power-up."""
    size = f"^PW{width}^LL{height}"
    return f"{size}^LH0,0^LS0^PON^PMN^LRN^CVY^MUD^FWN^CFA,9,5^BY2,3,10^CI28"


def _statements(design: Design, values: Values, elements: ElementString) -> Iterator[str]:
    data = iter(design.fields)
    for group in design.groups:
        body = {each.code: each.body for each in group}
        for each in group:
            match each.code:
                case code if code in _LEFT_OUT:
                    continue
                case "^FD":
                    yield f"^FH\\^FD{_data(next(data), values, elements, body)}"
                case "^BX":
                    yield _sized(each, elements)
                case code:
                    yield f"{code}{each.body}"
        if any(each.code not in _LEFT_OUT for each in group):
            yield "^FS"


def _data(field: Field, values: Values, elements: ElementString, body: Mapping[str, str]) -> str:
    match field.symbol:
        case "^BX":
            return field_data(_escaped(elements, escape=body["^BX"].split(",")[6].encode()))
        case "^BC":
            return field_data(invoked(codewords(gs1_128(elements))).encode("ascii"))
        case _:
            return field_data("".join(_texts(field, values)).encode())


def _texts(field: Field, values: Values) -> Iterator[str]:
    for each in field.pieces:
        yield each if isinstance(each, str) else values(each)


def _escaped(elements: ElementString, *, escape: bytes) -> bytes:
    """The escape and 1 for FNC1, the escape twice for itself."""
    fnc1 = escape + b"1"
    data = elements.encode().replace(escape, escape * 2)
    return fnc1 + data.replace(GS.encode("ascii"), fnc1)


def _sized(matrix: Statement, elements: ElementString) -> str:
    """^BX with columns and rows. Where the design leaves them to the printer they are stated, or
    two printers would draw the same data in different sizes.
    """
    turn, module, quality, columns, rows, *rest = matrix.body.split(",")
    if not columns.strip("0"):
        rectangular = rest[2:] == ["2"]
        rows, columns = (str(each) for each in _smallest(elements, rectangular=rectangular))
    return ",".join((f"^BX{turn}", module, quality, columns, rows, *rest))


def _smallest(elements: ElementString, *, rectangular: bool) -> tuple[int, int]:
    """Rows and columns that hold the data in the plainest encodation. Raises Refused."""
    data = elements.encode()
    characters = [datamatrix.FNC1, *(datamatrix.FNC1 if each == 0x1D else each for each in data)]
    try:
        rows, columns = datamatrix.encode(characters, rectangular=rectangular).shape
    except datamatrix.DoesNotFit as error:
        raise Refused(
            problem("{hri} cannot be encoded: {why}.", hri=elements.hri(), why=str(error))
        ) from None
    return rows, columns


def _problems(field: Field, values: Values, elements: ElementString) -> Iterator[Problem]:
    for each in field.placeholders:
        try:
            text = elements.hri() if each.name == "udi" else values(each)
        except Refused as refused:
            yield from refused.problems
            continue
        if not field.symbol:
            yield from _text_problems(field, text)


def _text_problems(field: Field, text: str) -> Iterator[Problem]:
    if signs := unsafe(text, field.encoding):
        yield problem(
            "Under ^CI{encoding} other signs may be printed for {signs!r} of {text!r}: the design"
            " needs ^CI28 before it.",
            encoding=field.encoding,
            signs=signs[:40],
            text=text[:40],
        )
    if field.block and "\\" in text:
        yield problem(
            "{text!r} has a backslash, about which printers disagree in a ^FB: expected a field"
            " without ^FB.",
            text=text[:40],
        )
