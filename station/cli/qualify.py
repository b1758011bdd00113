"""`labelstation qualify`: installation and operation, checked and written down to be signed.

0: no check failed. 1: one did. 2: what was asked for cannot be done.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from station.cli.terminal import (
    BAD,
    GOOD,
    UNREADABLE,
    AsJson,
    ConfigFile,
    configuration,
    language,
    refusals,
    say,
    say_json,
)
from station.core.problem import Refused, problem, refuse
from station.language import say as in_language
from station.language import sentence
from station.qualification.pages import to_pdf
from station.qualification.protocol import Line, Part, Protocol
from station.qualification.run import qualified
from station.qualification.words import OUTCOMES
from station.records.place import check_file_system, write_whole

JSON, PDF, LOG = "qualification.json", "qualification.pdf", "qualification.log"

_SUMMARY = sentence("{passed} passed, {failed} FAILED, {left_out} not applicable: {path}")

NAME_AT_MOST = 100


def qualify(
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who makes it.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="For protocol and evidence.")],
    iq: Annotated[bool, typer.Option("--iq", help="Only the installation.")] = False,
    oq: Annotated[bool, typer.Option("--oq", help="Only the operation, on a simulated bench.")] = (
        False
    ),
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Check this installation and its operation, and write a protocol for two signatures.

    Nothing is printed, and the records of the station are only read.
    """
    with refusals(UNREADABLE):
        settings = configuration(config)
        here = Path("station.yaml")
        _check(by, out)
        with _logged(out / LOG):
            protocol = qualified(
                settings,
                path=config or (here if here.exists() else None),
                parts=_parts(iq=iq, oq=oq),
                by=by.strip(),
                out=out,
                tell=_say_line_json if as_json else _say_line,
            )
        written = _write(protocol, out, font=settings.font)
    if not as_json:
        say(
            in_language(
                _SUMMARY,
                language(),
                passed=protocol.counted("pass"),
                failed=protocol.counted("fail"),
                left_out=protocol.counted("not applicable"),
                path=written,
            )
        )
    raise typer.Exit(GOOD if protocol.good else BAD)


def _parts(*, iq: bool, oq: bool) -> tuple[Part, ...]:
    """Both, where neither is asked for."""
    return ("IQ", "OQ") if iq == oq else ("IQ",) if iq else ("OQ",)


def _check(by: str, out: Path) -> None:
    """Raises Refused. The folder is a new one: no protocol takes the place of another."""
    name = by.strip()
    found = []
    if not name or not name.isprintable() or len(name) > NAME_AT_MOST:
        found.append(problem("Expected a name, got {got!r}.", where="--by", got=by[:40]))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        found.append(
            problem("Expected a folder that is new or empty, got {path}.", where="--out",
                    path=str(out))
        )  # fmt: skip
    refuse(found)
    out.mkdir(parents=True, exist_ok=True)
    check_file_system(out)


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """What the station on trial says of its faults is no news to whoever has ordered them."""
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


def _write(protocol: Protocol, out: Path, *, font: Path) -> Path:
    """The document, and the same on paper, which names its digest. Raises Refused."""
    document = protocol.model_dump_json(indent=1).encode() + b"\n"
    paper = to_pdf(
        protocol, sha256=hashlib.sha256(document).hexdigest(), language=language(), font=font
    )
    try:
        write_whole(out / JSON, document)
        write_whole(out / PDF, paper)
    except OSError as error:
        raise Refused(
            problem("Cannot write {path}: {why}.", path=str(out), why=error.strerror or "?")
        ) from None
    return out / PDF


_SIGNS = {"pass": "✓", "fail": "✗", "not applicable": "–"}


def _say_line(line: Line) -> None:
    spoken = language()
    say(f"{_SIGNS[line.outcome]} {line.id:<12} {line.does.in_language(spoken)}")
    if line.outcome != "pass":
        word = in_language(OUTCOMES[line.outcome], spoken)
        for each in line.found:
            say(f"    {word}: {_plain(each.in_language(spoken))}")


def _plain(text: str) -> str:
    """What a device or a file says is no command to the terminal."""
    return "".join(each if each.isprintable() else "�" for each in text)


def _say_line_json(line: Line) -> None:
    say_json(line.model_dump(mode="json"))
