"""The page on which a camera is aimed: the live picture, large figures, and what to change.

It is served by `labelstation camera aim` alone, never by a station: nothing is judged here.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from drivers.deadline import Deadline
from drivers.interface import Camera, DriverError
from station import wording
from station.core.problem import Problem, problem
from station.vision.aim import Aim, marked, measured
from station.vision.fitness import SOFT
from station.web.guard import Guard
from station.web.pages import FOLDER, Pages

WAIT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Aimed:
    """One look of whoever aims; `picture` is marked up, JPEG, and empty where there is none."""

    aim: Aim | None
    problem: Problem | None
    picture: bytes = b""
    best: float | None = None
    """The smallest width of edges since the page was opened."""

    per_second: float = 0.0


class Aiming:
    """Looks through a camera, for one or several pages."""

    def __init__(
        self,
        camera: Camera,
        modules: tuple[tuple[str, int], ...],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`modules`: see station.vision.aim.measured."""
        self._camera = camera
        self._modules = modules
        self._clock = clock
        self._lock = threading.Lock()
        self._best: float | None = None
        self._before = clock()

    def look(self) -> Aimed:
        """A new picture, measured. A camera that fails is told, and asked again the next time."""
        with self._lock:
            try:
                frame = self._camera.frame(self._clock(), Deadline.after(WAIT_SECONDS))
            except DriverError as fault:
                return Aimed(None, problem("The camera cannot be used: {why}.", why=str(fault)))
            aim = measured(frame.pixels, self._modules)
            if aim.edge is not None:
                self._best = min(aim.edge, self._best or aim.edge)
            now, before = self._clock(), self._before
            self._before = now
            return Aimed(
                aim, None, marked(frame.pixels, aim), self._best, 1 / max(now - before, 0.001)
            )


def create_aim_app(aiming: Aiming, *, language: str, station_name: str) -> FastAPI:
    """`station_name` stands on the page, with a note where the camera is simulated."""
    token = secrets.token_urlsafe(32)
    pages = Pages(language=language, station_name=station_name, token=token)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    shown: dict[str, bytes] = {}

    def page(request: Request) -> HTMLResponse:
        return pages.page(request, "aim.html")

    def measures(request: Request) -> HTMLResponse:
        aimed = aiming.look()
        shown["picture"] = aimed.picture
        lines = aimed.aim.advice if aimed.aim else tuple(filter(None, (aimed.problem,)))
        told = tuple(wording.told(each, pages.language(request)) for each in lines)
        return pages.page(
            request, "live/aim.html", aimed=aimed, told=told, soft=SOFT, at=secrets.token_hex(4)
        )

    def picture() -> Response:
        return Response(shown.get("picture", b""), media_type="image/jpeg")

    app.add_api_route("/", page)
    app.add_api_route("/measures", measures)
    app.add_api_route("/picture.jpg", picture)
    app.add_api_route("/language/{language}", pages.choose, methods=["POST"])
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    app.add_middleware(Guard, token=token)
    return app
