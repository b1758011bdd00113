"""The admins' page: who may sign in and with which roles, and what is changed about it.

A secret that is typed here is hashed before anybody else sees it; no page ever shows one.
"""

import queue
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station import wording
from station.access.door import FAILURES, Door
from station.access.secret import LEAST_BADGE, secret_problem
from station.core.people import Role
from station.core.problem import Problem, Refused, problem, refuse
from station.line.board import Board, Enrol
from station.line.spoken import problems_of
from station.records.journal import read_only
from station.records.people import People, Person
from station.web.gate import visit_of
from station.web.pages import Pages

ANSWER_SECONDS = 4.0

Text = Annotated[str, Form()]


class Change(StrEnum):
    """What an admin changes about somebody."""

    ADD = "add"
    ROLES = "roles"
    CREDENTIAL = "credential"
    BADGE = "badge"
    RETIRE = "retire"
    UNLOCK = "unlock"


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was filled in; what is secret in it is not shown again."""

    change: Change
    name: str
    reason: str
    roles: tuple[str, ...]


class PeoplePages:
    def __init__(self, *, board: Board, folder: Path, door: Door, pages: Pages) -> None:
        """`folder` holds the journal."""
        self._board = board
        self._folder = folder
        self._door = door
        self._secrets = door.secrets
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/people", self.page)
        self.router.add_api_route("/people", self.change, methods=["POST"])

    def page(self, request: Request) -> HTMLResponse:
        return self._page(request)

    def change(
        self,
        request: Request,
        *,
        change: Annotated[Change, Form()],
        name: Text = "",
        reason: Text = "",
        role: Annotated[list[str] | None, Form()] = None,
        badge: Text = "",
        secret: Text = "",
        own: Text = "",
    ) -> Response:
        """`own` is the secret of the admin, given anew: nobody else uses a page left open."""
        typed = Typed(change, name.strip(), reason.strip(), tuple(role or ()))
        visit = visit_of(request)
        by = visit.session.name if visit.session else ""
        try:
            wanted = self._wanted(typed, badge=badge.strip(), secret=secret)
            refuse(problems_of(wanted, by=by))
            self._door.prove(by, own)
            self._ask(wanted, by=by)
        except Refused as refused:
            return self._page(request, typed, refused)
        if change in {Change.RETIRE, Change.CREDENTIAL}:
            self._door.revoke(typed.name)
        if change == Change.UNLOCK:
            self._door.unlock(typed.name)
        return Response(status_code=204, headers={"HX-Redirect": "/people"})

    def _wanted(self, typed: Typed, *, badge: str, secret: str) -> Enrol:
        """Raises Refused for a secret or a badge that will not do."""
        known = self._person(typed.name)
        badged = bool(badge or (known and known.badge))
        found: list[Problem | None] = []
        if typed.change in {Change.ADD, Change.CREDENTIAL}:
            found.append(secret_problem(secret, badge=badged, name=typed.name))
        if badge and len(badge) < LEAST_BADGE:
            found.append(
                problem("Expected a badge that says {least} characters or more.", least=LEAST_BADGE)
            )
        refuse(each for each in found if each)
        return Enrol(
            _CHANGES[typed.change],
            typed.name,
            typed.reason,
            ",".join(typed.roles),
            self._secrets.hashed(secret) if typed.change in {Change.ADD, Change.CREDENTIAL} else "",
            self._secrets.badge(badge) if badge else "",
        )

    def _ask(self, wanted: Enrol, *, by: str) -> None:
        """Raises Refused."""
        try:
            self._board.ask(wanted, actor=by).result(timeout=ANSWER_SECONDS)
        except queue.Full:
            raise Refused(
                problem("The station does not answer: too many requests wait for it.")
            ) from None
        except TimeoutError:
            raise Refused(
                problem("The station is at work: look here again in a minute whether it is done.")
            ) from None

    def _person(self, name: str) -> Person | None:
        with closing(read_only(self._folder)) as db:
            return People(db).called(name)

    def _page(
        self, request: Request, typed: Typed | None = None, refused: Refused | None = None
    ) -> HTMLResponse:
        language = self._pages.language(request)
        with closing(read_only(self._folder)) as db:
            everybody = People(db).every()
        problems = refused.problems if refused else ()
        return self._pages.page(
            request,
            "people.html",
            status=422 if refused else 200,
            everybody=sorted(everybody, key=lambda each: (each.retired, each.name)),
            known_roles=tuple(Role),
            failures=FAILURES,
            typed=typed,
            problems=tuple(wording.told(each, language) for each in problems),
        )


_CHANGES: dict[Change, Literal["add", "roles", "credential", "badge", "retire", "unlock"]] = {
    Change.ADD: "add",
    Change.ROLES: "roles",
    Change.CREDENTIAL: "credential",
    Change.BADGE: "badge",
    Change.RETIRE: "retire",
    Change.UNLOCK: "unlock",
}
