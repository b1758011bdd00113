"""The page of backups: which were made, whether they came back whole, and what is overdue.

What it tells comes from the journal alone: a share that hangs never holds a page.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station.core.events import BackupMade, JournalRestored
from station.records.journal import read_only
from station.records.trail import Trail
from station.web.pages import Pages

ROWS = 30

LATE = 2
"""After so many times as long as it should take from one good backup to the next, it is overdue."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the configuration asks for."""

    folder: str = ""
    """Empty where no backups are made by the clock."""

    every_hours: int = 0


UNPLANNED = Plan()


@dataclass(frozen=True, slots=True)
class Made:
    seq: int
    at: datetime
    event: BackupMade


@dataclass(frozen=True, slots=True)
class Restored:
    seq: int
    at: datetime
    actor: str
    event: JournalRestored


@dataclass(frozen=True, slots=True)
class Safety:
    """How things stand with what is kept elsewhere."""

    plan: Plan
    made: tuple[Made, ...]
    """Newest first."""

    good: Made | None
    """The last one that came back whole."""

    since: int
    """Events that are in no good backup."""

    restored: tuple[Restored, ...]
    overdue: bool

    @property
    def failed(self) -> bool:
        """Whether the last one failed."""
        return bool(self.made) and not self.made[0].event.good


def safety_of(trail: Trail, plan: Plan, *, now: datetime) -> Safety:
    made = tuple(
        Made(each.seq, each.at, each.event)
        for each in trail.newest("BackupMade", rows=ROWS)
        if isinstance(each.event, BackupMade)
    )
    restored = tuple(
        Restored(each.seq, each.at, each.actor, each.event)
        for each in trail.newest("JournalRestored", rows=ROWS)
        if isinstance(each.event, JournalRestored)
    )
    good = next((each for each in made if each.event.good), None)
    covered = good.event.seq if good else 0
    return Safety(
        plan=plan,
        made=made,
        good=good,
        since=max(trail.end - covered, 0),
        restored=restored,
        overdue=_overdue(plan, good, now=now),
    )


def _overdue(plan: Plan, good: Made | None, *, now: datetime) -> bool:
    if not plan.folder:
        return False
    return good is None or now - good.at > LATE * timedelta(hours=plan.every_hours)


class BackupPages:
    def __init__(self, *, folder: Path, plan: Plan, pages: Pages) -> None:
        """`folder` holds the journal."""
        self._folder = folder
        self._plan = plan
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality/backups", self.page)

    def page(self, request: Request) -> HTMLResponse:
        with closing(read_only(self._folder)) as db:
            safety = safety_of(Trail(db), self._plan, now=datetime.now(UTC))
        return self._pages.page(request, "quality/backups.html", safety=safety, late=LATE)
