"""The page of the audit trail: who did what and when, in words, and how the chain stands."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse

from station import wording
from station.core.events import BackupMade
from station.language import say, sentence
from station.records.chain import chain_of
from station.records.journal import read_only
from station.records.signed.head import Head
from station.records.table import safe_cell
from station.records.trail import Entry, Page, Trail
from station.web.pages import Pages
from station.web.quality import filter as filters
from station.web.quality.filter import Asked
from station.web.quality.words import SECRET, TITLES, Said, said, title

NOTHING = Page((), None)
"""What is found for a filter that cannot be understood."""

Heads = Callable[[], Sequence[Head]]
"""All signed heads, in their order."""

_HEADER = (
    sentence("Event"),
    sentence("Time"),
    sentence("Type"),
    sentence("What happened"),
    sentence("By"),
    sentence("Order"),
    sentence("Details"),
    sentence("SHA-256"),
)

LONGEST = 20_000
"""Characters of one field on the page of an event: an order may carry fifty thousand serials."""

Number = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class Row:
    """An event as the page tells it."""

    entry: Entry
    title: str
    said: tuple[Said, ...]
    reject: int
    """The page of the reject it is about; 0 where there is none."""


class TrailPages:
    def __init__(self, *, folder: Folder, heads: Heads, pages: Pages) -> None:
        """`folder` holds the journal."""
        self._folder = folder
        self._heads = heads
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality/audit", self.page)
        self.router.add_api_route("/quality/audit.csv", self.table)
        self.router.add_api_route("/quality/audit/{seq}", self.event)

    def page(self, request: Request) -> HTMLResponse:
        asked = Asked.typed(request.query_params)
        problems = tuple(asked.problems())
        language = self._pages.language(request)
        heads = self._heads()
        with closing(read_only(self._folder)) as db:
            trail = Trail(db)
            found = NOTHING if problems else _page(trail, asked)
            rows = tuple(row_of(trail, each, language) for each in found.rows)
            people = trail.actors()
            checked = next(
                (each for each in trail.newest("BackupMade", rows=20) if _good(each)), None
            )
            chain = chain_of(db, heads)
        return self._pages.page(
            request,
            "quality/audit.html",
            status=400 if problems else 200,
            problems=tuple(wording.told(each, language) for each in problems),
            asked=asked,
            found=found,
            rows=rows,
            people=people,
            types=sorted(TITLES, key=lambda each: title(each, language)),
            title=title,
            chain=chain,
            checked=checked,
            most=filters.MOST,
        )

    def event(self, request: Request, seq: Number) -> HTMLResponse:
        """All that is recorded of one event, but for what would help to guess a secret."""
        with closing(read_only(self._folder)) as db:
            trail = Trail(db)
            entry = trail.entry(seq)
            if entry is None:
                raise HTTPException(404)
            row = row_of(trail, entry, self._pages.language(request))
        return self._pages.page(
            request, "quality/event.html", row=row, fields=tuple(_fields(entry.body))
        )

    def table(self, request: Request) -> StreamingResponse:
        """The newest events that were asked for, as a spreadsheet takes them."""
        asked, language = Asked.of(request.query_params), self._pages.language(request)
        with closing(read_only(self._folder)) as db:
            found = Trail(db).every(asked.wanted, most=filters.MOST)
        return StreamingResponse(
            (line.encode() for line in _lines(found, language)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="audit-trail.csv"'},
        )


def row_of(trail: Trail, entry: Entry, language: str) -> Row:
    facts = tuple(said(entry.event, language)) if entry.event else ()
    return Row(entry, title(entry.type, language), facts, trail.reject_of(entry))


def _page(trail: Trail, asked: Asked) -> Page:
    before = 2**63 - 1 if asked.place is None else asked.place
    return trail.page(asked.wanted, before=before, rows=filters.PAGE)


def _good(entry: Entry) -> bool:
    return isinstance(entry.event, BackupMade) and entry.event.good


def _fields(body: str) -> Iterator[tuple[str, str]]:
    """Every field of a body by its own name, as JSON writes it; a body that is none as it is."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        yield "–", body
        return
    for name, value in found.items():
        yield name, "…" if name in SECRET and value else _written(value)


def _written(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text)})"


def _lines(found: Iterable[Entry], language: str) -> Iterator[str]:
    """UTF-8 once encoded, with a byte order mark, CR LF (RFC 4180)."""
    yield "\ufeff" + _line(say(each, language) for each in _HEADER)
    for entry in found:
        facts = said(entry.event, language) if entry.event else ()
        yield _line(
            (
                str(entry.seq),
                entry.at.astimezone().isoformat(sep=" ", timespec="seconds"),
                entry.type,
                title(entry.type, language),
                entry.actor,
                entry.order,
                "; ".join(f"{each.name}: {each.text}" for each in facts),
                entry.hash,
            )
        )


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(each) for each in cells])
    return line.getvalue()
