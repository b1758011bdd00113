"""Operation: good labels are accepted, and bad ones of every family rejected for what they are."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from station.app import local_today
from station.config import ChallengeConfig, ReaderConfig
from station.core.challenge import FAMILIES, Family, Kind
from station.core.events import ChallengeSpecimen
from station.core.problem import Problem, problem
from station.core.state import LabelState, OrderState
from station.line.board import Challenge, Mode
from station.qualification.check import Check, Finding, judged, not_applicable
from station.qualification.requirements import Need
from station.qualification.trial import (
    READ_SECONDS,
    Ground,
    audited,
    serialised,
    states_of,
    trial,
    tried,
    unless,
)
from station.records.challenges import Challenge as Challenged
from station.records.challenges import Challenges
from station.records.journal import read_only

_IMPLANT = """\
id: OQ-A
product: SPECIMEN-BP-8
level: unit
quantity: 2
lot: "{made:%y%m%d}A1"
production_date: {made}
sterilisation_lot: "S{made:%y%m%d}"
serials: {{prefix: CN, start: "010001"}}
template: implant-contract
revision: "1"
"""
"""Every identifier there is, in one matrix symbol."""

_CARTON = """\
id: OQ-B
product: A型
level: outer
quantity: 2
lot: "{made:%y%m%d}A1"
production_date: {made}
serials: {{first: "000001", last: "000002"}}
internal: A1
template: outer-carton-gs1-128
revision: "1"
"""
"""Linear symbols, two of them."""

NEEDS = {
    Kind.DATA: Need.IDENTITY,
    Kind.SYMBOL: Need.SYMBOLS,
    Kind.TEXT: Need.TEXT,
    Kind.PRINT: Need.PRINT,
}
_QUANTITY = 3


def _good(ground: Ground) -> Finding:
    """Three labels, from the order file to the closed order, and an audit of what was written."""
    with trial(ground) as line:
        line.put("OQ-1", serialised("OQ-1", quantity=_QUANTITY))
        line.finished("OQ-1")
        line.close("OQ-1")
        states = [each.state for each in line.labels("OQ-1")]
        passed = line.passed()
        row = line.records.order("OQ-1")
    wrong = (
        *unless(states == [LabelState.RELEASED] * _QUANTITY, states_of(states)),
        *unless(passed == _QUANTITY, problem("{count} labels passed the gate.", count=passed)),
        *unless(
            row is not None and row.state == OrderState.CLOSED,
            problem("The order is {got}.", got=row.state if row else "–"),
        ),
        *audited(ground.folder / "data").problems,
    )
    return tried(
        ground, wrong,
        problem("{count} labels printed, read back, accepted and let pass; the order balances.",
                count=passed),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """An order whose labels are challenged."""

    order: str
    text: str
    template: str
    compared: bool
    """Whether the print is compared; the carton is larger than what the simulated camera sees
    sharply enough for that.
    """


LOADS = (
    Load("OQ-A", _IMPLANT, "implant-contract", compared=True),
    Load("OQ-B", _CARTON, "outer-carton-gs1-128", compared=False),
)


@cache
def challenged(shared: Path, font: Path) -> Future[tuple[Challenged, ...]]:
    """Two orders whose labels carry everything there is, challenged with every family; done once,
    also where it fails.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="challenge") as thread:
        return thread.submit(
            lambda: tuple(
                _challenged(Ground(shared / each.order, font, shared), each) for each in LOADS
            )
        )


def _challenged(ground: Ground, load: Load) -> Challenged:
    """At the end of the order, so that there is a good label to make a second time."""
    made = local_today() - timedelta(days=2)
    reader = ReaderConfig(seconds=READ_SECONDS, compare=load.compared)
    asked = ChallengeConfig(at_end=True)
    with trial(ground, approved=(load.template,), reader=reader, challenge=asked) as line:
        line.put(load.order, load.text.format(made=made))
        line.held("challenge")
        line.ask(Challenge(load.order))
        line.until(
            lambda seen: seen.mode == Mode.HELD and seen.challenging is None, what="challenged"
        )
        with closing(read_only(line.config.data)) as db:
            found = Challenges(db).last(order=load.order)
    assert found, "it was asked for and has ended"
    return found


def _family(family: Family) -> Callable[[Ground], Finding]:
    """What came of the specimens of one family, in both orders."""

    def look(ground: Ground) -> Finding:
        both = challenged(ground.shared, ground.font).result()
        specimens = tuple(
            each for found in both for each in found.specimens if each.family == family.name
        )
        if not specimens:
            why = {each.family: each.why for found in both for each in found.started.left_out}
            return not_applicable(why[family.name])
        return judged(
            (_missed(each) for each in specimens if not each.caught),
            *map(_caught, specimens),
            evidence="\n".join(each.model_dump_json() for each in specimens).encode(),
        )

    return look


def _missed(specimen: ChallengeSpecimen) -> Problem:
    return problem("Found on the bad label: {codes}.", codes=_codes(specimen) or "–")


def _caught(specimen: ChallengeSpecimen) -> Problem:
    return problem("Rejected for: {codes}.", codes=_codes(specimen))


def _codes(specimen: ChallengeSpecimen) -> str:
    return ", ".join(dict.fromkeys(each.code for each in specimen.reasons))


def _of_family(family: Family) -> Check[Ground]:
    return Check(
        f"OQ-20.{family.name}",
        (NEEDS[family.kind], Need.CHALLENGE),
        problem("Make a bad label on purpose: {family}.", family=family.name),
        problem(
            "It is rejected for one of these: {codes}.", codes=", ".join(sorted(family.expected))
        ),
        _family(family),
    )


CHECKS: tuple[Check[Ground], ...] = (
    Check(
        "OQ-01", (Need.READ_BACK, Need.GATE, Need.RECONCILED),
        problem("Print an order of three good labels on the simulated bench, and close it."),
        problem("Each is read back, accepted, recorded and let pass; the order balances."),
        _good,
    ),
    *map(_of_family, FAMILIES),
)  # fmt: skip
