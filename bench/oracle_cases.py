"""Element strings to compare two linters by: good ones, and ones broken in every way known.

A case is made of codes and values and broken before it is written out, so the two linters get the
same thing, each in its own notation. Everything follows from the seed.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle

from station.core import ai, gmn
from station.core.gs1 import Pair, format_date
from station.core.gtin import check_digit, check_digit_problem

DEVICE = ("10", "11", "17", "21", "22", "240", "241", "30", "8012", "91", "99", "20", "710", "8200")
"""Identifiers of device labels; half of the elements are of these."""

SAMPLES = {
    "4309": ("02790858483015297971", "00000000000000000000"),
    "7258": ("1/2", "3/3"),
    "8001": ("00010000200311", "99999999999990"),
    "8007": ("GB82WEST12345698765432", "DE89370400440532013000"),
    "8011": ("0", "120"),
}
"""Values that are too rare to be met by chance."""

FOREIGN = (
    "~",
    "^",
    "#",
    "@",
    "$",
    "[",
    "]",
    "{",
    "|",
    "\\",
    "`",
    " ",
    "\x1d",
    "\0",
    "\x7f",
    "é",
    "中",
)
"""Characters outside of character set 82."""

_TRIES = 400


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be judged twice."""

    kind: str
    """How it was made."""

    pairs: tuple[Pair, ...] = ()
    text: str = ""
    """Instead of pairs, what no pairs can say: brackets in the wrong places."""

    @property
    def ours(self) -> str:
        """Bracketed as a person would type it; square where a value holds a round bracket."""
        square = any("(" in value for _, value in self.pairs)
        left, right = "[]" if square else "()"
        return self.text or "".join(f"{left}{code}{right}{value}" for code, value in self.pairs)


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many cases: one kind after the other, and good ones between them."""
    rng = random.Random(seed)  # noqa: S311 - the same cases every time
    kinds = cycle(KINDS)
    for number in range(count):
        kind, make = next(kinds) if number % 3 else KINDS[0]
        yield make(kind, rng)


def sweep() -> Iterator[Case]:
    """Every code of two to four digits, and every length of every identifier."""
    rng = random.Random(0)  # noqa: S311 - the same cases every time
    for size in (2, 3, 4):
        for number in range(10**size):
            yield Case("every code", ((f"{number:0{size}}", "0"),))
    for row in ai.TABLE.values():
        for length in range(row.lengths[-1] + 3):
            value = "".join(rng.choice("0123456789") for _ in range(length))
            yield Case("every length", companions([(row.code, value)], rng))


def value_of(row: ai.AI, rng: random.Random) -> str:
    """A value that fits; the last one tried if none is found."""
    if row.code in SAMPLES:
        return rng.choice(SAMPLES[row.code])
    found = ""
    for _ in range(_TRIES):
        found = "".join(_piece(part, rng) for part in _present(row, rng))
        if row.code in ("8013", "8014"):
            found = f"{rng.randrange(10**6, 10**9)}A{found[:10]}"
            found += gmn.check_pair(found)
        if not row.problems(found):
            break
    return found


def _present(row: ai.AI, rng: random.Random) -> Iterator[ai.Component]:
    for part in row.components:
        if part.optional and rng.random() < 0.5:
            return
        yield part


def _piece(part: ai.Component, rng: random.Random) -> str:
    if part.rule is ai.date_problem:
        return format_date(date(2000, 1, 1) + timedelta(rng.randrange(36_500)))
    length = rng.choice((part.least, part.most, rng.randint(part.least, part.most)))
    letters = sorted(part.charset.characters)
    found = "".join(rng.choice(letters) for _ in range(length))
    if part.rule is check_digit_problem:
        return found[:-1] + check_digit(found[:-1])
    return found


def companions(pairs: Sequence[Pair], rng: random.Random) -> tuple[Pair, ...]:
    """The pairs, with what they need beside them, in front."""
    found = list(pairs)
    for code, _ in found:
        groups = ai.TABLE[code].requires if code in ai.TABLE else ()
        present = [each for each, _ in found]
        if not groups or any(all(_holds(present, each) for each in group) for group in groups):
            continue
        group = next((each for each in groups if "01" in each), groups[0])
        for family in (each for each in group if not _holds(present, each)):
            row = rng.choice([each for each in ai.TABLE.values() if each.code.startswith(family)])
            found.append((row.code, value_of(row, rng)))
    return tuple(sorted(found, key=lambda each: each[0] != "01"))


def _holds(present: Sequence[str], family: str) -> bool:
    return any(code.startswith(family) for code in present)


def _good(rng: random.Random) -> list[Pair]:
    """Elements that are right one by one, and nearly always together."""
    rows = [ai.TABLE["01"]] if rng.random() < 0.7 else []
    every = list(ai.TABLE.values())
    rows += [
        ai.TABLE[rng.choice(DEVICE)] if rng.random() < 0.5 else rng.choice(every)
        for _ in range(rng.randint(1, 4))
    ]
    unique = {row.code: row for row in rows}
    return list(companions([(code, value_of(row, rng)) for code, row in unique.items()], rng))


def _case(change: Callable[[list[Pair], random.Random], None]) -> Callable[..., Case]:
    """A kind of case: good elements, and one change."""

    def make(kind: str, rng: random.Random) -> Case:
        pairs = _good(rng)
        change(pairs, rng)
        return Case(kind, tuple(pairs))

    return make


def _value_changed(change: Callable[[str, random.Random], str]) -> Callable[..., Case]:
    def apply(pairs: list[Pair], rng: random.Random) -> None:
        place = rng.randrange(len(pairs))
        code, value = pairs[place]
        pairs[place] = code, change(value, rng)

    return _case(apply)


def _added(*codes: str) -> Callable[..., Case]:
    """A kind of case: good elements, with these among them."""

    def apply(pairs: list[Pair], rng: random.Random) -> None:
        for code in codes:
            if code not in [each for each, _ in pairs]:
                pairs.append((code, value_of(ai.TABLE[code], rng)))

    return _case(apply)


def _unchanged(pairs: list[Pair], rng: random.Random) -> None:
    """Good elements stay good."""


def _shuffled(pairs: list[Pair], rng: random.Random) -> None:
    rng.shuffle(pairs)


def _dropped(pairs: list[Pair], rng: random.Random) -> None:
    if len(pairs) > 1:
        pairs.pop(rng.randrange(len(pairs)))


def _repeated(pairs: list[Pair], rng: random.Random) -> None:
    code, value = rng.choice(pairs)
    same = rng.random() < 0.5
    pairs.append((code, value if same or code not in ai.TABLE else value_of(ai.TABLE[code], rng)))


def _unknown(pairs: list[Pair], rng: random.Random) -> None:
    code = f"{rng.randrange(10_000):0{rng.randint(2, 4)}}"[:4]
    pairs.insert(rng.randint(0, len(pairs)), (code, str(rng.randrange(10**6))))


def _dated(day: Callable[[random.Random], str]) -> Callable[..., Case]:
    def apply(pairs: list[Pair], rng: random.Random) -> None:
        code = rng.choice(("11", "13", "15", "16", "17"))
        pairs[:] = [each for each in pairs if each[0] != code]
        pairs.append((code, day(rng)))
        pairs[:] = companions(pairs, rng)

    return _case(apply)


def _impossible_day(rng: random.Random) -> str:
    return f"{rng.randrange(100):02}{rng.randrange(0, 15):02}{rng.randrange(29, 35):02}"


def _day_00(rng: random.Random) -> str:
    return f"{rng.randrange(100):02}{rng.randint(1, 12):02}00"


def _check_digit(pairs: list[Pair], rng: random.Random) -> None:
    """The last digit of a GTIN, a GLN, an SSCC, or the pair of a GMN."""
    code = rng.choice(("01", "01", "00", "414", "8013", "8013", "253", "8018"))
    value = value_of(ai.TABLE[code], rng)
    pairs[:] = [each for each in pairs if each[0] != code]
    last = rng.choice([each for each in gmn.CSET82 if each.isalnum() and each != value[-1]])
    digit = str((int(value[-1]) + rng.randint(1, 9)) % 10) if value[-1].isdigit() else last
    pairs.insert(0, (code, value[:-1] + (digit if code != "8013" else last)))


def _with_foreign(value: str, rng: random.Random) -> str:
    place = rng.randint(0, len(value))
    return value[:place] + rng.choice(FOREIGN) + value[place + 1 :]


def _with_brackets(value: str, rng: random.Random) -> str:
    place = rng.randint(0, len(value))
    return value[:place] + rng.choice(("(", ")", "()", "(A)", ")(")) + value[place:]


def _transposed(value: str, rng: random.Random) -> str:
    place = rng.randrange(len(value)) if value else 0
    return value[:place] + value[place : place + 2][::-1] + value[place + 2 :]


def _text(change: Callable[[str, random.Random], str]) -> Callable[..., Case]:
    """A kind of case: good elements written out, and then the writing broken."""

    def make(kind: str, rng: random.Random) -> Case:
        plain = [each for each in _good(rng) if not set("()") & set(each[1])]
        text = "".join(f"({code}){value}" for code, value in plain or [("01", "06972869182019")])
        return Case(kind, text=change(text, rng) or " ")

    return make


def _without(letter: str) -> Callable[[str, random.Random], str]:
    return lambda text, _: text.replace(letter, "", 1)


KINDS: tuple[tuple[str, Callable[..., Case]], ...] = (
    ("good", _case(_unchanged)),
    ("good, in any order", _case(_shuffled)),
    ("check digit or pair wrong", _case(_check_digit)),
    ("impossible date", _dated(_impossible_day)),
    ("day 00", _dated(_day_00)),
    ("value too short", _value_changed(lambda value, _: value[:-1])),
    ("value too long", _value_changed(lambda value, rng: value + rng.choice("0123456789AZ") * 9)),
    ("value empty", _value_changed(lambda _, __: "")),
    ("two characters transposed", _value_changed(_transposed)),
    ("foreign character", _value_changed(_with_foreign)),
    ("letter among digits", _value_changed(lambda value, _: "A" + value[1:])),
    ("brackets in a value", _value_changed(_with_brackets)),
    ("required element missing", _case(_dropped)),
    ("element repeated", _case(_repeated)),
    ("exclusive pair: 02", _added("02", "37", "00")),
    ("exclusive pair: 255", _added("255")),
    ("exclusive pair: 8006", _added("8006")),
    ("exclusive pair: 235 with 21", _added("235", "21")),
    ("exclusive pair: 8017 with 8018", _added("8017", "8018")),
    ("exclusive pair: two of 310n", _added("3100", "3102")),
    ("unknown identifier", _case(_unknown)),
    ("GMN beside a GTIN", _added("01", "8013")),
    ("opening bracket missing", _text(_without("("))),
    ("closing bracket missing", _text(_without(")"))),
    ("brackets nested", _text(lambda text, _: text.replace("(", "((", 1).replace(")", "))", 1))),
    ("brackets empty", _text(lambda text, _: text + "()")),
    ("letters in brackets", _text(lambda text, _: text + "(AB)1")),
    ("five digits in brackets", _text(lambda text, _: text + "(12345)1")),
    ("blanks between", _text(lambda text, _: text.replace("(", " (").lstrip())),
    ("blank in front", _text(lambda text, _: f" {text}")),
    ("text in front", _text(lambda text, _: f"UDI{text}")),
    ("nothing", _text(lambda _, __: "")),
)
"""How cases are made, in turn."""
