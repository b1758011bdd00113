"""`labelstation order export` and `order verify`: one order to keep, to hand on, to check."""

from pathlib import Path
from typing import Annotated

import typer

from station.cli.terminal import BAD, ConfigFile, clear_refusals, configuration, fail, language, say
from station.language import tell
from station.records.export.export import export as write
from station.records.export.exported import check
from station.records.journal import read_only
from station.records.signed.second_place import FILE


def export(
    order_id: Annotated[str, typer.Argument(metavar="ID")],
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    *,
    config: ConfigFile = None,
) -> None:
    """Write everything about a closed order into a folder that is complete by itself."""
    with clear_refusals():
        settings = configuration(config)
        missing = write(
            read_only(settings.data),
            order_id,
            folder,
            evidence=settings.data / "evidence",
            heads=settings.heads.folder / FILE,
        )
    if missing:
        fail("\n".join([f"written: {folder}, but missing:", *missing]), code=BAD)
    say(f"written: {folder}")


def verify(
    folder: Annotated[Path, typer.Argument(help="What `order export` wrote.")],
    *,
    key: Annotated[
        str, typer.Option(help="The public key, or its fingerprint, from another source.")
    ] = "",
) -> None:
    """Check an exported order on its own: sums, chain, signature, reconciliation."""
    with clear_refusals():
        found = check(folder, trusted=key)
    if found:
        fail("\n".join(tell(each, language()) for each in found), code=BAD)
    note = "" if key else " (signed by the key that lies in the folder; compare it with yours)"
    say(f"good: {folder}{note}")
