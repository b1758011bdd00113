"""The API itself: an application of its own under /api/v1, which refuses in its own way.

It takes no cookies, so a page open in a browser here can do nothing with it; that the Host header
names this machine is seen to by the guard in front of everything (`station.web.guard`).
"""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from station.access.bearer import BURST, Bearers
from station.access.secret import Secrets
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.core.scope import Scope
from station.core.state import OrderState
from station.exchange.outbox import Standing
from station.line.board import Board
from station.records.journal import read_only
from station.records.query import Records, Taken
from station.records.tokens import Token, Tokens
from station.web.api import shapes
from station.web.api.access import Needs
from station.web.api.body import json_body
from station.web.api.delivery import ANSWER_SECONDS, Deliveries, key_of
from station.web.api.lists import Lists, state_of
from station.web.api.problem import KINDS, MEDIA, Trouble, language_of, refused, told, unheard

PREFIX = "/api/v1"

LONGEST_PIECE = 500
"""Rows of one answer."""

LAST_PLACE = 2**63 - 1

After = Annotated[int, Query(ge=0, le=LAST_PLACE, description="`next` of the piece before.")]
Limit = Annotated[int, Query(ge=1, le=LONGEST_PIECE)]

RecordOf = Callable[[str], bytes]
"""The batch record of an order that is there, as JSON."""


class Api:
    def __init__(
        self,
        *,
        board: Board,
        folder: Path,
        station_name: str,
        language: str,
        bearers: Bearers,
        record_of: RecordOf | None = None,
        standings: Callable[[], tuple[Standing, ...]] = tuple,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`folder` holds the journal; `language` is spoken to whoever asks for none; `seconds` is
        how long a delivery waits for the station; `standings` are those of the webhooks.
        """
        self._board = board
        self._folder = folder
        self._station_name = station_name
        self._language = language
        self._bearers = bearers
        self._record_of = record_of
        self._standings = standings
        self._lists = Lists(folder)
        self._deliveries = Deliveries(board=board, known=self._known, seconds=seconds)

    def app(self) -> FastAPI:
        app = FastAPI(
            title="Label station",
            version="1",
            description="Work orders in, counts and records out.",
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            servers=[{"url": PREFIX}],
            responses={
                "4XX": {"model": shapes.Wrong, "content": {MEDIA: {}}, "description": "Refused."}
            },
        )
        for (method, path), handler in self._handlers().items():
            scope = shapes.SCOPES[method, path]
            app.add_api_route(
                path,
                handler,
                methods=[method],
                status_code=201 if method == "POST" else 200,
                dependencies=[Depends(Needs(self._bearers, scope))] if scope else [],
                openapi_extra=_ORDER_BODY if method == "POST" else None,
                description=_described(handler, scope),
            )
        self._answer_troubles(app)
        return app

    def _handlers(self) -> dict[tuple[str, str], Callable[..., Any]]:
        return {
            ("POST", "/orders"): self.add_order,
            ("GET", "/orders"): self.orders,
            ("GET", "/orders/{order}"): self.order,
            ("GET", "/orders/{order}/labels"): self.labels,
            ("GET", "/orders/{order}/record"): self.record,
            ("GET", "/nonconformances"): self.nonconformances,
            ("GET", "/state"): self.state,
            ("GET", "/health"): self.health,
        }

    # -- what is asked ---------------------------------------------------------------------

    async def add_order(self, request: Request, response: Response) -> shapes.Taken:
        """Send in a work order, once for each Idempotency-Key: the same key and body get the same
        answer, for ever; the same key with another body is a conflict.
        """
        key = key_of(request.headers.getlist("idempotency-key"))
        data = await json_body(request)
        token: Token = request.state.token
        sha256, taken = await run_in_threadpool(self._deliveries.take, token.name, key, data)
        if taken.problems:
            raise Trouble("refused", taken.problems)
        response.headers["Location"] = f"{PREFIX}/orders/{taken.orders[0]}"
        return shapes.Taken(orders=taken.orders, sha256=sha256)

    def orders(
        self, *, after: After = 0, limit: Limit = 100, state: OrderState | None = None
    ) -> shapes.Orders:
        """All orders, in the order in which they came in."""
        return self._lists.orders(after=after, limit=limit, state=state or "")

    def order(self, order: str) -> shapes.Order:
        """How far an order is."""
        return self._lists.order(order)

    def labels(self, order: str, *, after: After = 0, limit: Limit = 100) -> shapes.Labels:
        """Every label of an order, by number."""
        return self._lists.labels(order, after=after, limit=limit)

    def record(self, order: str) -> Response:
        """The batch record of an order (docs/batch-record.schema.json)."""
        self._lists.check(order)
        if self._record_of is None:
            raise Trouble("absent")
        return Response(self._record_of(order), media_type="application/json")

    def nonconformances(
        self, *, order: str = "", after: After = 0, limit: Limit = 100
    ) -> shapes.Nonconformances:
        """Rejected labels, labels in doubt, and good ones that were taken out again."""
        return self._lists.nonconformances(order=order, after=after, limit=limit)

    def state(self, request: Request) -> shapes.State:
        """What the station does now."""
        spoken = language_of(request, self._language)
        return state_of(
            self._board.snapshot,
            station=self._station_name,
            language=spoken,
            standings=self._standings(),
        )

    def health(self) -> shapes.Health:
        """Whether the station answers; it takes no token, and tells nothing else."""
        return shapes.Health(status="pass")

    def _known(self, name: str) -> tuple[str, Taken] | None:
        with closing(read_only(self._folder)) as db:
            return Records(db).delivered(name)

    # -- what is wrong ---------------------------------------------------------------------

    def _answer_troubles(self, app: FastAPI) -> None:
        def troubled(request: Request, error: Exception) -> Response:
            return told(request, _trouble(error), language=self._language)

        for kind in (Trouble, Refused, RequestValidationError, HTTPException):
            app.add_exception_handler(kind, troubled)


def _trouble(error: Exception) -> Trouble:
    match error:
        case Trouble():
            return error
        case Refused():
            return refused(error)
        case RequestValidationError():
            return Trouble("misunderstood", tuple(unheard(each) for each in error.errors()))
        case HTTPException():
            code = next(
                (each for each, kind in KINDS.items() if kind.status == error.status_code),
                "misunderstood",
            )
            return Trouble(code, headers=error.headers or {})
        case _:
            raise error


def _described(handler: Callable[..., Any], scope: Scope | None) -> str:
    told = " ".join((handler.__doc__ or "").split())
    return f"{told} Scope: {scope}." if scope else told


_ORDER_BODY: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,64}$"},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WorkOrder"}}},
    },
}


def description(app: FastAPI) -> dict[str, Any]:
    """The API as OpenAPI 3.1 describes one, the work order included."""
    found: dict[str, Any] = app.openapi()
    order = WorkOrder.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = found["components"]["schemas"]
    schemas.update(order.pop("$defs", {}))
    schemas["WorkOrder"] = order
    return found


def bearers_of(folder: Path, secrets: Secrets, *, burst: int = BURST) -> Bearers:
    """`folder` holds the journal; `burst` is how many requests a token has at once."""

    def find(digest: str) -> Token | None:
        with closing(read_only(folder)) as db:
            return Tokens(db).with_digest(digest)

    return Bearers(find=find, secrets=secrets, now=lambda: datetime.now(UTC), burst=burst)
