r"""A design: the statements of one format, and the fields with data among them.

>>> design = read(b"^XA\n^FO8,8^A0N,20^FDSN ${serial}^FS\n^XZ")
>>> [each.code for each in design.statements]
['^XA', '^FO', '^A', '^FD', '^FS', '^XZ']
>>> design.fields[0].pieces, design.fields[0].line
(('SN ', Placeholder(name='serial', argument='')), 2)

The statements are those the interpreter of `drivers.zpl` sees, so that what is checked is what is
carried out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from drivers.zpl.commands import Tokeniser
from station.artwork.foreign.allowed import ALLOWED, SYMBOLS
from station.artwork.foreign.placeholder import Pieces, Placeholder, pieces
from station.core.problem import Problem, Refused, problem

LONGEST = 1_000_000
"""Bytes of one design; a label of 104 × 150 mm at 300 dpi is half of that in plain hexadecimal."""

MOST_STATEMENTS = 2000

UTF_8 = "28"
"""The argument of ^CI that the header of every label states."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Statement:
    """One command with its parameters, without the line ends around them."""

    code: str
    """As "^FO"; empty for text outside a command."""

    body: str
    line: int
    """From 1, where it begins."""

    @property
    def where(self) -> str:
        return f"design.line {self.line}" + (f".{self.code}" if self.code else "")

    def wrong(self, found: Problem) -> Problem:
        return found.within(self.where)


@dataclass(frozen=True, slots=True)
class Field:
    """A text or a symbol: what stands between two ^FS, seen from its ^FD."""

    line: int
    symbol: str
    """ "^BC" or "^BX"; empty for text."""

    pieces: Pieces
    encoding: str = UTF_8
    """The argument of ^CI in force."""

    block: bool = False
    """^FB breaks it into lines, where a backslash has a meaning."""

    loaded_font: bool = False
    """^A@: printed in a font that somebody loaded into the printer."""

    @property
    def where(self) -> str:
        return f"design.line {self.line}.^FD"

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        return tuple(each for each in self.pieces if isinstance(each, Placeholder))

    @property
    def literal(self) -> str:
        return "".join(each for each in self.pieces if isinstance(each, str))


@dataclass(frozen=True)
class Design:
    statements: tuple[Statement, ...]

    @cached_property
    def groups(self) -> tuple[tuple[Statement, ...], ...]:
        """What stands before each ^FS, and what stands after the last one."""
        found: list[tuple[Statement, ...]] = []
        current: list[Statement] = []
        for each in self.statements:
            if each.code == "^FS":
                found.append(tuple(current))
                current = []
            else:
                current.append(each)
        return (*found, tuple(current))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """In the order in which a printer draws them. Raises Refused if one cannot be read."""
        return tuple(self._fields())

    def _fields(self) -> Iterator[Field]:
        encoding = UTF_8
        for group in self.groups:
            for each in group:
                encoding = each.body if each.code == "^CI" else encoding
                if each.code == "^FD":
                    yield field(group, data=each, encoding=encoding)


def field(group: Sequence[Statement], *, data: Statement, encoding: str) -> Field:
    """The field of a group whose ^FD is `data`. Raises Refused with its place."""
    body = {each.code: each.body for each in group}
    indicator = ""
    if "^FH" in body and ALLOWED["^FH"].pattern.fullmatch(body["^FH"]):
        indicator = body["^FH"] or "_"
    try:
        read_pieces = pieces(data.body, indicator=indicator)
    except Refused as refused:
        raise refused.within(data.where) from None
    return Field(
        data.line,
        next((each.code for each in group if each.code in SYMBOLS), ""),
        read_pieces,
        encoding,
        block="^FB" in body,
        loaded_font=body.get("^A", "").startswith("@"),
    )


def read(zpl: bytes) -> Design:
    """The statements of a .zpl file, not yet checked. Raises Refused."""
    _check_bytes(zpl)
    statements = tuple(islice(_statements(zpl), MOST_STATEMENTS + 1))
    if len(statements) > MOST_STATEMENTS:
        raise Refused(
            problem(
                "Expected at most {most} commands, got more.", where="design", most=MOST_STATEMENTS
            )
        )
    return Design(statements)


def _statements(zpl: bytes) -> Iterator[Statement]:
    tokeniser = Tokeniser()
    line = 1
    for command in chain(tokeniser.feed(zpl), tokeniser.finish()):
        body = command.body.decode(errors="replace")
        if command.code or body.strip():
            yield Statement(command.code, _plain(command.code, body), line)
        line += command.raw.count(b"\n")


def _plain(code: str, body: str) -> str:
    """Printers skip line ends inside data; around parameters they skip any white space."""
    if code == "^FD":
        return body.replace("\r", "").replace("\n", "")
    if code == "^GF":
        return re.sub(r"\s", "", body)
    return body.strip(" \t\r\n")


def _check_bytes(zpl: bytes) -> None:
    if len(zpl) > LONGEST:
        raise Refused(
            problem(
                "Expected at most {most} bytes, got {got}.",
                where="design",
                most=LONGEST,
                got=len(zpl),
            )
        )
    if found := _CONTROL.search(zpl):
        raise Refused(
            problem(
                "A design is text: got the control character {code} at byte {place}, which some"
                " printers take for a command.",
                where="design",
                code=f"0x{zpl[found.start()]:02X}",
                place=found.start() + 1,
            )
        )
    try:
        zpl.decode()
    except UnicodeDecodeError as error:
        raise Refused(
            problem(
                "The design is not UTF-8: byte {place} cannot be read.",
                where="design",
                place=error.start + 1,
            )
        ) from None
