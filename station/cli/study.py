"""`labelstation study`: how many bad labels are found, of how many, and what that proves.

0: every family shows what the plan asks. 1: one does not, or labels were missed.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from drivers.simulated.optics import OPTICS
from station.cli.terminal import (
    BAD,
    GOOD,
    AsJson,
    ConfigFile,
    configuration,
    language,
    refusals,
    say,
    say_json,
    tell,
)
from station.core.problem import Refused, problem
from station.core.statistics import grouped, plan, sample_size
from station.records.place import write_whole
from station.study.agreement import LABELS
from station.study.families import chosen
from station.study.pages import to_pdf
from station.study.photographs import photographed
from station.study.report import StudyReport
from station.study.run import Wanted
from station.study.simulated import Settings, simulated

PLAN = "95/99"
MOST = 100_000
"""Labels of one family."""


def study(
    *,
    families: Annotated[
        str,
        typer.Option(metavar="NAMES", help="With commas; or all, challenge, text, print, good."),
    ] = "all",
    labels: Annotated[
        int | None,
        typer.Option("--n", min=1, max=MOST, help="Of each family; else what the plan needs."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same study.")] = 1,
    optics: Annotated[str, typer.Option(metavar="NAME", help="Of the simulated camera.")] = "mild",
    designs: Annotated[str, typer.Option(metavar="NAMES", help="Templates; else all.")] = "",
    agreement: Annotated[
        int, typer.Option(min=0, max=MOST, help="Labels that are looked at three times.")
    ] = LABELS,
    wanted: Annotated[
        str, typer.Option("--plan", metavar="C/R", help="Alone: how many labels it needs.")
    ] = "",
    pictures: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Photographs of printed labels.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What the photographs show.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="For the report.")] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Try labels known to be bad, and good ones, and say what the counts prove.

    Simulated ones, or, with --pictures and --manifest, photographs of printed ones.
    """
    with refusals(BAD):
        asked = plan(wanted or PLAN)
        if out is None:
            if not wanted:
                raise Refused(problem("Expected --out FOLDER, or --plan alone.", where="out"))
            _needs(wanted, as_json=as_json)
            return
        settings = configuration(config)
        if pictures and manifest:
            report = photographed(
                settings, manifest, pictures, plan=asked, folder=out, tell=_progress
            )
        elif pictures or manifest:
            raise Refused(problem("Expected both of --pictures FOLDER and --manifest FILE."))
        else:
            report = simulated(
                settings,
                Wanted(chosen(families), labels or sample_size(asked), seed, _optics(optics)),
                Settings(asked, tuple(filter(None, designs.split(","))), agreement),
                folder=out,
                tell=_progress,
            )
        _write(report, out, settings.font)
    (_say_json if as_json else _show)(report)
    raise typer.Exit(GOOD if report.shown else BAD)


def _needs(wanted: str, *, as_json: bool) -> None:
    """How many labels show it, after none was missed and after a few were."""
    sizes = {failures: sample_size(plan(wanted, failures=failures)) for failures in range(4)}
    if as_json:
        say_json({"plan": wanted, "labels": sizes})
        return
    for failures, labels in sizes.items():
        tell(
            problem(
                "{plan} is shown by {labels} labels of a family of which at most {failures} are"
                " missed.",
                plan=wanted,
                labels=grouped(labels),
                failures=failures,
            )
        )


def _optics(name: str) -> str:
    if name not in OPTICS:
        raise Refused(
            problem(
                "There are no optics {got!r}: expected one of {known}.",
                where="optics",
                got=name[:40],
                known=", ".join(OPTICS),
            )
        )
    return name


def _progress(left: int, of: int) -> None:
    """One line that stays where it is, for whoever waits."""
    end = "\r" if left and sys.stderr.isatty() else "\n"
    print(f"{grouped(of - left)} / {grouped(of)}", end=end, file=sys.stderr, flush=True)  # noqa: T201 - this is a command line


def _write(report: StudyReport, out: Path, font: Path) -> None:
    """The document, and the same on paper. Raises Refused."""
    at = datetime.now(UTC).astimezone()
    try:
        write_whole(out / "study.json", report.model_dump_json(indent=1).encode() + b"\n")
        pages = to_pdf(report, out, at=at, language=language(), font=font)
        write_whole(out / "study.pdf", pages)
    except OSError as error:
        raise Refused(
            problem("Cannot write {path}: {why}.", path=str(out), why=error.strerror or "?")
        ) from None


def _show(report: StudyReport) -> None:
    say(report.statement)
    for good in report.good:
        say(f"{good.name}: rejected {good.rejected.told}")
    for bad in report.families:
        mark = " " if bad.shown else "!"
        say(f"{mark} {bad.name}: right reason {bad.right}, missed {bad.passed.told}")
    for agreed in report.agreement:
        say(f"{agreed.name}: {agreed.agreed} of {agreed.labels}, kappa {agreed.kappa}/1000")


def _say_json(report: StudyReport) -> None:
    say_json(report.model_dump(mode="json"))
