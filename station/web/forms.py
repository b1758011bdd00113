"""Where a person asks something of the station: the form that asks back, and its answer."""

import queue
from concurrent.futures import Future
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station.core.problem import Refused, problem
from station.language import LANGUAGES, tell
from station.line.board import Board
from station.web.asking import QUESTIONS, Answers, Step, request_for
from station.web.pages import LANGUAGE_COOKIE, YEAR_SECONDS, Pages

NAME_COOKIE = "person"

ANSWER_SECONDS = 4.0
"""The station answers between two labels; a page does not wait longer than this for it."""


class FormPages:
    def __init__(self, *, board: Board, pages: Pages) -> None:
        self._board = board
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/ask/{step}", self.question)
        self.router.add_api_route("/ask/{step}", self.ask, methods=["POST"])
        self.router.add_api_route("/language/{language}", self.choose, methods=["POST"])

    def question(
        self, request: Request, step: Step, order: str = "", number: int = 0
    ) -> HTMLResponse:
        """The form that asks who and why."""
        person = unquote(request.cookies.get(NAME_COOKIE, ""))
        return self._form(request, step, Answers(person, order=order, number=number))

    def ask(
        self,
        request: Request,
        *,
        step: Step,
        person: Annotated[str, Form()] = "",
        witness: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        written: Annotated[str, Form()] = "",
        order: Annotated[str, Form()] = "",
        number: Annotated[int, Form()] = 0,
    ) -> HTMLResponse:
        """Hand the request to the station and wait a little for its answer.

        `reason` is one that was touched, `written` one that was typed.
        """
        answers = Answers(
            person=person.strip(),
            reason=reason or written.strip(),
            order=order,
            witness=witness.strip(),
            number=number,
        )
        try:
            done = self._asked(step, answers)
        except Refused as refused:
            return self._form(request, step, answers, refused)
        answer = HTMLResponse("") if done else self._pages.page(request, "asked.html", status=202)
        _remember(answer, NAME_COOKIE, quote(answers.person))
        return answer

    def choose(self, language: str) -> Response:
        """Show this browser the pages in one language from now on."""
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise Refused(
                problem("Expected one of {expected}, got {got}.", expected=known, got=language[:20])
            )
        answer = Response(status_code=204, headers={"HX-Refresh": "true"})
        _remember(answer, LANGUAGE_COOKIE, language)
        return answer

    def _asked(self, step: Step, answers: Answers) -> bool:
        """Whether the station has done it already. Raises Refused."""
        request = request_for(step, answers)
        try:
            answer: Future[None] = self._board.ask(request, actor=answers.person)
        except queue.Full:
            raise Refused(
                problem("The station does not answer: too many requests wait for it.")
            ) from None
        try:
            answer.result(timeout=ANSWER_SECONDS)
        except TimeoutError:
            return False
        return True

    def _form(
        self, request: Request, step: Step, answers: Answers, refused: Refused | None = None
    ) -> HTMLResponse:
        language = self._pages.language(request)
        problems = refused.problems if refused else ()
        return self._pages.page(
            request,
            "question.html",
            status=422 if refused else 200,
            step=step.value,
            question=QUESTIONS[step],
            answers=answers,
            serial=dict(self._board.snapshot.in_doubt).get(answers.number, ""),
            problems=tuple(tell(each, language) for each in problems),
        )


def _remember(answer: Response, cookie: str, value: str) -> None:
    answer.set_cookie(cookie, value, max_age=YEAR_SECONDS, httponly=True, samesite="strict")
