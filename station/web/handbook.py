"""What the help pages say: the daily work of each role in pictures, and the conditions by device.

Pictures are drawings without a word in them, so one serves every language; they are SVG files
in static/help, named after what they show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.interface import Condition
from station.language import sentence


class Role(StrEnum):
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    QUALITY = "quality"
    ADMIN = "admin"


ROLES: Mapping[Role, str] = {
    Role.OPERATOR: sentence("Operator"),
    Role.SUPERVISOR: sentence("Supervisor"),
    Role.QUALITY: sentence("Quality"),
    Role.ADMIN: sentence("Administrator"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of the daily work."""

    picture: str
    """Name of a file in static/help."""

    title: str
    says: str
    """One to three sentences."""

    link: str = ""
    """Page where it is done; empty where it is done at the machine or on the command line."""

    command: str = ""
    """What is typed; empty where nothing is."""


WORK: Mapping[Role, tuple[Work, ...]] = {
    Role.OPERATOR: (
        Work("roll", sentence("Clear the line"), sentence(
            "Take away every label and ribbon end of the order before, also under the printer. Load"
            " the label stock of this order and close the head. The reject bin is empty.")),
        Work("order", sentence("Start the order"), sentence(
            "Compare product, lot and quantity on the page with your papers. If the order does not"
            " start by itself, press Start."), link="/"),
        Work("signs", sentence("Watch the sign"), sentence(
            "Green with a tick: the label is good. Red with a cross: it is rejected. Yellow with a"
            " question mark: nobody knows yet. What is shown counts, not how the label looks.")),
        Work("reject", sentence("Leave rejects in the bin"), sentence(
            "A rejected label goes into the reject bin and never back to the good ones. Where there"
            " is no gate you put it there yourself, then press Resume.")),
        Work("doubt", sentence("A label in doubt"), sentence(
            "Look for it at the printer and on the line. Found: scan it. Not found: look again with"
            " a second person, then say what became of it."), link="/"),
        Work("fault", sentence("When the line stands still"), sentence(
            "The page says what happened, what that means for the labels, and what to do. Do that,"
            " then press Resume. Never press it without having looked."), link="/help/faults"),
        Work("challenge", sentence("The challenge"), sentence(
            "Bad labels are made on purpose, and each has to be rejected. Afterwards count them,"
            " cut them through, and put them into the scrap."), link="/challenge"),
        Work("never", sentence("What never happens"), sentence(
            "No label is copied, written on or printed elsewhere. No rejected label goes on a"
            " device. When in doubt, hold the line and call the supervisor.")),
    ),
    Role.SUPERVISOR: (
        Work("log", sentence("Look at what was rejected"), sentence(
            "The reject log shows each reject with its picture and its reason. Several of one kind"
            " have one cause: find it before you press Resume."), link="/rejects"),
        Work("two-people", sentence("Be the second person"), sentence(
            "Where nothing but a word stands for what became of a label, two people give it. Go and"
            " look yourself before you give your name.")),
        Work("reprint", sentence("Let a serial be printed again"), sentence(
            "Only where the order allows it, and only when the first label was scanned into the"
            " scrap or is destroyed. It is done on the page of the order."), link="/orders"),
        Work("trend", sentence("Follow the print quality"), sentence(
            "A line that moves tells of a dirty head or a worn ribbon before a label is rejected."
            " Clean the head, change the ribbon, and look again."), link="/trends"),
        Work("challenge", sentence("See that challenges are passed"), sentence(
            "A missed one puts every label made since the last passed one on hold. Find the cause"
            " with quality; two people inspect the labels and let them go."), link="/challenge"),
        Work("close", sentence("Reconcile and close"), sentence(
            "Every label that was issued is accepted, rejected, settled or a sample, and the"
            " printer has counted as many. Then close the order. What does not balance is closed by"
            " two people who say why."), link="/orders"),
    ),
    Role.QUALITY: (
        Work("proof", sentence("Approve designs"), sentence(
            "Look at a proof on screen and on paper, then approve the design with its author."
            " Nothing is printed from a design that two people have not approved as it is."),
            command="labelstation template proof · template approve"),
        Work("calibrate", sentence("Calibrate a design"), sentence(
            "Good labels of the design are printed and measured under this camera, and its limits"
            " follow. Again after another camera, lens or light."),
            command="labelstation calibrate"),
        Work("log", sentence("Decide about nonconformances"), sentence(
            "Each reject and each label in doubt is in the log, with what was expected, what was"
            " read, and the picture. It can be downloaded as a table."), link="/rejects"),
        Work("challenge", sentence("Read the challenge report"), sentence(
            "It shows each bad label, what had to be found and what was found, with pictures and"
            " places for two signatures."), link="/challenge"),
        Work("trace", sentence("Trace a label"), sentence(
            "From a serial, a lot or a scanned code to the label, its picture, its verdict and the"
            " people. Type or scan it into the search field at the top."), link="/trace"),
        Work("audit", sentence("Audit the records"), sentence(
            "The audit reads every event, table, picture and signature, here or from a copy on a"
            " machine of your own. Compare the key with the fingerprint you keep."),
            command="labelstation audit · key show"),
        Work("export", sentence("Hand an order over"), sentence(
            "A closed order becomes a folder that is complete by itself and can be checked without"
            " a station."), command="labelstation order export · order verify"),
        Work("protocol", sentence("Qualify the station"), sentence(
            "After an installation, an upgrade or a change, the checks are made by themselves and"
            " written down, requirement by requirement, for two signatures."),
            command="labelstation qualify"),
    ),
    Role.ADMIN: (
        Work("install", sentence("Install and upgrade"), sentence(
            "The commands are printed before they are performed. An upgrade backs up first, and"
            " says how to go back."), command="labelstation install --upgrade"),
        Work("station", sentence("Check the configuration"), sentence(
            "Everything that would keep the station from starting is told at once, with the setting"
            " it is about."), command="labelstation config check --devices"),
        Work("devices", sentence("Set up the devices"), sentence(
            "Find what is plugged in, aim and focus the camera, and prove the scanner with its"
            " challenge card."), command="labelstation devices · camera aim · scanner card"),
        Work("backup", sentence("Keep backups"), sentence(
            "They are made by the clock, on another disk, and each is restored for trial. Look at"
            " the notice on the page: a backup that failed is told there."),
            command="labelstation backup · restore"),
        Work("key", sentence("Keep the second place apart"), sentence(
            "Signed heads of the records lie on another machine, the key on this one. Neither is"
            " ever put beside the other."), command="labelstation key show · key rotate"),
        Work("clock", sentence("Keep the clock right"), sentence(
            "A time source steers it. Nobody sets it by hand while labels are made: the line would"
            " stop.")),
        Work("protocol", sentence("Qualify after each change"), sentence(
            "Let the checks of the installation run again, and hand the protocol to quality."),
            command="labelstation qualify --iq"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of one kind of device."""

    picture: str
    title: str
    conditions: tuple[Condition, ...]


GROUPS = (
    Group("printer", sentence("Printer"), (
        Condition.PAPER_OUT, Condition.RIBBON_OUT, Condition.HEAD_OPEN, Condition.PAUSED,
        Condition.BUFFER_FULL, Condition.OVER_TEMPERATURE, Condition.UNDER_TEMPERATURE,
        Condition.CORRUPT_MEMORY, Condition.PARTIAL_FORMAT, Condition.JOB_LEFT,
        Condition.LABEL_WAITING, Condition.PRINTER_ERROR, Condition.OTHER_RESOLUTION,
        Condition.UNEXPLAINED_LABELS,
    )),
    Group("camera", sentence("Camera"), (
        Condition.STALE_PICTURE, Condition.FROZEN_PICTURE, Condition.BLACK_PICTURE,
        Condition.BLOWN_OUT_PICTURE, Condition.BLURRED_PICTURE, Condition.LIGHT_CHANGED,
        Condition.WRONG_SIZE, Condition.SEEING_FAILED, Condition.LABEL_LEFT,
    )),
    Group("scanner", sentence("Scanner"), (Condition.SCANNER_CHANGES_DATA,)),
    Group("gate", sentence("Reject gate"), (
        Condition.GATE_NOT_AT_REST, Condition.GATE_NOT_CONFIRMED,
    )),
    Group("station", sentence("Station"), (
        Condition.DISK_FULL, Condition.CLOCK, Condition.HEAD_NOT_KEPT,
    )),
    Group("devices", sentence("Any device"), (
        Condition.UNREACHABLE, Condition.SILENT, Condition.GARBLED, Condition.SETTING_REFUSED,
        Condition.IN_USE,
    )),
)  # fmt: skip
"""Each condition once."""


PICTURED = ("printer", "camera", "scanner", "gate")
"""Devices with a drawing of their own."""


def group_of(condition: Condition) -> Group:
    return next(each for each in GROUPS if condition in each.conditions)
