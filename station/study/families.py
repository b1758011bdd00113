"""What is wrong with the labels of the study, by name, and which reasons are the right ones.

The families of the challenge are all here. Added are those that need a seed: a character anywhere
on the label, and what a worn printer leaves on the paper.

>>> from station.core.verdict import Reason
>>> BY_NAME["any-look-alike"].caught((Reason(Code.TEXT_WRONG),))
True
"""

from collections.abc import Mapping

from drivers.simulated.wear import GOOD as GOOD_PRINT
from drivers.simulated.wear import UGLY, WEAR, Wear
from station.core.challenge import FAMILIES as CHALLENGE
from station.core.challenge import Family, Kind
from station.core.problem import Refused, problem
from station.core.verdict import Code

__all__ = ["BY_NAME", "CHALLENGE", "FAMILIES", "GOOD", "PRINTS", "SWAPS", "TEXTS", "chosen"]

_TEXT = frozenset({Code.TEXT_WRONG, Code.TEXT_MISSING})
_SPOILT = _TEXT | {Code.NO_READ}
"""What spoilt print does to the text and the symbols under it."""

TEXTS = tuple(
    Family(name, Kind.TEXT, _TEXT, compared=True)
    for name in (
        "any-character",
        "any-character-small",
        "any-look-alike",
        "any-look-alike-small",
        "any-character-missing",
        "any-line-missing",
    )
)
"""The small ones in lines of text below 12 dots."""

_OTHER = next(each.expected for each in CHALLENGE if each.name == "previous-order")

SWAPS = tuple(Family(name, Kind.DATA, _OTHER) for name in ("other-label", "other-symbol"))
"""The label of another device, and its codes under the right text."""

_DEAD = tuple(
    Family(f"dead-{count}-in-{where}", Kind.PRINT, shown, compared=True)
    for where, shown in (
        ("symbol", frozenset({Code.DEAD_DOTS})),
        ("text", frozenset({Code.DEAD_DOTS, Code.TEXT_WRONG, Code.TEXT_MISSING})),
    )
    for count in (1, 2)
)
"""One dead dot of the print head or two neighbours, above a symbol, or beside all of them: there
they show in what they take from letters.
"""

_SHOWN_AS: Mapping[str, frozenset[Code]] = {
    "dead-dot": frozenset({Code.DEAD_DOTS}),
    "dead-dots": frozenset({Code.DEAD_DOTS}),
    "weak-dots": frozenset({Code.DEAD_DOTS}),
    "bold": frozenset({Code.BOLD}),
    "thin": frozenset({Code.FAINT}),
    "faint": frozenset({Code.FAINT}),
    "fade": frozenset({Code.FAINT}),
    "fade-across": frozenset({Code.FAINT}),
    "void": frozenset({Code.VOID}),
    "dust": frozenset({Code.VOID, Code.FAINT}),
    "spots": frozenset({Code.SMEAR}),
    "smear": frozenset({Code.SMEAR, Code.BOLD}),
    "wrinkle": frozenset({Code.WRINKLE, Code.VOID}),
    "ghost": frozenset({Code.SMEAR, Code.BOLD, Code.DISAGREE}),
    "overprint": frozenset({Code.SMEAR, Code.BOLD, Code.DISAGREE, Code.SEVERAL}),
    "used-ribbon": frozenset({Code.VOID, Code.FAINT}),
    "offset": frozenset({Code.OFFSET, Code.CUT, Code.SMEAR}),
    "skew": frozenset({Code.SKEW, Code.OFFSET}),
    "stretch": frozenset({Code.CUT, Code.OFFSET, Code.NOT_REGISTERED}),
    "shrunk": frozenset({Code.OFFSET, Code.NOT_REGISTERED}),
    "half": frozenset({Code.CUT}),
    "blank": frozenset({Code.NONE}),
    "cut": frozenset({Code.CUT, Code.SMEAR}),
}
"""Beside what spoilt print does to text and symbols."""

_WORN = tuple(
    Family(f"worn-{name}", Kind.PRINT, _SHOWN_AS.get(name, frozenset()) | _SPOILT, compared=True)
    for name in WEAR
    if name not in {"good", "ugly"}
)

PRINTS = _DEAD + _WORN

FAMILIES = CHALLENGE + SWAPS + TEXTS + PRINTS

BY_NAME = {each.name: each for each in FAMILIES}

GOOD: Mapping[str, Wear] = {"good": GOOD_PRINT, "good-but-ugly": UGLY}
"""Labels that have to pass, and how the printer is worn that made them."""


def chosen(names: str) -> tuple[str, ...]:
    """Families named with commas between them; "all", or a group: challenge, swap, text, print,
    good.

    Raises Refused for a name that is none.

    >>> chosen("good,wrong-lot")
    ('good', 'good-but-ugly', 'wrong-lot')
    """
    groups = {
        "challenge": tuple(each.name for each in CHALLENGE),
        "swap": tuple(each.name for each in SWAPS),
        "text": tuple(each.name for each in TEXTS),
        "print": tuple(each.name for each in PRINTS),
        "good": tuple(GOOD),
        "all": (*GOOD, *BY_NAME),
    }
    found: dict[str, None] = {}
    for name in (each.strip() for each in names.split(",")):
        if name not in groups and name not in BY_NAME and name not in GOOD:
            raise Refused(
                problem(
                    "There is no family {got!r}. There are the groups {groups} and the families"
                    " {known}.",
                    where="families",
                    got=name[:40],
                    groups=", ".join(groups),
                    known=", ".join((*GOOD, *BY_NAME)),
                )
            )
        found |= dict.fromkeys(groups.get(name, (name,)))
    return tuple(found)
