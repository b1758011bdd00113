"""How a batch record speaks one language.

>>> Voice("en").time("2026-03-01T08:30:00.000+08:00")
'2026-03-01 08:30:00 +08:00'
>>> Voice("en").element("3130411d32"), Voice("en").element("no hex")
('10A<GS>2', 'no hex')
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from station import wording
from station.core.batch import Entry, ReasonLine
from station.core.challenge import Span
from station.core.events import SymbolRead
from station.core.judge import shown
from station.core.problem import Problem
from station.core.udi import CARRIERS, LOOK_ALIKES
from station.language import say, sentence

NOTHING = "–"

_AND_MORE = sentence("And {count} more reasons.")

_CONTROL = re.compile("[\u2400-\u241f]")


@dataclass(frozen=True, slots=True)
class Voice:
    language: str

    def say(self, text: str, **values: object) -> str:
        return say(text, self.language, **values)

    def all(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self.say, texts))

    def word(self, table: Mapping[str, str], key: str) -> str:
        return wording.word(table, key, self.language)

    def told(self, found: Problem) -> str:
        return wording.told(found, self.language)

    def time(self, at: str) -> str:
        """To the second, with its offset from UTC."""
        if len(at) < 25:
            return at or NOTHING
        return f"{at[:10]} {at[11:19]} {at[-6:]}"

    def entry(self, found: Entry) -> str:
        """Who and when, and where it stands in the journal."""
        return f"{found.by}\n{self.time(found.at)} · #{found.seq}"

    def people(self, *names: str) -> str:
        return " + ".join(filter(None, names)) or NOTHING

    def reasons(self, found: Sequence[ReasonLine], *, most: int = 3) -> str:
        """The first ones in words: half a label lacks everything that stands on the other half."""
        told = [wording.why_of(each.model_dump(), self.language) for each in found[:most]]
        if len(found) > most:
            told.append(self.say(_AND_MORE, count=len(found) - most))
        return " ".join(told)

    def element(self, data: str) -> str:
        """Bytes that were recorded as hexadecimal, as a person compares them."""
        try:
            return _CONTROL.sub(_named, shown(bytes.fromhex(data)))
        except ValueError:
            return data

    def symbols(self, found: Iterable[SymbolRead]) -> str:
        """One a line: what kind, what it says, who read it."""
        return "\n".join(
            f"{self.carrier(each.identifier)}: {self.element(each.data)} ({each.engine})"
            for each in found
        )

    def carrier(self, identifier: str) -> str:
        name = CARRIERS.get(identifier) or LOOK_ALIKES.get(identifier)
        return f"{name} {identifier}" if name else identifier


def _named(found: re.Match[str]) -> str:
    """Few fonts have the pictures of control characters."""
    code = ord(found[0]) - 0x2400
    return "<GS>" if code == 0x1D else f"<{code:02X}>"


def spans(found: Iterable[Span]) -> str:
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in found) or NOTHING


def number(value: int | None) -> str:
    return NOTHING if value is None else str(value)


def thousandths(value: int | None) -> str:
    return NOTHING if value is None else f"{value / 1000:.3f}"
