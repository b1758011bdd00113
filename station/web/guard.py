"""What every request passes before anything else looks at it, and what every answer carries.

A web page from elsewhere, open in a browser that can reach these pages, must not be able to read
them or to press their buttons:

- Host must name this machine, or be one of its names that were set, or a name that an attacker
  points here (DNS rebinding) would do;
- a POST must come from our own origin and carry the token that only our own pages can read, of the
  session that the page was drawn for;
- answers may not be framed, sniffed, kept, or load anything that is not ours.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Collection, Iterator
from typing import Literal

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from station.language import LANGUAGES, say, sentence

LARGEST_BODY = 16_384
"""Bytes; a form has a name and a reason."""

API = "/api/"
"""Machines ask here, with a token in each request and never a cookie, so a page from elsewhere can
press nothing: what else they have to pass is in `station.web.api`."""

TOKEN_HEADER = "X-Station-Token"  # noqa: S105 - the name of a header

SESSION_COOKIE = "session"

Scheme = Literal["http", "https"]

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
        " object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?")
_READING = ("GET", "HEAD")


class Guard:
    """ASGI middleware; `token` is the secret of this process."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        hosts: Collection[str] = (),
        scheme: Scheme = "http",
    ) -> None:
        """`hosts` are names of this machine besides its loopback ones; `scheme` is what browsers
        reach it by, which a proxy may have put on.
        """
        self._app = app
        self._token = token
        self._hosts = frozenset(each.lower() for each in hosts)
        self._scheme = scheme

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            headers = Headers(scope=scope)
            if scope["path"].startswith(API):
                refusals = self._wrong_host(headers)
            else:
                refusals = self._refusals(scope["method"], headers)
            refusal = next(refusals, None)
            answer = _refused(*refusal) if refusal else self._app
            await answer(scope, receive, _with_headers(send))

    def _refusals(self, method: str, headers: Headers) -> Iterator[tuple[int, str]]:
        """(status, sentence) of everything that is wrong with a request."""
        yield from self._wrong_host(headers)
        if method in _READING:
            return
        if method != "POST":
            yield 405, sentence("Expected GET or POST.")
        if headers.get("origin") != f"{self._scheme}://{headers.get('host')}":
            yield 403, sentence("This request came from another page.")
        expected = token_for(self._token, cookie(headers, SESSION_COOKIE))
        if not secrets.compare_digest(
            headers.get(TOKEN_HEADER, "").encode("latin-1"), expected.encode()
        ):
            yield 403, sentence("This page is older than the station's last start. Load it again.")
        length = headers.get("content-length", "")
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > LARGEST_BODY:
            yield 413, sentence("A form of this size is not accepted.")

    def _wrong_host(self, headers: Headers) -> Iterator[tuple[int, str]]:
        host = headers.getlist("host")
        if len(host) != 1 or not self._ours(host[0]):
            yield 400, sentence("The pages are served under the name of this machine only.")

    def _ours(self, host: str) -> bool:
        """Whether a Host header is localhost, a loopback address or a name that was set, with or
        without a port.
        """
        found = _HOST.fullmatch(host)
        return found is not None and _is_ours(found["name"].strip("[]").lower(), self._hosts)


def token_for(secret: str, session: str) -> str:
    """What pages carry that are drawn for this session; the secret itself where there is none."""
    if not session:
        return secret
    return hmac.new(secret.encode(), session.encode(), hashlib.sha256).hexdigest()


def cookie(headers: Headers, name: str) -> str:
    """Its value; empty where there is none, or two."""
    found: list[str] = []
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            key, _, value = part.partition("=")
            if key.strip() == name:
                found.append(value.strip())
    return found[0] if len(found) == 1 else ""


def _refused(status: int, why: str) -> PlainTextResponse:
    """In every language: what is refused here may not even be a page."""
    return PlainTextResponse("\n".join(say(why, each) for each in LANGUAGES), status)


def _is_ours(name: str, hosts: Collection[str]) -> bool:
    try:
        return name == "localhost" or name in hosts or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
