"""The restore drill: a backup is good when it was brought back and found whole, not before."""

from contextlib import closing
from pathlib import Path

from station.core.problem import Problem, problem
from station.records import database
from station.records.audit.audit import State, audit
from station.records.query import Records


def drill(journal: Path, *, signed: Path, evidence: Path) -> tuple[Problem, ...]:
    """What is wrong with a restored journal; nothing if it is whole.

    `signed` is its file of signed heads, `evidence` the folder of its pictures. Raises Refused
    when it is no journal at all.
    """
    report = audit(journal, heads=signed if signed.exists() else None, evidence=evidence)
    unfinished = (
        problem("The audit could not be finished: {check}.", check=each.name)
        for each in report.checks
        if each.state == State.UNFINISHED and not each.problems
    )
    return (*_unsigned(journal, signed), *report.problems, *unfinished)


def _unsigned(journal: Path, signed: Path) -> tuple[Problem, ...]:
    with closing(database.reader(journal)) as db:
        if signed.exists() or not Records(db).signed_before():
            return ()
    return (problem("This journal was signed, but there are no signed heads with it."),)
