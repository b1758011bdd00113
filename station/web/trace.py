"""The search page: from whatever somebody types or scans to everything recorded about it."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station import wording
from station.language import sentence
from station.records.journal import read_only
from station.records.trace.trace import trace
from station.web.pages import Pages

LONGEST = 500
"""Characters looked at; no code that fits on a label is longer."""

STEPS: Mapping[str, str] = {
    "LabelIssued": sentence("sent to the printer"),
    "LabelJudged": sentence("judged"),
    "LabelInDoubt": sentence("in doubt"),
    "LabelReleased": sentence("through the gate"),
    "LabelSettled": sentence("settled by people"),
    "ReprintAuthorised": sentence("may be printed again"),
}
"""The events in the life of a label."""


class TracePages:
    def __init__(self, *, folder: Path, pages: Pages) -> None:
        """`folder` holds the journal."""
        self._folder = folder
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/trace", self.page)

    def page(self, request: Request, q: str = "") -> HTMLResponse:
        asked = q.strip()[:LONGEST]
        db = read_only(self._folder)
        try:
            found = trace(asked, db) if asked else None
        finally:
            db.close()
        language = self._pages.language(request)
        return self._pages.page(
            request,
            "trace.html",
            query=asked,
            found=found,
            steps=STEPS,
            notes=tuple(wording.told(each, language) for each in found.notes) if found else (),
        )
