"""The checks of a protocol, made one after the other, and what came of each."""

import hashlib
import platform
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from station.app import VERSION
from station.config import Config
from station.core.problem import Problem
from station.qualification import (
    configured,
    equipment,
    installed,
    kept,
    labels,
    records,
    refusals,
    stops,
)
from station.qualification.check import Check, Finding, made
from station.qualification.installation import Installation
from station.qualification.protocol import (
    EVIDENCE,
    Line,
    Part,
    Protocol,
    RequirementLine,
    Said,
)
from station.qualification.requirements import REQUIREMENTS, Need
from station.qualification.trial import Ground
from station.records import clock
from station.records.place import write_whole

Subject = TypeVar("Subject")
Tell = Callable[[Line], None]

IQ: tuple[Check[Installation], ...] = tuple(
    sorted(
        (*installed.CHECKS, *configured.CHECKS, *equipment.CHECKS, *kept.CHECKS),
        key=lambda each: each.id,
    )
)
OQ: tuple[Check[Ground], ...] = (
    *labels.CHECKS,
    *stops.CHECKS,
    *refusals.CHECKS,
    *records.CHECKS,
)


def every() -> Iterator[tuple[str, tuple[Need, ...]]]:
    """Id and requirements of every check there is."""
    yield from ((each.id, each.needs) for each in IQ)
    yield from ((each.id, each.needs) for each in OQ)


def qualified(
    config: Config, *, path: Path | None, parts: tuple[Part, ...], by: str, out: Path, tell: Tell
) -> Protocol:
    """Make every check of these parts, keep the evidence in `out`, and hand back the protocol.

    `path` is the file of the configuration. `tell` hears of each check when it is done. Raises
    OSError where nothing can be written.
    """
    begun = clock.now()
    with TemporaryDirectory(prefix=".trial-", dir=out, ignore_cleanup_errors=True) as scratch:
        lines = tuple(_lines(config, path, parts, out=out, scratch=Path(scratch), tell=tell))
    ended = clock.now()
    shown = {need for each in lines for need in each.requirements}
    return Protocol(
        parts=parts,
        station=config.name,
        version=VERSION,
        configuration=config.digest,
        machine=f"{platform.node()}, {platform.platform()}",
        by=by,
        begun=_local(begun),
        ended=_local(ended),
        steered=begun.steered and ended.steered,
        requirements=tuple(
            RequirementLine(id=each.id, says=Said.of(Problem(each.says)), clauses=each.clauses)
            for each in REQUIREMENTS
            if each.id in shown
        ),
        checks=lines,
    )


def _local(at: clock.Instant) -> str:
    """As the clock on the wall says it."""
    local: datetime = at.utc.astimezone()
    return local.isoformat(timespec="seconds")


def _lines(
    config: Config,
    path: Path | None,
    parts: tuple[Part, ...],
    *,
    out: Path,
    scratch: Path,
    tell: Tell,
) -> Iterator[Line]:
    if "IQ" in parts:
        installation = Installation(config, path=path)
        for check in IQ:
            yield _line(check, installation, out, tell)
    if "OQ" in parts:
        for trial in OQ:
            ground = Ground(scratch / trial.id, config.font, scratch)
            ground.folder.mkdir()
            yield _line(trial, ground, out, tell)


def _line(check: Check[Subject], subject: Subject, out: Path, tell: Tell) -> Line:
    began = time.monotonic()
    finding = made(check, subject)
    name, sha256 = _kept(check.id, finding, out)
    line = Line(
        id=check.id,
        requirements=check.needs,
        does=Said.of(check.does),
        expects=Said.of(check.expects),
        outcome=finding.outcome.value,
        found=tuple(map(Said.of, finding.told)),
        evidence=name,
        sha256=sha256,
        seconds=round(time.monotonic() - began, 1),
    )
    tell(line)
    return line


def _kept(check: str, finding: Finding, out: Path) -> tuple[str, str]:
    """(name, SHA-256) of the file of the evidence; empty where there is none."""
    if not finding.evidence:
        return "", ""
    name = f"{check}.txt"
    write_whole(out / EVIDENCE / name, finding.evidence)
    return name, hashlib.sha256(finding.evidence).hexdigest()
