"""Who looks at a page: every request is asked for its session before any page sees it.

Where nobody was ever let sign in, everybody who reaches the pages is let through, as before: they
are served to this machine only then. With people set up, a request without a session is led to the
sign-in, and each route asks for its right (`station.web.rights`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from station.access.door import Door, Session
from station.core.people import RIGHTS
from station.core.problem import Refused, problem
from station.language import LANGUAGES, say, sentence
from station.web.guard import SESSION_COOKIE, cookie
from station.web.rights import is_open, may_see, route_right

STREAM = "/live"

_BY_THEMSELVES = ("/live", "/asked/")
"""What open pages ask for without anybody touching them."""


class NotAllowed(Refused):
    """Somebody is known, and may not do this."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who sent a request."""

    guarded: bool = False
    """Whether people have to sign in here."""

    session: Session | None = None
    token: str = ""
    """Of the session; it never leaves the station but as a cookie."""

    door: Door | None = None

    async def lasts(self) -> bool:
        """Whether whoever came in is still inside; nobody is made busy by the question."""
        if self.door is None:
            return True
        if not self.guarded:
            return not await run_in_threadpool(lambda door: door.guarded, self.door)
        return await run_in_threadpool(self.door.inside, self.token, busy=False) is not None


_NOBODY = Visit()


def visit_of(request: Request) -> Visit:
    """Who sent it; nobody in particular where no gate stands."""
    state = request.scope.get("state") or {}
    visit = state.get("visit", _NOBODY)
    assert isinstance(visit, Visit), "nobody else writes it"
    return visit


class Gate:
    """ASGI middleware. Without a door it lets everybody through."""

    def __init__(self, app: ASGIApp, *, door: Door | None) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._door is None or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        visit = await run_in_threadpool(_visit, self._door, request)
        scope.setdefault("state", {})["visit"] = visit
        outside = visit.guarded and visit.session is None and not is_open(scope["path"])
        answer = _outside(request) if outside else self._app
        await answer(scope, receive, send)


async def check_right(request: Request) -> None:
    """Raises NotAllowed for a route that this person has no right to.

    It waits for nothing, and so is asked in the event loop.
    """
    visit = visit_of(request)
    route = request.scope["route"].path
    if not visit.guarded or is_open(route):
        return
    roles = visit.session.roles if visit.session else ()
    if not may_see(request.method, route, roles):
        right = route_right(request.method, route)
        raise not_allowed(RIGHTS[right] if right else ())


def not_allowed(roles: Iterable[str]) -> NotAllowed:
    """`roles` are those that may."""
    named = ", ".join(sorted(roles)) or "–"
    return NotAllowed(problem("You may not do this here. Who may: {roles}.", roles=named))


def address_of(request: Request) -> str:
    """Where a request came from, to count wrong secrets by."""
    return request.client.host if request.client else ""


def _visit(door: Door, request: Request) -> Visit:
    token = cookie(request.headers, SESSION_COOKIE)
    busy = not request.url.path.startswith(_BY_THEMSELVES)
    session = door.inside(token, busy=busy) if token else None
    return Visit(door.guarded, session, token, door)


def _outside(request: Request) -> Response:
    """Where somebody is led who has not come in, or has been inside for too long."""
    address = f"/sign-in?{urlencode({'next': _asked_for(request)})}"
    if request.url.path == STREAM:
        # An open page loads itself anew when it hears another process: it is led here then.
        return PlainTextResponse("event: alive\ndata: -\n\n", media_type="text/event-stream")
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": address})
    if request.method in {"GET", "HEAD"}:
        return RedirectResponse(address, status_code=303)
    sentences = (say(_FIRST, each) for each in LANGUAGES)
    return PlainTextResponse("\n".join(sentences), status_code=401)


_FIRST = sentence("Sign in first.")


def _asked_for(request: Request) -> str:
    """The page to come back to: for a part of a page, the whole one that asked for it."""
    if "hx-request" in request.headers:
        return page_of(request.headers.get("hx-current-url", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    return local(f"{quote(request.url.path)}{query}")


def page_of(address: str) -> str:
    """Path and query of one of our own pages; the line's for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return local(parts.path + (f"?{parts.query}" if parts.query else ""))


def local(path: str) -> str:
    """A path of this station, as it may stand in a header; anything else is the line's page.

    >>> local("/orders/WO-1"), local("//attacker.example"), local("https://attacker.example")
    ('/orders/WO-1', '/', '/')
    """
    return path if _LOCAL.fullmatch(path) and not path.startswith("/sign-in") else "/"


_LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")
