"""Whether a station could start with a configuration: everything that stands against it, at once.

A start refuses the first thing that is wrong; whoever sets a line up wants to hear of all of them.
So each part is asked for its own reasons, with the functions the start itself uses. Nothing is
changed, and no device is spoken to.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from station import devices, documents
from station.artwork.text import Font
from station.config import Config, placed
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import parse
from station.exchange.configured import hooks_of
from station.line import library
from station.line.control import served
from station.records import place
from station.records.signed.heads import Key
from station.records.signed.second_place import FILE, same_disk
from station.vision.picture import read_image
from station.web.server import check_port

ROUNDS = 10
"""How often settings that were refused are left out, to look at the others."""


@dataclass(frozen=True, slots=True)
class Readiness:
    config: Config | None
    """None where nothing could be read."""

    problems: tuple[Problem, ...]
    """Each keeps the station from starting, with its dotted path."""

    warnings: tuple[Problem, ...] = ()
    """What can be started with, and should not stay so."""

    @property
    def good(self) -> bool:
        return not self.problems


def of_file(path: Path) -> Readiness:
    """Of a configuration file. Raises Refused when it cannot be read at all."""
    document = documents.read(path)
    refused: list[Problem] = []
    config = _parsed(document if document is not None else {}, refused)
    if config is None:
        return Readiness(None, tuple(refused))
    found = of(
        placed(config, path.parent.resolve()), without=frozenset(each.where for each in refused)
    )
    return Readiness(found.config, (*refused, *found.problems), found.warnings)


def of(config: Config, *, without: frozenset[str] = frozenset()) -> Readiness:
    """`without` are dotted paths of what was refused: a default in its place is not looked at."""
    found = tuple(
        each
        for names, check in _CHECKS
        if not any(_touches(refused, name) for refused in without for name in names)
        for each in _refusals(check, config)
    )
    return Readiness(config, found, tuple(_warnings(config)))


def _parsed(document: object, refused: list[Problem]) -> Config | None:
    """The configuration without what is wrong in it, which is added to `refused`."""
    for _ in range(ROUNDS):
        try:
            return parse(Config, document)
        except Refused as error:
            refused.extend(error.problems)
            for each in error.problems:
                document = _without(document, each.where.split("."))
    return None


def _without(document: object, where: list[str]) -> object:
    if not isinstance(document, dict):
        return {}
    name, *inner = where
    if name not in document:
        return document
    rest = {key: value for key, value in document.items() if key != name}
    if inner and isinstance(document[name], dict):
        return rest | {name: _without(document[name], inner)}
    return rest


def _touches(refused: str, name: str) -> bool:
    """Whether one of two dotted paths lies within the other.

    >>> _touches("printer", "printer.url"), _touches("printer.dots_per_mm", "printer.url")
    (True, False)
    """
    return f"{name}.".startswith(f"{refused}.") or f"{refused}.".startswith(f"{name}.")


def _refusals(check: Callable[[Config], object], config: Config) -> Iterator[Problem]:
    try:
        check(config)
    except Refused as refused:
        yield from refused.problems


@contextmanager
def _at(where: str) -> Iterator[None]:
    """What is refused inside is the fault of this setting."""
    try:
        yield
    except Refused as refused:
        raise refused.within(where) from None


def _check_empty_place(config: Config) -> None:
    if config.reader.empty:
        with _at("reader.empty"):
            read_image(config.reader.empty)


def _check_library(config: Config) -> None:
    folders = {
        "catalogue": config.catalogue,
        "labels": config.labels,
        "profiles": config.profiles,
    }
    refuse(_missing(where, folder) for where, folder in folders.items() if not folder.is_dir())
    library.load(catalogue=config.catalogue, labels=config.labels, profiles=config.profiles)


def _check_font(config: Config) -> None:
    with _at("font"):
        Font.load(config.font)


def _check_data(config: Config) -> None:
    with _at("data"):
        place.check_file_system(config.data)
        _check_writable(config.data)


def _check_heads(config: Config) -> None:
    with _at("heads.folder"):
        _check_writable(config.heads.folder)


def _check_key(config: Config) -> None:
    """A key that is lost is not made anew beside heads that it signed."""
    with _at("heads.key"):
        _check_writable(config.heads.key.parent)
        if config.heads.key.exists() or (config.heads.folder / FILE).exists():
            Key.load(config.heads.key)


def _check_backup(config: Config) -> None:
    folder = config.backup.folder
    if folder is None:
        return
    with _at("backup.folder"):
        if not folder.is_dir():
            raise Refused(_missing("", folder))
        _check_writable(folder)


def _check_pages(config: Config) -> None:
    """A station that runs here holds its own port."""
    if not served(config.data):
        with _at("web.port"):
            check_port(config.web.host, config.web.port)


def _check_webhooks(config: Config) -> None:
    hooks_of(config.webhooks)


_CHECKS: tuple[tuple[tuple[str, ...], Callable[[Config], object]], ...] = (
    *devices.CHECKS,
    (("reader.empty",), _check_empty_place),
    (("catalogue", "labels", "profiles"), _check_library),
    (("font",), _check_font),
    (("data",), _check_data),
    (("heads", "data"), _check_heads),
    (("heads", "data"), _check_key),
    (("backup.folder",), _check_backup),
    (("web",), _check_pages),
    (("webhooks",), _check_webhooks),
)
"""The settings each looks at, and the check."""


def _missing(where: str, folder: Path) -> Problem:
    return problem("There is no folder {folder}.", where=where, folder=str(folder))


def _check_writable(folder: Path) -> None:
    """Whether this user could make the folder and write in it. Raises Refused."""
    there = _existing(folder)
    if not there.is_dir():
        raise Refused(problem("{path} is not a folder.", path=str(there)))
    if not os.access(there, os.W_OK | os.X_OK):
        raise Refused(problem("This user may not write in {folder}.", folder=str(there)))


def _existing(folder: Path) -> Path:
    whole = folder.absolute()
    return next(each for each in (whole, *whole.parents) if os.path.lexists(each))


def _warnings(config: Config) -> Iterator[Problem]:
    if devices_simulated := _simulated(config):
        yield problem("Simulated: {what}.", what=devices_simulated)
    if _on_one_disk(config.heads.folder, config.data):
        yield problem(
            "The second place is on the disk of the records: whoever loses one has lost both.",
            where="heads.folder",
        )
    if config.backup.folder is None:
        yield problem("No folder is configured, so no backups are made.", where="backup.folder")
    elif _on_one_disk(config.backup.folder, config.data):
        yield problem(
            "The backups are on the disk of the records: whoever loses one has lost both.",
            where="backup.folder",
        )
    yield from _room(config)
    if os.geteuid() == 0:
        yield problem(
            "This was asked by root, who may write everywhere: ask as the service's user."
        )


def _room(config: Config) -> Iterator[Problem]:
    free = shutil.disk_usage(_existing(config.data)).free // 1_000_000
    if free < config.spare_megabytes:
        yield problem(
            "{free} MB are free, {spare} MB are kept free: no order will start.",
            where="spare_megabytes",
            free=free,
            spare=config.spare_megabytes,
        )


def _simulated(config: Config) -> str:
    try:
        return ", ".join(devices.simulated(config))
    except Refused:  # told among the problems
        return ""


def _on_one_disk(one: Path, other: Path) -> bool:
    try:
        return same_disk(one, other)
    except Refused:  # what cannot be reached is told among the problems
        return False
