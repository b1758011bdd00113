r"""Placeholders in the data of a field: ${serial}, ${production_date:YYYY.MM}, ${udi}, ${hri:21}.

>>> pieces("SN ${serial}", indicator="")
('SN ', Placeholder(name='serial', argument=''))
>>> pieces(r"100\25 \24{serial}", indicator="\\")
('100% ${serial}',)
>>> pieces("${lot", indicator="")
Traceback (most recent call last):
station.core.problem.Refused: A placeholder is not closed: expected such as ${serial}, got '${lot'.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from drivers.zpl.verbs.fields import unescaped
from station.artwork import content
from station.core import ai
from station.core.gs1 import ElementString
from station.core.problem import Refused, problem, refuse

OPENING = "${"
_CLOSED = re.compile(r"\$\{([^{}$]{0,80})\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    name: str
    """udi, hri, ai, or a field of `content`."""

    argument: str = ""
    """For hri and ai the application identifier, for dates the pattern."""

    @property
    def listed(self) -> str:
        """What `not_compared` calls it: the field, "hri", "hri:21" or "ai:21"."""
        by_element = self.name in {"hri", "ai"} and self.argument
        return f"{self.name}:{self.argument}" if by_element else self.name

    @property
    def is_field(self) -> bool:
        return self.name not in {"udi", "hri", "ai"}

    def value(self, fields: Mapping[str, str], elements: ElementString) -> str:
        """What the label has in its place. Raises Refused."""
        if self.is_field:
            return _field_value(self, fields)
        if not self.argument:
            return elements.hri()
        found = elements.get(self.argument)
        if found is None:
            raise Refused(
                problem(
                    "The design prints ({ai}), which the label does not encode.", ai=self.argument
                )
            )
        return found if self.name == "ai" else f"({self.argument}){found}"


Pieces = tuple[str | Placeholder, ...]


def pieces(data: str, *, indicator: str) -> Pieces:
    """The texts and placeholders of ^FD in their order; hexadecimal is data, never a placeholder.

    indicator: that of ^FH, empty where there is none. Raises Refused with every problem.
    """
    found = list(_cut(data))
    read: list[str | Placeholder] = []
    wrong: list[Refused] = []
    for is_placeholder, text in found:
        try:
            read.append(_named(text) if is_placeholder else _literal(text, indicator))
        except Refused as refused:
            wrong.append(refused)
    refuse(each for refused in wrong for each in refused.problems)
    return tuple(each for each in read if each)


def _cut(data: str) -> Iterator[tuple[bool, str]]:
    """Whether it is a placeholder, and what stands in it, or the text between two."""
    place = 0
    while (start := data.find(OPENING, place)) >= 0:
        closed = _CLOSED.match(data, start)
        if closed is None:
            raise Refused(
                problem(
                    "A placeholder is not closed: expected such as ${{serial}}, got {got!r}.",
                    got=data[start : start + 40],
                )
            )
        yield False, data[place:start]
        yield True, closed[1]
        place = closed.end()
    yield False, data[place:]


def _literal(text: str, indicator: str) -> str:
    plain = unescaped(text.encode(), ord(indicator) if indicator else None)
    try:
        decoded = plain.decode()
    except UnicodeDecodeError:
        raise Refused(
            problem("The hexadecimal data are not UTF-8: got {got!r}.", got=text[:40])
        ) from None
    refuse(content.unprintable(decoded))
    return decoded


def _named(inside: str) -> Placeholder:
    name, _, argument = inside.partition(":")
    if name == "udi" and not argument:
        return Placeholder("udi")
    if (name == "hri" and not argument) or (name in {"hri", "ai"} and argument in ai.TABLE):
        return Placeholder(name, argument)
    if name in {"udi", "hri", "ai"}:
        raise Refused(
            problem(
                "Expected ${{udi}}, ${{hri}}, or ${{hri:21}} and ${{ai:21}} with an application"
                " identifier, got {got!r}.",
                got=inside[:40],
            )
        )
    (found,) = content.placeholders(f"{{{inside}}}")
    return Placeholder(found.field, found.pattern)


def _field_value(placeholder: Placeholder, fields: Mapping[str, str]) -> str:
    pattern = f":{placeholder.argument}" if placeholder.argument else ""
    written = f"{{{placeholder.name}{pattern}}}"
    refuse(
        problem("The label has no {field}, which the design prints.", field=each)
        for each in content.empty(written, fields)
    )
    return content.filled(written, fields)
