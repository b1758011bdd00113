"""Whether a label follows its profiles: the symbol when a catalogue is loaded, all before ink.

Every breach is one problem that names the profile, the AI or text, and the clause. Nothing is
weighed against anything: what two profiles ask is asked twice.
"""

from collections.abc import Iterator

from station.core.problem import Problem
from station.core.profiles import breach
from station.core.profiles.item import Item, Kind
from station.core.profiles.need import DATE, Need
from station.core.profiles.profile import Others, Profile, Profiles
from station.core.profiles.sight import Sight
from station.core.profiles.subject import Shown, Subject


def check_selection(subject: Subject, profiles: Profiles) -> Iterator[Problem]:
    """What is wrong with the AIs of a packaging level, before there is a template."""
    yield from profiles.unknown(subject)
    in_force = profiles.in_force(subject)
    yield from _breaches(in_force, Sight.of_symbol(subject, in_force))


def check_label(subject: Subject, shown: Shown, profiles: Profiles) -> Iterator[Problem]:
    """Everything wrong with a label: its AIs, texts, dates and pictograms."""
    yield from profiles.unknown(subject)
    yield from _breaches(profiles.in_force(subject), Sight.of_label(subject, shown))


def breaks(need: Need, sight: Sight) -> bool:
    """Whether the label is known not to follow the need."""
    if not (sight.judges(need) and sight.asks(need)):
        return False
    match need.need:
        case "required":
            deferred = need.deferrable and sight.shown is not None and sight.shown.defers
            return not deferred and not sight.has(need.items)
        case "forbidden":
            return sight.has(need.items)
    return False


def unspoken(profile: Profile, sight: Sight) -> frozenset[Item]:
    """What is on the label, has no need that speaks of it, and is refused for that."""
    others = profile.others
    if others is None:
        return frozenset()
    spoken = {item for need in profile.concerning(sight.subject) for item in need.items}
    refused = [kind for kind in (Kind.AI, Kind.TEXT) if refuses(others, kind)]
    return frozenset(each for each in sight.items - spoken if each.kind in refused)


def refuses(others: Others, kind: Kind) -> bool:
    word = {Kind.AI: others.ais, Kind.TEXT: others.texts}.get(kind, "allowed")
    return word == "refused"


def _breaches(in_force: tuple[Profile, ...], sight: Sight) -> Iterator[Problem]:
    for profile in in_force:
        for need in profile.concerning(sight.subject):
            if not profile.excuses(sight.subject, need.items):
                yield from _need_problems(profile, need, sight)
        yield from _other_problems(profile, sight)


def _need_problems(profile: Profile, need: Need, sight: Sight) -> Iterator[Problem]:
    if breaks(need, sight):
        yield breach.of_need(profile, need, sight)
    if need.pattern and sight.shown is not None:
        for pattern in _patterns(need, sight.shown):
            yield breach.of_pattern(profile, need, pattern)


def _patterns(need: Need, shown: Shown) -> list[str]:
    """How the label writes the need's date, where it is not as the need asks."""
    written = {pattern or DATE for field, pattern in shown.dates if field == need.text}
    return sorted(written - {need.pattern})


def _other_problems(profile: Profile, sight: Sight) -> Iterator[Problem]:
    for item in sorted(unspoken(profile, sight), key=str):
        if not profile.excuses(sight.subject, (item,)):
            yield breach.of_others(profile, item, sight)
