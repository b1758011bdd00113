"""What keeps apart on a label: nothing shares a dot, nothing enters a quiet zone.

A reader that finds ink in a quiet zone may not find the symbol, and a text printed over another
can read as a third one. Both are faults of the design, so they are refused before anything is
printed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from station.artwork.dots import Rectangle
from station.artwork.items import Box, Item, LinearSymbol, MatrixSymbol
from station.core.problem import Problem, problem


@dataclass(frozen=True, slots=True)
class Claim:
    """One item's right to its dots."""

    where: str
    """Path of its element in the template."""

    kind: str
    inked: tuple[Rectangle, ...]
    kept: Rectangle
    """All of it, and for a symbol its quiet zone as well: nothing else may put ink near a symbol,
    while an outline may have something inside."""

    quiet: bool
    """Whether nothing may enter `kept` at all."""

    @classmethod
    def of(cls, item: Item, *, where: str, kind: str) -> "Claim":
        if isinstance(item, MatrixSymbol | LinearSymbol):
            return cls(where, kind, (item.area,), item.with_quiet_zone, quiet=True)
        inked = item.strips if isinstance(item, Box) else (item.area,)
        return cls(where, kind, inked, item.area, quiet=False)

    def disturbs(self, other: "Claim") -> bool:
        """Whether its ink enters the other's quiet zone."""
        return other.quiet and any(each.overlaps(other.kept) for each in self.inked)


def clearance_problems(claims: Sequence[Claim], label: Rectangle) -> Iterator[Problem]:
    for claim in claims:
        yield from _outside(claim, label)
    for one, other in combinations(claims, 2):
        yield from _meeting(one, other)


def is_clear(claim: Claim, others: Iterable[Claim], label: Rectangle) -> bool:
    """Whether an item could be where it claims to be."""
    found = chain(_outside(claim, label), *(_meeting(claim, other) for other in others))
    return next(found, None) is None


def _outside(claim: Claim, label: Rectangle) -> Iterator[Problem]:
    area = claim.kept
    if not label.holds(area):
        yield problem(
            "The {kind} with what it keeps clear reaches out of the label: expected x 0–{width}"
            " and y 0–{height} dots, got x {left}–{right} and y {top}–{bottom}.",
            where=claim.where,
            kind=claim.kind,
            width=label.width,
            height=label.height,
            left=area.x,
            right=area.right,
            top=area.y,
            bottom=area.bottom,
        )


def _meeting(one: Claim, other: Claim) -> Iterator[Problem]:
    if not one.kept.overlaps(other.kept):
        return
    name = f"{other.where} ({other.kind})"
    if any(some.overlaps(others) for some in one.inked for others in other.inked):
        yield problem(
            "It lies over {other}: no two elements share a dot.", where=one.where, other=name
        )
    elif one.disturbs(other) or other.disturbs(one):
        yield problem(
            "A quiet zone is violated between it and {other}.", where=one.where, other=name
        )
