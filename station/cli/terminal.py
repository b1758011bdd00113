"""How every command speaks: results on standard output, reasons on standard error, exit codes.

0 good · 1 rejected or invalid · 2 usage, or input that cannot be read
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from station import wording
from station.config import Config, load
from station.core.problem import Problem, Refused
from station.records.journal import JournalFailed

GOOD, BAD, UNREADABLE = 0, 1, 2

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="LABELSTATION_CONFIG",
        help="station.yaml; without one, ./station.yaml or a simulated station.",
    ),
]


def configuration(path: Path | None) -> Config:
    """The configuration named, or the one in this folder, or the defaults."""
    here = Path("station.yaml")
    return load(path or (here if here.exists() else None))


def say_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201 - this is a command line


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is a command line


def fail(text: str, *, code: int = UNREADABLE) -> NoReturn:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is a command line
    raise typer.Exit(code)


@contextmanager
def clear_refusals(*, code: int = UNREADABLE) -> Iterator[None]:
    """Refused input ends the command with its sentences, never with a traceback."""
    try:
        yield
    except Refused as refused:
        fail(str(refused), code=code)
    except UnicodeError:
        fail("An argument or a name is not text.")
    except JournalFailed as failed:
        fail(f"{failed} Nothing more is done, because nothing could be recorded.", code=BAD)
    except BrokenPipeError:
        # The reader of our output went away; writing to it again at exit would fail too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(GOOD) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"{where}{error.strerror or error}")


@contextmanager
def refusals(code: int) -> Iterator[None]:
    """The same with the sentences in the language of the terminal."""
    with clear_refusals(code=code):
        try:
            yield
        except Refused as refused:
            told = (wording.told(each, language()) for each in refused.problems)
            fail("\n".join(told), code=code)


def tell(found: Problem) -> None:
    """Something that is not wrong, in the language of the terminal."""
    say(wording.told(found, language()))


def language() -> str:
    """The language of the terminal, as the locale says; everything but Chinese is English."""
    named = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, named), "").startswith("zh") else "en"


def actor() -> str:
    """Who runs the command, as the system knows them."""
    return f"{os.environ.get('SUDO_USER') or os.environ.get('USER') or 'unknown'} (command line)"
