"""`labelstation camera aim`: how well the camera sees the label, and what to change."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
import uvicorn

from drivers.interface import Camera
from drivers.simulated.bench import Bench
from drivers.simulated.label import PrintedLabel
from station import devices
from station.app import Workshop, local_today
from station.artwork.items import Artwork
from station.artwork.picture import expected_picture
from station.cli.terminal import (
    BAD,
    GOOD,
    AsJson,
    ConfigFile,
    clear_refusals,
    configuration,
    language,
    say,
    say_json,
)
from station.config import Config
from station.core.problem import Refused, problem
from station.line.control import served
from station.line.job import Job
from station.line.specimen import SPECIMEN, covered, order_of
from station.web.aim import Aimed, Aiming, create_aim_app
from station.wording import told

app = typer.Typer(no_args_is_help=True, help="The camera of the line.")


@app.command()
def aim(
    *,
    config: ConfigFile = None,
    template: Annotated[
        str, typer.Option(metavar="NAME", help="The label that lies there; else the first one.")
    ] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0: any.")] = 8090,
    once: Annotated[bool, typer.Option("--once", help="One picture, no page.")] = False,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --once: the marked picture, JPEG.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the camera sees, how sharp, bright and large it is, and what to change."""
    with clear_refusals():
        settings = configuration(config)
        artwork = _specimen(settings, template)
        with _camera(settings, artwork) as camera:
            aiming = Aiming(camera, _modules(artwork))
            if once or as_json:
                _tell_once(aiming.look(), picture, as_json=as_json)
            else:
                _serve(aiming, settings, port)


def _specimen(settings: Config, name: str) -> Artwork:
    """A label of this design, of the first product it is made for. Raises Refused."""
    workshop = Workshop.open(settings)
    found = [
        each
        for (found, _), each in sorted(workshop.library.templates.items())
        if name in ("", found)
    ]
    if not found:
        raise Refused(problem("There is no template {name!r}.", name=name))
    product, level = next(covered(found[0], workshop.library))
    order = order_of(found[0], product, level, codes=SPECIMEN, today=local_today())
    job = Job(
        order,
        library=workshop.library,
        font=workshop.font,
        dots_per_mm=settings.printer.dots_per_mm,
    )
    return job.first.artwork


def _modules(artwork: Artwork) -> tuple[tuple[str, int], ...]:
    """Of each symbol, how many modules are in its width."""
    return tuple((each.identifier, each.area.width // each.module) for each in artwork.symbols)


@contextmanager
def _camera(settings: Config, artwork: Artwork) -> Iterator[Camera]:
    """The configured camera; a simulated one has the label lying before it. Raises Refused."""
    if served(settings.data) and settings.reader.camera.startswith(("v4l2:", "genicam:")):
        raise Refused(
            problem("The station runs and has the camera: stop it first, then aim the camera.")
        )
    with _bench(settings) as bench:
        if bench:
            paper = expected_picture(artwork)
            bench.camera.place(PrintedLabel(1, paper, artwork.dots_per_mm, b""))
        camera = devices.camera(settings, bench)
        if camera is None:
            raise Refused(problem("There is no camera to aim.", where="reader.camera"))
        with closing(camera):
            yield camera


@contextmanager
def _bench(settings: Config) -> Iterator[Bench | None]:
    bench = devices.bench(settings)
    try:
        yield bench
    finally:
        if bench:
            bench.close()


def _tell_once(aimed: Aimed, picture: Path | None, *, as_json: bool) -> None:
    if aimed.aim is None:
        assert aimed.problem is not None, "one of both"
        raise Refused(aimed.problem)
    if picture:
        picture.write_bytes(aimed.picture)
    aim = aimed.aim
    advice = [told(each, language()) for each in aim.advice]
    measures = {
        "width": aim.width,
        "height": aim.height,
        "light": aim.light,
        "edge": aim.edge,
        "pixels_per_module": [
            (each.identifier, round(each.pixels_per_module, 2)) for each in aim.symbols
        ],
        "missing": list(aim.missing),
        "tilt": aim.tilt,
        "good": aim.good,
        "advice": advice,
    }
    if as_json:
        say_json(measures)
    else:
        for name, value in measures.items():
            say(f"{name}: {value}")
    raise typer.Exit(GOOD if aim.good else BAD)


def _serve(aiming: Aiming, settings: Config, port: int) -> None:
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    name = settings.name
    if settings.reader.camera == "simulated":
        name += " · 模拟 SIMULATED"
    page = create_aim_app(aiming, language=settings.language, station_name=name)
    server = uvicorn.Server(
        uvicorn.Config(page, host="127.0.0.1", port=port, log_config=None, access_log=False)
    )
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True
        stopped.set()

    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        stopped.wait(0.05)
    if not thread.is_alive():
        raise Refused(problem("Port {port} is in use: give another one.", port=port))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    address = server.servers[0].sockets[0].getsockname()
    say(f"ready: http://127.0.0.1:{address[1]}")
    stopped.wait()
    thread.join()
