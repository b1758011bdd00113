"""`labelstation study`: how many bad labels are found, of how many, and what that proves.

0: every family shows what the plan asks. 1: one does not. 2: what was asked for cannot be studied.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from drivers.simulated.optics import OPTICS
from station import wording
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
    tell,
)
from station.core.problem import Problem, Refused, problem, refuse
from station.core.statistics import grouped, percent, plan, sample_size
from station.language import say as translated
from station.records.place import write_whole
from station.study.agreement import LABELS
from station.study.families import chosen
from station.study.pages import to_pdf
from station.study.photographs import photographed
from station.study.report import Bound, FamilyResult, StudyReport
from station.study.run import Wanted
from station.study.simulated import Settings, simulated
from station.study.words import family

PLAN = "95/99"
MOST = 100_000
"""Labels of one family."""

ALL, SEED, OPTICS_NAME = "all", 1, "mild"


def study(
    *,
    families: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="With commas; or all, challenge, swap, text, print, good."
        ),
    ] = ALL,
    labels: Annotated[
        int | None,
        typer.Option("--n", min=1, max=MOST, help="Of each family; else what the plan needs."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same study.")] = SEED,
    optics: Annotated[
        str, typer.Option(metavar="NAME", help="Of the simulated camera.")
    ] = OPTICS_NAME,
    designs: Annotated[str, typer.Option(metavar="NAMES", help="Templates; else all.")] = "",
    calibrated: Annotated[
        bool, typer.Option("--calibrated", help="Within limits calibrated for each design.")
    ] = False,
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
    with refusals(UNREADABLE):
        asked = plan(wanted or PLAN)
        if out is None:
            if not wanted:
                raise Refused(problem("Expected --out FOLDER, or --plan alone.", where="out"))
            _needs(wanted, as_json=as_json)
            return
        given = {
            "families": families != ALL,
            "n": labels is not None,
            "seed": seed != SEED,
            "optics": optics != OPTICS_NAME,
            "designs": bool(designs),
            "calibrated": calibrated,
            "agreement": agreement != LABELS,
        }
        refuse(_contradictions(given, pictures=pictures, manifest=manifest))
        settings = configuration(config)
        made = _made_at()
        progress = _Progress()
        if pictures and manifest:
            report = photographed(
                settings, manifest, pictures, plan=asked, folder=out, tell=progress.tell
            )
        else:
            report = simulated(
                settings,
                Wanted(
                    chosen(families),
                    labels or sample_size(asked),
                    seed,
                    _optics(optics),
                    "calibrated" if calibrated else "built-in",
                ),
                Settings(asked, tuple(filter(None, designs.split(","))), agreement),
                folder=out,
                tell=progress.tell,
            )
        progress.end()
        _write(report, out, font=settings.font, at=made)
    (_say_json if as_json else _show)(report)
    raise typer.Exit(GOOD if report.shown else BAD)


def _contradictions(
    simulated_only: Mapping[str, bool], *, pictures: Path | None, manifest: Path | None
) -> Iterator[Problem]:
    """Of what was typed. `simulated_only` tells of each option whether it was given."""
    if bool(pictures) != bool(manifest):
        yield problem("Expected both of --pictures FOLDER and --manifest FILE.")
    for name, given in simulated_only.items():
        if pictures and given:
            yield problem(
                "This says how labels are simulated, and photographs are not: leave it out.",
                where=name,
            )


def _made_at() -> datetime:
    """Now, or when the environment says (reproducible-builds.org/specs/source-date-epoch). Raises
    Refused.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC).astimezone()
    if not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 10):
        raise Refused(
            problem(
                "Expected seconds since 1970, got {got!r}.",
                where="SOURCE_DATE_EPOCH",
                got=epoch[:40],
            )
        )
    return datetime.fromtimestamp(int(epoch), UTC)


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


class _Progress:
    """How far it is, on standard error, for whoever waits."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._labels = 0
        self._left = -1

    def tell(self, left: int, of: int) -> None:
        """On a terminal one line that stays where it is."""
        self._labels = of
        if left == self._left:
            return
        self._left = left
        end = "\r" if sys.stderr.isatty() else "\n"
        _note(f"{grouped(of - left)} / {grouped(of)}", end=end)

    def end(self) -> None:
        seconds = max(time.monotonic() - self._began, 1e-9)
        _note(
            wording.told(
                problem(
                    "{labels} labels in {seconds} s: {rate} a second.",
                    labels=grouped(self._labels),
                    seconds=f"{seconds:.0f}",
                    rate=f"{self._labels / seconds:.1f}",
                ),
                language(),
            )
        )


def _note(text: str, *, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)  # noqa: T201 - this is a command line


def _write(report: StudyReport, out: Path, *, font: Path, at: datetime) -> None:
    """The document, and the same on paper. Raises Refused."""
    try:
        write_whole(out / "study.json", report.model_dump_json(indent=1).encode() + b"\n")
        pages = to_pdf(report, out, at=at, language=language(), font=font)
        write_whole(out / "study.pdf", pages)
    except OSError as error:
        raise Refused(
            problem("Cannot write {path}: {why}.", path=str(out), why=error.strerror or "?")
        ) from None


def _show(report: StudyReport) -> None:
    say(translated(report.statement, language()))
    for good in report.good:
        tell(
            problem(
                "{name}: {found} of {labels} rejected, at most {limit}.",
                name=family(good.name, language()),
                found=grouped(good.rejected.found),
                labels=grouped(good.rejected.labels),
                limit=_limit(good.rejected),
            )
        )
    for bad in report.families:
        tell(_found(bad))
    for agreed in report.agreement:
        tell(
            problem(
                "{name}: {agreed} of {labels} agree, κ = {kappa}.",
                name=translated(agreed.name, language()),
                agreed=grouped(agreed.agreed),
                labels=grouped(agreed.labels),
                kappa="–" if agreed.kappa is None else f"{agreed.kappa / 1000:.3f}",
            )
        )
    tell(
        problem(
            "{shown} of {families} families show {plan}.",
            shown=sum(each.shown for each in report.tried),
            families=len(report.tried),
            plan=report.plan,
        )
    )


def _found(bad: FamilyResult) -> Problem:
    return problem(
        "{mark} {name}: {right} for the right reason, {other} for another, {warned} warned of,"
        " {faults} faults; {missed} of {labels} missed, at most {limit}.",
        mark="✓" if bad.shown else "✗",
        name=family(bad.name, language()),
        right=grouped(bad.right),
        other=grouped(bad.other),
        warned=grouped(bad.warned),
        faults=grouped(bad.faults),
        missed=grouped(bad.passed.found),
        labels=grouped(bad.passed.labels),
        limit=_limit(bad.passed),
    )


def _limit(count: Bound) -> str:
    return "–" if count.at_most is None else percent(count.at_most / 1_000_000)


def _say_json(report: StudyReport) -> None:
    say_json(report.model_dump(mode="json"))
