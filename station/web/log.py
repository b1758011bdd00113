"""The supervisor's pages: rejected and in-doubt labels with their proof, and what can be done about
them.
"""

from contextlib import closing
from pathlib import Path as Folder
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse

from station import wording
from station.core.judge import Code
from station.core.state import OrderState
from station.line.board import Board
from station.records.dispositions import Dispositions
from station.records.evidence import Evidence
from station.records.journal import read_only
from station.records.log import Log
from station.records.query import Nonconformance, Records
from station.records.table import csv_rows
from station.vision.markup import marked
from station.vision.picture import Picture, for_screen, from_bytes
from station.web import filters
from station.web.choices import scannable, steps_of
from station.web.disposing import steps_for
from station.web.filters import Filter
from station.web.orders import CLOSED
from station.web.pages import YEAR_SECONDS, Pages
from station.web.reading import reading, signed

SHOWN_WIDTH, THUMB_WIDTH = 1280, 240
"""Pixels of a picture on its page, and in the log. Touched, it is shown as it was taken."""

_KEPT = {"Cache-Control": f"private, max-age={YEAR_SECONDS}, immutable"}

Number = Annotated[int, Path(ge=0, lt=2**63)]


class LogPages:
    def __init__(self, *, board: Board, folder: Folder, evidence: Evidence, pages: Pages) -> None:
        self._board = board
        self._folder = folder
        self._evidence = evidence
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/rejects", self.rejects)
        self.router.add_api_route("/rejects.csv", self.table)
        self.router.add_api_route("/rejects/{number}", self.reject)
        self.router.add_api_route("/rejects/{number}/marked.jpg", self.marked)
        self.router.add_api_route("/evidence/{name}.jpg", self.evidence)
        self.router.add_api_route("/evidence/{name}/{width}.jpg", self.shown)

    def rejects(self, request: Request) -> HTMLResponse:
        wanted = Filter.of(request.query_params)
        with closing(read_only(self._folder)) as db:
            log = Log(db)
            found = log.page(wanted.wanted, after=wanted.after, rows=filters.PAGE)
            return self._pages.page(
                request,
                "rejects.html",
                filter=wanted,
                found=found,
                count=log.count(wanted.wanted),
                decided=Dispositions(db).of(each.seq for each in found.rows),
                products=log.products(),
                printers=log.printers(),
                groups=_groups(),
                most=filters.MOST,
            )

    def table(self, request: Request) -> StreamingResponse:
        with closing(read_only(self._folder)) as db:
            found = Log(db).every(Filter.of(request.query_params).wanted, most=filters.MOST + 1)
            decided = Dispositions(db).of(each.seq for each in found)
        whole = len(found) <= filters.MOST
        name = "rejects.csv" if whole else f"rejects-newest-{filters.MOST}.csv"
        rows = csv_rows(found[: filters.MOST], self._pages.language(request), decided)
        return StreamingResponse(
            (row.encode() for row in rows),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def reject(self, request: Request, number: Number) -> HTMLResponse:
        with closing(read_only(self._folder)) as db:
            records = Records(db)
            found = records.nonconformance(number)
            if found is None:
                raise HTTPException(404)
            about = self._about(records, found) | _decision(Dispositions(db), records, found)
        return self._pages.page(
            request,
            "reject.html",
            found=found,
            symbols=_symbols(found),
            text_of=_text_of,
            signatures=signed(self._folder, found.order, number=found.number),
            **about,
        )

    def marked(self, number: Number) -> Response:
        """The same picture with what was found marked in it; drawn anew each time."""
        with reading(self._folder) as (records, _):
            found, marks = records.nonconformance(number), records.marks(number)
        pixels = self._pixels(found.evidence) if found and found.evidence else None
        if pixels is None:
            raise HTTPException(404)
        picture = for_screen(marked(pixels, marks), SHOWN_WIDTH)
        return Response(picture, media_type="image/jpeg")

    def _about(self, records: Records, found: Nonconformance) -> dict[str, Any]:
        """How the label and its order stand now, and what a person can do."""
        row, label = records.order(found.order), records.label(found.order, found.number)
        assert row is not None, "a nonconformance is of an order"
        assert label is not None, "and of a label"
        same = row.order.reprint == "same" and row.state in {OrderState.RUNNING, OrderState.HELD}
        free = scannable(label, found.order, self._board.snapshot)
        steps = steps_of(
            label.state, scannable=free, again=same and label in records.lacking(found.order)
        )
        reprint = next(
            (each for each in records.reprints(found.order) if each.number == found.number), None
        )
        return {
            "label": label,
            "row": row,
            "steps": () if row.state in CLOSED else steps,
            "scannable": free,
            "reprint": reprint,
            "marks": records.marks(found.id),
        }

    def evidence(self, name: str) -> Response:
        """The picture a verdict rests on. Its name is its digest, so it never changes."""
        path = self._evidence.path(name)
        if not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type="image/jpeg", headers=_KEPT)

    def shown(self, name: str, width: int) -> Response:
        """The same picture for a page, in one of the widths that pages have."""
        pixels = self._pixels(name) if width in {SHOWN_WIDTH, THUMB_WIDTH} else None
        if pixels is None:
            raise HTTPException(404)
        return Response(for_screen(pixels, width), media_type="image/jpeg", headers=_KEPT)

    def _pixels(self, name: str) -> Picture | None:
        path = self._evidence.path(name)
        return from_bytes(path.read_bytes()) if path.is_file() else None


def _decision(
    dispositions: Dispositions, records: Records, found: Nonconformance
) -> dict[str, Any]:
    """What was decided about it, or what may be."""
    decided = dispositions.decided(found.seq)
    latest = dispositions.undecided(found.order, found.number)
    return {
        "decided": decided,
        "disposed": dispositions.whole(decided) if decided else None,
        "closed": dispositions.closed(found.order, found.number),
        "decisions": steps_for(dispositions, records, found.order, found.number)
        if latest and latest.seq == found.seq
        else (),
    }


def _groups() -> dict[str, list[str]]:
    """First level of the reasons to the codes below it."""
    codes = [code.value for code in Code]
    return {
        group: [code for code in codes if code.startswith(f"{group}.")] for group in wording.GROUPS
    }


def _symbols(found: Nonconformance) -> list[tuple[str, str, bytes]]:
    """(identifier, engine, raw data) of everything that was read on the label."""
    return [
        (each.get("identifier", ""), each.get("engine", ""), _bytes(each.get("data", "")))
        for each in found.symbols
    ]


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()


def _text_of(data: str) -> str:
    """Of a symbol in the records, for a page that names its control characters."""
    return _bytes(data).decode("utf-8", "backslashreplace")
