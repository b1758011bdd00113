"""A profile: the rules of one market, or of one house, for every packaging level.

>>> from station.core.profiles.subject import Subject
>>> from station.core.shape import parse
>>> house = parse(Profile, {
...     "name": "house", "market": "none", "title": {"zh": "本厂", "en": "House"}, "house": True,
...     "needs": (
...         {"ai": "10", "need": "required", "levels": ("outer",), "clause": "5.1"},
...         {"ai": "21", "need": "required", "levels": ("unit",), "clause": "5.2"},
...     ),
... })
>>> carton = Subject(profiles=("house",), level="outer", transport=True, trace="lot",
...                  traits=frozenset(), ais=("10",))
>>> [need.clause for need in house.concerning(carton)]
['5.1']
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from station.core.problem import Problem, Refused, problem, refuse
from station.core.profiles.item import Item
from station.core.profiles.need import Bilingual, Need
from station.core.profiles.subject import LevelWord, Subject
from station.core.shape import Code, Shape

Word = Literal["allowed", "refused"]


class Others(Shape):
    """What becomes of an AI or a text that no need for the subject speaks of."""

    ais: Word = "allowed"
    texts: Word = "allowed"
    clause: Code


class Profile(Shape):
    name: Code
    market: Literal["nmpa", "eu-mdr", "fda", "none"]
    title: Bilingual
    house: bool = False
    """A company's own rules: a product may depart from them, with a reason. From law, never."""

    always: bool = False
    """In force on every label, named or not."""

    transport_as: LevelWord | None = None
    """The level whose rules a pack follows that is also the shipping pack; none: its own."""

    others: Others | None = None
    """None: whatever no need speaks of is allowed."""

    needs: tuple[Need, ...]

    @cached_property
    def canonical(self) -> bytes:
        """What was in force, however its file was laid out: JSON, UTF-8."""
        text = json.dumps(
            self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return text.encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(self.canonical).hexdigest()

    def concerning(self, subject: Subject) -> tuple[Need, ...]:
        """The needs that speak of the subject, whatever its label shows."""
        shipped = self.transport_as if subject.transport else None
        level = shipped or subject.level
        return tuple(each for each in self.needs if each.concerns(subject, level=level))

    def excuses(self, subject: Subject, items: Iterable[Item]) -> bool:
        """Whether the subject departs from this profile's rules about any of the items."""
        return self.house and subject.excused(items, profile=self.name)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.house and self.always:
            raise Refused(
                problem("A rule of the house is not in force on every label.", where="always")
            )
        return self


class Profiles(Mapping[str, Profile]):
    """All profiles by name. Raises Refused, with every problem, on construction."""

    def __init__(self, files: Mapping[str, Profile]) -> None:
        self._profiles = {each.name: each for each in files.values()}
        refuse([*_repeated(files), *_without_ground(files)])

    def __getitem__(self, name: str) -> Profile:
        return self._profiles[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._profiles)

    def __len__(self) -> int:
        return len(self._profiles)

    def in_force(self, subject: Subject) -> tuple[Profile, ...]:
        """Those in force on every label, then those the subject names; unknown names left out."""
        ground = [name for name, each in self.items() if each.always]
        named = [name for name in subject.profiles if name in self]
        return tuple(self[name] for name in dict.fromkeys([*ground, *named]))

    def unknown(self, subject: Subject) -> Iterator[Problem]:
        """The profiles it names that there are not: rules nobody could ask."""
        for name in subject.profiles:
            if name not in self:
                yield problem(
                    "There is no profile {got!r}. Known profiles: {known}.",
                    where="profiles",
                    got=name,
                    known=", ".join(self),
                )


def digest(profiles: Iterable[Profile]) -> str:
    """SHA-256 over the digests of several profiles, whichever their order."""
    lines = sorted({f"{each.name} {each.digest}\n" for each in profiles})
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _repeated(files: Mapping[str, Profile]) -> Iterator[Problem]:
    seen: set[str] = set()
    for file, profile in files.items():
        if profile.name in seen:
            yield problem("Profile {name} is defined twice.", where=file, name=profile.name)
        seen.add(profile.name)


def _without_ground(files: Mapping[str, Profile]) -> Iterator[Problem]:
    if not any(each.always for each in files.values()):
        yield problem(
            "No profile is in force on every label: expected one with always: true, or nothing"
            " would keep (8013) and logistic AIs out of a symbol."
        )
