"""Whether a product may depart from a rule, and does: a permission nobody needs is refused.

Only a company's own rules can be departed from. A deviation that changes nothing is a slip of the
pen, or outlived its reason; the next change of the catalogue would make it a silent permission.
"""

from collections.abc import Iterator, Sequence

from station.core.problem import Problem, problem
from station.core.profiles.check import breaks, refuses, unspoken
from station.core.profiles.item import Kind
from station.core.profiles.need import Need
from station.core.profiles.profile import Profile, Profiles
from station.core.profiles.sight import Sight
from station.core.profiles.subject import Deviation, Subject


def check_deviations(
    deviations: Sequence[Deviation], subjects: Sequence[Subject], profiles: Profiles
) -> Iterator[Problem]:
    """What is wrong with the deviations of one product, whose levels are the subjects."""
    for place, each in enumerate(deviations):
        for found in _problems(each, subjects, profiles):
            yield found.within(f"deviations.{place}")


def _problems(
    deviation: Deviation, subjects: Sequence[Subject], profiles: Profiles
) -> Iterator[Problem]:
    profile = profiles.get(deviation.profile)
    followed = [each for each in subjects if deviation.profile in each.profiles]
    if profile is not None and not profile.house:
        yield problem(
            "{profile} is no rule of the house, and only such a rule can be departed from.",
            where="profile",
            profile=profile.name,
        )
    elif profile is None or not followed:
        yield problem(
            "The product does not follow the profile {got!r}, so it cannot depart from it.",
            where="profile",
            got=deviation.profile,
        )
    elif not any(_departs(deviation, each, profile, profiles) for each in followed):
        yield problem(
            "This departs from nothing: {profile} asks nothing about {what} on any level, or the"
            " product follows it.",
            where="what",
            profile=profile.name,
            what=str(deviation.item),
        )


def _departs(deviation: Deviation, subject: Subject, profile: Profile, profiles: Profiles) -> bool:
    """Whether it excuses something there is to excuse on this level."""
    item = deviation.item
    if not deviation.excuses((item,), profile=profile.name, level=subject.level):
        return False
    sight = Sight.of_symbol(subject, profiles.in_force(subject))
    speaking = [each for each in profile.concerning(subject) if item in each.items]
    if not speaking and item.kind is not Kind.AI:
        return profile.others is not None and refuses(profile.others, item.kind)
    return item in unspoken(profile, sight) or any(_binds(each, sight) for each in speaking)


def _binds(need: Need, sight: Sight) -> bool:
    """Whether the need is not followed, or may not be: no template is known yet."""
    if sight.judges(need) and sight.asks(need):
        return breaks(need, sight)
    return need.need != "optional" or bool(need.pattern)
