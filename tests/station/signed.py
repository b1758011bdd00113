"""A whole station on the simulated bench whose orders have steps that people sign."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from station.app import Station
from station.config import WorkflowConfig
from station.core.workflow import Cleared, Step
from station.line.board import Resume, TakeStep
from station.records.journal import read_only
from station.records.steps import How, OrderSteps
from tests.station.challenged import running

ALL_CLEARED = ",".join(Cleared)

EVERYTHING = WorkflowConfig(
    clearance=True,
    release=True,
    first_article=1,
    review=True,
    production_release=True,
    market_release=True,
    resident=True,
)

PEOPLE: Mapping[Step, tuple[str, str]] = {
    Step.CLEARANCE: ("王芳", "李强"),
    Step.RELEASE: ("张敏", ""),
    Step.FIRST_ARTICLE: ("王芳", "李强"),
    Step.REVIEW: ("张敏", ""),
    Step.PRODUCTION_RELEASE: ("赵质量", ""),
    Step.MARKET_RELEASE: ("钱注册", ""),
}
"""Who takes each step, and who is the second person."""


@contextmanager
def signed_station(
    folder: Path, workflow: WorkflowConfig = EVERYTHING, *, challenged: bool = False
) -> Iterator[Station]:
    """`challenged`: at the start of an order and at its end."""
    settings = {"workflow": workflow}
    with running(folder, devices=settings, at_start=challenged, at_end=challenged) as station:
        yield station


def take(
    station: Station,
    step: Step,
    *,
    order: str = "C-1",
    by: str = "",
    witness: str | None = None,
    passed: bool = True,
    confirmed: str = ALL_CLEARED,
) -> None:
    """Raises Refused."""
    usual = PEOPLE.get(step, ("王芳", ""))
    request = TakeStep(
        order, step, "looked at", usual[1] if witness is None else witness, passed, confirmed
    )
    station.board.ask(request, actor=by or usual[0]).result(timeout=60.0)


def go_on(station: Station, *, changed: bool = False) -> None:
    """Raises Refused."""
    resume = Resume("checked", station.board.snapshot.stop, changed=changed)
    station.board.ask(resume, actor="王芳").result(timeout=60.0)


def how(station: Station, order: str = "C-1") -> dict[Step, How]:
    found = OrderSteps(read_only(station.config.data)).shown(order)
    return {each.step: each.how for each in found}
