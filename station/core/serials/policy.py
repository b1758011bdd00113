"""What the serials of a product are made of: characters, length, prefix; and whose they are.

>>> policy = SerialPolicy(prefix="CN", length=8)
>>> list(policy.problems(Serials(prefix="CN", start="000001"), 50))
[]
>>> for each in policy.problems(Serials(list=("CN00000O", "CX0001")), 2):
...     print(each)  # doctest: +ELLIPSIS
serials: The character 'O' is not one of this product's serials, as in 'CN00000O' (1 in all): ...
serials: This product's serials have 8 characters: got 6 in 'CX0001' (1 in all).
serials: This product's serials begin with 'CN': got 'CX0001' (1 in all).
>>> policy.widest
'CNMMMMMM'

Two stations that print the same product never meet if each has blocks of its own. An open plan
has to stay inside one for as long as it can go on.

Source: GS1 General Specifications 3.5.2 (AI 21); GS1 recommends to avoid letters that look like
digits.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from station.core.problem import Problem, Refused, problem, refuse
from station.core.serials.characters import EVERY, READABLE, character_problems, widest_of
from station.core.serials.plan import Serials
from station.core.shape import Code, Count, Shape

LONGEST = 20
"""Characters of AI 21."""

Length = Annotated[Count, Field(le=LONGEST)]


class Block(Shape):
    """Serials from `first` to `last`, of one length, in the order of ASCII; only for a station."""

    station: Code
    first: Code
    last: Code

    def holds(self, serial: str) -> bool:
        return len(serial) == len(self.first) and self.first <= serial <= self.last

    def meets(self, other: "Block") -> bool:
        return self.holds(other.first) or other.holds(self.first)

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if len(self.first) != len(self.last) or self.first > self.last:
            raise Refused(
                problem(
                    "A block goes from a serial to a later one of the same length: got {first} to"
                    " {last}.",
                    first=self.first[:40],
                    last=self.last[:40],
                )
            )
        return self


class SerialPolicy(Shape):
    charset: Code | None = None
    """The characters of all serials; without it, digits and capitals."""

    length: Length | None = None
    min: Length | None = None
    max: Length | None = None
    prefix: Code | None = None
    ambiguous: Literal["avoided", "allowed"] = "avoided"
    """Whether letters that look like digits may be among the characters."""

    blocks: tuple[Block, ...] = ()

    @property
    def characters(self) -> str:
        return self.charset or (EVERY if self.ambiguous == "allowed" else READABLE)

    @property
    def lengths(self) -> tuple[int, int]:
        """The least and the most characters of a serial, its prefix among them."""
        if self.length is not None:
            return self.length, self.length
        return self.min or 1, self.max or LONGEST

    @property
    def widest(self) -> str:
        """The serial that takes the most room on a label: as long as any, of wide characters."""
        return (self.prefix or "").ljust(self.lengths[1], widest_of(self.characters))

    def problems(self, plan: Serials, quantity: int, *, station: str = "") -> Iterator[Problem]:
        """Why a plan must not be printed: on any station, or on this one.

        Every serial that is planned is looked at, and of an open plan all that it can come to. A
        plan that does not give so many serials is refused for that.
        """
        try:
            planned = plan.planned(quantity)
        except Refused as refused:
            yield from refused.within("serials").problems
            return
        ends = plan.ends() if plan.open else ()
        found = (
            *self._made_of_others(plan, (*planned, *ends)),
            *self._wrong_lengths((*planned, *ends)),
            *self._wrong_prefixes((*planned, *ends)),
            *self._elsewhere(planned, ends, station),
        )
        yield from (each.within("serials") for each in found)

    def _made_of_others(self, plan: Serials, serials: Sequence[str]) -> Iterator[Problem]:
        allowed = frozenset(self.characters)
        wrong = [each for each in serials if not allowed.issuperset(each)]
        if wrong:
            yield problem(
                "The character {got!r} is not one of this product's serials, as in {serial!r}"
                " ({count} in all): expected only {known}.",
                got=next(each for each in wrong[0] if each not in allowed),
                serial=wrong[0],
                count=len(wrong),
                known=self.characters,
            )
        elif plan.open and not allowed.issuperset(plan.characters):
            yield problem(
                "This plan can come to serials with {got!r}, which this product's serials do not"
                " have: expected only {known}.",
                got="".join(each for each in plan.characters if each not in allowed),
                known=self.characters,
            )

    def _wrong_lengths(self, serials: Sequence[str]) -> Iterator[Problem]:
        least, most = self.lengths
        wrong = [each for each in serials if not least <= len(each) <= most]
        if wrong:
            yield problem(
                "This product's serials have {expected} characters: got {got} in {serial!r}"
                " ({count} in all).",
                expected=str(least) if least == most else f"{least} – {most}",
                got=len(wrong[0]),
                serial=wrong[0][:40],
                count=len(wrong),
            )

    def _wrong_prefixes(self, serials: Sequence[str]) -> Iterator[Problem]:
        prefix = self.prefix or ""
        wrong = [each for each in serials if not each.startswith(prefix)]
        if wrong:
            yield problem(
                "This product's serials begin with {prefix!r}: got {serial!r} ({count} in all).",
                prefix=prefix,
                serial=wrong[0][:40],
                count=len(wrong),
            )

    def _elsewhere(
        self, planned: Sequence[str], ends: Sequence[str], station: str
    ) -> Iterator[Problem]:
        own = tuple(each for each in self.blocks if each.station == station)
        if self.blocks and not own:
            yield problem(
                "This product's serials are reserved for the stations {stations}, and none for"
                " this one, {station!r}.",
                stations=", ".join(dict.fromkeys(each.station for each in self.blocks)),
                station=station,
            )
        if not own:
            return
        wrong = [each for each in planned if not any(block.holds(each) for block in own)]
        if wrong:
            yield problem(
                "Serial {serial!r} is not reserved for this station ({count} in all): expected"
                " {blocks}.",
                serial=wrong[0][:40],
                count=len(wrong),
                blocks=_named(own),
            )
        elif ends and not any(all(block.holds(each) for each in ends) for block in own):
            yield problem(
                "This plan can go on from {first} to {last}, out of what is reserved for this"
                " station: expected {blocks}. Give a counter its `until`, or random serials a"
                " longer prefix.",
                first=ends[0],
                last=ends[1],
                blocks=_named(own),
            )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        allowed = self.ambiguous == "allowed"
        refuse(
            [
                *character_problems(self.characters, ambiguous=allowed, where="charset"),
                *self._length_problems(),
                *self._prefix_problems(),
                *self._block_problems(),
            ]
        )
        return self

    def _length_problems(self) -> Iterator[Problem]:
        least, most = self.lengths
        if self.length is not None and (self.min or self.max):
            yield problem("Give one length, or the least and the most; not both.", where="length")
        if least > most:
            yield problem(
                "The least length {least} is more than the most, {most}.",
                where="min",
                least=least,
                most=most,
            )

    def _prefix_problems(self) -> Iterator[Problem]:
        prefix = self.prefix or ""
        if not set(prefix) <= set(self.characters):
            yield problem(
                "The prefix {got!r} is not made of the characters {known}.",
                where="prefix",
                got=prefix[:40],
                known=self.characters,
            )
        if len(prefix) >= self.lengths[1]:
            yield problem(
                "The prefix {got!r} leaves no room for a number: a serial has at most {most}"
                " characters.",
                where="prefix",
                got=prefix[:40],
                most=self.lengths[1],
            )

    def _block_problems(self) -> Iterator[Problem]:
        for place, block in enumerate(self.blocks):
            ends = Serials(list=tuple(dict.fromkeys((block.first, block.last))))
            outside = (
                *self._made_of_others(ends, (block.first, block.last)),
                *self._wrong_lengths((block.first, block.last)),
                *self._wrong_prefixes((block.first, block.last)),
            )
            yield from (each.within(f"blocks.{place}") for each in outside)
        for one, other in combinations(self.blocks, 2):
            if one.station != other.station and one.meets(other):
                yield problem(
                    "A serial belongs to one station, but {one} and {other} overlap.",
                    where="blocks",
                    one=_named((one,)),
                    other=_named((other,)),
                )


def _named(blocks: Sequence[Block]) -> str:
    return ", ".join(f"{each.first} – {each.last} ({each.station})" for each in blocks)
