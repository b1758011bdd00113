"""`labelstation backup` and `labelstation restore`. See docs/records.md."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from drivers.interface import DriverError
from station.app import VERSION
from station.cli.terminal import (
    BAD,
    GOOD,
    AsJson,
    ConfigFile,
    actor,
    clear_refusals,
    configuration,
    fail,
    language,
    say,
    say_json,
)
from station.config import Config
from station.core.problem import Refused, problem
from station.language import say as in_language
from station.language import sentence, tell
from station.records import place
from station.records.backup.backup import Backup, Source, make, prune
from station.records.backup.restore import Restored, known_from
from station.records.backup.restore import restore as restore_
from station.records.journal import FILE as JOURNAL
from station.records.signed.heads import Key
from station.records.signed.second_place import FILE, Heads, same_disk

_SAME_DISK = sentence("This is the disk the records are on: whoever loses one has lost both.")
_GOOD = sentence("{folder}: up to event {seq}, restored and found whole.")
_NOT_GOOD = sentence("{folder}: made, but NOT good.")
_RESTORED = sentence("Restored into {folder}, up to event {seq}.")
_WHOLE = sentence("Nothing was lost: the station goes on as it is.")
_LOST = sentence("Events after {seq} may be lost; event {last} is known to have been.")
_ENDED = sentence("Ended, and prints nothing more: order {order}.")
_UNKNOWN = sentence(
    "Order {order} was started after the backup. Its serials are on labels: never use them again."
)
_UNSIGNED = sentence(
    "No key is there to sign with, so the heads do not tell of it yet: bring the key back, or let"
    " two people begin new heads with `labelstation key begin`."
)
_TRIAL = sentence(
    "For trial: nothing was signed, and no station starts on it. To go on with a backup, stop the"
    " station and restore with --replace-station."
)


def backup(
    *,
    to: Annotated[
        Path | None, typer.Option("--to", help="A folder; without one, that of the configuration.")
    ] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Back the records up, beside the running station, and prove that they can be restored."""
    with clear_refusals():
        settings = configuration(config)
        folder = to or settings.backup.folder
        if folder is None:
            raise Refused(problem("No folder is configured for backups: give one, `--to FOLDER`."))
        at = datetime.now(UTC)
        made = make(_source(settings), folder, at=at)
        if made.good:
            prune(folder, settings.name, keep=settings.backup.keep)
        _tell_backup(made, at, as_json=as_json, same=same_disk(folder, settings.data))
    raise typer.Exit(GOOD if made.good else BAD)


def _source(settings: Config) -> Source:
    return Source(
        station=settings.name,
        version=VERSION,
        data=settings.data,
        heads=settings.heads.folder,
        catalogue=settings.catalogue,
        labels=settings.labels,
        configuration=settings.canonical,
        digest=settings.digest,
    )


def _tell_backup(made: Backup, at: datetime, *, as_json: bool, same: bool) -> None:
    said = [str(each) for each in made.problems]
    if as_json:
        told = {"folder": str(made.folder), "seq": made.seq, "good": made.good, "same_disk": same}
        say_json(told | {"at": at.isoformat(), "detail": " ".join(said)})
        return
    say(
        in_language(_GOOD if made.good else _NOT_GOOD, language(), folder=made.folder, seq=made.seq)
    )
    for each in made.problems:
        say(f"  {tell(each, language())}")
    if same:
        say(in_language(_SAME_DISK, language()))


def restore(
    backup_: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of one backup.")],
    into: Annotated[Path, typer.Argument(metavar="INTO", help="A data folder that is empty.")],
    *,
    heads: Annotated[
        Path | None,
        typer.Option(help="The newest signed heads; without, those of the configuration."),
    ] = None,
    replace_station: Annotated[
        bool,
        typer.Option(
            "--replace-station",
            help="It takes the place of the station that is configured, which is gone or stopped.",
        ),
    ] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a data folder of a backup; what may have been printed since is never printed again.

    Without --replace-station it is a trial: the second place is not told, so no station starts on
    the folder.
    """
    with clear_refusals(), ExitStack() as held:
        settings = configuration(config)
        if replace_station and (settings.data / JOURNAL).exists():
            held.callback(place.take(settings.data).close)
        if heads is not None and not heads.is_file():
            raise Refused(problem("There is no file {path}.", path=str(heads)))
        # An older copy knows less of the same; the longer one is the newer one.
        files = filter(None, (heads, settings.heads.folder / FILE))
        known = max(map(known_from, files), key=lambda each: len(each.heads))
        signer = _signer(settings) if replace_station else None
        try:
            done = restore_(backup_, into, known=known, signer=signer, actor=actor())
        except DriverError as fault:
            fail(str(fault))
        _tell_restored(done, as_json=as_json, signed=signer is not None)
        if replace_station and signer is None:
            say(in_language(_UNSIGNED, language()))
        if not as_json:
            say(in_language(_TRIAL, language()) if not replace_station else _go_on(settings, done))


def _go_on(settings: Config, done: Restored) -> str:
    """What the configuration has to say from now on."""
    heads = settings.heads
    return f"data: {done.folder.absolute()}\nheads:\n  folder: {heads.folder}\n  key: {heads.key}"


def _signer(settings: Config) -> Heads | None:
    """The second place, where there is a key to sign with. Raises Refused."""
    if not settings.heads.key.exists():
        return None
    key = Key.load(settings.heads.key)
    return Heads(settings.heads.folder, key=key, station=settings.name)


def _tell_restored(done: Restored, *, as_json: bool, signed: bool) -> None:
    if as_json:
        say_json(
            {
                "folder": str(done.folder),
                "seq": done.seq,
                "lost_after": done.lost_after,
                "whole": done.whole,
                "ended": list(done.ended),
                "unknown": list(done.unknown),
                "signed": signed,
                "notes": [str(each) for each in done.notes],
            }
        )
        return
    for note in done.notes:
        say(tell(note, language()))
    say(in_language(_RESTORED, language(), folder=done.folder, seq=done.seq))
    lost = in_language(_LOST, language(), seq=done.seq, last=done.lost_after)
    say(in_language(_WHOLE, language()) if done.whole else lost)
    for order in done.ended:
        say(in_language(_ENDED, language(), order=order))
    for order in done.unknown:
        say(in_language(_UNKNOWN, language(), order=order))
