r"""What may be decided about a rejected label: five dispositions, and what stands against each.

A rejected label is scrapped unless people decide otherwise. Whatever lets it pass after all needs
proof that it is the right label with the right data; no decision replaces that proof:

>>> faint = Found(LabelState.REJECTED, ("PRINT.faint",), serial="CN1", identified=True)
>>> [each.value for each in dispositions(faint)]
['scrap', 'scrap and reprint', 'use as is', 'return to supplier']
>>> wrong = Found(LabelState.REJECTED, ("DATA.lot", "PRINT.faint"), serial="CN1")
>>> print(*objections(Disposition.CONCESSION, wrong), sep="\n")
A label is used as it is only for how it is printed, never for DATA.lot.

Source: ISO 13485:2016, 8.3.2 (nonconformities found before delivery: eliminated, precluded from
their original use, or accepted by concession; justified, recorded, with who authorised it) and
8.3.4 (rework); 21 CFR 820.35 and 820.45.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from station.core.problem import Problem, problem
from station.core.state import GONE, LabelState
from station.core.verdict import Code, Reason


class Disposition(StrEnum):
    SCRAP = "scrap"
    """Destroyed, its serial burnt. It still has to be seen into the scrap."""

    REPRINT = "scrap and reprint"
    """Destroyed; its serial may be printed once more afterwards."""

    CONCESSION = "use as is"
    RETURN = "return to supplier"
    """The blank stock it was printed on goes back; the printed label itself is destroyed."""

    REINSPECT = "re-inspect"
    """A second reader looks. Only if it reads what was meant was the reject a false one."""


PASSING = frozenset({Disposition.CONCESSION, Disposition.REINSPECT})
"""They can make a rejected label a good one."""

CONCEDABLE = frozenset(
    {
        Code.DEAD_DOTS,
        Code.VOID,
        Code.SMEAR,
        Code.WRINKLE,
        Code.FAINT,
        Code.BOLD,
        Code.SKEW,
        Code.OFFSET,
    }
)
"""How it is printed, where codes and texts are all there: never a label that is cut off."""

REREADABLE = frozenset({Code.NO_READ})
"""What a second reader can refute. It cannot refute a reading that was another one."""

_SHIPPABLE = ("PRINT.", "TEXT.", "READ.no-read")
"""What blank stock can be the cause of."""


@dataclass(frozen=True, slots=True)
class Found:
    """A nonconformance, as far as a decision depends on it."""

    state: LabelState
    """Of its label, now."""

    codes: tuple[str, ...]
    """Why it was rejected."""

    serial: str = ""
    identified: bool = False
    """All of its data were read on it, exactly as they were meant."""

    spare: bool = True
    """Its order lacks a good label, stands still and is not closed: one more may pass."""

    again: bool = True
    """Its order lets a serial be printed once more."""


def dispositions(found: Found) -> tuple[Disposition, ...]:
    """Everything that may be decided, the default first."""
    return tuple(each for each in Disposition if not tuple(objections(each, found)))


def objections(wanted: Disposition, found: Found) -> Iterator[Problem]:
    """Everything that stands against a decision."""
    if found.state not in GONE | {LabelState.REJECTED}:
        yield problem(
            "A label that is {state} is not disposed of. Say first what became of it.",
            state=found.state,
        )
        return
    match wanted:
        case Disposition.CONCESSION:
            yield from _against_passing(found)
            yield from _against_concession(found)
        case Disposition.REINSPECT:
            yield from _against_passing(found)
            yield from _against_second_reading(found)
        case Disposition.REPRINT if not (found.serial and found.again):
            yield problem("Its order prints no serial twice: its replacement has the next serial.")
        case Disposition.RETURN if not all(each.startswith(_SHIPPABLE) for each in found.codes):
            yield problem(
                "Blank stock is not the cause of {codes}.",
                codes=_named(each for each in found.codes if not each.startswith(_SHIPPABLE)),
            )


def _against_passing(found: Found) -> Iterator[Problem]:
    if found.state != LabelState.REJECTED:
        yield problem("The label is {state}: it can pass no more.", state=found.state)
    if not found.serial:
        yield problem(
            "A label without a serial cannot be told from the others in the reject bin, so none of"
            " them passes."
        )
    if not found.spare:
        yield problem(
            "The order has to be on hold or ended, and to lack a good label, before one more"
            " passes."
        )


def _against_concession(found: Found) -> Iterator[Problem]:
    others = [each for each in found.codes if each not in CONCEDABLE]
    if others or not found.codes:
        yield problem(
            "A label is used as it is only for how it is printed, never for {codes}.",
            codes=_named(others) or "–",
        )
    elif not found.identified:
        yield problem("Its data were not read on it as they were meant: nobody knows what it says.")


def _against_second_reading(found: Found) -> Iterator[Problem]:
    others = [each for each in found.codes if each not in REREADABLE]
    if others or not found.codes:
        yield problem(
            "A second reader can refute only that nothing was read, never {codes}.",
            codes=_named(others) or "–",
        )


def _named(codes: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(codes))


def unread(reasons: Iterable[Reason], carriers: Iterable[str]) -> frozenset[str]:
    """AIM identifiers of the symbols that were not read; all there are where none is named.

    >>> sorted(unread((Reason(Code.NO_READ, expected="GS1-128 ]C1"),), ("]d2", "]C1")))
    [']C1']
    """
    said = " ".join(each.expected for each in reasons if each.code == Code.NO_READ)
    every = frozenset(carriers)
    return frozenset(each for each in every if each in said) or every


def confirmed(
    scans: Iterable[str], read: Iterable[bytes], *, meant: bytes, missing: frozenset[str]
) -> bool:
    """Whether a second reading shows that a label which was not read is good after all.

    `scans` are the AIM identifiers of what was scanned, and `missing` those of the symbols that
    the first reader did not see: each has to be among them. `read` is what they say, parts of the
    data put together: nothing but `meant`, all of the data of the label.

    >>> confirmed(["]C1"], [b"21A"], meant=b"21A", missing=frozenset({"]C1"}))
    True
    >>> confirmed(["]d2"], [b"21A"], meant=b"21A", missing=frozenset({"]C1"}))
    False
    """
    every = set(read)
    return bool(meant) and every == {meant} and missing <= set(scans)


_CAPA = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./_#-]{0,39}")


def capa_problems(reference: str) -> Iterator[Problem]:
    """A reference to a corrective action elsewhere: an address of a record, never its text."""
    if reference and not _CAPA.fullmatch(reference):
        yield problem(
            "A CAPA reference is at most 40 letters, digits and . / _ # -, got {got!r}.",
            where="capa",
            got=reference[:60],
        )
