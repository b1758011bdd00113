"""The page that verifies: scan any label and see whether it was made here and says what it should.

What is scanned stands in the address, as ␝ or percent-encoded: looking changes nothing, so a look
is a GET. Nothing is remembered, and the field is ready for the next label.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station import wording
from station.core.catalogue import Product
from station.line.scanned import scanned
from station.line.verified import Finding, Verified, difference, headline, name_of
from station.line.verify import Verifier
from station.records.journal import read_only
from station.records.query import Records
from station.records.trace.trace import trace
from station.web.pages import Pages

LONGEST = 4096
"""Characters of a scan that are looked at."""

SIGNS: Mapping[Finding, str] = {
    Finding.AGREES: "accepted",
    Finding.NOT_GOOD: "rejected",
    Finding.DIFFERS: "rejected",
    Finding.NOT_OURS: "in-doubt",
    Finding.TOO_LITTLE: "in-doubt",
    Finding.UNREADABLE: "fault",
}
"""Colour and shape, the same as those of the line."""


class VerifyPages:
    def __init__(
        self,
        *,
        folder: Path,
        catalogue: Mapping[str, Product],
        today: Callable[[], date],
        pages: Pages,
    ) -> None:
        """`folder` holds the journal; `today` is the day at the line."""
        self._folder = folder
        self._catalogue = catalogue
        self._today = today
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/verify", self.page)

    def page(self, request: Request, data: str = "") -> HTMLResponse:
        language = self._pages.language(request)
        found = self._verified(data[:LONGEST]) if data else None
        return self._pages.page(
            request,
            "verify.html",
            found=found,
            sign=SIGNS[found.finding] if found else "",
            headline=headline(found, language) if found else "",
            notes=_notes(found, language) if found else (),
            difference=difference,
            name_of=name_of,
        )

    def _verified(self, text: str) -> Verified:
        db = read_only(self._folder)
        try:
            verifier = Verifier(
                Records(db),
                tracing=partial(trace, db=db),
                catalogue=self._catalogue,
                today=self._today(),
            )
            return verifier.verify(scanned(text))
        finally:
            db.close()


def _notes(found: Verified, language: str) -> tuple[str, ...]:
    every = (*found.checked.problems, *found.checked.doubts, *found.notes)
    return tuple(wording.told(each, language) for each in every)
