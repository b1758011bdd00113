"""Running the line, and the simulated devices on their own."""

import logging
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from station.app import Station, simulate_printer
from station.cli.terminal import (
    ConfigFile,
    clear_refusals,
    configuration,
    say,
)
from station.devices import read_script, simulated

simulate = typer.Typer(no_args_is_help=True, help="Simulated devices on their own.")


def run(
    *,
    config: ConfigFile = None,
    faults: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Faults to order of the simulated bench, as YAML."),
    ] = None,
) -> None:
    """Run the station until it is told to stop; the label in hand is finished first."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    with clear_refusals():
        settings = configuration(config)
        script = read_script(faults) if faults else None
        with Station(settings, script=script) as station:
            pretended = ", ".join(simulated(settings))
            note = f"  SIMULATED: {pretended}" if pretended else ""
            say(f"ready: {station.server.url}  orders: {settings.data / 'orders' / 'inbox'}{note}")

            def stop(_number: int, _frame: FrameType | None) -> None:
                station.daemon.stop()

            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, stop)
            station.daemon.run()


@simulate.command()
def printer(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0: any.")] = 9100,
    out: Annotated[Path, typer.Option(help="Folder for one PNG a label.")] = Path("labels"),
    dots_per_mm: Annotated[int, typer.Option(min=6, max=24)] = 8,
) -> None:
    """A ZPL printer on 127.0.0.1 that writes a PNG for each label, to try any ZPL on."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with clear_refusals():
        simulate_printer(port=port, out=out, dots_per_mm=dots_per_mm, stopped=stopped, tell=say)
