"""The way in and out: a page for a name or a badge and its secret, and a button to leave."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from station import wording
from station.access.door import Door
from station.core.problem import Refused
from station.web.gate import address_of, local, page_of, visit_of
from station.web.guard import SESSION_COOKIE
from station.web.pages import Pages

Text = Annotated[str, Form()]


class EntrancePages:
    def __init__(self, *, door: Door, pages: Pages, secure: bool) -> None:
        """`secure`: browsers reach the pages by TLS only."""
        self._door = door
        self._pages = pages
        self._secure = secure
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/sign-in", self.page, response_model=None)
        self.router.add_api_route("/sign-in", self.enter, methods=["POST"])
        self.router.add_api_route("/sign-out", self.leave, methods=["POST"])

    def page(self, request: Request, next: str = "/") -> Response:  # noqa: A002 - in the address
        """Whoever is inside already goes on."""
        visit = visit_of(request)
        if visit.session or not visit.guarded:
            return RedirectResponse(local(next), status_code=303)
        return self._page(request, local(next))

    def enter(
        self, request: Request, *, who: Text = "", secret: Text = "", onward: Text = "/"
    ) -> Response:
        """A new session, whatever the browser brought along."""
        try:
            token = self._door.enter(who, secret, address=address_of(request))
        except Refused as refused:
            return self._page(request, local(onward), refused)
        self._door.leave(visit_of(request).token)
        answer = Response(status_code=204, headers={"HX-Redirect": local(onward)})
        answer.set_cookie(
            SESSION_COOKIE, token, httponly=True, samesite="strict", secure=self._secure
        )
        return answer

    def leave(self, request: Request) -> Response:
        """The page that was open is shown again to whoever signs in next."""
        self._door.leave(visit_of(request).token)
        onward = page_of(request.headers.get("hx-current-url", ""))
        address = f"/sign-in?{urlencode({'next': onward})}"
        answer = Response(status_code=204, headers={"HX-Redirect": address})
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict", secure=self._secure)
        return answer

    def _page(self, request: Request, onward: str, refused: Refused | None = None) -> HTMLResponse:
        language = self._pages.language(request)
        problems = refused.problems if refused else ()
        return self._pages.page(
            request,
            "sign_in.html",
            status=422 if refused else 200,
            onward=onward,
            problems=tuple(wording.told(each, language) for each in problems),
        )
