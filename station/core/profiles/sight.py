"""What is known of a label when it is checked: its symbol alone, or all that it shows.

When a catalogue is loaded no template is chosen yet, but some texts are certain: those that a
profile requires without a condition. They decide rules such as "a production date on the label
is in the symbol too" long before there is a label.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from station.core.profiles.item import Item, Kind
from station.core.profiles.need import Need
from station.core.profiles.profile import Profile
from station.core.profiles.subject import Shown, Subject


@dataclass(frozen=True, slots=True)
class Sight:
    subject: Subject
    items: frozenset[Item]
    """AIs of the symbol, and whatever else is known to be on the label."""

    texts: frozenset[str]
    """Texts known to be on the label."""

    shown: Shown | None
    """The whole label; None as long as only its symbol is known."""

    @classmethod
    def of_symbol(cls, subject: Subject, profiles: Iterable[Profile]) -> "Sight":
        return cls(subject, subject.carried, frozenset(_certain(subject, profiles)), None)

    @classmethod
    def of_label(cls, subject: Subject, shown: Shown) -> "Sight":
        return cls(subject, subject.carried | shown.items, shown.texts, shown)

    def judges(self, need: Need) -> bool:
        """Whether enough is known to say that the need is met or not."""
        return need.encoded or self.shown is not None

    def asks(self, need: Need) -> bool:
        """Whether the need's conditions on texts are known to hold."""
        return (
            self.texts.issuperset(need.if_text)
            and (not need.unless_text or self._lacks(need.unless_text))
            and (not need.if_given or self._given(need))
        )

    def has(self, items: Iterable[Item]) -> bool:
        return not self.items.isdisjoint(items)

    def _lacks(self, texts: Iterable[str]) -> bool:
        return self.shown is not None and self.texts.isdisjoint(texts)

    def _given(self, need: Need) -> bool:
        named = [each.name for each in need.items if each.kind is Kind.TEXT]
        return self.shown is not None and not self.shown.given.isdisjoint(named)


def _certain(subject: Subject, profiles: Iterable[Profile]) -> Iterator[str]:
    """Texts that every label of the subject shows, or is refused."""
    for profile in profiles:
        for need in profile.concerning(subject):
            if need.text and _unconditional(need) and not profile.excuses(subject, need.items):
                yield need.text


def _unconditional(need: Need) -> bool:
    conditional = need.if_text or need.unless_text or need.if_given or need.deferrable
    return need.need == "required" and not conditional
