"""`labelstation key …`: the key that signs the heads of the journal. See docs/keys.md."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from drivers.interface import DriverError
from station.cli.terminal import (
    AsJson,
    ConfigFile,
    actor,
    clear_refusals,
    configuration,
    fail,
    say,
    say_json,
)
from station.config import Config
from station.core.events import HeadsBegun
from station.core.problem import Refused, problem
from station.line.desk import check_second_person
from station.records.journal import Journal, read_only
from station.records.signed.heads import Key
from station.records.signed.second_place import FILE, Heads, public_key, same_disk, set_aside

app = typer.Typer(no_args_is_help=True, help="The key under the heads of the journal.")


@app.command()
def show(*, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Which key this is, for QA to keep and compare; the private part is never shown."""
    with clear_refusals():
        settings = configuration(config)
        _tell(settings, Key.load(settings.heads.key), as_json=as_json)


@app.command()
def rotate(*, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Let a new key sign from here on; both keys sign that. The station has to be stopped."""
    with clear_refusals():
        settings = configuration(config)
        key = Key.load(settings.heads.key)
        with closing(Journal(settings.data)):  # its lock keeps a station from signing meanwhile
            heads = Heads(settings.heads.folder, key=key, station=settings.name)
            with _faults_told():
                heads.rotate(heads.key.successor(), at=_now())
        _tell(settings, heads.key, as_json=as_json)


@app.command()
def begin(
    *,
    reason: Annotated[str, typer.Option(help="What became of the heads or of the key.")],
    by: Annotated[str, typer.Option(help="Who decides it.")],
    witness: Annotated[str, typer.Option(help="Who decided it with you.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Begin the heads anew, because their place or the key is lost. Old ones are kept."""
    with clear_refusals():
        settings = configuration(config)
        read_only(settings.data).close()  # there has to be a journal; none is begun by this
        _check(reason=reason, by=by, witness=witness)
        with closing(Journal(settings.data)) as journal:
            key = Key.open(settings.heads.key)
            set_aside(settings.heads.folder, key=key)
            heads = Heads(settings.heads.folder, key=key, station=settings.name)
            _sign(heads, journal)  # a journal that lost its end is refused here
            journal.append(
                HeadsBegun(key=key.id, reason=reason, witness=witness),
                actor=f"{by} ({actor()})",
            )
            _sign(heads, journal)
        _tell(settings, heads.key, as_json=as_json)


def _check(*, reason: str, by: str, witness: str) -> None:
    """Raises Refused before anything is changed."""
    for text in (reason, by, witness):
        if not text.strip() or not text.isprintable() or len(text) > 200:
            raise Refused(problem("Give a reason and two names, each on one line."))
    check_second_person(by, witness)


def _tell(settings: Config, key: Key, *, as_json: bool) -> None:
    folder = settings.heads.folder
    told = {
        "id": key.id,
        "fingerprint": key.fingerprint,
        "public_key": str(public_key(folder, key)),
        "heads": str(folder / FILE),
        "second_place": not same_disk(folder, settings.data),
    }
    if as_json:
        say_json(told)
        return
    for name in ("id", "fingerprint", "public_key", "heads"):
        say(f"{name.replace('_', ' '):<12} {told[name]}")
    if not told["second_place"]:
        say("This is the disk the journal is on: whoever loses or changes one has both.")


def _sign(heads: Heads, journal: Journal) -> None:
    seq, chained = journal.head
    with _faults_told():
        heads.sign(seq=seq, hash=chained, at=_now(), why="start")


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except DriverError as fault:
        fail(str(fault))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
