"""The process-verification report: studies as they were signed, and what the journal says."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station.artwork.text import DEFAULT_FONT
from station.core.problem import Refused
from station.records.journal import Journal, read_only
from station.records.process import Process
from station.study.report import AgreementResult
from station.study.verification import VerificationReport, verification
from station.study.verification_pages import to_pdf
from tests.station.records.audit.test_audit import noon, write_eventful
from tests.station.reports.test_pdf import text_of
from tests.station.study.test_pages import family, report


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("eventful")
    with closing(Journal(folder, clock=noon)) as journal:
        write_eventful(journal)
    with closing(read_only(folder)) as db:
        yield Process(db)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    agreed = AgreementResult(
        name="Three looks at the same label (Fleiss)", labels=60, agreed=59, kappa=950, low=900,
        high=1000,
    )  # fmt: skip
    found = report(family("wrong-lot"), family("wrong-gtin", missed=1))
    path = tmp_path / "study.json"
    path.write_text(found.model_copy(update={"agreement": (agreed,)}).model_dump_json())
    return path


def made(process: Process, *studies: Path, **between: datetime) -> VerificationReport:
    return verification(process, studies, station="Line 3", wanted="95/99", **between)


def data(found: VerificationReport) -> bytes:
    return found.model_dump_json(indent=1).encode()


def test_a_study_stands_in_it_as_it_was_signed(process: Process, study: Path) -> None:
    (part,) = made(process, study).studies
    assert part.sha256 == hashlib.sha256(study.read_bytes()).hexdigest()
    assert part.report.model_dump_json() == study.read_text()


def test_sample_sizes_are_those_that_no_miss_needs(process: Process) -> None:
    sizes = {each.plan: each.labels for each in made(process).sample_sizes}
    assert sizes == {
        "95/95": 59, "95/99": 299, "99/99": 459, "95/99.9": 2995, "99/99.9": 4603,
    }  # fmt: skip


def test_the_journal_says_what_became_of_the_labels(process: Process) -> None:
    line = made(process).line
    assert [each.order for each in line.orders] == ["A", "B", "C", "D", "E"]
    first = line.orders[0]
    assert (first.judged, first.rejected, first.doubted, first.reprinted) == (5, 1, 1, 1)
    assert (line.rejected.found, line.rejected.labels) == (1, 12)
    assert {each.code: each.labels.found for each in line.codes} == {"DATA.serial": 1, "fault": 1}
    assert line.chart == "g"


def test_specimens_of_challenges_are_counted_by_family(process: Process) -> None:
    (found,) = made(process).line.challenges
    assert (found.name, found.missed.found, found.missed.labels) == ("blank", 0, 2)
    assert found.missed.at_most == 776_393


def test_only_orders_that_were_started_in_between_count(process: Process) -> None:
    later = datetime(2026, 11, 23, tzinfo=UTC)
    assert made(process, since=later).line.orders == ()
    assert len(made(process, until=later).line.orders) == 5


def test_a_line_that_made_nothing_proves_nothing(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, clock=noon)):
        pass
    with closing(read_only(tmp_path)) as db:
        line = made(Process(db)).line
    assert (line.rejected.at_most, line.orders, line.chart) == (None, (), "none")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_report_gives_the_same_paper_with_its_document_inside(
    process: Process, study: Path, language: str
) -> None:
    document = data(made(process, study))
    assert VerificationReport.model_validate_json(document) == made(process, study)
    found = [to_pdf(document, language=language, font=DEFAULT_FONT) for _ in "ab"]
    assert found[0] == found[1]
    assert b"<pdfaid:part>3</pdfaid:part>" in found[0]
    text = text_of(found[0])
    wanted = ("样本量", "4 603", "一致性") if language == "zh" else ("Sample sizes", "4 603", "κ")
    assert all(each in text for each in wanted)


def test_what_is_no_study_is_refused(process: Process, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(Refused, match="is not the document of a study"):
        made(process, tmp_path / "x.json")
    with pytest.raises(Refused, match="Cannot read"):
        made(process, tmp_path / "none.json")
