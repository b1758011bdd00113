"""Configuration: what it says, what is strange in it, and the designs it names."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from drivers.camera.still import without_password
from station.app import VERSION, Workshop, approvals_of
from station.config import Config
from station.core.approval import DesignState, state_of
from station.core.events import StationStarted
from station.core.problem import Problem, problem
from station.qualification.check import Check, Finding, judged, met, missed, not_applicable
from station.qualification.installation import Installation
from station.qualification.requirements import Need
from station.records.journal import FILE, read_only, recorded


def _ready(of: Installation) -> Finding:
    return judged(of.readiness.problems, problem("Nothing stands against a start."))


def _settings(of: Installation) -> Finding:
    """Every setting that is not the default is in the evidence; no password is."""
    differences = {
        where: (default, got)
        for where, (default, got) in _both(Config(), of.config)
        if default != got
    }
    lines = (f"{where}: {got}  [{default}]" for where, (default, got) in differences.items())
    told = problem(
        "{count} settings differ from their defaults: {names}. SHA-256 of all: {digest}.",
        count=len(differences),
        names=", ".join(differences) or "–",
        digest=of.config.digest,
    )
    evidence = "\n".join(lines).encode()
    if of.readiness.warnings:
        return missed(*of.readiness.warnings, told, evidence=evidence)
    return met(told, evidence=evidence)


def _both(default: Config, config: Config) -> Iterator[tuple[str, tuple[str, str]]]:
    """(dotted path, (default, value)) of every setting, as it may be shown."""
    ours = dict(_leaves(config.model_dump(mode="json")))
    for where, value in _leaves(default.model_dump(mode="json")):
        yield where, (_shown(value), _shown(ours.get(where)))


def _leaves(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _shown(value: object) -> str:
    """Without a password, as JSON."""
    if isinstance(value, str) and "@" in value:
        try:
            value = without_password(value)
        except ValueError:
            value = value.rpartition("@")[2]
    return json.dumps(value, ensure_ascii=False)


def _started(of: Installation) -> Finding:
    """The last start is the one that is to be signed for."""
    if not (of.config.data / FILE).exists():
        return not_applicable(problem("No station has run here yet."))
    with closing(read_only(of.config.data)) as db:
        starts = [each for each in recorded(db) if isinstance(each.event, StationStarted)]
    if not starts:
        return not_applicable(problem("No station has run here yet."))
    last = starts[-1]
    assert isinstance(last.event, StationStarted), "only such are looked for"
    pairs = (("version", VERSION, last.event.version),
             ("configuration", of.config.digest, last.event.configuration))  # fmt: skip
    return judged(
        (
            problem("The last start had another {name}: {got}, now {expected}.", name=name, got=got,
                    expected=expected)
            for name, expected, got in pairs
            if expected != got
        ),
        problem("Started at {at} (event {seq}).", at=last.at.isoformat(), seq=last.seq),
    )  # fmt: skip


def _library(of: Installation) -> Finding:
    library = Workshop.open(of.config).library
    profiles = sorted((each.name, each.digest) for each in library.profiles.values())
    return met(
        problem(
            "{products} products, {templates} designs, {profiles} profiles.",
            products=len(tuple(library.catalogue.values())),
            templates=len(library.templates),
            profiles=len(profiles),
        ),
        evidence="\n".join(f"{digest}  profile {name}" for name, digest in profiles).encode(),
    )


def _font(of: Installation) -> Finding:
    font = Workshop.open(of.config).font
    return met(problem("{path}; SHA-256: {digest}.", path=str(of.config.font), digest=font.digest))


def _designs(of: Installation) -> Finding:
    """A draft prints nothing, so it stands in nobody's way; one that was changed is a question."""
    approvals = {(each.name, each.revision): each for each in approvals_of(of.config)}
    states = {
        key: state_of(design.digest, approvals.get(key))
        for key, design in Workshop.open(of.config).library.templates.items()
    }
    lines = (
        f"{approval.digest if approval else '–'}  {name} {revision}  {state}"
        + (
            f"  {approval.author}, {approval.approver}, {approval.at.isoformat()}"
            if approval
            else ""
        )
        for (name, revision), state in states.items()
        for approval in (approvals.get((name, revision)),)
    )
    return judged(
        _wrong_designs(states),
        problem(
            "{approved} of {count} designs are approved.",
            approved=_count(states, DesignState.APPROVED),
            count=len(states),
        ),
        evidence="\n".join(lines).encode(),
    )


def _wrong_designs(states: Mapping[tuple[str, str], DesignState]) -> Iterator[Problem]:
    for (name, revision), state in states.items():
        if state == DesignState.CHANGED:
            yield problem(
                "Design {name} {revision} was changed since it was approved.",
                name=name,
                revision=revision,
            )
    if not _count(states, DesignState.APPROVED):
        yield problem("No design is approved, so nothing can be printed.")


def _count(states: Mapping[tuple[str, str], DesignState], wanted: DesignState) -> int:
    return sum(each == wanted for each in states.values())


CHECKS: tuple[Check[Installation], ...] = (
    Check(
        "IQ-11", (Need.CONFIGURED,),
        problem("Look at every setting, as a start would, and at all of them at once."),
        problem("Nothing stands against a start."),
        _ready,
    ),
    Check(
        "IQ-12", (Need.CONFIGURED,),
        problem("Compare every setting with its default, and look for what is for trials only."),
        problem("Nothing is simulated, the second place and the backups are on other disks."),
        _settings,
    ),
    Check(
        "IQ-13", (Need.CONFIGURED, Need.INSTALLED),
        problem("Compare version and configuration with those of the last start in the journal."),
        problem("They are the same."),
        _started,
    ),
    Check(
        "IQ-18", (Need.ONE_SOURCE, Need.PROFILES),
        problem("Read catalogue, designs and profiles, and hold them against each other."),
        problem("They are whole and do not contradict each other."),
        _library,
    ),
    Check(
        "IQ-19", (Need.TEXT,),
        problem("Read the font that all labels are drawn with."),
        problem("It can be used; its digest stands in every recipe."),
        _font,
    ),
    Check(
        "IQ-20", (Need.APPROVED,),
        problem("Compare every design with what was approved."),
        problem("At least one is approved, and none was changed since."),
        _designs,
    ),
)  # fmt: skip
