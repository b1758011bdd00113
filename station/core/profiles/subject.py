"""What is to be labelled, what its label shows, and where a product departs from a house rule.

>>> pack = Subject(profiles=("nmpa",), level="primary", transport=False, trace="lot",
...                traits=frozenset(("single-use",)), ais=("17", "10"))
>>> sorted(str(each) for each in pack.carried)
['(01)', '(10)', '(17)']
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from station.core.profiles.item import Item, Kind, What, ai_items, text_items
from station.core.shape import Code, Shape

LevelWord = Literal["unit", "primary", "secondary", "outer"]
Trace = Literal["serial", "lot"]

Trait = Literal[
    "implant",
    "active-implant",
    "interventional",
    "equipment",
    "software",
    "sterile",
    "single-use",
    "contract",
    "eu-established",
]
"""What kind of device it is and how it comes to be, as far as rules ask: `contract` is made under
contract, `eu-established` has its manufacturer inside the Union and needs no representative."""


class Deviation(Shape):
    """A rule of the house from which a product departs, and why a person allowed it."""

    profile: Code
    what: What
    """The AI, text or pictogram: `"11"`, `configuration`, `pictogram.ce`."""

    why: Code
    levels: tuple[LevelWord, ...] = ()
    """Where; every level of the product if empty."""

    @cached_property
    def item(self) -> Item:
        return Item.parse(self.what)

    def excuses(self, items: Iterable[Item], *, profile: str, level: str) -> bool:
        """Whether this profile's rule about any of these items is departed from on this level."""
        here = not self.levels or level in self.levels
        return here and profile == self.profile and self.item in items


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One packaging level of one product. Equal subjects are judged alike: check each once."""

    profiles: tuple[str, ...]
    """Names of the profiles it has to follow; those in force on every label need no naming."""

    level: str
    """unit, primary, secondary or outer."""

    transport: bool
    """The level is also what is shipped."""

    trace: Trace
    traits: frozenset[Trait]
    ais: tuple[str, ...]
    """What the symbol carries beside (01)."""

    deviations: tuple[Deviation, ...] = ()
    """Those of the product, whichever level they are about."""

    def __post_init__(self) -> None:
        """A word no rule knows would be asked nothing."""
        assert self.level in get_args(LevelWord), self.level
        assert self.traits.issubset(get_args(Trait)), self.traits

    @property
    def carried(self) -> frozenset[Item]:
        return ai_items("01", *self.ais)

    @property
    def symbol(self) -> str:
        """The AIs of the symbol, as a person writes them: `(01)(17)(10)`."""
        return "".join(f"({each})" for each in ("01", *(ai for ai in self.ais if ai != "01")))

    def excused(self, items: Iterable[Item], *, profile: str) -> bool:
        wanted = tuple(items)
        return any(
            each.excuses(wanted, profile=profile, level=self.level) for each in self.deviations
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a template puts on the label of a subject, beside its symbol and the HRI."""

    texts: frozenset[str]
    """Names of the fields it shows; of an optional element only if it is printed."""

    given: frozenset[str]
    """Names of the fields that have a value for this label, shown or not: what the product has to
    say, so that a rule "where there is one" can be asked."""

    dates: frozenset[tuple[str, str]] = frozenset()
    """Each date shown, with its pattern; an empty pattern is YYYY-MM-DD."""

    pictograms: frozenset[str] = frozenset()
    defers: bool = False
    """The label says 其他内容详见说明书: for the rest, see the instructions."""

    @property
    def items(self) -> frozenset[Item]:
        drawn = frozenset(Item(Kind.PICTOGRAM, each) for each in self.pictograms)
        return text_items(*self.texts) | drawn
