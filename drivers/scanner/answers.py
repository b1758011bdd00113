r"""What a scanner is sent so that the hand that scanned hears what became of the label.

>>> ANSWERS[Profile.HONEYWELL].good
b'\x1b7,'

Only the sounds are used. What a lamp's colour means differs from model to model, and one that is
left on says of the next label what was true of the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.scanner.ssi import HIGH, TWO_LOW, beep


class Profile(StrEnum):
    NONE = "none"
    """Any scanner on a line; it is told nothing."""

    HONEYWELL = "honeywell"
    """With Host ACK on it waits for an answer after every scan, up to ten seconds."""

    ZEBRA_SSI = "zebra-ssi"
    """Set up for SSI with packeted decode data (parameter 238) and ACK/NAK (parameter 159)."""

    DATALOGIC = "datalogic"
    """Host commands have to be obeyed, transmission without an acknowledgement from the host."""


@dataclass(frozen=True, slots=True)
class Answers:
    good: bytes = b""
    bad: bytes = b""
    go_on: bytes = b""
    """Neither: more of the same label is to be scanned. Empty where a scanner does not wait."""


ANSWERS: Mapping[Profile, Answers] = {
    Profile.NONE: Answers(),
    # User's guides of the 1900 and 8680i, "Host ACK": 7 good read, 8 razz, 1 a short green light;
    # the comma ends an answer.
    Profile.HONEYWELL: Answers(b"\x1b7,", b"\x1b8,", b"\x1b1,"),
    # SSI Programmer's Guide, BEEP.
    Profile.ZEBRA_SSI: Answers(beep(HIGH).encode(), beep(TWO_LOW).encode()),
    # Gryphon and QuickScan reference guides, "Message formatting": DC2 begins a message that is
    # no acknowledgement, CR ends it; 3 is the good-read tone, 4 the bad one.
    Profile.DATALOGIC: Answers(b"\x12\x1b[3q\r", b"\x12\x1b[4q\r"),
}
