"""Which serials a work order uses: a list, a range, a counter, or random ones.

A list or a range is closed: each serial is used once, and a rejected one is not replaced. A
counter is open: a rejected serial is burnt and the next one takes its place; so are random ones.

Leading zeros are part of a serial, so a counter keeps its width and never grows beyond it.

>>> Serials(first="CN010123", last="CN010125").planned(3)
('CN010123', 'CN010124', 'CN010125')
>>> Serials(prefix="CN", start="010123").planned(2)
('CN010123', 'CN010124')

Random ones are drawn when the order is taken in, with a key that only the station has. What was
drawn becomes part of the plan; its replacements go on from there:

>>> drawn = Serials(prefix="CN", random=3).draw(2, key="6b6579", used={"CN560"}.__contains__)
>>> drawn.planned(2)
('CN017', 'CN034')
>>> next(drawn.following(2))
'CN453'
"""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from station.core.problem import Problem, Refused, problem, refuse
from station.core.serials.characters import DIGITS, character_problems, widest_of
from station.core.serials.permutation import Permutation
from station.core.shape import Code, Count, Shape

MOST = 50_000
"""Labels of one order; more would keep the line waiting while the order is taken in."""


WIDEST = 20
"""Digits of a counter: no serial is longer."""

LOOKED_AT_MOST = 1_000_000
"""Serials of a range, until it is said to be too full: the line waits some seconds for it."""


class Drawn(Shape):
    """What the station adds to a random plan when it takes the order in."""

    key: Annotated[str, Field(pattern="^([0-9a-f]{2})+$")]
    """Hexadecimal; the order of all serials of the range follows from it."""

    serials: tuple[str, ...]
    """The planned ones: the first that nobody had used."""

    after: Annotated[int, Field(ge=0)]
    """How far the range is used up; replacements come from there on."""


class Serials(Shape):
    list: tuple[Code, ...] | None = None
    first: Code | None = None
    last: Code | None = None
    prefix: Code | None = None
    start: Code | None = None
    until: Code | None = None
    """The last one that a counter may come to; without it, that is where its width is used up."""

    random: Count | None = None
    """How many characters are drawn after the prefix."""

    alphabet: Code | None = None
    """What random ones are drawn from; without it, from digits."""

    ambiguous: Literal["allowed"] | None = None
    """The alphabet may hold letters that look like digits."""

    drawn: Drawn | None = None
    """Never in a document: the station draws."""

    @property
    def open(self) -> bool:
        """More serials follow after the planned ones."""
        return self.start is not None or self.random is not None

    def every(self) -> Iterator[str]:
        """All serials in order; an open plan ends where its range is used up.

        Random ones that are not drawn yet are specimens, good for a preview and a check only.
        """
        if self.list is not None:
            return iter(self.list)
        if self.open:
            drawn = self.drawn.serials if self.drawn else ()
            return chain(drawn, self.following(len(drawn)))
        prefix, low, high = self._range()
        return _counted(prefix, range(int(low), int(high) + 1), width=len(low))

    def following(self, quantity: int) -> Iterator[str]:
        """What an open plan goes on with after so many planned serials; nothing if it is closed."""
        if self.random is not None:
            return self._shuffled(self.drawn.after if self.drawn else quantity)
        if self.start is None:
            return iter(())
        numbers = range(int(self.start) + quantity, int(self._until) + 1)
        return _counted(self.prefix or "", numbers, width=len(self.start))

    def draw(self, quantity: int, *, key: str, used: Callable[[str], bool]) -> Self:
        """The plan with its random serials drawn; those `used` before are passed over.

        `key` is hexadecimal. Raises Refused if the range has too few left.
        """
        plan = self.model_copy(update={"drawn": Drawn(key=key, serials=(), after=0)})
        looked = enumerate(islice(plan.every(), LOOKED_AT_MOST), start=1)
        found = tuple(islice((each for each in looked if not used(each[1])), quantity))
        if len(found) != quantity:
            raise Refused(self._too_full(quantity, len(found)))
        drawn = Drawn(key=key, serials=tuple(each for _, each in found), after=found[-1][0])
        return self.model_copy(update={"drawn": drawn})

    def reaches(self, serial: str) -> bool:
        """Whether an open plan can come to this serial."""
        if not self.open:
            return False
        low, high = self.ends()
        counter = serial[len(self.prefix or "") :]
        fits = serial.startswith(self.prefix or "") and set(counter) <= set(self.characters)
        return fits and len(serial) == len(low) and low <= serial <= high

    def ends(self) -> tuple[str, str]:
        """The lowest and the highest serial that an open plan can come to, of one length."""
        prefix = self.prefix or ""
        if self.start is not None:
            return prefix + self.start, prefix + self._until
        low, high, length = min(self.characters), max(self.characters), self.random or 0
        return prefix + low * length, prefix + high * length

    @property
    def widest(self) -> str:
        """The serial of an open plan that takes the most room on a label; "" if it is closed."""
        if not self.open:
            return ""
        length = len(self.ends()[0])
        return (self.prefix or "").ljust(length, widest_of(self.characters))

    @property
    def characters(self) -> str:
        """What an open plan puts after its prefix."""
        return self.alphabet or DIGITS

    def planned(self, quantity: int) -> tuple[str, ...]:
        """The first so many. Raises Refused if the plan has another number of serials."""
        serials = tuple(islice(self.every(), quantity + (0 if self.open else 1)))
        if len(serials) != quantity:
            raise Refused(
                problem(
                    "The plan gives {got} serials, expected {expected}, one for each label.",
                    got=f"more than {quantity}" if len(serials) > quantity else len(serials),
                    expected=quantity,
                )
            )
        return serials

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = {name for name, value in self if value is not None}
        ways = [name for name, (needed, _) in _WAYS.items() if needed <= given]
        if len(ways) != 1 or not given <= set.union(*_WAYS[ways[0]]):
            raise Refused(
                problem(
                    "Give serials in exactly one way: {ways}; got {got}.",
                    ways=" | ".join(_WAYS),
                    got=", ".join(sorted(given)) or "nothing",
                )
            )
        if self.list is not None:
            _check_list(self.list)
        elif self.start is not None:
            _check_counter(self.start, self._until)
        elif self.random is not None:
            refuse(_random_problems(self))
        else:
            self._range()
        return self

    @property
    def _until(self) -> str:
        return self.until or "9" * len(self.start or "")

    def _shuffled(self, after: int) -> Iterator[str]:
        key = bytes.fromhex(self.drawn.key) if self.drawn else b""
        shuffled = Permutation(key, self._capacity)
        return (self._spelt(shuffled.at(place)) for place in range(after, self._capacity))

    @property
    def _capacity(self) -> int:
        return int(len(self.characters) ** (self.random or 0))

    def _spelt(self, number: int) -> str:
        characters, spelt = self.characters, ""
        for _ in range(self.random or 0):
            number, place = divmod(number, len(characters))
            spelt = characters[place] + spelt
        return (self.prefix or "") + spelt

    def _too_full(self, quantity: int, found: int) -> Problem:
        low, high = self.ends()
        return problem(
            "The range {low} to {high} holds {capacity} serials, and among {looked} of them only"
            " {found} were never used and are not reserved: expected {quantity}. Give another"
            " prefix, or more characters.",
            low=low,
            high=high,
            capacity=self._capacity,
            looked=min(self._capacity, LOOKED_AT_MOST),
            found=found,
            quantity=quantity,
        )

    def _range(self) -> tuple[str, str, str]:
        first, last = self.first or "", self.last or ""
        prefix = first.rstrip(DIGITS)
        low, high = first[len(prefix) :], last[len(prefix) :]
        fits = len(low) == len(high) <= WIDEST and _digits(low + high)
        if not last.startswith(prefix) or not fits:
            raise Refused(
                problem(
                    "A range needs one prefix and counters of one width: got {first} to {last}.",
                    first=first[:40],
                    last=last[:40],
                )
            )
        _check_forwards(first, last)
        return prefix, low, high


_WAYS = {
    "list": ({"list"}, set[str]()),
    "first and last": ({"first", "last"}, set[str]()),
    "prefix and start": ({"start"}, {"prefix", "until"}),
    "prefix and random": ({"random"}, {"prefix", "alphabet", "ambiguous", "drawn"}),
}
"""What each way to give serials needs, and what it may have besides."""


def _counted(prefix: str, numbers: range, *, width: int) -> Iterator[str]:
    pattern = f"{prefix.replace('%', '%%')}%0{width}d"
    return map(pattern.__mod__, numbers)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _check_counter(start: str, until: str) -> None:
    if not _digits(start) or len(start) > WIDEST:
        raise Refused(
            problem(
                "A counter starts with 1 to {most} digits, got {got!r}.",
                where="start",
                most=WIDEST,
                got=start[:40],
            )
        )
    if not _digits(until) or len(until) != len(start):
        raise Refused(
            problem(
                "A counter ends with as many digits as it starts with: expected {expected}, got"
                " {got!r}.",
                where="until",
                expected=len(start),
                got=until[:40],
            )
        )
    _check_forwards(start, until)


def _check_forwards(first: str, last: str) -> None:
    if first > last:
        raise Refused(
            problem("The range runs backwards: {first} to {last}.", first=first, last=last)
        )


def _random_problems(plan: Serials) -> Iterator[Problem]:
    if (plan.random or 0) > WIDEST:
        yield problem(
            "At most {most} characters are drawn, got {got}.",
            where="random",
            most=WIDEST,
            got=plan.random or 0,
        )
    allowed = plan.ambiguous == "allowed"
    yield from character_problems(plan.characters, ambiguous=allowed, where="alphabet")


def _check_list(serials: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for place, serial in enumerate(serials):
        if serial in seen:
            raise Refused(
                problem("Serial {serial!r} is listed twice.", where=f"list.{place}", serial=serial)
            )
        seen.add(serial)
