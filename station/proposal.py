r"""What was found, as lines for `station.yaml` to paste.

>>> from station.config import Config, GateConfig, PrinterConfig, ReaderConfig
>>> config = Config(printer=PrinterConfig(url="tcp://192.0.2.20:9100"),
...                 reader=ReaderConfig(camera=""), gate=GateConfig(url="operator"))
>>> webcam = Found(Kind.CAMERA, "v4l2:///dev/video0", "HD Webcam")
>>> print(*proposed(config, (webcam,), ()), sep="\n")
printer: {url: "tcp://192.0.2.20:9100", dots_per_mm: 8}
reader:
  camera: "v4l2:///dev/video0"
  scanner: ""
gate: {url: "operator"}

What is configured stays; what is missing is the first that was found; any other is a comment. A
name and a password are left out, because what is shown here is copied around.
"""

import json
from collections.abc import Iterator

from drivers.discovery import Found, Kind
from station.config import SIMULATED, Config
from station.probes import Probed, Role, shown_address

_MISSING = {"", SIMULATED}


def proposed(
    config: Config, found: tuple[Found, ...], printers: tuple[Probed, ...]
) -> Iterator[str]:
    """Lines of YAML. `printers` were asked at other addresses than the configured one."""
    answering = tuple(each for each in printers if each.role is Role.PRINTER and each.says)
    candidates = {
        "printer": tuple(each.address for each in answering) + _usable(found, Kind.PRINTER),
        "camera": _usable(found, Kind.CAMERA),
        "scanner": _usable(found, Kind.SCANNER),
    }
    urls = {
        "printer": config.printer.url,
        "camera": config.reader.camera,
        "scanner": config.reader.scanner,
    }
    chosen = {role: _chosen(url, candidates[role]) for role, url in urls.items()}
    if chosen["printer"] == SIMULATED:
        # A simulated printer prints on no paper that a real camera could see.
        chosen = urls
    real = chosen["printer"] != SIMULATED
    told = {each.address: each.dots_per_mm for each in answering if each.dots_per_mm}
    dots = told.get(chosen["printer"], config.printer.dots_per_mm)
    gate = "operator" if real and config.gate.url == SIMULATED else config.gate.url
    yield f"printer: {{url: {quoted(chosen['printer'])}, dots_per_mm: {dots}}}"
    yield from _others("printer", candidates, chosen)
    yield "reader:"
    for role in ("camera", "scanner"):
        url = "" if real and chosen[role] == SIMULATED else chosen[role]
        yield f"  {role}: {quoted(url)}"
        yield from _others(role, candidates, chosen)
    yield f"gate: {{url: {quoted(gate)}}}"


def quoted(text: str) -> str:
    """A text as YAML and JSON both write it; what cannot be printed is left out."""
    return json.dumps("".join(filter(str.isprintable, text)), ensure_ascii=False)


def _usable(found: tuple[Found, ...], kind: Kind) -> tuple[str, ...]:
    return tuple(each.address for each in found if each.kind is kind and each.usable)


def _chosen(url: str, candidates: tuple[str, ...]) -> str:
    if url in _MISSING:
        return next(iter(candidates), url)
    return shown_address(url)


def _others(
    role: str, candidates: dict[str, tuple[str, ...]], chosen: dict[str, str]
) -> Iterator[str]:
    for address in candidates[role]:
        if address != chosen[role]:
            yield f"  # or {quoted(address)}"
