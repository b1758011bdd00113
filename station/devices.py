r"""The devices of a configuration: its addresses become drivers, and what cannot be one is refused.

Making a device does not speak to it yet; only a camera that streams begins to connect. What is
wrong with the addresses can be asked without making anything:

>>> from station.config import Config, PrinterConfig
>>> config = Config(printer=PrinterConfig(url="tcp://192.0.2.20"))
>>> print(*problems(config), sep="\n")
The printer is a real one, so nothing else can be simulated: expected an address for camera, gate.
printer.url: tcp://192.0.2.20: expected tcp://host:port
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from drivers.address import parse_address
from drivers.camera import open_camera
from drivers.camera.region import Region
from drivers.gate import open_gate
from drivers.interface import (
    Camera,
    DriverError,
    Gate,
    Printer,
    PrintMode,
    Scanner,
    Signals,
    Symbol,
    Trigger,
)
from drivers.scanner import Profile, open_scanner
from drivers.settings import Settings
from drivers.signals import open_signals
from drivers.simulated.bench import Bench, BenchFault
from drivers.simulated.practice import Practice
from drivers.simulated.script import NoScript, Script
from drivers.trigger import ModbusTrigger
from drivers.zebra import Zebra
from station import documents
from station.config import SIMULATED, Config
from station.core.problem import Problem, Refused, problem
from station.vision.decode import decode

_STREAMS = {"http", "https", "rtsp", "v4l2"}
"""Cameras that are connected to as soon as they are made."""


def simulated(config: Config) -> tuple[str, ...]:
    """Which devices are simulated. Raises Refused where a real printer is to be read by them."""
    urls = {
        "printer": config.printer.url,
        "camera": config.reader.camera,
        "scanner": config.reader.scanner,
        "gate": config.gate.url,
    }
    found = tuple(name for name, url in urls.items() if url == SIMULATED)
    if found and "printer" not in found:
        raise Refused(
            problem(
                "The printer is a real one, so nothing else can be simulated: expected an address"
                " for {what}.",
                what=", ".join(found),
            )
        )
    return found


def bench(config: Config, faults: Mapping[int, BenchFault] | None = None) -> Bench | None:
    """What is simulated, as one bench; None where everything is real. Raises Refused."""
    if not simulated(config):
        return None
    scanned = config.reader.scanner == SIMULATED
    return Bench(
        dots_per_mm=config.printer.dots_per_mm,
        faults=faults,
        window=config.reader.window,
        decode=_scan if scanned else None,
    )


def practice(config: Config, bench: Bench) -> Practice:
    """What a person's hands can do at the bench."""
    return Practice(bench, read=_scan, scanner=config.reader.scanner == SIMULATED)


def play(bench: Bench | None, script: Script) -> None:
    """Raises Refused where there is nothing to play it on."""
    if bench is None:
        raise Refused(
            problem("Faults can be ordered of simulated devices only: this printer is a real one.")
        )
    bench.play(script)


def read_script(path: Path) -> Script:
    """Faults to order. Raises Refused with everything that is wrong in the file."""
    try:
        return Script.parse(documents.read(path))
    except NoScript as wrong:
        found = (problem("{why}", where=each.where, why=each.why) for each in wrong.complaints)
        raise Refused(*found).within(path.name) from None


def printer(config: Config, bench: Bench | None) -> Printer:
    """Not connected yet. Raises Refused."""
    url = bench.printer_url if bench else config.printer.url
    with _address("printer.url"):
        parse_address(url)
        mode = PrintMode(config.printer.mode) if config.printer.mode else None
        return Zebra(url, dots_per_mm=config.printer.dots_per_mm, mode=mode)


def camera(config: Config, bench: Bench | None) -> Camera | None:
    """None where none is configured. Raises Refused."""
    url = config.reader.camera
    if not url:
        return None
    with _address("reader.camera"):
        there = bench.camera_url if bench and url == SIMULATED else url
        return open_camera(there, roi=_region(config))


def camera_words(config: Config) -> str:
    """All that the camera is told; another one sees labels another way."""
    return f"{config.reader.camera} {config.reader.region}"


def _region(config: Config) -> Region | None:
    """Raises ValueError."""
    return Region.parse(config.reader.region) if config.reader.region else None


def scanner(config: Config, bench: Bench | None) -> Scanner | None:
    """None where none is configured. Not connected yet. Raises Refused."""
    url = config.reader.scanner
    if not url:
        return None
    url = bench.scanner_url if bench and url == SIMULATED else url
    with _address("reader.scanner"):
        if not url.startswith("wedge:"):
            parse_address(url)
        return open_scanner(url, profile=Profile(config.reader.scanner_profile))


def gate(config: Config, bench: Bench | None) -> Gate:
    """Not connected yet. Raises Refused."""
    url = config.gate.url
    if config.reader.window > 1 and "confirm" in url:
        raise Refused(
            problem(
                "On a web a rejected label falls only when the web moves on, so the eye at the bin"
                " cannot be waited for: expected a gate without confirm or a window of 1.",
                where="gate.url",
            )
        )
    with _address("gate.url"):
        return open_gate(bench.gate_url if bench and url == SIMULATED else url)


def signals(config: Config) -> Signals:
    """Not connected yet. Raises Refused."""
    with _address("signals.url"):
        return open_signals(config.signals.url)


def trigger(config: Config) -> Trigger | None:
    """None where nobody but the station says when the next label comes. Raises Refused."""
    with _address("trigger.url"):
        return ModbusTrigger(Settings(config.trigger.url)) if config.trigger.url else None


def check_readers(config: Config) -> None:
    """Raises Refused where no label could be read."""
    settings = config.reader
    if not settings.camera and not settings.scanner:
        raise Refused(
            problem("A station needs a camera, a scanner or both: a label is read.", where="reader")
        )
    if settings.window > 1 and settings.scanner:
        raise Refused(
            problem(
                "Labels on a web pass the camera by themselves: expected a window of 1 or no"
                " scanner, got {window} and {scanner!r}.",
                where="reader.window",
                window=settings.window,
                scanner=settings.scanner,
            )
        )


def problems(config: Config) -> tuple[Problem, ...]:
    """All that is wrong with the addresses, without speaking to any device."""
    return tuple(each for _, check in CHECKS for each in _refused(check, config))


def _refused(check: Callable[[Config], object], config: Config) -> Iterator[Problem]:
    try:
        check(config)
    except Refused as refused:
        yield from refused.problems


def _check_printer(config: Config) -> None:
    if config.printer.url != SIMULATED:
        printer(config, None).close()


def _check_camera(config: Config) -> None:
    """One that streams is not made: a camera at work is not disturbed by a look at its address."""
    url = config.reader.camera
    with _address("reader.region"):
        _region(config)
    if url in {"", SIMULATED}:
        return
    with _address("reader.camera"):
        parts = urlsplit(url)
    if parts.scheme not in _STREAMS:
        made = camera(config, None)
        if made:
            made.close()
    elif not (parts.path if parts.scheme == "v4l2" else parts.hostname):
        raise Refused(
            problem("{url} says no host or device.", where="reader.camera", url=url[:200])
        )


def _check_scanner(config: Config) -> None:
    if config.reader.scanner != SIMULATED:
        made = scanner(config, None)
        if made:
            made.close()


def _check_gate(config: Config) -> None:
    if config.gate.url != SIMULATED:
        gate(config, None).close()


def _check_trigger(config: Config) -> None:
    made = trigger(config)
    if made:
        made.close()


CHECKS: tuple[tuple[tuple[str, ...], Callable[[Config], object]], ...] = (
    (("printer.url", "reader.camera", "reader.scanner", "gate.url"), simulated),
    (("reader.camera", "reader.scanner", "reader.window"), check_readers),
    (("printer.url",), _check_printer),
    (("reader.camera", "reader.region"), _check_camera),
    (("reader.scanner",), _check_scanner),
    (("gate.url",), _check_gate),
    (("signals.url",), lambda config: signals(config).close()),
    (("trigger.url",), _check_trigger),
)
"""The settings each looks at, and the check, which speaks to nobody. Raises Refused."""


@contextmanager
def _address(where: str) -> Iterator[None]:
    """An address that cannot be one is found at the start, and named with its setting."""
    try:
        yield
    except (DriverError, ValueError) as error:
        raise Refused(problem("{why}", where=where, why=str(error))) from None


def _scan(picture: NDArray[np.uint8]) -> tuple[Symbol, ...]:
    """How the simulated scanner sees: with the station's own decoder."""
    quiet = np.pad(picture, 40, constant_values=255)
    return decode(quiet).symbols
