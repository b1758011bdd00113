r"""What people type with a request: names, reasons, numbers. Bounded and on one line, wherever they
typed it, so that nothing a page or a command hands on can hurt the records.

>>> from station.line.board import Hold, Look
>>> list(problems_of(Hold("the reject bin is full"), by="王芳"))
[]
>>> for each in problems_of(Look("WO-1", -1), by="a\nb"):
...     print(each)
A name is at most 60 letters on one line, got 3.
Expected the number of a label, got -1.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict

from station.core.problem import Problem, problem
from station.line.board import Request

LONGEST_NAME = 60
LONGEST_REASON = 200
LONGEST_JUSTIFICATION = 1000

LARGEST_NUMBER = 2**63 - 1
"""What the records can hold."""


def problems_of(request: Request, *, by: str) -> Iterator[Problem]:
    """Everything about the words of a request that cannot be recorded."""
    yield from _person(by)
    for field, value in asdict(request).items():
        if field in _CHECKS:
            yield from _CHECKS[field](value)


def problems_of_name(name: str) -> Iterator[Problem]:
    """The same for what is done without a reason."""
    yield from _person(name)


def problems_of_words(*, by: str, reason: str) -> Iterator[Problem]:
    """The same for what is done without a request: who does it, and why."""
    yield from _person(by)
    yield from _reason(reason)


def _person(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield problem("Say who you are: a name is written down with everything a person does.")
    yield from _name(name)


def _name(name: str) -> Iterator[Problem]:
    if len(name) > LONGEST_NAME or not name.isprintable():
        yield problem(
            "A name is at most {most} letters on one line, got {got}.",
            most=LONGEST_NAME,
            got=len(name),
        )


def _reason(reason: str) -> Iterator[Problem]:
    if not reason.strip():
        yield problem("Say why: touch one of the reasons, or write one.")
    yield from _short(reason, most=LONGEST_REASON)


def _justification(text: str) -> Iterator[Problem]:
    yield from _short(text, most=LONGEST_JUSTIFICATION)


def _short(text: str, *, most: int) -> Iterator[Problem]:
    if len(text) > most or not text.isprintable():
        yield problem(
            "A reason is at most {most} letters on one line, got {got}.", most=most, got=len(text)
        )


def _order(order: str) -> Iterator[Problem]:
    if not order.isprintable():
        yield problem("There is no order {id!r}.", id=order[:60])


def _number(number: int) -> Iterator[Problem]:
    if not 0 <= number <= LARGEST_NUMBER:
        yield problem("Expected the number of a label, got {got}.", got=str(number)[:40])


def _design(name: str) -> Iterator[Problem]:
    if len(name) > LONGEST_REASON or not name.isprintable():
        yield problem("There is no template {name!r}.", name=name[:60])


def _digest(text: str) -> Iterator[Problem]:
    if not re.fullmatch("[0-9a-f]{64}", text):
        yield problem("Expected the SHA-256 of a design, 64 hexadecimal digits.")


def _verifier(text: str) -> Iterator[Problem]:
    if not text.strip() or len(text) > LONGEST_NAME or not text.isprintable():
        yield problem(
            "Name the verifier by make, model and serial number, on one line of at most {most}"
            " letters; got {got}.",
            most=LONGEST_NAME,
            got=len(text),
        )


def _requirement(text: str) -> Iterator[Problem]:
    if not text.strip():
        yield problem("Say which requirement was violated.", where="requirement")
    yield from _short(text, most=LONGEST_REASON)


def _containment(text: str) -> Iterator[Problem]:
    if not text.strip():
        yield problem("Say what was done so that nothing else is affected.", where="containment")
    yield from _short(text, most=LONGEST_REASON)


def _words(text: str) -> Iterator[Problem]:
    yield from _short(text, most=LONGEST_REASON)


def _scans(text: str) -> Iterator[Problem]:
    """A separator inside a code arrives as the control character GS, the next code on a line."""
    plain = text.replace("\x1d", "").replace("\n", "")
    if len(text) > LONGEST_JUSTIFICATION or not plain.isprintable():
        yield problem(
            "What was scanned is at most {most} characters that can be printed, got {got}.",
            most=LONGEST_JUSTIFICATION,
            got=len(text),
            where="read",
        )


_CHECKS: dict[str, Callable[..., Iterator[Problem]]] = {
    "witness": _name,
    "reason": _reason,
    "justification": _justification,
    "order": _order,
    "number": _number,
    "author": _name,
    "template": _design,
    "revision": _design,
    "digest": _digest,
    "verifier": _verifier,
    "requirement": _requirement,
    "containment": _containment,
    "capa": _words,
    "supply": _words,
    "reader": _words,
    "read": _scans,
}
"""By the field of a request that carries it."""
