"""The first page of quality: six fields of proof, and in each of them what needs attention."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station import wording
from station.core.challenge import Result
from station.core.problem import Problem, problem
from station.language import sentence
from station.line.specimen import Press
from station.records.baselines import BaselineRecords
from station.records.chain import Chain, chain_of
from station.records.challenges import Challenges
from station.records.journal import read_only
from station.records.query import Records
from station.records.templates import Templates
from station.records.trail import Trail
from station.web.pages import Pages
from station.web.quality.backups import Plan, Safety, safety_of
from station.web.quality.configuration import SetUp, set_up_of
from station.web.quality.designs import waiting
from station.web.quality.trail import Heads

Level = Literal["good", "look", "wrong"]

SHAPES: dict[Level, tuple[str, str, str]] = {
    "good": ("released", "✓", sentence("in order")),
    "look": ("in-doubt", "!", sentence("needs attention")),
    "wrong": ("rejected", "✗", sentence("WRONG")),
}
"""Colour, shape and word."""

NAMES = {
    "audit": sentence("Audit trail"),
    "proof": sentence("Studies and challenges"),
    "designs": sentence("Designs and catalogue"),
    "configuration": sentence("Configuration"),
    "backups": sentence("Backups"),
    "exports": sentence("Exports"),
}
"""In the order of the page, by the end of their address."""


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    level: Level
    told: tuple[Problem, ...]
    """What there is to see to, or that there is nothing."""


class OverviewPages:
    def __init__(
        self,
        *,
        folder: Path,
        heads: Heads,
        press: Callable[[], Press] | None,
        set_up: str,
        plan: Plan,
        pages: Pages,
    ) -> None:
        """`folder` holds the journal; the others are what the pages of each field have."""
        self._folder = folder
        self._heads = heads
        self._press = press
        self._set_up = set_up
        self._plan = plan
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality", self.page)

    def page(self, request: Request) -> HTMLResponse:
        language = self._pages.language(request)
        heads = self._heads()
        with closing(read_only(self._folder)) as db:
            cards = (
                _audit(chain_of(db, heads)),
                _proof(Challenges(db)),
                self._designs(Templates(db)),
                _configuration(set_up_of(BaselineRecords(db), self._set_up)),
                _backups(safety_of(Trail(db), self._plan, now=datetime.now(UTC))),
                _exports(Records(db).closed()),
            )
        return self._pages.page(
            request,
            "quality/overview.html",
            cards=cards,
            names=NAMES,
            shapes=SHAPES,
            told=lambda each: wording.told(each, language),
        )

    def _designs(self, templates: Templates) -> Card:
        count = waiting(self._press(), templates.approvals()) if self._press else 0
        if count:
            found = problem("Designs that wait for two people: {count}.", count=count)
            return Card("designs", "look", (found,))
        return Card("designs", "good", (problem("No design waits for two people."),))


def _audit(chain: Chain) -> Card:
    found = [problem("The journal has {count} events.", count=chain.head.seq)]
    if chain.broken:
        found.append(
            problem("The journal was changed or is damaged at event {seq}.", seq=chain.broken)
        )
    found += chain.problems
    if not chain.good:
        return Card("audit", "wrong", tuple(found))
    if not chain.signed:
        found.append(problem("No head of the journal was signed."))
        return Card("audit", "look", tuple(found))
    return Card("audit", "good", tuple(found))


def _proof(history: Challenges) -> Card:
    last = next(iter(history.newest(before=2**63 - 1, rows=1)), None)
    held = sum(each.count for each in history.on_hold())
    found = list(_of_challenges(last.result if last else None, held, made=last is not None))
    missed = last is not None and last.result == Result.MISSED
    level: Level = "wrong" if missed or held else "good" if last else "look"
    return Card("proof", level, tuple(found))


def _of_challenges(result: Result | None, held: int, *, made: bool) -> Iterator[Problem]:
    if not made:
        yield problem("No challenge was made here yet.")
    elif result == Result.PASSED:
        yield problem("The last challenge was passed.")
    elif result == Result.MISSED:
        yield problem("The last challenge was MISSED.")
    else:
        yield problem("The last challenge came to no result.")
    if held:
        yield problem("Labels on hold: {count}.", count=held)


def _configuration(found: SetUp) -> Card:
    if found.baseline is None:
        none = problem("Nobody has vouched for the settings as validated.")
        return Card("configuration", "look", (none,))
    if found.changes:
        differ = problem(
            "Settings that differ from the validated ones: {count}.", count=len(found.changes)
        )
        return Card("configuration", "look", (differ,))
    return Card("configuration", "good", (problem("Everything is as it was validated."),))


def _backups(safety: Safety) -> Card:
    if safety.failed:
        failed = problem("The last backup failed: {why}", why=safety.made[0].event.detail)
        return Card("backups", "wrong", (failed,))
    if safety.overdue:
        return Card("backups", "look", (problem("A good backup is overdue."),))
    if not safety.plan.folder:
        return Card("backups", "look", (problem("No backups by the clock are configured."),))
    covered = problem("Events in no good backup: {count}.", count=safety.since)
    return Card("backups", "good", (covered,))


def _exports(closed: int) -> Card:
    return Card("exports", "good", (problem("Orders closed: {count}.", count=closed),))
