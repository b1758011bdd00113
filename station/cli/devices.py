"""`labelstation devices`: what is there, whether it works, and the lines for `station.yaml`."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from drivers.discovery import Found, everything
from drivers.interface import DriverError
from station.cli.terminal import (
    BAD,
    GOOD,
    UNREADABLE,
    AsJson,
    ConfigFile,
    configuration,
    language,
    refusals,
    say_json,
)
from station.cli.terminal import say as print_line
from station.config import SIMULATED, Config, ReaderConfig
from station.core.problem import Refused, problem
from station.language import say, sentence, tell
from station.line.control import served
from station.probes import Probed, not_asked, probe, probe_printer
from station.proposal import proposed
from station.wording import DEVICES

_CONFIGURED = sentence("configured")
_GIVEN = sentence("given")
_GOOD = sentence("good")
_PLUGGED_IN = sentence("plugged in, not asked")
_PASTE = sentence("For station.yaml:")
_SERIAL = sentence("serial line")
_COLUMNS = (
    sentence("device"),
    sentence("address"),
    sentence("what it says"),
    sentence("good, or why not"),
)


def devices(
    *,
    printer: Annotated[
        list[str] | None,
        typer.Option("--printer", metavar="ADDRESS", help="Ask this one too; may be repeated."),
    ] = None,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Show the devices of the simulated bench.")
    ] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Find devices and ask those configured whether they work; nothing is printed or fed."""
    with refusals(UNREADABLE):
        settings = _bench() if simulated else configuration(config)
        configured = _configured(settings)
        given = tuple(probe_printer(settings, each) for each in printer or ())
        found = _found()
        lines = tuple(proposed(settings, found, given))
        if as_json:
            _say_json(configured, given, found, lines)
        else:
            _show(configured, given, found, lines)
    raise typer.Exit(GOOD if all(each.good for each in configured + given) else BAD)


def _bench() -> Config:
    return Config(reader=ReaderConfig(scanner=SIMULATED))


def _configured(settings: Config) -> tuple[Probed, ...]:
    """A second voice on a printer's line can ruin a label, so devices at work are left alone."""
    if served(settings.data):
        return not_asked(
            settings, problem("Not asked: the station is running and uses it. Stop it first.")
        )
    return probe(settings)


def _found() -> tuple[Found, ...]:
    try:
        return everything()
    except DriverError as fault:
        raise Refused(problem("{why}", why=str(fault))) from None


def _show(
    configured: tuple[Probed, ...],
    given: tuple[Probed, ...],
    found: tuple[Found, ...],
    lines: tuple[str, ...],
) -> None:
    table = Table()
    for each in _COLUMNS:
        table.add_column(say(each, language()), overflow="fold")  # an address is copied whole
    for row in (
        *_probed_rows(configured, _CONFIGURED),
        *_probed_rows(given, _GIVEN),
        *map(_found_row, found),
    ):
        table.add_row(*(Text(harmless(cell)) for cell in row))
    Console().print(table)
    print_line(say(_PASTE, language()))
    print_line("")
    for line in lines:
        print_line(line)


def _probed_rows(probed: tuple[Probed, ...], how: str) -> Iterator[tuple[str, str, str, str]]:
    for each in probed:
        name = f"{say(DEVICES[each.role], language())} ({say(how, language())})"
        says = tell(each.says, language()) if each.says else ""
        why_not = "\n".join(tell(why, language()) for why in each.why_not)
        yield name, each.address, says, why_not or say(_GOOD, language())


def _found_row(found: Found) -> tuple[str, str, str, str]:
    kind = say(DEVICES.get(found.kind, _SERIAL), language())
    says = "; ".join(filter(None, (found.name, found.says)))
    return kind, found.address, says, found.hindrance or say(_PLUGGED_IN, language())


def harmless(text: str) -> str:
    r"""What a device calls itself, for a terminal: no character of it can be a command.

    >>> harmless("HD\x1b[2JCam\u202e")
    'HD\\x1b[2JCam\\u202e'
    """
    return "".join(
        each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text
    )


def _say_json(
    configured: tuple[Probed, ...],
    given: tuple[Probed, ...],
    found: tuple[Found, ...],
    lines: tuple[str, ...],
) -> None:
    for each in configured:
        say_json({"how": "configured"} | _json(each))
    for each in given:
        say_json({"how": "given"} | _json(each))
    for seen in found:
        say_json(
            {
                "how": "found",
                "device": seen.kind,
                "address": seen.address,
                "says": "; ".join(filter(None, (seen.name, seen.says))),
                "why_not": seen.hindrance,
            }
        )
    say_json({"yaml": "\n".join(lines) + "\n"})


def _json(probed: Probed) -> dict[str, object]:
    return {
        "device": probed.role,
        "address": probed.address,
        "says": str(probed.says) if probed.says else "",
        "good": probed.good,
        "why_not": "\n".join(str(each) for each in probed.why_not),
        "conditions": probed.conditions,
    }
