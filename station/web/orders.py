"""The pages of orders: all of them, and the sheet of each, where every label is accounted for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station import wording
from station.artwork.picture import to_png
from station.artwork.symbols import plain_matrix
from station.core.reconciliation import Sheet
from station.core.state import GONE, LabelState, OrderState
from station.records.query import LabelRow, OrderRow, Records
from station.reports.batch.binder import Binder
from station.web import advice
from station.web.pages import Pages
from station.web.reading import reading, signed
from station.web.steps import way

TO_CLOSE = frozenset({OrderState.FINISHED, OrderState.ENDED})
CLOSED = frozenset({OrderState.CLOSED, OrderState.CLOSED_UNBALANCED})

QUIET, MODULE = 2, 12
"""Of the traveller's symbol: modules around it, pixels each."""

MOST_NAMED = 200
"""Labels named one by one; the others are in the reject log."""

_GOOD = frozenset({LabelState.ACCEPTED, LabelState.RELEASED})


@dataclass(frozen=True, slots=True)
class Named:
    """A label that is not simply good, and the page that shows it."""

    label: LabelRow
    page: int
    """0 where there is none."""

    again: bool
    """Its serial waits to be printed again."""


class OrderPages:
    def __init__(self, *, folder: Path, pages: Pages, binder: Binder | None = None) -> None:
        """`folder` holds the journal; `binder` makes the batch records, where there are some."""
        self._folder = folder
        self._binder = binder
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/orders", self.orders)
        self.router.add_api_route("/orders/{order_id}", self.order)
        self.router.add_api_route("/orders/{order_id}/traveller", self.traveller)
        self.router.add_api_route("/orders/{order_id}/traveller.png", self.traveller_code)
        self.router.add_api_route("/orders/{order_id}/record.json", self.record_json)
        self.router.add_api_route("/orders/{order_id}/record.pdf", self.record_pdf)

    def orders(self, request: Request) -> HTMLResponse:
        with reading(self._folder) as (records, _):
            rows = records.orders()
        return self._pages.page(
            request,
            "orders.html",
            rows=rows,
            to_close=tuple(each.order.id for each in rows if each.state in TO_CLOSE),
            states_to_close=TO_CLOSE,
        )

    def order(self, request: Request, order_id: str) -> HTMLResponse:
        with reading(self._folder) as (records, accounts):
            row, sheet = records.order(order_id), records.sheet(order_id)
            if row is None or sheet is None:
                raise HTTPException(404)
            closing = accounts.closing(order_id)
            stock = accounts.stock_entries(order_id)
            pages = pages_of(records, order_id)
            named = _named(records, row, pages)
            reprints = records.reprints(order_id)
        language = self._pages.language(request)
        differences = closing.differences if closing else sheet.differences
        return self._pages.page(
            request,
            "order.html",
            row=row,
            balance=row.balance,
            sheet=sheet,
            states=_states(sheet),
            stock=stock,
            closing=closing,
            differences=tuple(wording.told(each, language) for each in differences),
            named=named[:MOST_NAMED],
            more=len(named) > MOST_NAMED,
            pages=pages,
            reprints=reprints,
            to_close=row.state in TO_CLOSE,
            held=advice.for_hold(row.cause, language) if row.state == OrderState.HELD else None,
            changeable=row.state not in CLOSED,
            way=way(self._folder, order_id, language),
            recorded=self._binder is not None,
            signatures=signed(self._folder, order_id),
        )

    def traveller(self, request: Request, order_id: str) -> HTMLResponse:
        """The sheet that goes with an order: scanned at the line, it is started."""
        with reading(self._folder) as (records, _):
            row = records.order(order_id)
        if row is None:
            raise HTTPException(404)
        return self._pages.page(request, "traveller.html", row=row)

    def traveller_code(self, order_id: str) -> Response:
        """The id of the order as a Data Matrix (PNG)."""
        with reading(self._folder) as (records, _):
            row = records.order(order_id)
        if row is None:
            raise HTTPException(404)
        quiet = np.pad(plain_matrix(row.order.id), QUIET)
        picture = np.kron(np.where(quiet, 0, 255), np.ones((MODULE, MODULE))).astype(np.uint8)
        return Response(to_png(picture), media_type="image/png")

    def record_json(self, order_id: str, *, every: bool = False) -> Response:
        """The batch record as data."""
        _, document = self._document(order_id, every=every)
        return _download(document, "application/json", f"record-{order_id}.json")

    def record_pdf(
        self, request: Request, order_id: str, *, every: bool = False, language: str = ""
    ) -> Response:
        """The same on paper, in the language of whoever asks if none is named."""
        binder, document = self._document(order_id, every=every)
        pdf = binder.pdf(document, language=language or self._pages.language(request))
        return _download(pdf, "application/pdf", f"record-{order_id}.pdf")

    def _document(self, order_id: str, *, every: bool) -> tuple[Binder, bytes]:
        with reading(self._folder) as (records, _):
            known = records.order(order_id) is not None
        if self._binder is None or not known:
            raise HTTPException(404)
        return self._binder, self._binder.document(order_id, every_label=every)


def _download(data: bytes, kind: str, name: str) -> Response:
    """`name` has an order's id in it, which is plain (`station.core.order.Id`)."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)


def pages_of(records: Records, order_id: str) -> dict[int, int]:
    """Number of a label → its newest page in the log."""
    found = records.nonconformances(order=order_id)
    return {each.number: each.id for each in reversed(found)}


def _states(sheet: Sheet) -> tuple[tuple[LabelState, int], ...]:
    """In the order of a label's life; what no label is in is left out."""
    return tuple((state, n) for state in LabelState if (n := sheet.states.get(state, 0)))


def _named(records: Records, row: OrderRow, pages: dict[int, int]) -> tuple[Named, ...]:
    """Every label a person may ask about: those in doubt, rejected, gone, samples."""
    order = row.order
    printing = row.state in {OrderState.RUNNING, OrderState.HELD}
    lacking = records.lacking(order.id) if order.reprint == "same" and printing else ()
    again = {each.number for each in lacking if each.state in GONE}
    return tuple(
        Named(each, pages.get(each.number, 0), each.number in again)
        for each in records.labels(order.id)
        if each.state not in _GOOD or each.reprint_of
    )
