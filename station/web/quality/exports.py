"""The page of exports: what an inspection takes away, as a link or as the command to type."""

from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station.web.orders import CLOSED
from station.web.pages import Pages
from station.web.reading import reading

ORDERS = 30
"""The newest."""


class ExportPages:
    def __init__(self, *, folder: Path, recorded: bool, pages: Pages) -> None:
        """`folder` holds the journal; `recorded`: there are batch records to be had."""
        self._folder = folder
        self._recorded = recorded
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality/exports", self.page)

    def page(self, request: Request) -> HTMLResponse:
        with reading(self._folder) as (records, _):
            rows = records.orders(limit=ORDERS)
        return self._pages.page(
            request,
            "quality/exports.html",
            rows=rows,
            closed=CLOSED,
            recorded=self._recorded,
            most=ORDERS,
        )
