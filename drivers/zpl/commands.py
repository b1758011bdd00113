"""Bytes to commands: a command starts at a prefix and ends before the next one.

>>> [command.code for command in parse(b"^XA^FO10,20^A0N,30^FDLOT ^XZ~JR^FS^XZ")]
['^XA', '^FO', '^A', '^FD', '^XZ', '~JR', '^FS', '^XZ']

The prefixes can be changed on the way, which is why a list of forbidden characters is no
protection:

>>> [command.code for command in parse(b"^XA^CC+^FO1,1+FDthis is no ^command+FS+XZ")]
['^XA', '^CC', '', '^FD', '^FS', '^XZ']
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

BODY_LIMIT = 4 << 20
"""Bytes of one command; what follows them is text outside a command."""

# The guide, "Basic ZPL": control characters that stand for the prefixes and the brackets.
_CARET, _TILDE, _START, _END = 0x1E, 0x10, 0x02, 0x03

# These take no parameters and act without waiting for the next prefix.
_ONE_WORD = "^XA ^XZ ~EG ~HD ~HI ~HM ~HS ~JA ~JC ~JG ~JL ~JP ~JR ~JX ~PH ~PP ~PR ~PS ~WC"
_WITHOUT_BODY = frozenset(_ONE_WORD.split())
_SHORT_BODY = {"^CC": 1, "~CC": 1, "^CD": 1, "~CD": 1, "^CT": 1, "~CT": 1, "~HQ": 2}
_BINARY = {
    "^GF": rb"[Bb],([0-9]{1,7}),[0-9]*,[0-9]*,",
    "~DY": rb"[^,]*,[Bb],[^,]*,([0-9]{1,7}),[0-9]*,",
}


class Complaint(Exception):
    """A command that cannot be carried out; the label comes out without it, and says so."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    format: int = ord("^")
    control: int = ord("~")
    delimiter: int = ord(",")

    def after(self, code: str, character: int) -> "Prefixes":
        """Prefixes after ^CC, ^CT or ^CD (or ~CC …) named a new character."""
        match code[1:]:
            case "CC":
                return replace(self, format=character)
            case "CT":
                return replace(self, control=character)
            case _:
                return replace(self, delimiter=character)

    def sign(self, character: int) -> str:
        """Which prefix the character is: "^", "~", or "" for none."""
        if character in {self.format, _CARET}:
            return "^"
        return "~" if character in {self.control, _TILDE} else ""


@dataclass(frozen=True, slots=True)
class Command:
    code: str
    """Prefix and two letters, whatever the prefixes were: "^FO". Font names belong to the body
    of "^A". Empty for text outside a command."""

    body: bytes
    raw: bytes
    """As received, prefix included."""

    delimiter: int = ord(",")

    def parameters(self, most: int = -1) -> "Parameters":
        """The body cut at the delimiter, into at most that many further pieces."""
        pieces = self.body.split(bytes([self.delimiter]), most)
        return Parameters(self.code, tuple(_text(piece) for piece in pieces))


def _text(piece: bytes) -> str:
    return piece.decode("latin-1").strip("\r\n\t ")


@dataclass(frozen=True, slots=True)
class Parameters:
    code: str
    pieces: tuple[str, ...]

    def text(self, place: int, default: str = "") -> str:
        return (self.pieces[place] if place < len(self.pieces) else "") or default

    def number(self, place: int, default: int, *, low: int = 0, high: int = 32000) -> int:
        """A whole number, brought into its range like the printer does."""
        got = self.text(place)
        if not got:
            return default
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", got):
            raise Complaint(f"{self.code}: expected a whole number, got {got[:20]!r}")
        return min(max(int(got), low), high)

    def choice(self, place: int, default: str, *, among: str) -> str:
        """One letter of those, or the default where nothing stands."""
        got = self.text(place, default).upper()
        if len(got) != 1 or got not in among:
            raise Complaint(f"{self.code}: expected one of {among}, got {got[:20]!r}")
        return got


class Tokeniser:
    """Cuts a stream into commands. What it holds back never exceeds BODY_LIMIT and one piece."""

    def __init__(self, prefixes: Prefixes | None = None) -> None:
        self._buffer = bytearray()
        self._scanned = 0
        self.use(prefixes or Prefixes())

    def use(self, prefixes: Prefixes) -> None:
        self.prefixes = prefixes
        starts = (prefixes.format, prefixes.control, _CARET, _TILDE, _START, _END)
        self._starts = re.compile(b"[" + b"".join(re.escape(bytes([s])) for s in starts) + b"]")

    @property
    def held(self) -> int:
        """Bytes of the command that is being received."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[Command]:
        """Every command that is now complete. Exhaust it before feeding more."""
        self._buffer += data
        while (length := self._complete()) is not None:
            yield self._take(length)

    def finish(self) -> Iterator[Command]:
        """What is left, as if the stream had ended here."""
        if self._buffer:
            yield self._take(len(self._buffer))

    def clear(self) -> None:
        """Forget the command that is being received."""
        self._buffer.clear()
        self._scanned = 0

    def _complete(self) -> int | None:
        """Length of the first command, None while its end has not come."""
        if not self._buffer:
            return None
        if not self.prefixes.sign(self._buffer[0]):
            return self._text_length()
        if early := self._starts.search(self._buffer, 1, 3):
            return early.start()
        return self._command_length() if len(self._buffer) >= 3 else None

    def _text_length(self) -> int:
        if self._buffer[0] in {_START, _END}:
            return 1
        return self._next_start(0) or len(self._buffer)

    def _command_length(self) -> int | None:
        code = self._code()
        if code in _WITHOUT_BODY:
            return 3
        fixed = _SHORT_BODY.get(code) or self._binary_length(code)
        if fixed is None:
            return self._next_start(3)
        return 3 + fixed if len(self._buffer) >= 3 + fixed else None

    def _next_start(self, first: int) -> int | None:
        found = self._starts.search(self._buffer, max(first, self._scanned))
        if found:
            return found.start()
        self._scanned = len(self._buffer)
        return self._scanned if self._scanned > BODY_LIMIT else None

    def _binary_length(self, code: str) -> int | None:
        """^GFB and ~DY…,B carry raw bytes, prefixes among them, and say how many."""
        if code not in _BINARY:
            return None
        cut = re.escape(bytes([self.prefixes.delimiter]))
        header = re.compile(_BINARY[code].replace(b",", cut)).match(bytes(self._buffer[3:99]))
        return header and min(header.end() + int(header[1]), BODY_LIMIT)

    def _code(self) -> str:
        letters = self._buffer[1:3].decode("latin-1").upper()
        return self.prefixes.sign(self._buffer[0]) + letters

    def _take(self, length: int) -> Command:
        raw = bytes(self._buffer[:length])
        command = self._command(raw)
        del self._buffer[:length]
        self._scanned = 0
        if command.code in _SHORT_BODY and command.code != "~HQ" and command.body:
            self.use(self.prefixes.after(command.code, command.body[0]))
        return command

    def _command(self, raw: bytes) -> Command:
        sign = self.prefixes.sign(raw[0])
        if not sign:
            code = {_START: "^XA", _END: "^XZ"}.get(raw[0], "")
            return Command(code, b"" if code else raw, raw)
        letters = raw[1:3].decode("latin-1").upper()
        head = 1 if sign == "^" and letters[:1] == "A" else 2
        return Command(sign + letters[:head], raw[1 + head :], raw, self.prefixes.delimiter)


def parse(zpl: bytes, prefixes: Prefixes | None = None) -> tuple[Command, ...]:
    """All commands of a whole piece of ZPL, the last one ended by the end."""
    tokeniser = Tokeniser(prefixes)
    return (*tokeniser.feed(zpl), *tokeniser.finish())
