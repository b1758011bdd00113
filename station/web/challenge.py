"""The page of the challenge: whether one is due, how the last one went, what is on hold for it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station import wording
from station.core.challenge import Schedule, next_due, told
from station.core.state import OrderState
from station.line.board import Board, Mode
from station.line.challenge import words
from station.records.challenges import Challenge, Challenges
from station.records.evidence import Evidence
from station.records.journal import read_only
from station.web.challenge_report import report
from station.web.pages import Pages


class ChallengePages:
    def __init__(
        self,
        *,
        board: Board,
        folder: Path,
        evidence: Evidence,
        schedule: Schedule,
        station_name: str,
        pages: Pages,
    ) -> None:
        """`folder` holds the journal."""
        self._board = board
        self._folder = folder
        self._evidence = evidence
        self._schedule = schedule
        self._station_name = station_name
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/challenge", self.page)
        self.router.add_api_route("/challenge/report.html", self.report)

    def page(self, request: Request) -> HTMLResponse:
        snapshot = self._board.snapshot
        language = self._pages.language(request)
        with closing(read_only(self._folder)) as db:
            history = Challenges(db)
            last, on_hold = history.last(), history.on_hold()
            following = self._next(history, snapshot.order.order.id) if snapshot.order else None
        held = snapshot.order is not None and snapshot.order.state == OrderState.HELD
        return self._pages.page(
            request,
            "challenge.html",
            snapshot=snapshot,
            startable=held and snapshot.mode == Mode.HELD and snapshot.challenging is None,
            why=wording.told(snapshot.challenge, language) if snapshot.challenge else "",
            following=following,
            last=last,
            left_out=tuple(_left_out(last, language)) if last else (),
            on_hold=on_hold,
            told=told,
            words=words,
        )

    def report(self, request: Request) -> Response:
        """The last one as a file that stands by itself, to be printed and signed."""
        with closing(read_only(self._folder)) as db:
            last = Challenges(db).last()
        if last is None or last.ended is None:
            raise HTTPException(404)
        html = report(
            last,
            station=self._station_name,
            language=self._pages.language(request),
            evidence=self._evidence,
        )
        name = f"challenge-{last.started.order}-{last.seq}.html"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(html, media_type="text/html; charset=utf-8", headers=headers)

    def _next(self, history: Challenges, order: str) -> datetime | None:
        facts = history.facts(order, finishing=False, now=datetime.now(UTC))
        return next_due(self._schedule, facts)


def _left_out(last: Challenge, language: str) -> Iterator[tuple[str, str]]:
    """(family, why) of what did not apply."""
    for each in last.started.left_out:
        yield words.family(each.family, language), wording.told(each.why, language)
