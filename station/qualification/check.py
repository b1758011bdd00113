"""One check of a protocol, and what was found by it.

A check that breaks is a check that has not been passed, whatever broke it; the others are made all
the same. So each is made on a thread of its own, and its failure is a value like any other:

>>> from station.qualification.requirements import Need
>>> broken = Check("XX-1", (Need.READ_BACK,), problem("Look."), problem("It is there."),
...                lambda _: met(problem("{count} found.", count=1 // 0)))
>>> found = made(broken, None)
>>> found.outcome.value, str(found.told[0])
('fail', 'The check broke: ZeroDivisionError: integer division or modulo by zero.')
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from station.core.problem import Problem, Refused, problem
from station.qualification.requirements import Need

Subject = TypeVar("Subject")
"""What is looked at: an installation, or a folder to try a station in."""

LONGEST_WORD = 400
"""Characters of what another program says."""


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - no password, a result
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Finding:
    outcome: Outcome
    told: tuple[Problem, ...]
    """What was found; why, where the check does not apply. At least one."""

    evidence: bytes = b""
    """What the finding rests on, UTF-8; kept beside the protocol. Empty: the sentences say all."""


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    id: str
    """Such as "IQ-04"; kept for ever, so that two protocols can be compared."""

    needs: tuple[Need, ...]
    """The requirements it shows."""

    does: Problem
    expects: Problem
    look: Callable[[Subject], Finding]
    """Raises Refused, DriverError or anything else: the check has then failed."""


def met(*told: Problem, evidence: bytes = b"") -> Finding:
    return Finding(Outcome.PASS, told, evidence)


def missed(*told: Problem, evidence: bytes = b"") -> Finding:
    return Finding(Outcome.FAIL, told, evidence)


def not_applicable(why: Problem) -> Finding:
    return Finding(Outcome.NOT_APPLICABLE, (why,))


def judged(problems: Iterable[Problem], *told: Problem, evidence: bytes = b"") -> Finding:
    """Passed where nothing is wrong; then `told` says what was found."""
    wrong = tuple(problems)
    return missed(*wrong, evidence=evidence) if wrong else met(*told, evidence=evidence)


def made(check: Check[Subject], subject: Subject) -> Finding:
    """What comes of a check. Raises nothing but what ends the program."""
    with ThreadPoolExecutor(1, thread_name_prefix=check.id) as thread:
        looked = thread.submit(check.look, subject)
        broken = looked.exception()
    if broken is None:
        return looked.result()
    if isinstance(broken, Refused):
        return missed(*broken.problems)
    if not isinstance(broken, Exception):
        raise broken
    why = f"{type(broken).__name__}: {broken}"[:LONGEST_WORD]
    return missed(problem("The check broke: {why}.", why=why))
