"""What a person signs at a page, and how they prove that it is them.

Whoever is signed in gives their secret again with every signature, and their name or badge as well
with the first one after they came in. The second person gives a name or badge and a secret, always.

Source: 21 CFR 11.200(a)(1)(i).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from station.access.door import Door, Session
from station.core import workflow
from station.core.problem import Refused, problem
from station.core.signature import Signature
from station.web.asking import Answers, Step
from station.web.gate import Visit, not_allowed
from station.web.rights import may_witness, who_may_witness

MEANINGS: Mapping[str, str] = {
    "destroyed": "settled",
    "not-printed": "settled",
    "released": "settled",
    "scrapped": "settled",
    "withdrawn": "settled",
    "reprint": "authorised",
    "close": "reconciled",
    "close-unbalanced": "unbalanced",
    "clear": "inspected",
    "clear-one": "inspected",
    "scrap": "disposed",
    "scrap-reprint": "disposed",
    "concession": "disposed",
    "return": "disposed",
    "reinspect": "disposed",
    "approve-design": "designed",
    "retire-design": "retired",
    "baseline": "validated",
}
"""What a signature stands for, by what is asked for (`station.web.asking.Step`): words of
`station.wording.MEANINGS`. The steps of an order have their own. What is not here is not signed.
"""

_STEPS: Mapping[str, workflow.Rule] = {each.step.value: each for each in workflow.RULES}


@dataclass(frozen=True, slots=True)
class Given:
    """What people proved themselves with. It is tried, and kept nowhere."""

    name: str
    """Of whoever signs, or what their badge says; with the first signature only."""

    secret: str
    witness: str
    witness_secret: str

    def __repr__(self) -> str:
        return "Given(…)"


def meaning_of(step: Step) -> str:
    """Empty where nothing is signed."""
    rule = _STEPS.get(step.value)
    return rule.meaning if rule else MEANINGS.get(step.value, "")


def signatures(
    visit: Visit, step: Step, answers: Answers, given: Given, address: str
) -> tuple[Signature, ...]:
    """Of the person, and of the second one if there is one. None where nobody has to sign in.

    Raises Refused for whoever does not prove it.
    """
    meaning = "refused" if answers.refused else meaning_of(step)
    if visit.door is None or visit.session is None or not meaning:
        return ()
    made = [_by_signer(visit.door, visit.session, meaning, given, address)]
    if answers.witness:
        made.append(_by_witness(visit.door, step, given, address))
    visit.door.signed(visit.token)
    number = max(answers.number, 0)
    return tuple(
        replace(each, reason=answers.reason, order=answers.order, number=number) for each in made
    )


def _by_signer(door: Door, session: Session, meaning: str, given: Given, address: str) -> Signature:
    if session.signed:
        door.prove(session.name, given.secret, address=address)
        return Signature(session.name, meaning, "", "second")
    person = door.prove(given.name, given.secret, address=address)
    if person.name != session.name:
        raise Refused(
            problem("Only {name} signs here, who is signed in. Sign out first.", name=session.name)
        )
    return Signature(person.name, meaning, "", "both")


def _by_witness(door: Door, step: Step, given: Given, address: str) -> Signature:
    person = door.prove(given.witness, given.witness_secret, address=address)
    if not may_witness(step.value, person.roles):
        raise not_allowed(who_may_witness(step.value))
    meaning = "authored" if step == Step.APPROVE_DESIGN else "witnessed"
    return Signature(person.name, meaning, "", "both")
