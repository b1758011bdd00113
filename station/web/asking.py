"""What a person can ask of the station, and what the page asks back: who, and why.

The reasons offered are for hands in gloves; what is recorded is the sentence the person saw.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from station.core.events import Outcome
from station.core.problem import Problem, Refused, problem, refuse
from station.core.state import LabelState
from station.language import sentence
from station.line.board import End, Hold, Request, Resume, Settle, Start
from station.line.desk import check_second_person

LONGEST_NAME = 60
LONGEST_REASON = 200


class Step(StrEnum):
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    DESTROYED = "destroyed"
    NOT_PRINTED = "not-printed"
    RELEASED = "released"
    END = "end"


@dataclass(frozen=True, slots=True)
class Question:
    title: str
    button: str
    reasons: tuple[str, ...] = ()
    """Offered with one touch each; none where no reason is asked for."""

    two_people: bool = False
    """Nothing but their word stands for it."""


QUESTIONS: Mapping[Step, Question] = {
    Step.START: Question(sentence("Start this order?"), sentence("Start")),
    Step.HOLD: Question(
        sentence("Put the line on hold"),
        sentence("Hold"),
        (
            sentence("Change of labels or ribbon"),
            sentence("Reject bin is full"),
            sentence("Something looks wrong"),
            sentence("Break or change of shift"),
        ),
    ),
    Step.RESUME: Question(
        sentence("Let the line go on"),
        sentence("Resume"),
        (
            sentence("Checked: ready to go on"),
            sentence("Labels or ribbon changed"),
            sentence("Rejected labels taken away"),
            sentence("Supervisor has agreed"),
        ),
    ),
    Step.DESTROYED: Question(
        sentence("The label was found and destroyed"),
        sentence("Found and destroyed"),
        (
            sentence("Found at the printer, destroyed"),
            sentence("Found on the line, destroyed"),
            sentence("Found in the reject bin, destroyed"),
        ),
        two_people=True,
    ),
    Step.NOT_PRINTED: Question(
        sentence("The label was not printed"),
        sentence("Not printed"),
        (
            sentence("Looked everywhere: there is no such label"),
            sentence("The printer did not move"),
            sentence("Only a blank label came out, destroyed"),
        ),
        two_people=True,
    ),
    Step.RELEASED: Question(
        sentence("The label is among the good ones"),
        sentence("Found among the good labels"),
        (
            sentence("Found behind the gate, with the good labels"),
            sentence("Found at the gate, put with the good labels"),
        ),
        two_people=True,
    ),
    Step.END: Question(
        sentence("End this order early"),
        sentence("End the order"),
        (
            sentence("The order is wrong"),
            sentence("The rest is not needed"),
            sentence("The label cannot be printed"),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """A form as it was filled in."""

    person: str
    reason: str = ""
    order: str = ""
    witness: str = ""
    number: int = 0
    """Of the label; for a resume, the event that stopped the line when the page was drawn."""


def request_for(step: Step, answers: Answers) -> Request:
    """The request a form stands for. Raises Refused with everything that is missing in it."""
    refuse(_problems(step, answers))
    outcome: Outcome
    match step:
        case Step.START:
            return Start(answers.order)
        case Step.HOLD:
            return Hold(answers.reason)
        case Step.RESUME:
            return Resume(answers.reason, answers.number)
        case Step.END:
            return End(answers.order, answers.reason)
        case Step.DESTROYED:
            outcome = LabelState.DESTROYED
        case Step.NOT_PRINTED:
            outcome = LabelState.NOT_PRINTED
        case Step.RELEASED:
            outcome = LabelState.RELEASED
    return Settle(answers.order, answers.number, outcome, answers.reason, answers.witness)


def _problems(step: Step, answers: Answers) -> Iterator[Problem]:
    if not answers.person:
        yield problem("Say who you are: a name is written down with everything a person does.")
    for name in (answers.person, answers.witness):
        if len(name) > LONGEST_NAME or not name.isprintable():
            yield problem(
                "A name is at most {most} letters on one line, got {got}.",
                most=LONGEST_NAME,
                got=len(name),
            )
    if QUESTIONS[step].two_people and answers.person:
        yield from _second_person(answers)
    if QUESTIONS[step].reasons and not answers.reason:
        yield problem("Say why: touch one of the reasons, or write one.")
    elif len(answers.reason) > LONGEST_REASON or not answers.reason.isprintable():
        yield problem(
            "A reason is at most {most} letters on one line, got {got}.",
            most=LONGEST_REASON,
            got=len(answers.reason),
        )


def _second_person(answers: Answers) -> Iterator[Problem]:
    try:
        check_second_person(answers.person, answers.witness)
    except Refused as refused:
        yield from refused.problems
