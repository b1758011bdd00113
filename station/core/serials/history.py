r"""Serials that were used before there was a station, in a file somebody kept.

A text file has one serial a line. A table (.csv) has a column `serial`, or `first` and `last` for
ranges, or all three; its other columns are not looked at. Nothing is trimmed: a space before a
serial is a mistake that somebody has to look at.

>>> read("used.csv", b"serial;first;last\nA7;;\n;CN01;CN03\nA7;;\n").serials
('A7', 'CN01', 'CN02', 'CN03')
>>> read("used.txt", b"A7\nA 8\n")  # doctest: +ELLIPSIS
Traceback (most recent call last):
station.core.problem.Refused: line 2: Invalid character in 'A 8': expected GS1 character set 82, ...
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice

from station.core import ai
from station.core.gmn import CSET82
from station.core.problem import Problem, Refused, problem, refuse
from station.core.serials.plan import Serials
from station.core.shape import parse

MOST_USED = 1_000_000
"""Serials that one file names, repeated ones among them."""

LARGEST = 40_000_000
"""Bytes of one file: as many serials, as long as they can be, in a table with a few columns."""

NAMED_AT_MOST = 100
"""Problems of one file that are told; the others are counted."""

_FITS = re.compile(f"[{re.escape(CSET82)}]{{1,20}}")


@dataclass(frozen=True, slots=True)
class History:
    file: str
    sha256: str
    serials: tuple[str, ...]
    """Each once, in the order of the file."""

    repeated: int
    """How many times the file names a serial again."""


def read(name: str, data: bytes) -> History:
    """All serials of a file. Raises Refused with every line that is wrong."""
    lines = _decoded(data).split("\n")
    found = _table(lines) if name.lower().endswith(".csv") else _plain(lines)
    wrong = _Wrong()
    named = tuple(islice(_named(found, wrong), MOST_USED + 1))
    if len(named) > MOST_USED:
        raise Refused(problem("A file names at most {most} serials. Split it.", most=MOST_USED))
    wrong.refuse()
    if not named:
        raise Refused(problem("The file holds no serial."))
    serials = tuple(dict.fromkeys(named))
    return History(_safe(name), sha256(data).hexdigest(), serials, len(named) - len(serials))


Line = tuple[int, str | Serials | Problem]
"""A line's number, and the serial or the range on it, or why there is none."""


@dataclass(slots=True)
class _Wrong:
    """Lines that are wrong; only so many are kept as anybody reads."""

    lines: int = 0
    told: list[Problem] = field(default_factory=list)

    def add(self, found: Problem) -> None:
        self.lines += 1
        if len(self.told) < NAMED_AT_MOST:
            self.told.append(found)

    def refuse(self) -> None:
        if self.lines > len(self.told):
            self.told.append(problem("{count} lines are wrong in all.", count=self.lines))
        refuse(self.told)


def _named(lines: Iterable[Line], wrong: _Wrong) -> Iterator[str]:
    for number, found in lines:
        match found:
            case str():
                yield found
            case Serials():
                yield from found.every()
            case Problem():
                wrong.add(found.within(f"line {number}"))


def _plain(lines: list[str]) -> Iterator[Line]:
    for number, line in enumerate(lines, start=1):
        serial = line.removesuffix("\r")
        if serial:
            yield number, _checked(serial)


def _table(lines: list[str]) -> Iterator[Line]:
    header = lines[0]
    rows = csv.reader(lines, delimiter=max(",;\t", key=header.count), strict=True)
    try:
        names = [each.strip().lower() for each in next(rows)]
        columns = [names.index(each) if each in names else -1 for each in _COLUMNS]
        if columns[0] < 0 and min(columns[1:]) < 0:
            raise Refused(
                problem("The table needs a column `serial`, or the columns `first` and `last`.")
            )
        for row in rows:
            if any(row):
                found = _cells([row[at] if 0 <= at < len(row) else "" for at in columns])
                yield rows.line_num, found
    except csv.Error as error:
        raise Refused(problem("This is not a valid CSV table: {why}.", why=str(error))) from None


_COLUMNS = ("serial", "first", "last")


def _cells(cells: list[str]) -> str | Serials | Problem:
    serial, first, last = cells
    if serial and not (first or last):
        return _checked(serial)
    if serial or not (first and last):
        return problem("Expected either a serial or the first and the last of a range.")
    try:
        plan = parse(Serials, {"first": first, "last": last})
    except Refused as refused:
        return refused.problems[0]
    wrong = _checked(first)
    return plan if isinstance(wrong, str) else wrong


def _checked(serial: str) -> str | Problem:
    """The serial, if it can be one (AI 21)."""
    if _FITS.fullmatch(serial):
        return serial
    return replace(ai.TABLE["21"].problems(serial)[0], where="")


def _safe(name: str) -> str:
    """The name of a file as it can be recorded and shown."""
    return "".join(each if each.isprintable() else "_" for each in name)[-100:]


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST:
        raise Refused(
            problem("The file is too large: at most {limit} bytes are accepted.", limit=LARGEST)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            problem("The file is not UTF-8: byte {place} cannot be read.", place=error.start + 1)
        ) from None
