"""What a person at the line reads when it stands still: what happened, what that means for the
labels, what to do next. Never a dead end.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.interface import Condition
from station import wording
from station.core.judge import Code
from station.language import say, sentence
from station.line.board import FaultShown

_ANY_DEVICE = sentence("device")


@dataclass(frozen=True, slots=True)
class Advice:
    """Three sentences; "{device}" stands for the device that failed."""

    happened: str
    labels: str
    next: str

    def told(self, language: str, *, device: str = "") -> "Advice":
        """The same in the language of whoever reads it."""
        name = wording.device(device, language) if device else say(_ANY_DEVICE, language)
        return Advice(
            say(self.happened, language, device=name),
            say(self.labels, language, device=name),
            say(self.next, language, device=name),
        )


_IN_HAND = sentence(
    "If a label was in hand it is in doubt. Every label accepted before stays accepted."
)
_LAST_IN_DOUBT = sentence(
    "The last label may be incomplete: if it was in hand it is in doubt. Earlier ones are good."
)

FAULTS: Mapping[str, Advice] = {
    Condition.UNREACHABLE: Advice(
        sentence("The {device} cannot be reached."),
        _IN_HAND,
        sentence("Check the power and the cable of the {device}, then press Resume."),
    ),
    Condition.SILENT: Advice(
        sentence("The {device} does not answer."),
        _IN_HAND,
        sentence("Look at the {device}. If it is stuck, switch it off and on, then press Resume."),
    ),
    Condition.GARBLED: Advice(
        sentence("The {device} sends something that cannot be understood."),
        _IN_HAND,
        sentence("Check that the right {device} is plugged in, then press Resume. Call maintenance"
                 " if it comes back."),
    ),
    Condition.PAPER_OUT: Advice(
        sentence("The printer has run out of labels."),
        _LAST_IN_DOUBT,
        sentence("Load a roll of the label stock of this order, close the head, press Resume."),
    ),
    Condition.RIBBON_OUT: Advice(
        sentence("The printer has run out of ribbon."),
        _LAST_IN_DOUBT,
        sentence("Load a new ribbon, close the head, press Resume."),
    ),
    Condition.HEAD_OPEN: Advice(
        sentence("The print head is open."),
        _LAST_IN_DOUBT,
        sentence("Check that the labels lie straight, close the head, press Resume."),
    ),
    Condition.PAUSED: Advice(
        sentence("The printer is paused."),
        _IN_HAND,
        sentence("Press PAUSE on the printer so that its light goes out, then press Resume here."),
    ),
    Condition.BUFFER_FULL: Advice(
        sentence("The printer's memory is full of jobs."),
        _IN_HAND,
        sentence("Switch the printer off and on, which empties it. Destroy what comes out by"
                 " itself. Then press Resume."),
    ),
    Condition.OVER_TEMPERATURE: Advice(
        sentence("The print head is too hot."),
        _IN_HAND,
        sentence("Let the printer cool down with its head closed, then press Resume."),
    ),
    Condition.UNDER_TEMPERATURE: Advice(
        sentence("The print head is too cold."),
        _IN_HAND,
        sentence("Let the printer warm up, then press Resume."),
    ),
    Condition.CORRUPT_MEMORY: Advice(
        sentence("The printer has lost what was stored in its memory."),
        _LAST_IN_DOUBT,
        sentence("Switch the printer off and on, then press Resume. The station loads everything"
                 " again."),
    ),
    Condition.PARTIAL_FORMAT: Advice(
        sentence("The printer holds half a label."),
        sentence("A label may still come out by itself. The one in hand is in doubt."),
        sentence("Switch the printer off and on. Destroy what comes out by itself. Then press"
                 " Resume."),
    ),
    Condition.JOB_LEFT: Advice(
        sentence("The printer still has work from before."),
        sentence("Labels may come out that this order did not ask for. They must not be used."),
        sentence("Switch the printer off and on. Destroy what comes out by itself. Then press"
                 " Resume."),
    ),
    Condition.LABEL_LEFT: Advice(
        sentence("A label lies in front of the reader that should not be there."),
        sentence("Nobody knows which order it belongs to, so it must not be used."),
        sentence("Take it away and destroy it, then press Resume."),
    ),
    Condition.LABEL_WAITING: Advice(
        sentence("A printed label waits to be taken from the printer."),
        _IN_HAND,
        sentence("Take the label off the printer, then press Resume."),
    ),
    Condition.PRINTER_ERROR: Advice(
        sentence("The printer reports an error of its own."),
        _LAST_IN_DOUBT,
        sentence("Read the printer's display and call maintenance. When it is ready, press"
                 " Resume."),
    ),
    Condition.OTHER_RESOLUTION: Advice(
        sentence("This is not the printer the labels were made for: its print head is another"
                 " one."),
        sentence("Nothing was printed on it. Every label would have the wrong size."),
        sentence("Connect the right printer, or call maintenance. Then press Resume."),
    ),
    Condition.SETTING_REFUSED: Advice(
        sentence("The {device} does not take a setting that it needs."),
        _IN_HAND,
        sentence("Call maintenance: the settings of the {device} have to be looked at. Then press"
                 " Resume."),
    ),
    Condition.UNEXPLAINED_LABELS: Advice(
        sentence("The printer counts labels that this station did not print."),
        sentence("Labels may lie about that nobody has checked. They must not be used."),
        sentence("Look at the printer and on the line for extra labels, and destroy them with a"
                 " second person. Then press Resume."),
    ),
    Condition.IN_USE: Advice(
        sentence("Somebody else is connected to the {device}."),
        sentence("Two stations on one device would mix their labels, so nothing is printed here."),
        sentence("Stop the other station or program that uses the {device}, then press Resume."),
    ),
    Condition.STALE_PICTURE: Advice(
        sentence("The camera sends old pictures."),
        sentence("The label in hand was not seen, so it is in doubt. No label was accepted from an"
                 " old picture."),
        sentence("Unplug the camera, plug it in again, then press Resume."),
    ),
    Condition.FROZEN_PICTURE: Advice(
        sentence("The camera shows the same picture again and again."),
        sentence("The label in hand was not seen, so it is in doubt. No label was accepted from an"
                 " old picture."),
        sentence("Unplug the camera, plug it in again, then press Resume."),
    ),
    Condition.BLACK_PICTURE: Advice(
        sentence("The camera's picture is black."),
        _IN_HAND,
        sentence("Check the light and the lens cap of the camera, then press Resume."),
    ),
    Condition.BLOWN_OUT_PICTURE: Advice(
        sentence("The camera's picture is far too bright."),
        _IN_HAND,
        sentence("Keep sun and lamps off the place of the label, then press Resume. Call"
                 " maintenance if it comes back."),
    ),
    Condition.BLURRED_PICTURE: Advice(
        sentence("The camera's picture is out of focus."),
        _IN_HAND,
        sentence("Wipe the lens and check that the camera has not moved, then press Resume. Call"
                 " maintenance if it comes back."),
    ),
    Condition.LIGHT_CHANGED: Advice(
        sentence("The light is not as it was when this label was calibrated."),
        _IN_HAND,
        sentence("Look at the lamp and wipe the lens, then press Resume. If the light has to stay"
                 " as it is, let quality calibrate the label again."),
    ),
    Condition.SEEING_FAILED: Advice(
        sentence("The station could not look at a picture of the camera."),
        sentence("The label in hand was not judged, so it is in doubt. The picture is kept."),
        sentence("Deal with the label in hand as shown here, then press Resume. Call maintenance if"
                 " it comes back."),
    ),
    Condition.WRONG_SIZE: Advice(
        sentence("The camera sends pictures of another size than it did before."),
        _IN_HAND,
        sentence("Call maintenance: the camera's settings have changed. Then press Resume."),
    ),
    Condition.SCANNER_CHANGES_DATA: Advice(
        sentence("The scanner changes what it reads."),
        sentence("Nothing it read is believed. Every label accepted before stays accepted."),
        sentence("Call maintenance: the scanner's settings have to be made again and the challenge"
                 " card scanned. Then press Resume."),
    ),
    Condition.GATE_NOT_AT_REST: Advice(
        sentence("The reject gate is not in its rest position."),
        sentence("The last label may lie in the gate. It must not be used before it is found."),
        sentence("Look into the gate and free it, then press Resume."),
    ),
    Condition.GATE_NOT_CONFIRMED: Advice(
        sentence("Nothing saw the rejected label fall into the bin."),
        sentence("The rejected label may lie among the good ones. It must not be used."),
        sentence("Find the rejected label and put it into the reject bin, then press Resume."),
    ),
    Condition.DISK_FULL: Advice(
        sentence("The disk is nearly full."),
        sentence("Printing stopped before a record could be lost. Every label so far is recorded."),
        sentence("Call maintenance to make room on the disk, then press Resume."),
    ),
    Condition.CLOCK: Advice(
        sentence("The clock of the station is wrong, or somebody has set it."),
        sentence("Dates on labels come from the order, but every record carries the time. Nothing"
                 " is printed until the time is right."),
        sentence("Look at the date and time of the station. If they are wrong, call maintenance."
                 " When they are right, press Resume."),
    ),
    Condition.HEAD_NOT_KEPT: Advice(
        sentence("The records cannot be signed in their second place."),
        sentence("Every label so far is recorded here. Nothing more is printed, because nobody"
                 " could prove that these records are whole."),
        sentence("Call maintenance: the second place has to be connected and have room. Then press"
                 " Resume."),
    ),
}  # fmt: skip

_UNKNOWN_FAULT = Advice(
    sentence("The {device} cannot work."),
    _IN_HAND,
    sentence("Look at the {device} and call maintenance. When it is ready, press Resume."),
)

_ASK_SUPERVISOR = sentence("Tell the supervisor. When the cause is known, press Resume.")
_SETTLE = sentence("Look for the label at the printer and on the line, then say what became of it.")
_REMAINS = sentence("Every label so far has its verdict. Nothing is printed while the line holds.")

_ALL_ON_WEB = sentence(
    "Every label between the printer and the camera is in doubt."
    " None of them may be used before it is read again."
)
_SETTLE_ALL = sentence(
    "Take the labels off the web and scan them one by one. What is not found is"
    " settled with a second person."
)

HOLDS: Mapping[str, Advice] = {
    "operator": Advice(
        sentence("Somebody put the line on hold."),
        _REMAINS,
        sentence("When the reason is gone, press Resume."),
    ),
    "rejects": Advice(
        sentence("Several labels in a row were rejected."),
        sentence("The rejected labels must not be used. The accepted ones are not affected."),
        _ASK_SUPERVISOR,
    ),
    "take-away": Advice(
        sentence("A label was rejected, and nothing but a person can take it away."),
        sentence("The rejected label must not be used."),
        sentence("Put the rejected label into the reject bin, then press Resume."),
    ),
    "fault": Advice(
        sentence("The machine failed, and the fault has been cleared."),
        _REMAINS,
        sentence("Check the line, then press Resume."),
    ),
    "restart": Advice(
        sentence("The station was restarted in the middle of this order."),
        sentence("A label that was in hand is in doubt. No label is printed twice."),
        sentence("Check that no label lies at the printer, then press Resume."),
    ),
    "reprint": Advice(
        sentence("All serials were printed once, and some have no good label yet."),
        sentence("The labels that failed must not be used. Their serials are printed again only by"
                 " two people's leave."),
        sentence("Scan or destroy each label that failed, and let its serial be printed again on"
                 " the page of the order. Then press Resume."),
    ),
    "template": Advice(
        sentence("The next label cannot be laid out."),
        sentence("Nothing was sent to the printer for it. Every label so far has its verdict."),
        sentence("Tell the supervisor: the template or the catalogue has to be looked at."),
    ),
    "workflow": Advice(
        sentence("People sign before the first label of this order is printed."),
        sentence("Nothing of this order was printed yet."),
        sentence("Take one step after the other with the big button. When no step is missing any"
                 " more, press Resume."),
    ),
    "first-article": Advice(
        sentence("The first labels are made and wait for two people."),
        sentence("The machine accepted them. They are good when both people say so too."),
        sentence("Compare them with the picture, sign together, then press Resume."),
    ),
    "challenge": Advice(
        sentence("A challenge is due: bad labels have to be made, and each of them rejected."),
        _REMAINS,
        sentence("Press Make the challenge. The gate rejects every specimen. Afterwards count and"
                 " destroy them, and press Resume."),
    ),
    "challenge-passed": Advice(
        sentence("The challenge was passed: every bad label was rejected for its own reason."),
        sentence("The specimens lie with the rejected labels. They must not be used."),
        sentence("Count the specimens, cut them through and put them into the scrap. Then press"
                 " Resume."),
    ),
    "challenge-missed": Advice(
        sentence("A bad label was not rejected for the right reason."),
        sentence("Every label let pass since the last passed challenge is on hold. None of them may"
                 " be used before two people have inspected it again."),
        sentence("Tell the supervisor and quality. When the cause is found, make the challenge"
                 " again."),
    ),
    Code.LOST: Advice(
        sentence("A label is missing between the printer and the camera."), _ALL_ON_WEB, _SETTLE_ALL
    ),
    Code.DOUBLED: Advice(
        sentence("A label came twice between the printer and the camera."), _ALL_ON_WEB, _SETTLE_ALL
    ),
    Code.SWAPPED: Advice(
        sentence("The labels came to the camera in another order than they were printed."),
        _ALL_ON_WEB,
        _SETTLE_ALL,
    ),
    Code.NONE: Advice(sentence("No label came into view after printing."), _IN_HAND, _SETTLE),
    Code.LATE: Advice(sentence("The label came into view too late."), _IN_HAND, _SETTLE),
    Code.EXTRA: Advice(
        sentence("More labels came into view than were printed."), _IN_HAND, _SETTLE
    ),
}  # fmt: skip

_UNKNOWN_HOLD = Advice(sentence("The line is on hold."), _REMAINS, _ASK_SUPERVISOR)

_NEVER_JUDGED = sentence("A label was sent to the printer and never judged.")
_MAY_EXIST = sentence("It may exist or not. It must not be used unless it is read and accepted.")

IN_DOUBT = Advice(
    _NEVER_JUDGED,
    _MAY_EXIST,
    sentence(
        "Look for the label at the printer and on the line. Found: scan it. Not found: look"
        " again with a second person, then say what became of it."
    ),
)

IN_DOUBT_ALIKE = Advice(
    _NEVER_JUDGED,
    sentence(
        "It looks like every label of its lot, so reading it proves nothing. It must not be used."
    ),
    sentence(
        "Look for the label at the printer and on the line, destroy it, and let a second"
        " person confirm it."
    ),
)

UNRELEASED = Advice(
    sentence("A label was accepted, and nobody saw it pass the gate."),
    sentence("It is good. It may lie with the good labels, at the gate, or in the reject bin."),
    sentence("Look for the label and say with a second person where it was. If it cannot be used"
             " any more, destroy it."),
)  # fmt: skip


def for_fault(fault: FaultShown, language: str) -> tuple[Advice, ...]:
    """What to read about each condition of a fault; at least one piece of advice."""
    known = [FAULTS[each] for each in fault.conditions if each in FAULTS] or [_UNKNOWN_FAULT]
    return tuple(each.told(language, device=fault.device) for each in known)


def for_condition(condition: Condition, language: str, *, device: str = "") -> Advice:
    """What to read about one condition, wherever it comes from; without `device` of any."""
    return FAULTS[condition].told(language, device=device)


def known(fault: FaultShown) -> tuple[str, str]:
    """(condition, kind of device) of the first condition that has a page; empty if none has."""
    condition = next((each for each in fault.conditions if each in FAULTS), "")
    return condition, wording.device_kind(fault.device) if condition else ""


def for_doubt(language: str, *, serial: str, accepted: bool) -> Advice:
    """What to read while a label waits for a person; `accepted`: all but the gate is known."""
    if accepted:
        return UNRELEASED.told(language)
    return (IN_DOUBT if serial else IN_DOUBT_ALIKE).told(language)


def for_hold(cause: str, language: str) -> Advice:
    """What to read while an order is held."""
    return HOLDS.get(cause, _UNKNOWN_HOLD).told(language)
