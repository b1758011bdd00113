"""What the quality pages know besides the journal, and all of them together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter

from station.artwork.design import Design
from station.line.specimen import Press
from station.records.evidence import Evidence
from station.web.pages import Pages
from station.web.quality.backups import UNPLANNED, BackupPages, Plan
from station.web.quality.configuration import ConfigurationPages
from station.web.quality.designs import DesignPages
from station.web.quality.exports import ExportPages
from station.web.quality.overview import OverviewPages
from station.web.quality.proof import ProofPages, SettingOf
from station.web.quality.trail import Heads, TrailPages

_NO_DESIGNS: Mapping[tuple[str, str], Design] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Known:
    """What a running station knows; without one, the pages tell what the journal does."""

    heads: Heads = tuple
    """Gives all signed heads."""

    press: Callable[[], Press] | None = None
    """What it prints with."""

    set_up: str = ""
    """All that is in force (`station.line.baseline`)."""

    setting: SettingOf | None = None
    """What a calibration has to hold for; None without a camera."""

    backups: Plan = UNPLANNED


NOTHING = Known()


def routers(
    *,
    folder: Path,
    evidence: Evidence,
    station_name: str,
    recorded: bool,
    known: Known,
    pages: Pages,
) -> tuple[APIRouter, ...]:
    """`folder` holds the journal; `recorded`: there are batch records to be had."""
    press = known.press
    made = (
        OverviewPages(
            folder=folder,
            heads=known.heads,
            press=press,
            set_up=known.set_up,
            plan=known.backups,
            pages=pages,
        ),
        TrailPages(folder=folder, heads=known.heads, pages=pages),
        ProofPages(
            folder=folder,
            evidence=evidence,
            station_name=station_name,
            designs=lambda: press().library.templates if press else _NO_DESIGNS,
            setting=known.setting,
            pages=pages,
        ),
        DesignPages(folder=folder, evidence=evidence, press=press, pages=pages),
        ConfigurationPages(folder=folder, set_up=known.set_up, pages=pages),
        BackupPages(folder=folder, plan=known.backups, pages=pages),
        ExportPages(folder=folder, recorded=recorded, pages=pages),
    )
    return tuple(each.router for each in made)
