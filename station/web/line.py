"""The operator's page: what happens at the line, as it happens.

The page is made of regions. A stream of server-sent events carries a region again when it has
changed and only then, so a button is never exchanged under a finger because a counter moved.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from station import wording
from station.line.board import Board, Mode, Snapshot
from station.line.challenge import words
from station.records.steps import How
from station.web import advice
from station.web.gate import visit_of
from station.web.live import Live
from station.web.pages import YEAR_SECONDS, Pages
from station.web.pictures import Pictures
from station.web.sign import WORDS, label_of_order, sign
from station.web.steps import row_of

ENDED = "-"
"""What a stream says last when its session has ended: no page carries it, so it loads itself anew.
"""

REGIONS = ("order", "pictures", "sign", "notice", "counters", "actions")
"""Templates below live/; pictures come before the sign that speaks about them."""


class LinePages:
    """Every method is a coroutine, so that all of them share the pictures in one event loop."""

    def __init__(self, *, board: Board, live: Live, pages: Pages) -> None:
        self._board = board
        self._live = live
        self._pages = pages
        self._pictures = Pictures()
        self._rendered: dict[str, tuple[int, Mapping[str, str]]] = {}
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/", self.page)
        self.router.add_api_route("/live", self.stream)
        self.router.add_api_route("/live/expected.png", self.expected)
        self.router.add_api_route("/live/picture.jpg", self.picture)

    async def page(self, request: Request) -> HTMLResponse:
        scene = self._scene(self._board.snapshot, self._pages.language(request))
        return self._pages.page(request, "line.html", regions=REGIONS, **scene)

    async def stream(self, request: Request) -> StreamingResponse:
        """Server-sent events: each region that has changed, and "alive" after every silence.

        It is followed by what the page carries, and tells one that was left open that another
        process answers now, or that its session has ended.
        """
        events = self._events(request)
        return StreamingResponse(events, media_type="text/event-stream")

    async def expected(self, v: str = "") -> Response:
        found = self._pictures.get(v) if v else self._board.snapshot.expected
        return _answer(found, "image/png", named=bool(v))

    async def picture(self, v: str = "") -> Response:
        name = v or self._pictures.keep(self._board.snapshot.picture)
        found = self._pictures.get(name)
        smaller = self._pictures.smaller(name, found) if found else b""
        return _answer(smaller, "image/jpeg", named=bool(v))

    async def _events(self, request: Request) -> AsyncIterator[str]:
        language, token, visit = (
            self._pages.language(request),
            self._pages.token(request),
            visit_of(request),
        )
        yield "retry: 1000\n\n"
        shown: dict[str, str] = {}
        version = -1
        while (snapshot := await self._live.newer(version)) is not None:
            if not await visit.lasts():
                yield event("alive", ENDED)
                return
            regions = self._regions(snapshot, language)
            changed = {name: html for name, html in regions.items() if shown.get(name) != html}
            shown |= changed
            version = snapshot.version
            yield "".join(event(*each) for each in (*changed.items(), ("alive", token)))

    def _regions(self, snapshot: Snapshot, language: str) -> Mapping[str, str]:
        """Every region as HTML; rendered once per snapshot and language, for all pages."""
        version, regions = self._rendered.get(language, (-1, {}))
        if version != snapshot.version:
            scene = self._scene(snapshot, language)
            regions = {
                name: self._pages.render(f"live/{name}.html", language, **scene) for name in REGIONS
            }
            self._rendered[language] = (snapshot.version, regions)
        return regions

    def _scene(self, snapshot: Snapshot, language: str) -> dict[str, Any]:
        """Everything the regions speak about."""
        order, fault = snapshot.order, snapshot.fault
        held = order.cause if order and snapshot.mode == Mode.HELD else ""
        refused = snapshot.refused
        return {
            "snapshot": snapshot,
            "order": order.order if order else None,
            "balance": order.balance if order else None,
            "detail": order.detail if order else "",
            "label": label_of_order(snapshot),
            "sign": sign(snapshot).value,
            "word": WORDS[sign(snapshot)],
            "faults": advice.for_fault(fault, language) if fault else (),
            "help": advice.known(fault) if fault else ("", ""),
            "held": advice.for_hold(held, language),
            "doubt": _doubt(snapshot, language),
            "notice": wording.told(snapshot.notice, language) if snapshot.notice else "",
            "unproven": wording.told(snapshot.unproven, language) if snapshot.unproven else "",
            "challenge": wording.told(snapshot.challenge, language) if snapshot.challenge else "",
            "challenging": snapshot.challenging,
            "families": words.family,
            "way": tuple(row_of(each, language) for each in snapshot.steps if each.how != How.OFF),
            "refused": (refused[0], wording.told(refused[1], language)) if refused else None,
            "expected": self._pictures.keep(snapshot.expected),
            "picture": self._pictures.keep(snapshot.picture),
        }


def _answer(picture: bytes | None, media_type: str, *, named: bool) -> Response:
    """`named`: by its content, so it never changes."""
    if not picture:
        return Response(status_code=404)
    caching = f"private, max-age={YEAR_SECONDS}, immutable" if named else "no-store"
    return Response(picture, media_type=media_type, headers={"Cache-Control": caching})


def _doubt(snapshot: Snapshot, language: str) -> advice.Advice | None:
    """About the first label that waits for a person."""
    if not snapshot.in_doubt:
        return None
    number, serial = snapshot.in_doubt[0]
    return advice.for_doubt(language, serial=serial, accepted=number in snapshot.unreleased)


def event(name: str, data: str) -> str:
    """One server-sent event (WHATWG HTML 9.2.6): a line break in the data never ends it."""
    lines = re.split(r"\r\n|\r|\n", data)
    return f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"
