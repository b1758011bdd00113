"""How a breach of a profile is told: which profile, what, what was got, and the clause."""

from collections.abc import Iterable

from station.core.problem import Problem, problem
from station.core.profiles.item import Item
from station.core.profiles.need import Need
from station.core.profiles.profile import Profile
from station.core.profiles.sight import Sight


def of_need(profile: Profile, need: Need, sight: Sight) -> Problem:
    if need.need == "forbidden":
        return _forbidden(profile, need, sight)
    return _lacks_ai(profile, need, sight) if need.encoded else _lacks(profile, need)


def of_pattern(profile: Profile, need: Need, got: str) -> Problem:
    """A date that is written in another way than the profile asks."""
    return problem(
        "{profile} requires {what} as {expected}, got {got} ({clause}).",
        where=need.items[0].where,
        profile=profile.name,
        what=_listed(need.items),
        expected=need.pattern,
        got=got,
        clause=need.clause,
    )


def of_others(profile: Profile, item: Item, sight: Sight) -> Problem:
    """What no need speaks of, where only what is spoken of is allowed."""
    expected = {
        each
        for need in profile.concerning(sight.subject)
        if need.need != "forbidden"
        for each in need.items
        if each.kind is item.kind
    }
    return problem(
        "{profile} has no place for {what} on this level: expected only {expected} ({clause}).",
        where=item.where,
        profile=profile.name,
        what=str(item),
        expected=_listed(sorted(expected, key=str)),
        clause=profile.others.clause if profile.others else "",
    )


def _forbidden(profile: Profile, need: Need, sight: Sight) -> Problem:
    template = "{profile} forbids {what} on the label, and it is there ({clause})."
    if need.encoded:
        template = "{profile} forbids {what} in the symbol, got {got} ({clause})."
    return problem(
        template,
        where=need.items[0].where,
        profile=profile.name,
        what=_listed(need.items),
        got=sight.subject.symbol,
        clause=need.clause,
    )


def _lacks_ai(profile: Profile, need: Need, sight: Sight) -> Problem:
    template = "{profile} requires {what} in the symbol, got {got} ({clause})."
    if need.one_of:
        template = "{profile} requires one of {what} in the symbol, got {got} ({clause})."
    return problem(
        template,
        where=_where(need),
        profile=profile.name,
        what=_listed(need.items),
        got=sight.subject.symbol,
        clause=need.clause,
    )


def _lacks(profile: Profile, need: Need) -> Problem:
    template = "{profile} requires {what} on the label, and it is not there ({clause})."
    if need.one_of:
        template = "{profile} requires one of {what} on the label, and none is there ({clause})."
    elif need.deferrable:
        template = (
            "{profile} requires {what} on the label, or the words 其他内容详见说明书; neither is"
            " there ({clause})."
        )
    return problem(
        template,
        where=_where(need),
        profile=profile.name,
        what=_listed(need.items),
        clause=need.clause,
    )


def _where(need: Need) -> str:
    first = need.items[0]
    return first.where if len(need.items) == 1 else first.kind.value


def _listed(items: Iterable[Item]) -> str:
    return ", ".join(str(each) for each in items)
