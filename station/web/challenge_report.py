"""The report of a challenge: one file with its pictures in it, and places for two signatures."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from station import wording
from station.core.events import ChallengeSpecimen
from station.line.challenge import words
from station.records.challenges import Challenge
from station.records.evidence import Evidence
from station.web.pages import FOLDER, Pages


@dataclass(frozen=True, slots=True)
class Row:
    """One specimen, in words."""

    family: str
    expected: str
    found: str
    """Empty where it was accepted."""

    caught: bool
    picture: str
    """JPEG as base64; empty where there is none."""


def report(challenge: Challenge, *, station: str, language: str, evidence: Evidence) -> str:
    """HTML that needs nothing else. Everything from outside is escaped in it."""
    pages = Pages(language=language, station_name=station, token="")
    return pages.render(
        "challenge_report.html",
        language,
        challenge=challenge,
        rows=tuple(_rows(challenge, language, evidence)),
        left_out=tuple(
            (words.family(each.family, language), wording.told(each.why, language))
            for each in challenge.started.left_out
        ),
        causes=", ".join(
            wording.word(words.CAUSES, each, language) for each in challenge.started.causes
        ),
        words=words,
        style=base64.b64encode((FOLDER / "static" / "report.css").read_bytes()).decode(),
    )


def _rows(challenge: Challenge, language: str, evidence: Evidence) -> Iterator[Row]:
    for each in challenge.specimens:
        yield Row(
            words.family(each.family, language),
            words.expected(each.expected, each.ai, language),
            words.found(each.reasons, language),
            each.caught,
            _picture(each, evidence),
        )


def _picture(specimen: ChallengeSpecimen, evidence: Evidence) -> str:
    """A picture that is gone leaves its place empty; the audit says so."""
    if not specimen.evidence:
        return ""
    path = evidence.path(specimen.evidence)
    return base64.b64encode(path.read_bytes()).decode() if path.is_file() else ""
