"""Where two profiles of one product cannot both be followed: shown, never resolved silently.

A conflict is found without a label: one profile requires what another forbids or has no place
for, or two want one date written in two ways. What a person can do about it: take a profile
away, or depart from a rule of the house, with a reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from station.core.problem import Problem, problem
from station.core.profiles.check import refuses
from station.core.profiles.item import Item, Kind
from station.core.profiles.need import Need
from station.core.profiles.profile import Profile, Profiles
from station.core.profiles.sight import Sight
from station.core.profiles.subject import Subject

Rule = tuple[Profile, Need]
"""A need, and whose it is."""


def conflicts(subject: Subject, profiles: Profiles) -> Iterator[Problem]:
    """Every pair of rules that no label of the subject can follow; one profile may be both."""
    in_force = profiles.in_force(subject)
    rules = [(each, need) for each in in_force for need in _binding(each, subject)]
    yield from _contradictions(rules, subject, in_force)
    yield from _two_patterns(rules)


@dataclass(frozen=True, slots=True)
class _Ban:
    """Who has no room for something, and by which clause."""

    profile: str
    clause: str


@dataclass(frozen=True, slots=True)
class _Closed:
    """A profile that has no room for whatever its needs do not speak of."""

    ban: _Ban
    kinds: frozenset[Kind]
    spoken: frozenset[Item]

    def bars(self, item: Item) -> bool:
        return item.kind in self.kinds and item not in self.spoken


@dataclass(frozen=True, slots=True)
class _Bans:
    """All that the profiles in force have no room for."""

    forbidden: Mapping[Item, _Ban]
    closed: tuple[_Closed, ...]

    def against(self, item: Item) -> _Ban | None:
        closed = next((each.ban for each in self.closed if each.bars(item)), None)
        return self.forbidden.get(item, closed)


def _binding(profile: Profile, subject: Subject) -> Iterator[Need]:
    """The needs that speak of the subject and that it does not depart from."""
    for need in profile.concerning(subject):
        if not profile.excuses(subject, need.items):
            yield need


def _contradictions(
    rules: list[Rule], subject: Subject, in_force: tuple[Profile, ...]
) -> Iterator[Problem]:
    sight = Sight.of_symbol(subject, in_force)
    asked = [(profile, need) for profile, need in rules if sight.asks(need)]
    bans = _Bans(_forbidden(asked), tuple(_closed(in_force, subject)))
    for profile, need in asked:
        if need.need == "required" and not need.deferrable:
            against = [ban for ban in map(bans.against, need.items) if ban is not None]
            if len(against) == len(need.items):
                yield _contradiction(profile, need, against[0])


def _forbidden(rules: list[Rule]) -> dict[Item, _Ban]:
    """By item, who forbids it: the first, if several do."""
    return {
        item: _Ban(profile.name, need.clause)
        for profile, need in reversed(rules)
        if need.need == "forbidden"
        for item in need.items
    }


def _closed(in_force: tuple[Profile, ...], subject: Subject) -> Iterator[_Closed]:
    for profile in in_force:
        if profile.others is not None:
            spoken = {item for need in profile.concerning(subject) for item in need.items}
            departed = {
                each.item for each in subject.deviations if profile.excuses(subject, (each.item,))
            }
            kinds = frozenset(each for each in Kind if refuses(profile.others, each))
            ban = _Ban(profile.name, profile.others.clause)
            yield _Closed(ban, kinds, frozenset(spoken | departed))


def _contradiction(profile: Profile, need: Need, against: _Ban) -> Problem:
    return problem(
        "{one} requires {what} ({one_clause}), and {other} has no place for it ({other_clause}):"
        " no label of this level follows both.",
        where=need.items[0].where,
        one=profile.name,
        what=", ".join(str(each) for each in need.items),
        one_clause=need.clause,
        other=against.profile,
        other_clause=against.clause,
    )


def _two_patterns(rules: list[Rule]) -> Iterator[Problem]:
    wanted = [(profile, need) for profile, need in rules if need.pattern]
    for (one, first), (other, second) in combinations(wanted, 2):
        if first.text == second.text and first.pattern != second.pattern:
            yield problem(
                "{one} requires {what} as {first} ({one_clause}), and {other} as {second}"
                " ({other_clause}): no label of this level follows both.",
                where=first.items[0].where,
                what=str(first.items[0]),
                one=one.name,
                first=first.pattern,
                one_clause=first.clause,
                other=other.name,
                second=second.pattern,
                other_clause=second.clause,
            )
