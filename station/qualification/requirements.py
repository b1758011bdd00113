"""What a station has to do, requirement by requirement, and which clause asks for it.

The identifiers stand in every signed protocol and in docs/traceability.md, where each requirement
has its features, its tests and its checks; a number is never given twice.

>>> BY_ID["URS-11"].clauses[0]
'21 CFR 820.45(c)'

Clauses are pointers for whoever answers for regulation; the official text counts. 21 CFR 820 is
quoted as amended by the Quality Management System Regulation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from station.language import sentence


class Need(StrEnum):
    """A requirement, by what it is about."""

    ONE_SOURCE = "URS-01"
    CODES = "URS-02"
    PROFILES = "URS-03"
    NO_COMMANDS = "URS-04"
    SERIALS = "URS-05"
    APPROVED = "URS-06"
    UNCHANGED = "URS-07"
    READ_BACK = "URS-11"
    IDENTITY = "URS-12"
    SYMBOLS = "URS-13"
    TEXT = "URS-14"
    PRINT = "URS-15"
    GATE = "URS-16"
    CHALLENGE = "URS-17"
    CALIBRATED = "URS-18"
    FAULT = "URS-21"
    IN_DOUBT = "URS-22"
    NOT_TWICE = "URS-23"
    STALE = "URS-24"
    ESCALATION = "URS-25"
    PEOPLE_STOP = "URS-26"
    SUPPLIES = "URS-27"
    STEPS = "URS-31"
    TWO_PEOPLE = "URS-32"
    NONCONFORMANCE = "URS-33"
    REPRINT = "URS-34"
    RECONCILED = "URS-35"
    TRACE = "URS-36"
    JOURNAL = "URS-41"
    TAMPERING = "URS-42"
    DURABLE = "URS-43"
    SIGNED = "URS-44"
    BACKUP = "URS-45"
    EXPORT = "URS-46"
    EVIDENCE = "URS-47"
    TIME = "URS-48"
    ACCESS = "URS-51"
    LANGUAGE = "URS-52"
    NO_DEAD_END = "URS-53"
    SIGNATURES = "URS-54"
    DECIDED = "URS-55"
    BATCH = "URS-56"
    MACHINES = "URS-57"
    INSTALLED = "URS-61"
    CONFIGURED = "URS-62"
    DEVICES = "URS-63"
    SERVICE = "URS-64"
    VALIDATED = "URS-65"


@dataclass(frozen=True, slots=True)
class Requirement:
    id: Need
    says: str
    """One sentence."""

    clauses: tuple[str, ...]


def _of(need: Need, says: str, *clauses: str) -> Requirement:
    return Requirement(need, says, clauses)


REQUIREMENTS = (
    # What is printed
    _of(
        Need.ONE_SOURCE,
        sentence(
            "A label is made of the work order, the catalogue and an approved design, and of"
            " nothing else."
        ),
        "21 CFR 820.45(a)", "ISO 13485:2016 7.5.1",
    ),
    _of(
        Need.CODES,
        sentence(
            "Codes follow the rules of their issuing system: characters, lengths, check digits,"
            " separators, dates."
        ),
        "21 CFR 830.20", "ISO 13485:2016 7.5.8",
    ),
    _of(
        Need.PROFILES,
        sentence("A label carries everything its market and the house ask for."),
        "21 CFR 801.20", "ISO 13485:2016 7.5.8",
    ),
    _of(
        Need.NO_COMMANDS,
        sentence(
            "Nothing that comes from outside becomes a command of the printer, the pages or the"
            " records."
        ),
        "EU GMP Annex 11 5",
    ),
    _of(
        Need.SERIALS,
        sentence("A serial stands on one good label only, for all time."),
        "ISO 13485:2016 7.5.9", "21 CFR 820.35(c)",
    ),
    _of(
        Need.APPROVED,
        sentence("Only designs that two people have approved as they are can be printed from."),
        "21 CFR 820.45(a)", "21 CFR 820.45(b)", "ISO 13485:2016 4.2.4",
    ),
    _of(
        Need.UNCHANGED,
        sentence("A design, a font or a product that is changed stops the order made with it."),
        "21 CFR 820.45(b)", "EU GMP Annex 11 10",
    ),
    # What is read back
    _of(
        Need.READ_BACK,
        sentence("Every label is read back and judged, and a good one is accepted."),
        "21 CFR 820.45(c)", "ISO 13485:2016 8.2.6",
    ),
    _of(
        Need.IDENTITY,
        sentence("A label with a wrong identifier, lot, date or serial is rejected for that."),
        "21 CFR 820.45(c)", "ISO 13485:2016 8.2.6",
    ),
    _of(
        Need.SYMBOLS,
        sentence("A label whose codes say the right thing in the wrong way is rejected for that."),
        "21 CFR 820.45(c)", "21 CFR 801.40",
    ),
    _of(
        Need.TEXT,
        sentence("A label whose text or drawings are not as approved is rejected."),
        "21 CFR 820.45(c)", "21 CFR 801.40",
    ),
    _of(
        Need.PRINT,
        sentence("A label that is printed badly, cut, blank or doubled is rejected."),
        "21 CFR 820.45(c)", "ISO 13485:2016 7.5.1",
    ),
    _of(
        Need.GATE,
        sentence("No label passes the gate that was not accepted and recorded before."),
        "ISO 13485:2016 8.3.2", "21 CFR 820.45(c)",
    ),
    _of(
        Need.CHALLENGE,
        sentence(
            "Bad labels made on purpose show that they are rejected; where one is missed, what was"
            " made since is held."
        ),
        "ISO 13485:2016 7.6", "ISO 13485:2016 8.3.3",
    ),
    _of(
        Need.CALIBRATED,
        sentence("Limits of what a good label looks like are measured, and hold for one design."),
        "ISO 13485:2016 7.6",
    ),
    # When something goes wrong
    _of(
        Need.FAULT,
        sentence("A fault of a device stops the line until a person clears it."),
        "ISO 13485:2016 7.5.1", "EU GMP Annex 11 13",
    ),
    _of(
        Need.IN_DOUBT,
        sentence(
            "A label that was issued and not judged is in doubt until people say what became of it;"
            " a restart prints nothing."
        ),
        "ISO 13485:2016 8.3.1", "21 CFR 11.10(a)",
    ),
    _of(
        Need.NOT_TWICE,
        sentence("Nothing is printed twice by itself, and labels nobody asked for are noticed."),
        "21 CFR 820.45(c)", "ISO 13485:2016 7.5.9",
    ),
    _of(
        Need.STALE,
        sentence("A picture or a scan from before the print is never taken for the label."),
        "21 CFR 820.45(c)", "EU GMP Annex 11 5",
    ),
    _of(
        Need.ESCALATION,
        sentence("Several rejects in a row hold the line."),
        "ISO 13485:2016 8.3.1",
    ),
    _of(
        Need.PEOPLE_STOP,
        sentence("People can hold the line and end an order at any time."),
        "ISO 13485:2016 7.5.1",
    ),
    _of(
        Need.SUPPLIES,
        sentence("Supplies that run low and print quality that drifts are told in time."),
        "ISO 13485:2016 8.2.5",
    ),
    # Orders and people
    _of(
        Need.STEPS,
        sentence("Only permitted steps can follow each other."),
        "21 CFR 11.10(f)",
    ),
    _of(
        Need.TWO_PEOPLE,
        sentence("Where only a word stands for what happened, two different people give it."),
        "21 CFR 11.10(g)", "EU GMP Annex 11 6",
    ),
    _of(
        Need.NONCONFORMANCE,
        sentence("Every reject and every label in doubt is recorded with its reason and picture."),
        "ISO 13485:2016 8.3.1",
    ),
    _of(
        Need.REPRINT,
        sentence("A serial is printed again only after its first label is shown to be gone."),
        "ISO 13485:2016 8.3.2", "21 CFR 820.45(c)",
    ),
    _of(
        Need.RECONCILED,
        sentence("Every label issued is accounted for before an order closes."),
        "21 CFR 820.45(c)", "21 CFR 211.125(c)",
    ),
    _of(
        Need.TRACE,
        sentence("From a serial, a lot or a code to label, picture, verdict and people."),
        "ISO 13485:2016 7.5.9", "21 CFR 820.35(c)",
    ),
    # Records
    _of(
        Need.JOURNAL,
        sentence("Who did what, when and why is recorded by itself and never overwritten."),
        "21 CFR 11.10(e)", "EU GMP Annex 11 9",
    ),
    _of(
        Need.TAMPERING,
        sentence("A record that was changed, exchanged or cut off is found."),
        "21 CFR 11.10(a)", "21 CFR 11.10(c)",
    ),
    _of(
        Need.DURABLE,
        sentence("What is recorded survives a loss of power."),
        "EU GMP Annex 11 7.1", "ISO 13485:2016 4.2.5",
    ),
    _of(
        Need.SIGNED,
        sentence("The state of the records is signed and kept in a second place."),
        "21 CFR 11.10(c)", "21 CFR 11.70",
    ),
    _of(
        Need.BACKUP,
        sentence("Records are backed up by the clock, and each backup is restored for trial."),
        "EU GMP Annex 11 7.2", "21 CFR 11.10(c)",
    ),
    _of(
        Need.EXPORT,
        sentence("Records can be copied whole, read by people and checked elsewhere."),
        "21 CFR 11.10(b)", "EU GMP Annex 11 8.1", "ISO 13485:2016 4.2.5",
    ),
    _of(
        Need.EVIDENCE,
        sentence("The picture a verdict rests on is kept, and cannot be exchanged unnoticed."),
        "21 CFR 11.10(e)", "ISO 13485:2016 8.2.6",
    ),
    _of(
        Need.TIME,
        sentence("Records carry a time that can be believed, and say how far it can be."),
        "21 CFR 11.10(e)", "EU GMP Annex 11 12.4",
    ),
    # Pages
    _of(
        Need.ACCESS,
        sentence("The pages answer only those who may use them."),
        "21 CFR 11.10(d)", "EU GMP Annex 11 12.1",
    ),
    _of(
        Need.LANGUAGE,
        sentence("People at the line read everything in their language."),
        "ISO 13485:2016 7.5.1", "21 CFR 11.10(i)",
    ),
    _of(
        Need.NO_DEAD_END,
        sentence(
            "Whenever the line stands, it says what happened, what that means for the labels and"
            " what to do."
        ),
        "ISO 13485:2016 7.5.1",
    ),
    _of(
        Need.SIGNATURES,
        sentence(
            "What people vouch for is signed by whoever has just proved who they are, and stands"
            " with exactly what they signed."
        ),
        "21 CFR 11.50", "21 CFR 11.70", "21 CFR 11.200(a)",
    ),
    _of(
        Need.DECIDED,
        sentence(
            "A rejected label passes only by proof or concession, by two people who did not run the"
            " line, decided once."
        ),
        "ISO 13485:2016 8.3.2",
    ),
    _of(
        Need.BATCH,
        sentence("The record of an order is complete, readable, and the same each time."),
        "21 CFR 11.10(b)", "21 CFR 820.35",
    ),
    _of(
        Need.MACHINES,
        sentence(
            "Another system sends a work order once, and sees no more than it was granted."
        ),
        "EU GMP Annex 11 5", "21 CFR 11.10(d)",
    ),
    # The installation
    _of(
        Need.INSTALLED,
        sentence("The program and its libraries are those that were released."),
        "EU GMP Annex 11 4", "ISO 13485:2016 4.1.6",
    ),
    _of(
        Need.CONFIGURED,
        sentence("The configuration is known, without contradictions, and recorded."),
        "EU GMP Annex 11 10", "ISO 13485:2016 7.5.6",
    ),
    _of(
        Need.DEVICES,
        sentence("The devices are those of the configuration, and work."),
        "ISO 13485:2016 6.3", "21 CFR 11.10(h)",
    ),
    _of(
        Need.SERVICE,
        sentence("The station runs by itself, with no more rights than it needs."),
        "EU GMP Annex 11 12.1", "ISO 13485:2016 6.3",
    ),
    _of(
        Need.VALIDATED,
        sentence("What the verification can and cannot see was studied, with intervals."),
        "21 CFR 11.10(a)", "ISO 13485:2016 7.5.6",
    ),
)  # fmt: skip

BY_ID: Mapping[str, Requirement] = MappingProxyType({each.id: each for each in REQUIREMENTS})
