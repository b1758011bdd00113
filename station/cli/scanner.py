"""`labelstation scanner …`: the challenge card, and the proof that the scanner changes nothing."""

import os
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from drivers.deadline import Deadline
from drivers.interface import DriverError, print_one
from station.app import open_printer, open_records, open_scanner, records_of
from station.artwork import zpl
from station.artwork.challenge_card import challenge_card
from station.artwork.items import Artwork
from station.artwork.picture import expected_picture, to_png
from station.artwork.text import Font
from station.cli.terminal import BAD, UNREADABLE, ConfigFile, configuration, refusals, tell
from station.config import Config
from station.core.events import ScannerProved
from station.core.problem import Problem, Refused, problem, refuse
from station.line import control
from station.line.board import Prove
from station.line.control import NoStation, actor_of
from station.line.scanner_proof import Prover, ScannerKind, ScannerProof
from station.line.spoken import problems_of
from station.records.journal import read_only, recorded_at
from station.records.proofs import Proofs

app = typer.Typer(no_args_is_help=True, help="The challenge card for scanners.")

_MAKERS: dict[str, Callable[[Artwork], bytes]] = {
    ".zpl": zpl.standalone,
    ".png": lambda card: to_png(expected_picture(card)),
}

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who scans.")]


@app.command()
def card(
    *,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="As .zpl or .png.")
    ] = None,
    print_it: Annotated[bool, typer.Option("--print", help="On the configured printer.")] = False,
    config: ConfigFile = None,
) -> None:
    """The challenge card, as a file or on the printer of a station that stands still."""
    with refusals(UNREADABLE):
        settings = configuration(config)
        refuse(_card_problems(out, print_it=print_it))
        drawn = challenge_card(
            font=Font.load(settings.font), dots_per_mm=settings.printer.dots_per_mm
        )
        if out:
            out.write_bytes(_MAKERS[out.suffix.lower()](drawn))
        if print_it:
            _print(settings, drawn)


def _card_problems(out: Path | None, *, print_it: bool) -> tuple[Problem, ...]:
    if not out and not print_it:
        return (problem("Say where the card goes: expected --out FILE or --print."),)
    if out and out.suffix.lower() not in _MAKERS:
        return (
            problem(
                "Expected a file that ends in {expected}, got {got!r}.",
                expected=" or ".join(_MAKERS),
                got=out.name,
            ),
        )
    return ()


def _print(settings: Config, drawn: Artwork) -> None:
    """Raises Refused."""
    seconds = settings.printer.seconds
    with closing(open_printer(settings)) as printer:
        try:
            printer.prepare(Deadline.after(seconds))
            print_one(printer, zpl.standalone(drawn), Deadline.after(seconds))
        except DriverError as fault:
            raise Refused(
                problem("The card was perhaps not printed: {why}.", why=str(fault))
            ) from None


@app.command()
def prove(*, by: By = "", config: ConfigFile = None) -> None:
    """Scan the square code of the challenge card: everything on it has to arrive unchanged.

    A running station is asked, and its scanner waits for the card between two labels.
    """
    with refusals(BAD):
        settings = configuration(config)
        refuse(problems_of(Prove(), by=by))
        records_of(settings)  # never begins records where there are none
        tell(problem("Scan the square code of the challenge card now."))
        try:
            _ask(settings, by=by)
        except NoStation:
            _prove_here(settings, by=by)
        tell(problem("The scanner changes nothing. It is written down."))


def _ask(settings: Config, *, by: str) -> None:
    """Let the station that runs here do it. Raises Refused, NoStation."""
    before = _last(settings)
    if control.ask(settings.data, Prove(), by=by, seconds=settings.reader.scan_seconds):
        return
    # It waits for the card still, or for the label in hand.
    deadline = Deadline.after(settings.reader.scan_seconds)
    pause = threading.Event()
    while not deadline.expired:
        seq = _last(settings)
        if seq > before:
            refuse(_changed(settings, seq))
            return
        pause.wait(0.2)
    raise Refused(problem("The station has not answered: look at its page."))


def _last(settings: Config) -> int:
    """The event that the scanner was proved with last, or was not; 0 before the first."""
    with closing(read_only(settings.data)) as db:
        found = Proofs(db).last(settings.reader.scanner)
    return found.seq if found else 0


def _changed(settings: Config, seq: int) -> tuple[Problem, ...]:
    """What the scanner changed, as it was written down."""
    with closing(read_only(settings.data)) as db:
        found = recorded_at(db, seq)
    return found.event.problems if found and isinstance(found.event, ScannerProved) else ()


def _prove_here(settings: Config, *, by: str) -> None:
    """Raises Refused with everything that the scanner changes."""
    with (
        open_records(settings) as (journal, _),
        closing(open_scanner(settings)) as scanner,
    ):
        address = settings.reader.scanner
        kind: ScannerKind = "wedge" if address.startswith("wedge:") else "serial"
        policy = ScannerProof(Proofs(journal.db), scanner=address, kind=kind, every_hours=0)
        prover = Prover(
            scanner,
            address=address,
            journal=journal,
            policy=policy,
            seconds=settings.reader.scan_seconds,
            now=lambda: datetime.now(UTC),
        )
        prover.prove(actor=actor_of(by, uid=os.getuid()))
