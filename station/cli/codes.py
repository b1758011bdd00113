"""`labelstation gs1 …`: check and compute codes, away from any label."""

import os
import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from station.cli.terminal import BAD, GOOD, AsJson, clear_refusals, say, say_json
from station.core.gmn import Gmn, check_pair
from station.core.gs1 import Checked, check
from station.core.gtin import gtin14 as derive
from station.core.problem import Refused

app = typer.Typer(no_args_is_help=True, help="GS1 element strings, Basic UDI-DI, GTIN.")


@app.command("check")
def check_(
    strings: Annotated[
        list[str] | None,
        typer.Argument(help="Element strings, bracketed or raw with GS; none: standard input."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check element strings, one an argument or one a line of standard input."""
    lines: Iterable[bytes] = (
        [os.fsencode(each) for each in strings]
        if strings
        else (line for line in sys.stdin.buffer if line.rstrip(b"\r\n"))
    )
    code = GOOD
    for line in lines:
        found = check(_text(line))
        code = code if found.valid else BAD
        _print(line.rstrip(b"\r\n").decode("utf-8", "backslashreplace"), found, as_json=as_json)
    raise typer.Exit(code)


def _text(line: bytes) -> str | bytes:
    """As typed where it is text; otherwise byte for byte."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line


def _print(line: str, found: Checked, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "input": line,
                "valid": found.valid,
                "errors": list(found.errors),
                "elements": [{"ai": each.ai, "value": each.value} for each in found.elements],
                "hri": found.hri,
            }
        )
    elif found.valid:
        say(f"valid    {found.hri}")
    else:
        say(f"invalid  {line}")
        for error in found.errors:
            say(f"         {error}")


@app.command()
def gmn(
    texts: Annotated[list[str], typer.Argument(help="Basic UDI-DI with its check pair.")],
    *,
    compute: Annotated[bool, typer.Option(help="The text has no check pair: add it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check Basic UDI-DIs (GMN), or compute their check pairs."""
    code = GOOD
    for text in texts:
        errors: tuple[str, ...] = ()
        whole = text
        try:
            whole = text + check_pair(text) if compute else text
            Gmn.parse(whole)
        except Refused as refused:
            errors = tuple(str(each) for each in refused.problems)
            code = BAD
        if as_json:
            say_json({"input": text, "valid": not errors, "errors": list(errors), "gmn": whole})
        else:
            say(f"{'invalid' if errors else 'valid  '}  {whole}")
            for error in errors:
                say(f"         {error}")
    raise typer.Exit(code)


@app.command()
def gtin14(
    indicator: Annotated[int, typer.Argument(help="Packaging indicator, 1 to 8.")],
    item: Annotated[str, typer.Argument(help="GTIN-13 or GTIN-14 of the item inside.")],
    *,
    as_json: AsJson = False,
) -> None:
    """The GTIN-14 of a packaging level: indicator, 12 digits of the item, new check digit."""
    with clear_refusals(code=BAD):
        found = str(derive(indicator, item))
        if as_json:
            say_json({"indicator": indicator, "item": item, "gtin": found})
        else:
            say(found)
