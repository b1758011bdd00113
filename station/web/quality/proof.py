"""The page of proofs: challenges, studies, calibrations, and scans of the challenge card."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from station import wording
from station.artwork.design import Design
from station.core.calibration import Setting, void_because
from station.core.problem import Problem, problem
from station.language import sentence
from station.line.challenge import words
from station.records.calibrations import Calibrations, Made
from station.records.challenges import Challenges
from station.records.evidence import Evidence
from station.records.journal import read_only
from station.records.proofs import Proofs
from station.records.studies import FOLDER, paper, studies
from station.web.challenge_report import report
from station.web.pages import Pages

ROWS = 30
"""Challenges on a page."""

PROOFS = 10

Number = Annotated[int, Path(ge=1, lt=2**63)]
Before = Annotated[int, Query(ge=1, lt=2**63)]

EVIDENCE = {"simulated": sentence("simulated"), "physical": sentence("printed labels")}


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The calibration of a design, or that it has none."""

    name: str
    revision: str
    made: Made | None
    why_void: Problem | None
    """None where it holds."""

    @property
    def holds(self) -> bool:
        return self.made is not None and self.why_void is None


SettingOf = Callable[[Design], Setting]
"""What a calibration of a design would have to hold for today; of pictures nothing is known."""


def calibrated(
    designs: Mapping[tuple[str, str], Design], made: Iterator[Made], setting: SettingOf | None
) -> Iterator[Calibrated]:
    """Every design on file, and every calibration of one that is gone, by name and revision."""
    known = {(each.calibration.setting.template, each.calibration.setting.revision): each
             for each in made}  # fmt: skip
    for key in sorted({*designs, *known}):
        found, design = known.get(key), designs.get(key)
        yield Calibrated(*key, found, _void(found, design, setting) if found else None)


def _void(made: Made, design: Design | None, setting: SettingOf | None) -> Problem | None:
    if design is None:
        return problem("There is no file of this design any more.")
    if setting is None:
        return None
    was = made.calibration.setting
    now = setting(design).model_copy(update={"width": was.width, "height": was.height})
    return void_because(made.calibration, now)


class ProofPages:
    def __init__(
        self,
        *,
        folder: Folder,
        evidence: Evidence,
        station_name: str,
        designs: Callable[[], Mapping[tuple[str, str], Design]],
        setting: SettingOf | None,
        pages: Pages,
    ) -> None:
        """`folder` holds the journal; `setting` is None where no camera is configured."""
        self._folder = folder
        self._evidence = evidence
        self._station_name = station_name
        self._designs = designs
        self._setting = setting
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality/proof", self.page)
        self.router.add_api_route("/quality/proof/{seq}.html", self.report)
        self.router.add_api_route("/quality/studies/{name}.pdf", self.paper)

    def page(self, request: Request, before: Before = 2**63 - 1) -> HTMLResponse:
        language = self._pages.language(request)
        with closing(read_only(self._folder)) as db:
            history = Challenges(db)
            found = history.newest(before=before, rows=ROWS + 1)
            on_hold = history.on_hold()
            proofs = Proofs(db).newest(rows=PROOFS)
            designs = tuple(calibrated(self._designs(), Calibrations(db).every(), self._setting))
        return self._pages.page(
            request,
            "quality/proof.html",
            challenges=found[:ROWS],
            following=found[ROWS - 1].seq if len(found) > ROWS else None,
            first=before == 2**63 - 1,
            on_hold=on_hold,
            studies=studies(self._folder),
            evidence=EVIDENCE,
            studies_folder=self._folder / FOLDER,
            designs=designs,
            proofs=proofs,
            words=words,
            why=lambda each: wording.told(each, language),
        )

    def report(self, request: Request, seq: Number) -> Response:
        """One challenge as a file that stands by itself, to be printed and signed."""
        with closing(read_only(self._folder)) as db:
            found = Challenges(db).at(seq)
        if found is None or found.ended is None:
            raise HTTPException(404)
        html = report(
            found,
            station=self._station_name,
            language=self._pages.language(request),
            evidence=self._evidence,
        )
        headers = {"Content-Disposition": f'attachment; filename="challenge-{seq}.html"'}
        return Response(html, media_type="text/html; charset=utf-8", headers=headers)

    def paper(self, name: str) -> Response:
        """The report of a study that lies with the records."""
        found = paper(self._folder, name)
        if found is None:
            raise HTTPException(404)
        return FileResponse(found, media_type="application/pdf")
