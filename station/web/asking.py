"""What a person can ask of the station, and what the page asks back: who, why, how many.

The reasons offered are for hands in gloves; what is recorded is the sentence the person saw.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from station.core.events import Outcome
from station.core.nonconformance import Disposition
from station.core.problem import Problem, Refused, problem, refuse
from station.core.reconciliation import Stock
from station.core.state import LabelState
from station.core.workflow import PERSONAL
from station.core.workflow import Step as OrderStep
from station.language import LANGUAGES, say, sentence
from station.line.board import (
    Approve,
    ApproveBaseline,
    Call,
    Came,
    Challenge,
    Clear,
    Close,
    End,
    Hold,
    Interrupt,
    Look,
    Prove,
    Reprint,
    Request,
    Resume,
    Retire,
    Settle,
    Start,
    TakeStep,
    Use,
)
from station.line.desk import check_second_person
from station.line.spoken import LONGEST_JUSTIFICATION, LONGEST_REASON, problems_of
from station.web.disposing import NOTHING_SAID, Disposal
from station.web.subject import NO_SUBJECT, Subject


class Step(StrEnum):
    START = "start"
    CALL = "call"
    CAME = "came"
    HOLD = "hold"
    RESUME = "resume"
    END = "end"
    SCAN = "scan"
    DESTROYED = "destroyed"
    NOT_PRINTED = "not-printed"
    RELEASED = "released"
    SCAN_SCRAP = "scan-scrap"
    SCRAPPED = "scrapped"
    REPRINT = "reprint"
    SAMPLE = "sample"
    WITHDRAWN = "withdrawn"
    USE = "use"
    CLOSE = "close"
    CLOSE_UNBALANCED = "close-unbalanced"
    PROVE = "prove"
    CHALLENGE = "challenge"
    INTERRUPT = "interrupt"
    CLEAR = "clear"
    CLEAR_ONE = "clear-one"
    CLEARANCE = "clearance"
    RELEASE = "release"
    RESIDENT_LABELS = "resident-labels"
    FIRST_ARTICLE = "first-article"
    REVIEW = "review"
    RESIDENT_BATCH = "resident-batch"
    PRODUCTION_RELEASE = "production-release"
    MARKET_RELEASE = "market-release"
    SCRAP = "scrap"
    SCRAP_REPRINT = "scrap-reprint"
    CONCESSION = "concession"
    RETURN = "return"
    REINSPECT = "reinspect"
    APPROVE_DESIGN = "approve-design"
    RETIRE_DESIGN = "retire-design"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Question:
    title: str
    button: str
    reasons: tuple[str, ...] = ()
    """Offered with one touch each; none where no reason is asked for."""

    says: str = ""
    """What the person should know before they answer."""

    two_people: bool = False
    """Nothing but their word stands for it."""

    justified: bool = False
    """Nothing is offered: they write why in their own words."""

    asks_number: bool = False
    """The person says which label; otherwise the page knows."""

    asks_stock: bool = False
    """What kind of label stock, and how many."""

    asks_clear: bool = False
    """What two people vouch for at a line clearance."""

    pictured: bool = False
    """The label as it should be is shown with it."""

    disposes: Disposition | None = None
    """What is decided about a nonconformance, with everything that a record of it needs."""

    refusable: bool = False
    """The person may also say no, in their own words; that is recorded as well."""

    authored: bool = False
    """The second person is the author of the design."""

    @property
    def longest(self) -> int:
        return LONGEST_JUSTIFICATION if self.justified else LONGEST_REASON


QUESTIONS: Mapping[Step, Question] = {
    Step.START: Question(sentence("Start this order?"), sentence("Start")),
    Step.CALL: Question(
        sentence("Call the supervisor"),
        sentence("Call"),
        (
            sentence("Somebody has to decide"),
            sentence("Help is needed at the line"),
            sentence("Quality should look at it"),
        ),
        says=sentence("Every open page shows it. The line goes on; put it on hold if it must not."),
    ),
    Step.CAME: Question(sentence("The supervisor is here"), sentence("I am here")),
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
    Step.END: Question(
        sentence("End this order early"),
        sentence("End the order"),
        (
            sentence("The order is wrong"),
            sentence("The rest is not needed"),
            sentence("The label cannot be printed"),
        ),
    ),
    Step.SCAN: Question(
        sentence("Scan the label in doubt"),
        sentence("Read it now"),
        says=sentence(
            "Lay the label before the camera, or have the scanner in your hand. It is judged at"
            " once, like every label."
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
    Step.SCAN_SCRAP: Question(
        sentence("Scan the rejected label into the scrap"),
        sentence("Read it now"),
        says=sentence(
            "Lay the rejected label before the camera, or have the scanner in your hand. When it"
            " was read, destroy it."
        ),
    ),
    Step.SCRAPPED: Question(
        sentence("The rejected label was scrapped"),
        sentence("Scrapped"),
        (
            sentence("Found in the reject bin, destroyed"),
            sentence("Found on the line, destroyed"),
            sentence("Cut through and put into the scrap"),
        ),
        two_people=True,
    ),
    Step.REPRINT: Question(
        sentence("Print this serial again"),
        sentence("Print it again"),
        (
            sentence("The label was damaged in printing"),
            sentence("The code could not be read"),
            sentence("The label is lost"),
        ),
        says=sentence("The next label that is printed carries this serial. Both stay recorded."),
        two_people=True,
    ),
    Step.SAMPLE: Question(
        sentence("A good label was kept as a sample"),
        sentence("Kept as a sample"),
        (sentence("Retained sample"), sentence("Sample for the laboratory")),
        asks_number=True,
    ),
    Step.WITHDRAWN: Question(
        sentence("A good label was taken out and destroyed"),
        sentence("Taken out and destroyed"),
        (
            sentence("Damaged after it was accepted"),
            sentence("Spoilt when it was put on"),
        ),
        two_people=True,
        asks_number=True,
    ),
    Step.USE: Question(
        sentence("Label stock that became no label of the order"),
        sentence("Write it down"),
        (
            sentence("Roll was changed"),
            sentence("Printer was set up"),
            sentence("Taken out by hand, destroyed"),
        ),
        asks_stock=True,
    ),
    Step.CLOSE: Question(
        sentence("Close this order"),
        sentence("Close the order"),
        says=sentence("Every label is accounted for. Afterwards nothing about the order changes."),
    ),
    Step.CLOSE_UNBALANCED: Question(
        sentence("Close this order although it does not balance"),
        sentence("Close it all the same"),
        says=sentence("It stays marked as not balanced for ever, with both names and the reason."),
        two_people=True,
        justified=True,
    ),
    Step.PROVE: Question(
        sentence("Check the scanner"),
        sentence("Scan the card now"),
        says=sentence(
            "Have the challenge card in your hand. Press the button, and scan the square code on"
            " the card. Everything on it has to arrive unchanged."
        ),
    ),
    Step.CHALLENGE: Question(
        sentence("Make the challenge"),
        sentence("Make the bad labels now"),
        says=sentence(
            "One bad label after the other is printed, marked CHALLENGE, and each of them has to be"
            " rejected for the right reason. The gate rejects all of them. Afterwards count and"
            " destroy them."
        ),
    ),
    Step.INTERRUPT: Question(
        sentence("Stop the challenge"),
        sentence("Stop it"),
        (
            sentence("Reject bin is full"),
            sentence("Something looks wrong"),
            sentence("Break or change of shift"),
        ),
        says=sentence("It is then neither passed nor missed, and has to be made again."),
    ),
    Step.CLEAR: Question(
        sentence("Let all labels of this order go that are on hold"),
        sentence("Let them go"),
        (
            sentence("Every one of them was inspected again, and is good"),
            sentence("All that are not good were destroyed before"),
        ),
        says=sentence(
            "A challenge after these labels was not passed. Whatever was not inspected again may"
            " be wrong."
        ),
        two_people=True,
    ),
    Step.CLEAR_ONE: Question(
        sentence("Let one label go that is on hold"),
        sentence("Let it go"),
        (sentence("It was inspected again, and is good"),),
        two_people=True,
        asks_number=True,
    ),
    Step.CLEARANCE: Question(
        sentence("Line clearance"),
        sentence("The line is clear"),
        (sentence("Cleared before this order"), sentence("Cleared after a change of product")),
        says=sentence(
            "One person clears the line, another one verifies it. The station cancels what the"
            " printer has left, reads its odometer, and looks whether its place is empty."
        ),
        two_people=True,
        asks_clear=True,
    ),
    Step.RELEASE: Question(
        sentence("Label release"),
        sentence("The label is the right one"),
        (sentence("Compared with the order: it agrees"),),
        says=sentence("This is the first label of the order. Compare every text and every code."),
        pictured=True,
        refusable=True,
    ),
    Step.RESIDENT_LABELS: Question(
        sentence("The resident representative agrees to the labels"),
        sentence("I agree to the labels"),
        (sentence("Compared with the registration: it agrees"),),
        pictured=True,
        refusable=True,
    ),
    Step.FIRST_ARTICLE: Question(
        sentence("First article"),
        sentence("The first labels are good"),
        (
            sentence("Text, codes and print agree with the picture"),
            sentence("Measured with a verifier as well: good"),
        ),
        says=sentence(
            "Both people look at the first labels. If they are refused they are put on hold, and"
            " the next ones are looked at again."
        ),
        two_people=True,
        pictured=True,
        refusable=True,
    ),
    Step.REVIEW: Question(
        sentence("Review this order"),
        sentence("Reviewed: it is complete and right"),
        (sentence("Reviewed label by label: nothing against it"),),
        says=sentence("Signed is how the order was closed, and the record up to now."),
        refusable=True,
    ),
    Step.RESIDENT_BATCH: Question(
        sentence("The resident representative agrees to the order"),
        sentence("I agree to the order"),
        (sentence("Made and labelled as the quality agreement asks"),),
        says=sentence("Signed is how the order was closed, and the record up to now."),
        refusable=True,
    ),
    Step.PRODUCTION_RELEASE: Question(
        sentence("Production release"),
        sentence("Release it from production"),
        (sentence("Everything that production asks for is there"),),
        says=sentence("Signed is how the order was closed, and the record up to now."),
        refusable=True,
    ),
    Step.MARKET_RELEASE: Question(
        sentence("Market release"),
        sentence("Release it to the market"),
        (sentence("Everything that the registrant asks for is there"),),
        says=sentence("Signed is how the order was closed, and the record up to now."),
        refusable=True,
    ),
    Step.SCRAP: Question(
        sentence("Scrap this label"),
        sentence("Decide: scrap"),
        (
            sentence("The label is bad; its cause is found and removed"),
            sentence("Expected while the printer was set up"),
            sentence("The data are wrong: quality was told"),
        ),
        says=sentence(
            "Its serial is burnt: nothing is printed with it again. The label still has to be"
            " scanned into the scrap."
        ),
        two_people=True,
        disposes=Disposition.SCRAP,
    ),
    Step.SCRAP_REPRINT: Question(
        sentence("Scrap this label, and print its serial again"),
        sentence("Decide: scrap and reprint"),
        (
            sentence("The label is bad; its cause is found and removed"),
            sentence("The code could not be read"),
            sentence("The label was damaged in printing"),
        ),
        says=sentence(
            "First the label is scanned into the scrap. Then two people let its serial be printed"
            " again."
        ),
        two_people=True,
        disposes=Disposition.REPRINT,
    ),
    Step.CONCESSION: Question(
        sentence("Use this label as it is"),
        sentence("Decide: use as is"),
        (
            sentence("A blemish beside the text and the codes"),
            sentence("Measured with a verifier: the grade is good enough"),
        ),
        says=sentence(
            "Its data were read as they were meant, only its print was rejected. From here on it is"
            " a good label, and its record says for ever that it passed by concession."
        ),
        two_people=True,
        disposes=Disposition.CONCESSION,
    ),
    Step.RETURN: Question(
        sentence("Return the blank stock to its supplier"),
        sentence("Decide: return to supplier"),
        (
            sentence("The labels are wrinkled or soiled"),
            sentence("The ribbon does not hold on them"),
            sentence("The labels are cut askew"),
        ),
        says=sentence(
            "Only blank stock goes back. The printed label still has to be scanned into the scrap."
        ),
        two_people=True,
        disposes=Disposition.RETURN,
    ),
    Step.REINSPECT: Question(
        sentence("Look at this label with a second reader"),
        sentence("Decide by what was scanned"),
        (
            sentence("It reads at once: the camera did not see it well"),
            sentence("It was smudged and was cleaned"),
        ),
        says=sentence(
            "Scan every code of the label with another reader, which sends the AIM identifier. If"
            " it reads what was meant, the label passes; if not, it is scrapped. Both readings are"
            " kept."
        ),
        two_people=True,
        disposes=Disposition.REINSPECT,
    ),
    Step.APPROVE_DESIGN: Question(
        sentence("Let labels be printed from this design?"),
        sentence("Approve it"),
        (
            sentence("Looked at side by side: it is right"),
            sentence("First design, checked against its specification"),
        ),
        says=sentence(
            "Whoever approves is not its author. Approved is exactly the file whose picture is"
            " shown; whatever is changed in it later is a draft again."
        ),
        two_people=True,
        authored=True,
    ),
    Step.RETIRE_DESIGN: Question(
        sentence("Let nothing be printed from this design any more?"),
        sentence("Retire it"),
        (
            sentence("Replaced by another revision"),
            sentence("The product is not made any more"),
            sentence("The design is wrong"),
        ),
        says=sentence("It is retired for ever. An order that prints from it stops."),
    ),
    Step.BASELINE: Question(
        sentence("Vouch for these settings as validated?"),
        sentence("They are validated"),
        (
            sentence("Installation and operation were qualified with them"),
            sentence("The change was assessed: nothing has to be qualified again"),
        ),
        says=sentence(
            "From here on every setting, design and product that differs from this one is shown."
        ),
        two_people=True,
    ),
}

CHANGED = sentence("Labels or ribbon changed")
"""Whoever lets the line go on with this reason says that a first article is due again."""

LOOKS = frozenset({Step.SCAN, Step.SCAN_SCRAP, Step.PROVE})
"""Answered only when the label was read, which a person may have to do first."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A form as it was filled in."""

    person: str
    reason: str = ""
    order: str = ""
    witness: str = ""
    number: int = 0
    """Of the label; for a resume, the event that stopped the line when the page was drawn."""

    kind: Stock | None = None
    count: int = 0
    confirmed: tuple[str, ...] = ()
    refused: bool = False
    disposal: Disposal = NOTHING_SAID
    subject: Subject = NO_SUBJECT


def request_for(step: Step, answers: Answers) -> Request:
    """The request a form stands for. Raises Refused with everything that is missing in it."""
    request = _request(step, answers)
    found = (*problems_of(request, by=answers.person), *_missing(step, answers))
    refuse(dict.fromkeys(found))
    return request


_OUTCOMES: Mapping[Step, Outcome] = {
    Step.DESTROYED: LabelState.DESTROYED,
    Step.WITHDRAWN: LabelState.DESTROYED,
    Step.NOT_PRINTED: LabelState.NOT_PRINTED,
    Step.RELEASED: LabelState.RELEASED,
    Step.SCRAPPED: LabelState.VOIDED,
    Step.SAMPLE: LabelState.SAMPLE,
}
"""What people say became of a label."""

_MAKERS: Mapping[Step, Callable[["Answers"], Request]] = {
    Step.START: lambda given: Start(given.order),
    Step.CALL: lambda given: Call(given.reason),
    Step.CAME: lambda _: Came(),
    Step.HOLD: lambda given: Hold(given.reason),
    Step.RESUME: lambda given: Resume(
        given.reason,
        given.number,
        changed=any(given.reason == say(CHANGED, each) for each in LANGUAGES),
    ),
    Step.END: lambda given: End(given.order, given.reason),
    Step.SCAN: lambda given: Look(given.order, given.number),
    Step.SCAN_SCRAP: lambda given: Look(given.order, given.number),
    Step.REPRINT: lambda given: Reprint(given.order, given.number, given.reason, given.witness),
    Step.USE: lambda given: Use(given.order, given.kind or Stock.BLANK, given.count, given.reason),
    Step.CLOSE: lambda given: Close(given.order),
    Step.CLOSE_UNBALANCED: lambda given: Close(given.order, given.reason, given.witness),
    Step.PROVE: lambda _: Prove(),
    Step.CHALLENGE: lambda given: Challenge(given.order),
    Step.INTERRUPT: lambda given: Interrupt(given.reason),
    Step.CLEAR: lambda given: Clear(given.order, 0, given.reason, given.witness),
    Step.APPROVE_DESIGN: lambda given: Approve(
        given.subject.template,
        given.subject.revision,
        given.subject.digest,
        given.witness,
        given.reason,
    ),
    Step.RETIRE_DESIGN: lambda given: Retire(
        given.subject.template, given.subject.revision, given.reason
    ),
    Step.BASELINE: lambda given: ApproveBaseline(given.subject.digest, given.reason, given.witness),
    Step.CLEAR_ONE: lambda given: Clear(
        given.order, given.number or -1, given.reason, given.witness
    ),
}


_SIGNED = frozenset(each.value for each in PERSONAL)
"""Names of the steps of an order that are signed with a form."""


def _request(step: Step, given: Answers) -> Request:
    if step.value in _SIGNED:
        return TakeStep(
            given.order,
            OrderStep(step.value),
            given.reason,
            given.witness,
            passed=not given.refused,
            confirmed=",".join(given.confirmed),
        )
    disposition = QUESTIONS[step].disposes
    if disposition:
        return given.disposal.request_for(
            given.order, given.number, disposition, reason=given.reason, witness=given.witness
        )
    if step in _OUTCOMES:
        return Settle(given.order, given.number, _OUTCOMES[step], given.reason, given.witness)
    return _MAKERS[step](given)


def _missing(step: Step, answers: Answers) -> Iterator[Problem]:
    """What the form asks for besides what every request needs."""
    question = QUESTIONS[step]
    if question.two_people and answers.person:
        yield from _second_person(answers)
    if question.justified and not answers.reason:
        yield problem("Write why it is closed although it does not balance.")
    if question.asks_stock and answers.kind is None:
        yield problem("Say what kind of label stock it was.")


def _second_person(answers: Answers) -> Iterator[Problem]:
    try:
        check_second_person(answers.person, answers.witness)
    except Refused as refused:
        yield from refused.problems
