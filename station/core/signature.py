"""What a person signs: by name, with a meaning, about exactly these events.

A signature is written in the same transaction as what it signs, right behind it, with the digest of
it; so neither is ever there without the other, and it cannot be taken to another record.

>>> from station.core.events import OrderFinished
>>> made = Signature("王芳", "reviewed", "complete", "second", "WO-1")
>>> made.under(OrderFinished(order="WO-1"), first=7).last
7

Source: 21 CFR 11.50, 11.70 and 11.200(a)(1).
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from station.core.events import Event, Signed, to_json

Factor = Literal["both", "second"]
"""What was given with it: name or badge and secret, or the secret by whoever is signed in."""


@dataclass(frozen=True, slots=True)
class Signature:
    """By somebody who has just proved who they are."""

    person: str
    meaning: str
    reason: str
    factor: Factor
    order: str = ""
    number: int = 0
    """Of the label it is about; 0 for none."""

    def under(self, *events: Event, first: int) -> Signed:
        """The event of it; `first` is the place of the first one signed."""
        return Signed(
            person=self.person,
            meaning=self.meaning,
            reason=self.reason,
            factor=self.factor,
            order=self.order,
            number=self.number,
            first=first,
            last=first + len(events) - 1,
            digest=digest_of(*(to_json(each) for each in events)),
        )


def digest_of(*bodies: bytes) -> str:
    """SHA-256 over the bodies of the events, each followed by a line feed."""
    return hashlib.sha256(b"".join(each + b"\n" for each in bodies)).hexdigest()
