"""All pages of a station as one web application."""

import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from station.access.door import Door
from station.core.catalogue import Product
from station.core.challenge import Schedule
from station.core.problem import Problem, Refused, problem
from station.line.board import Board
from station.records.evidence import Evidence
from station.reports.batch.binder import Binder
from station.web.api.api import PREFIX
from station.web.api.problem import Trouble, told
from station.web.challenge import ChallengePages
from station.web.docs import DocsPages
from station.web.entrance import EntrancePages
from station.web.forms import FormPages
from station.web.gate import Gate, NotAllowed, check_right
from station.web.guard import Guard, Scheme
from station.web.help import HelpPages
from station.web.line import LinePages
from station.web.live import Live
from station.web.log import LogPages
from station.web.orders import OrderPages
from station.web.pages import FOLDER, Pages
from station.web.people import PeoplePages
from station.web.production import ProductionPages
from station.web.quality.quality import NOTHING, Known, routers
from station.web.simulation import Simulation, SimulationPages
from station.web.trace import TracePages
from station.web.trends import TrendPages
from station.web.verify import VerifyPages

UNASKED = Schedule()
"""No challenge is ever due by itself."""

NO_PRODUCTS: Mapping[str, Product] = MappingProxyType({})
"""The catalogue of whoever has none."""


def create_app(
    *,
    board: Board,
    folder: Path,
    evidence: Evidence,
    language: str,
    station_name: str,
    catalogue: Mapping[str, Product] = NO_PRODUCTS,
    live: Live | None = None,
    simulation: Simulation | None = None,
    challenges: Schedule = UNASKED,
    binder: Binder | None = None,
    door: Door | None = None,
    known: Known = NOTHING,
    hosts: Collection[str] = (),
    scheme: Scheme = "http",
    api: FastAPI | None = None,
) -> FastAPI:
    """`folder` holds the journal; `catalogue` says which products labels are of; `live` is given by
    whoever has to end the streams before the server can stop; `simulation` where the devices are
    simulated, and nowhere else. `challenges` says when they are due. `binder` makes the records
    of orders; without one there are none to be had.
    `known` is what the quality pages know besides the journal.
    `door` knows who may come in; without one everybody may. `hosts` and `scheme`: see Guard.
    `api` is what machines ask (`station.web.api`).
    """
    streams = live or Live(board)
    token = secrets.token_urlsafe(32)
    pages = Pages(
        language=language, station_name=station_name, token=token, simulated=simulation is not None
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        streams.start()
        yield
        streams.close()

    # The generated documentation loads its scripts from elsewhere.
    app = FastAPI(
        title=station_name,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        dependencies=[Depends(check_right)],
    )
    if door:
        entrance = EntrancePages(door=door, pages=pages, secure=scheme == "https")
        app.include_router(entrance.router)
        enrolling = PeoplePages(board=board, folder=folder, door=door, pages=pages)
        app.include_router(enrolling.router)
    app.include_router(LinePages(board=board, live=streams, pages=pages).router)
    app.include_router(FormPages(board=board, folder=folder, pages=pages).router)
    logged = LogPages(board=board, folder=folder, evidence=evidence, pages=pages)
    app.include_router(logged.router)
    app.include_router(OrderPages(folder=folder, pages=pages, binder=binder).router)
    app.include_router(TracePages(folder=folder, pages=pages).router)
    verifying = VerifyPages(folder=folder, catalogue=catalogue, today=_local_today, pages=pages)
    app.include_router(verifying.router)
    challenged = ChallengePages(
        board=board,
        folder=folder,
        evidence=evidence,
        schedule=challenges,
        station_name=station_name,
        pages=pages,
    )
    app.include_router(challenged.router)
    app.include_router(TrendPages(board=board, folder=folder, pages=pages).router)
    made = ProductionPages(board=board, folder=folder, schedule=challenges, pages=pages)
    app.include_router(made.router)
    for each in routers(
        folder=folder,
        evidence=evidence,
        station_name=station_name,
        recorded=binder is not None,
        known=known,
        pages=pages,
    ):
        app.include_router(each)
    app.include_router(HelpPages(pages=pages).router)
    if simulation:
        app.include_router(SimulationPages(simulation=simulation, pages=pages).router)
    if api:
        app.include_router(DocsPages(api, pages=pages).router)
        app.mount(PREFIX, api)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.add_middleware(Gate, door=door)
    app.add_middleware(Guard, token=token, hosts=hosts, scheme=scheme)
    _answer_refusals(app, pages)
    return app


def _local_today() -> date:
    return datetime.now(UTC).astimezone().date()


def _answer_refusals(app: FastAPI, pages: Pages) -> None:
    """Whatever is refused is answered with a page that says so."""

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused), "registered for it"
        if isinstance(error, NotAllowed):
            return pages.denial(request, error)
        return pages.refusal(request, error)

    def misunderstood(request: Request, _: Exception) -> Response:
        return pages.refusal(request, Refused(problem("This address cannot be understood.")))

    def missing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "registered for it"
        if request.url.path.startswith(f"{PREFIX}/"):  # a mount takes no path with a line feed
            return told(request, Trouble("missing"), language=pages.language(request))
        return pages.refusal(request, Refused(_missing(error)), status=error.status_code)

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, misunderstood)
    app.add_exception_handler(HTTPException, missing)


def _missing(error: HTTPException) -> Problem:
    if error.status_code == 404:
        return problem("There is nothing at this address.")
    return problem("The station cannot answer this: {why}.", why=error.detail)
