"""What must hold at every moment, whatever the station has just lived through."""

from enum import StrEnum


class Invariant(StrEnum):
    """Each violation is a sentence that begins with one of these."""

    READABLE = "the journal can be read"
    DURABLE = "an event that was written is there for ever"
    CHAIN = "the chain of hashes verifies"
    STEPS = "no step is skipped"
    OPEN = "no label is printed while another one, a fault or a restart waits for a person"
    ISSUED = "a label on paper was issued before"
    ONCE = "a serial is issued again only with authority, when its label is gone"
    GOOD = "a serial has one good label at most"
    WITNESS = "two people vouch for what nobody can look up"
    ACCOUNTED = "a label on paper is not said to be none"
    PASSED = "a label that passed the gate was accepted before"
    TWINS = "a label the printer made twice does not pass"
    EXISTS = "an accepted label is on paper"
    TABLES = "the tables follow from the events"
    PICTURE = "a picture or design that the journal names is kept"
    BALANCE = "an order that is over balances"


def said(invariant: Invariant, what: str) -> str:
    """A violation.

    >>> said(Invariant.CHAIN, "event 7 does not follow from what is before it")
    'the chain of hashes verifies: event 7 does not follow from what is before it'
    """
    return f"{invariant}: {what}"
