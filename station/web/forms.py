"""Where a person asks something of the station: the form that asks back, and its answer.

The station answers between two labels. A page waits a little; then it says that the station knows,
and asks every second what came of it, so that a refusal is never lost.
"""

import queue
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station import wording
from station.core.problem import Refused, problem
from station.core.reconciliation import Stock
from station.core.signature import Signature
from station.line.board import Board
from station.line.spoken import LARGEST_NUMBER
from station.web.asking import LOOKS, QUESTIONS, Answers, Step, request_for
from station.web.disposing import CONTAINMENT, Disposal, disposal, violated_by
from station.web.gate import address_of, not_allowed, visit_of
from station.web.pages import YEAR_SECONDS, Pages
from station.web.reading import reading
from station.web.rights import may_ask, who_may
from station.web.signing import Given, meaning_of, signatures
from station.web.subject import Subject, from_address, from_form
from station.web.tickets import Ticket, Tickets

NAME_COOKIE = "person"

ANSWER_SECONDS = 4.0
"""A page does not wait longer than this before it says that the station is at work."""

LOOK_SECONDS = 0.3
"""Whoever has to scan a label now must read so at once."""

Text = Annotated[str, Form()]


class FormPages:
    def __init__(self, *, board: Board, folder: Path, pages: Pages) -> None:
        """`folder` holds the journal."""
        self._board = board
        self._folder = folder
        self._pages = pages
        self._tickets = Tickets()
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/ask/{step}", self.question)
        self.router.add_api_route("/ask/{step}", self.ask, methods=["POST"])
        self.router.add_api_route("/asked/{name}", self.asked)
        self.router.add_api_route("/language/{language}", pages.choose, methods=["POST"])

    def question(
        self,
        request: Request,
        step: Step,
        order: str = "",
        number: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0,
        *,
        subject: Annotated[Subject, Depends(from_address)],
    ) -> HTMLResponse:
        """The form that asks who and why."""
        person = _person(request, typed=unquote(request.cookies.get(NAME_COOKIE, "")))
        check_request(request, step)
        return self._form(
            request, step, Answers(person, order=order, number=number, subject=subject)
        )

    def ask(
        self,
        request: Request,
        *,
        step: Step,
        person: Text = "",
        witness: Text = "",
        reason: Text = "",
        written: Text = "",
        order: Text = "",
        number: Text = "0",
        kind: Text = "",
        count: Text = "",
        confirmed: Annotated[list[str] | None, Form()] = None,
        refused: Text = "",
        about: Annotated[Disposal, Depends(disposal)],
        subject: Annotated[Subject, Depends(from_form)],
        secret: Text = "",
        witness_secret: Text = "",
    ) -> HTMLResponse:
        """Hand the request to the station and wait a little for its answer.

        `reason` is one that was touched, `written` one that was typed. Where people sign in, the
        person is whoever did, whatever a form says; secrets are tried and forgotten here.
        """
        check_request(request, step)
        answers = Answers(
            person=_person(request, typed=person.strip()),
            reason=reason or written.strip(),
            order=order,
            witness=witness.strip(),
            number=_whole(number, default=-1),
            kind=_kind(kind),
            count=_whole(count, default=0),
            confirmed=tuple(confirmed or ()),
            refused=bool(refused),
            disposal=about,
            subject=subject,
        )
        try:
            request_for(step, answers)  # nobody's secret is tried for a form that lacks something
            given = Given(person, secret, answers.witness, witness_secret)
            signed = signatures(visit_of(request), step, answers, given, address_of(request))
            answers = replace(answers, witness=_witness(answers, signed))
            answer = self._ask(step, answers, signed)
        except Refused as found:
            return self._form(request, step, answers, found)
        ticket = Ticket(step, answers, answer)
        told = self._told(
            request, ticket, seconds=LOOK_SECONDS if step in LOOKS else ANSWER_SECONDS
        )
        _remember(told, NAME_COOKIE, quote(answers.person))
        return told

    def asked(self, request: Request, name: str) -> HTMLResponse:
        """What came of a request that took longer."""
        ticket = self._tickets.get(name)
        if ticket is None:
            return HTMLResponse("")
        return self._told(request, ticket, seconds=0.0, name=name)

    def _ask(self, step: Step, answers: Answers, signed: tuple[Signature, ...]) -> "Future[None]":
        """Raises Refused."""
        wanted = request_for(step, answers)
        try:
            return self._board.ask(wanted, actor=answers.person, signatures=signed)
        except queue.Full:
            raise Refused(
                problem("The station does not answer: too many requests wait for it.")
            ) from None

    def _told(
        self, request: Request, ticket: Ticket, *, seconds: float, name: str = ""
    ) -> HTMLResponse:
        """Done, refused with its reasons, or not done yet."""
        try:
            ticket.answer.result(timeout=seconds)
        except Refused as refused:
            return self._form(request, ticket.step, ticket.answers, refused)
        except TimeoutError:
            return self._pages.page(
                request,
                "asked.html",
                status=202,
                name=name or self._tickets.keep(ticket),
                looks=ticket.step in LOOKS,
            )
        return HTMLResponse("", headers=_refreshing(request.headers))

    def _form(
        self, request: Request, step: Step, answers: Answers, refused: Refused | None = None
    ) -> HTMLResponse:
        language = self._pages.language(request)
        problems = refused.problems if refused else ()
        session = visit_of(request).session
        return self._pages.page(
            request,
            "question.html",
            signing=bool(session and meaning_of(step)),
            first=session is not None and not session.signed,
            status=422 if refused else 200,
            step=step.value,
            question=QUESTIONS[step],
            answers=answers,
            kinds=tuple(Stock),
            containment=CONTAINMENT,
            violated=self._violated(step, answers, language),
            serial=self._serial(answers),
            differences=self._differences(answers.order, language)
            if step == Step.CLOSE_UNBALANCED
            else (),
            problems=tuple(wording.told(each, language) for each in problems),
        )

    def _serial(self, answers: Answers) -> str:
        """Of the label a form is about, for the person to compare; empty where it has none."""
        if not answers.order or not 0 < answers.number <= LARGEST_NUMBER:
            return ""
        with reading(self._folder) as (records, _):
            label = records.label(answers.order, answers.number)
        return label.serial if label else ""

    def _violated(self, step: Step, answers: Answers, language: str) -> str:
        """What the form of a disposition begins with; empty on every other form."""
        given = answers.disposal.requirement
        if given or QUESTIONS[step].disposes is None:
            return given
        return violated_by(self._folder, answers.order, answers.number, language)

    def _differences(self, order: str, language: str) -> tuple[str, ...]:
        with reading(self._folder) as (records, _):
            sheet = records.sheet(order)
        return tuple(wording.told(each, language) for each in sheet.differences) if sheet else ()


def check_request(request: Request, step: Step) -> None:
    """Raises NotAllowed where whoever is signed in may not ask for this."""
    visit = visit_of(request)
    if visit.guarded and not may_ask(step.value, visit.session.roles if visit.session else ()):
        raise not_allowed(who_may(step.value))


def _person(request: Request, *, typed: str) -> str:
    """Whoever is signed in; where nobody has to, whoever they say they are."""
    session = visit_of(request).session
    return session.name if session else typed


def _witness(answers: Answers, signed: tuple[Signature, ...]) -> str:
    """The second person by name, who may have given a badge."""
    return signed[1].person if len(signed) > 1 else answers.witness


def _whole(text: str, *, default: int) -> int:
    """A number as people type it; what is none is refused later, by its range."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else default


def _kind(text: str) -> Stock | None:
    return next((each for each in Stock if each == text), None)


def _refreshing(headers: Mapping[str, str]) -> dict[str, str]:
    """The line's page lives; every other one is drawn again, to show what was decided."""
    try:
        path = urlsplit(headers.get("hx-current-url", "")).path
    except ValueError:
        path = ""
    return {} if path in {"", "/"} else {"HX-Refresh": "true"}


def _remember(answer: Response, cookie: str, value: str) -> None:
    answer.set_cookie(cookie, value, max_age=YEAR_SECONDS, httponly=True, samesite="strict")
