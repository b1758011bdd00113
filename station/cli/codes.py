"""`labelstation gs1 …` and `labelstation udi …`: check and compute codes, away from any label."""

import os
import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from station.cli.terminal import (
    BAD,
    GOOD,
    UNREADABLE,
    AsJson,
    clear_refusals,
    fail,
    language,
    say,
    say_json,
)
from station.core import gs1, udi
from station.core.gmn import Gmn, check_pair
from station.core.gtin import gtin14 as derive
from station.core.problem import Problem, Refused
from station.language import say as in_language
from station.language import sentence, tell
from station.wording import FACTS, word

app = typer.Typer(no_args_is_help=True, help="GS1 element strings, Basic UDI-DI, GTIN.")
udi_app = typer.Typer(no_args_is_help=True, help="UDIs of every issuing system.")

_UNJUDGED = sentence("Recognised only: its rules are not known here, so this is not judged.")
_DOUBT = sentence("doubt")


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
    code = GOOD
    for line in _lines(strings):
        found = gs1.check(_text(line))
        code = code if found.valid else BAD
        _print(_shown(line), found, as_json=as_json)
    raise typer.Exit(code)


@udi_app.command("check")
def udi_check(
    texts: Annotated[
        list[str] | None,
        typer.Argument(help="Data of symbols, as a reader sends them; none: standard input."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say whose rules data follow, what they say, and everything that is wrong with them.

    Exit code 2: nothing is wrong, but some of it is only recognised and was not judged.
    """
    codes = {GOOD}
    for line in _lines(texts):
        found = udi.check(_text(line))
        codes.add(GOOD if found.valid else BAD if found.judged else UNREADABLE)
        if as_json:
            say_json({"input": _shown(line), **_udi_json(found)})
        else:
            _print_udi(_shown(line), found)
    raise typer.Exit(BAD if BAD in codes else max(codes))


def _lines(given: list[str] | None) -> Iterable[bytes]:
    """The arguments, or the lines of standard input that hold something."""
    if given:
        return [os.fsencode(each) for each in given]
    return (line for line in sys.stdin.buffer if line.rstrip(b"\r\n"))


def _text(line: bytes) -> str | bytes:
    """As typed where it is text; otherwise byte for byte."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line


def _shown(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("utf-8", "backslashreplace")


def _visible(text: str) -> str:
    r"""Nothing that was read may steer the terminal it is shown on.

    >>> print(_visible("A" + chr(27) + "[2J" + chr(29)))
    A\x1b[2J\x1d
    """
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _print(line: str, found: gs1.Checked, *, as_json: bool) -> None:
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
        say(f"invalid  {_visible(line)}")
        _print_problems(found.problems)


def _print_problems(problems: Iterable[Problem]) -> None:
    for each in problems:
        say(f"         {tell(each, language())}")


def _udi_json(found: udi.Checked) -> dict[str, object]:
    return {
        "system": found.system.name if found.system else None,
        "valid": found.valid if found.judged else None,
        "errors": [str(each) for each in found.problems],
        "doubts": [str(each) for each in found.doubts],
        "facts": [{"name": name, "value": value} for name, value in found.facts],
        "hri": found.hri,
    }


def _print_udi(line: str, found: udi.Checked) -> None:
    verdict = ("valid  " if found.valid else "invalid") if found.judged else "named  "
    system = f"{found.system}: " if found.system else ""
    say(f"{verdict}  {system}{_visible(found.hri or line)}")
    for name, value in found.facts:
        say(f"         {word(FACTS, name, language())}: {value}")
    _print_problems(found.problems)
    for each in found.doubts:
        say(f"         {in_language(_DOUBT, language())}: {tell(each, language())}")
    if not found.judged:
        say(f"         {in_language(_UNJUDGED, language())}")


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
        problems: tuple[Problem, ...] = ()
        whole = text
        try:
            whole = text + check_pair(text) if compute else text
            Gmn.parse(whole)
        except Refused as refused:
            problems = refused.problems
            code = BAD
        if as_json:
            errors = [str(each) for each in problems]
            say_json({"input": text, "valid": not errors, "errors": errors, "gmn": whole})
        else:
            say(f"{'invalid' if problems else 'valid  '}  {whole}")
            _print_problems(problems)
    raise typer.Exit(code)


@app.command()
def gtin14(
    indicator: Annotated[int, typer.Argument(help="Packaging indicator, 1 to 8.")],
    item: Annotated[str, typer.Argument(help="GTIN-13 or GTIN-14 of the item inside.")],
    *,
    as_json: AsJson = False,
) -> None:
    """The GTIN-14 of a packaging level: indicator, 12 digits of the item, new check digit."""
    with clear_refusals():
        try:
            found = str(derive(indicator, item))
        except Refused as refused:
            fail("\n".join(tell(each, language()) for each in refused.problems), code=BAD)
        if as_json:
            say_json({"indicator": indicator, "item": item, "gtin": found})
        else:
            say(found)
