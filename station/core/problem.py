"""One clear sentence about bad input: what, why, expected, got.

The English template is the key of the translation, so a problem can be shown in any language
long after it was found.

>>> str(problem("Invalid check digit for {value!r}: expected {expected}, got {got}.",
...             value="06972869182018", expected="9", got="8"))
"Invalid check digit for '06972869182018': expected 9, got 8."
>>> str(problem("A lot has at most 20 characters, got {length}.", where="lot", length=21))
'lot: A lot has at most 20 characters, got 21.'
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Problem:
    template: str
    values: tuple[tuple[str, str | int], ...] = ()
    where: str = ""
    """Dotted path of the field, such as "serials.first"; empty for the whole document."""

    def within(self, where: str) -> "Problem":
        """The same problem, seen from the document that contains the field."""
        return replace(self, where=".".join(part for part in (where, self.where) if part))

    @property
    def sentence(self) -> str:
        return self.template.format(**dict(self.values))

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}" if self.where else self.sentence


def problem(template: str, /, *, where: str = "", **values: str | int) -> Problem:
    return Problem(template, tuple((name, _whole(each)) for name, each in values.items()), where)


def _whole(value: str | int) -> str | int:
    """Half a surrogate pair can be neither printed nor recorded."""
    return value if isinstance(value, int) else value.encode("utf-8", "backslashreplace").decode()


class Refused(ValueError):
    """Input was refused, for all these reasons at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(each) for each in problems))
        self.problems = problems

    def within(self, where: str) -> "Refused":
        return Refused(*(each.within(where) for each in self.problems))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise Refused if there is anything to refuse."""
    found = tuple(problems)
    if found:
        raise Refused(*found)
