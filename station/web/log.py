"""The supervisor's pages: rejected and in-doubt labels with their proof, orders with their balance.

They read the journal through a connection of their own and can change nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as Folder
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse

from station import wording
from station.core.judge import Code
from station.records.evidence import Evidence
from station.records.journal import read_only
from station.records.query import Nonconformance, Records
from station.records.table import csv_rows
from station.web.filters import Filter
from station.web.pages import YEAR_SECONDS, Pages

Number = Annotated[int, Path(ge=0, lt=2**63)]


class LogPages:
    def __init__(self, *, folder: Folder, evidence: Evidence, pages: Pages) -> None:
        self._folder = folder
        self._evidence = evidence
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/rejects", self.rejects)
        self.router.add_api_route("/rejects.csv", self.table)
        self.router.add_api_route("/rejects/{number}", self.reject)
        self.router.add_api_route("/orders", self.orders)
        self.router.add_api_route("/orders/{order_id}", self.order)
        self.router.add_api_route("/evidence/{name}.jpg", self.evidence)

    def rejects(self, request: Request) -> HTMLResponse:
        wanted = Filter.of(request.query_params)
        with self._records() as records:
            rows, more = wanted.rows(records)
            products = sorted({each.order.product for each in records.orders()})
        return self._pages.page(
            request,
            "rejects.html",
            filter=wanted,
            rows=rows,
            more=more,
            products=products,
            groups=_groups(),
        )

    def table(self, request: Request) -> StreamingResponse:
        with self._records() as records:
            found = Filter.of(request.query_params).every(records)
        rows = csv_rows(found, self._pages.language(request))
        return StreamingResponse(
            (row.encode() for row in rows),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="rejects.csv"'},
        )

    def reject(self, request: Request, number: Number) -> HTMLResponse:
        with self._records() as records:
            found = records.nonconformance(number)
        if found is None:
            raise HTTPException(404)
        return self._pages.page(request, "reject.html", found=found, symbols=_symbols(found))

    def orders(self, request: Request) -> HTMLResponse:
        with self._records() as records:
            rows = records.orders()
        return self._pages.page(request, "orders.html", rows=rows)

    def order(self, request: Request, order_id: str) -> HTMLResponse:
        with self._records() as records:
            row = records.order(order_id)
        if row is None:
            raise HTTPException(404)
        return self._pages.page(request, "order.html", row=row, balance=row.balance)

    def evidence(self, name: str) -> Response:
        """The picture a verdict rests on. Its name is its digest, so it never changes."""
        path = self._evidence.path(name)
        if not path.is_file():
            raise HTTPException(404)
        caching = f"private, max-age={YEAR_SECONDS}, immutable"
        return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": caching})

    @contextmanager
    def _records(self) -> Iterator[Records]:
        db = read_only(self._folder)
        try:
            yield Records(db)
        finally:
            db.close()


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
