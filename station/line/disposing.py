"""What two people decide about a rejected label, and the proof that they may.

Whoever decides is not the one who ran the line when it was found, and somebody else stands by it.
The first decision stays: a second supervisor is told who was first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from drivers.interface import Symbol
from station.core.events import LabelDisposed, LabelIssued, LabelJudged, SymbolRead
from station.core.nonconformance import (
    PASSING,
    Disposition,
    Found,
    capa_problems,
    confirmed,
    dispositions,
    objections,
    unread,
)
from station.core.person import same
from station.core.problem import Problem, Refused, problem, refuse
from station.core.state import GONE, OrderState
from station.line.board import Dispose
from station.line.scanned import joined, scanned
from station.records.dispositions import Dispositions, Undecided
from station.records.journal import Journal
from station.records.query import LabelRow, OrderRow, Records

_STANDING = frozenset({OrderState.HELD, OrderState.FINISHED, OrderState.ENDED})


@dataclass(frozen=True, slots=True)
class Case:
    """A nonconformance with everything that a decision about it rests on."""

    found: Found
    undecided: Undecided
    issued: LabelIssued
    judged: LabelJudged | None
    carriers: tuple[str, ...]
    """AIM identifiers of the symbols on the label."""


class Disposer:
    """Needs no device, so it serves a station that stands still as well."""

    def __init__(self, *, journal: Journal, records: Records) -> None:
        self._journal = journal
        self._records = records
        self._dispositions = Dispositions(journal.db)

    def dispose(self, request: Dispose, row: OrderRow, label: LabelRow, *, actor: str) -> None:
        """Record a decision about a label of an order that is not closed. Raises Refused."""
        case = case_of(self._dispositions, self._records, row, label)
        refuse(
            (
                *_of_people(case, request, actor),
                *objections(request.disposition, case.found),
                *capa_problems(request.capa),
                *_of_proof(request, case),
            )
        )
        symbols = _second_reading(request)
        self._journal.append(
            LabelDisposed(
                order=request.order,
                number=request.number,
                found=case.undecided.seq,
                disposition=request.disposition,
                requirement=request.requirement.strip(),
                containment=request.containment.strip(),
                evaluation=request.reason.strip(),
                witness=request.witness.strip(),
                capa=request.capa.strip(),
                supply=request.supply.strip(),
                reader=request.reader.strip(),
                symbols=tuple(
                    SymbolRead(identifier=each.identifier, data=each.data.hex(), engine="second")
                    for each in symbols
                ),
                passed=_passes(request.disposition, case, symbols),
            ),
            actor=actor,
        )


def case_of(dispositions: Dispositions, records: Records, row: OrderRow, label: LabelRow) -> Case:
    """Of a label's latest nonconformance. Raises Refused where there is none to decide about."""
    order = row.order.id
    undecided = dispositions.undecided(order, label.number)
    issued, judged = dispositions.life(order, label.number)
    if undecided is None or issued is None:
        raise Refused(
            problem("Nothing was found on label {number} of order {order}.", number=label.number,
                    order=order)
        )  # fmt: skip
    if undecided.decided:
        raise Refused(
            problem(
                "It was decided already: {disposition}, by {by} on {at}. The first decision stays.",
                disposition=undecided.decided.disposition,
                by=undecided.decided.people,
                at=undecided.decided.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            )
        )
    meant = bytes.fromhex(issued.data)
    read = judged.symbols if judged else ()
    found = Found(
        state=label.state,
        codes=undecided.codes,
        serial=label.serial,
        identified=bool(meant) and meant in _whole(_symbols(read)),
        spare=_spare(records, row, label),
        again=row.order.reprint == "same",
    )
    return Case(found, undecided, issued, judged, _carriers(row))


def allowed(case: Case) -> tuple[Disposition, ...]:
    return dispositions(case.found)


def _of_people(case: Case, request: Dispose, actor: str) -> Iterator[Problem]:
    """Whoever ran the line does not decide what becomes of what came out of it."""
    operator = case.undecided.operator
    if operator and same(operator, actor):
        yield problem(
            "{name} ran the line when it was found: somebody else decides about it.",
            name=operator,
        )
    if request.disposition in PASSING and operator and same(operator, request.witness):
        yield problem(
            "{name} ran the line when it was found, and cannot be the second person who lets it"
            " pass.",
            name=operator,
        )


def _of_proof(request: Dispose, case: Case) -> Iterator[Problem]:
    if request.disposition == Disposition.RETURN and not request.supply.strip():
        yield problem("Name the roll or the lot of the blank stock that goes back.", where="supply")
    if request.disposition != Disposition.REINSPECT:
        return
    if not request.reader.strip():
        yield problem("Name the second reader by make, model and serial number.", where="reader")
    if not request.read.strip():
        yield problem("Scan every code of the label with the second reader.", where="read")
    elif any(not each.identifier for each in _second_reading(request)):
        yield problem(
            "The second reader has to send the AIM identifier before the data, such as ]d2: without"
            " it nobody knows which code was read.",
            where="read",
        )
    else:
        yield from _unscanned(request, case)


def _unscanned(request: Dispose, case: Case) -> Iterator[Problem]:
    """Half a second reading decides nothing, neither for the label nor against it."""
    missing = _missing(case) - {each.identifier for each in _second_reading(request)}
    if missing:
        yield problem(
            "The second reader has to read {missing} as well, which the first one did not.",
            where="read",
            missing=", ".join(sorted(missing)),
        )


def _missing(case: Case) -> frozenset[str]:
    return unread(case.judged.reasons if case.judged else (), case.carriers)


def _second_reading(request: Dispose) -> tuple[Symbol, ...]:
    """The scans one after the other. A blank cannot be in the data of a label; a separator can."""
    if request.disposition != Disposition.REINSPECT:
        return ()
    return tuple(scanned(each).symbol for each in re.split("[ \n]", request.read) if each)


def _passes(wanted: Disposition, case: Case, second: tuple[Symbol, ...]) -> bool:
    if wanted == Disposition.CONCESSION:
        return True
    if wanted != Disposition.REINSPECT:
        return False
    return confirmed(
        (each.identifier for each in second),
        _whole(second),
        meant=bytes.fromhex(case.issued.data),
        missing=_missing(case),
    )


def _spare(records: Records, row: OrderRow, label: LabelRow) -> bool:
    """No other paper with its serial can be on a device, and one more good label has its place."""
    others = [
        each
        for each in records.labels(row.order.id)
        if each.serial == label.serial and each.number != label.number
    ]
    balance = row.balance
    return (
        row.state in _STANDING
        and balance.released + balance.open < balance.quantity
        and not any(each.state not in GONE for each in others)
    )


def _carriers(row: OrderRow) -> tuple[str, ...]:
    return row.recipe.carriers if row.recipe else ()


def _symbols(read: tuple[SymbolRead, ...]) -> tuple[Symbol, ...]:
    """What cannot be understood any more was not read."""
    found = []
    for each in read:
        try:
            found.append(Symbol(each.identifier, bytes.fromhex(each.data), each.engine))
        except ValueError:
            continue
    return tuple(found)


def _whole(symbols: tuple[Symbol, ...]) -> frozenset[bytes]:
    return frozenset(each.data for each in joined(symbols))
