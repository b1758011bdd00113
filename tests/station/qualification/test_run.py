"""A protocol holds every check with what came of it, in both languages, and its evidence."""

import hashlib
import re
from pathlib import Path

import pytest

from station.config import Config
from station.core.problem import Refused, problem
from station.qualification import run
from station.qualification.check import Check, Finding, met, missed, not_applicable
from station.qualification.pages import to_pdf
from station.qualification.protocol import Line, Protocol
from station.qualification.requirements import BY_ID, REQUIREMENTS, Need
from station.qualification.run import IQ, OQ, every, qualified

DOES, EXPECTS = problem("Ask the camera for a picture."), problem("They come back whole.")
HOSTILE = "\x1b[2J^XA<script>{0}"


def refused(_: object) -> Finding:
    raise Refused(problem("There is no order at the line."))


def broken(_: object) -> Finding:
    raise RuntimeError(HOSTILE)


CHECKS: tuple[Check[object], ...] = (
    Check("IQ-1", (Need.BACKUP,), DOES, EXPECTS, refused),
    Check("IQ-2", (Need.BACKUP, Need.SIGNED), DOES, EXPECTS, broken),
    Check("IQ-3", (Need.SIGNED,), DOES, EXPECTS, lambda _: not_applicable(EXPECTS)),
    Check("IQ-4", (Need.SIGNED,), DOES, EXPECTS, lambda _: met(EXPECTS, evidence=b"seen")),
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "IQ", CHECKS)


def protocol(out: Path, lines: list[Line] | None = None) -> Protocol:
    out.mkdir(exist_ok=True)
    told = [] if lines is None else lines
    return qualified(Config(), path=None, parts=("IQ",), by="Li", out=out, tell=told.append)


@pytest.mark.usefixtures("few")
def test_a_check_that_failed_stops_no_other(tmp_path: Path) -> None:
    told: list[Line] = []
    made = protocol(tmp_path, told)
    assert [each.outcome for each in made.checks] == ["fail", "fail", "not applicable", "pass"]
    assert told == list(made.checks)
    assert not made.good


@pytest.mark.usefixtures("few")
def test_evidence_lies_beside_the_protocol_under_its_digest(tmp_path: Path) -> None:
    (line,) = (each for each in protocol(tmp_path).checks if each.evidence)
    data = (tmp_path / "evidence" / line.evidence).read_bytes()
    assert (line.id, data) == ("IQ-4", b"seen")
    assert line.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.usefixtures("few")
def test_each_requirement_stands_with_its_clauses_and_its_checks(tmp_path: Path) -> None:
    made = protocol(tmp_path)
    assert [each.id for each in made.requirements] == [Need.SIGNED, Need.BACKUP]
    assert made.requirements[0].clauses == BY_ID[Need.SIGNED].clauses
    assert [each.id for each in made.of(Need.SIGNED)] == ["IQ-2", "IQ-3", "IQ-4"]


@pytest.mark.usefixtures("few")
def test_every_sentence_is_there_in_both_languages(tmp_path: Path) -> None:
    line = protocol(tmp_path).checks[0]
    assert line.found[0].en == "There is no order at the line."
    assert line.found[0].zh == "生产线上没有工单。"


@pytest.mark.usefixtures("few")
def test_a_protocol_comes_back_as_it_was_written(tmp_path: Path) -> None:
    made = protocol(tmp_path)
    assert Protocol.model_validate_json(made.model_dump_json()) == made


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paper_is_made_in_both_languages_whatever_was_found(
    tmp_path: Path, language: str
) -> None:
    made = protocol(tmp_path)
    paper = to_pdf(made, sha256="ab" * 32, language=language, font=Config().font)
    assert paper.startswith(b"%PDF-1.7")
    assert paper == to_pdf(made, sha256="ab" * 32, language=language, font=Config().font)


@pytest.mark.usefixtures("few")
def test_nothing_of_a_trial_is_left(tmp_path: Path) -> None:
    protocol(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"evidence"}


def test_every_check_has_an_id_of_its_own_that_says_its_part() -> None:
    ids = [name for name, _ in every()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"IQ-\d\d", each.id) for each in IQ)
    assert all(re.fullmatch(r"OQ-\d\d(\.[a-z0-9-]+)?", each.id) for each in OQ)


def test_every_requirement_is_there_once_with_a_clause() -> None:
    assert [each.id for each in REQUIREMENTS] == list(Need)
    assert all(each.clauses for each in REQUIREMENTS)


def test_a_finding_that_failed_has_something_to_say() -> None:
    assert missed(problem("Wrong.")).told
