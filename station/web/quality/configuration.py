"""The page of the configuration: what is in force, and what differs from what was validated."""

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from station.core.baseline import Change, changes, digest_of, settings_of
from station.records.baselines import Baseline, BaselineRecords
from station.records.journal import read_only
from station.web.pages import Pages
from station.web.subject import Subject

ROWS = 20

DIGITS = 12

_DIGEST = re.compile("([0-9a-f]{64}|–){2}")


@dataclass(frozen=True, slots=True)
class SetUp:
    """What is in force against what was vouched for."""

    text: str
    digest: str
    baselines: tuple[Baseline, ...]
    """Newest first."""

    changes: tuple[Change, ...]

    @property
    def baseline(self) -> Baseline | None:
        """The one that counts."""
        return next(iter(self.baselines), None)


def set_up_of(records: BaselineRecords, text: str) -> SetUp:
    """`text` is all that is in force (`station.line.baseline`)."""
    every = records.every(limit=ROWS)
    differ = changes(records.settings(every[0]), text) if every else ()
    return SetUp(text, digest_of(text), every, differ)


def _short(change: Change) -> Change:
    """Of a digest only so much as tells two of them apart."""
    if not _DIGEST.fullmatch(change.before + change.after):
        return change
    return Change(change.path, change.before[:DIGITS], change.after[:DIGITS])


class ConfigurationPages:
    def __init__(self, *, folder: Path, set_up: str, pages: Pages) -> None:
        """`folder` holds the journal; `set_up` is all that is in force."""
        self._folder = folder
        self._set_up = set_up
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality/configuration", self.page)

    def page(self, request: Request) -> HTMLResponse:
        with closing(read_only(self._folder)) as db:
            found = set_up_of(BaselineRecords(db), self._set_up)
        return self._pages.page(
            request,
            "quality/configuration.html",
            found=found,
            differ=tuple(_short(each) for each in found.changes),
            settings=sorted(settings_of(found.text).items()) if found.text else (),
            changed={each.path for each in found.changes},
            subject=Subject(digest=found.digest),
        )
