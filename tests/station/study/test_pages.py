"""The report on paper and as a document."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from station.artwork.text import DEFAULT_FONT
from station.core.shape import parse
from station.core.statistics import plan
from station.study.pages import to_pdf
from station.study.report import (
    NOT_A_RATE,
    Bound,
    DesignResult,
    FamilyResult,
    Miss,
    StudyReport,
    bound,
    environment,
)
from station.vision.picture import to_jpeg
from tests.station.study.studied import UNIT

AT = datetime(2026, 3, 1, tzinfo=UTC)


def count(found: int, of: int) -> Bound:
    return bound(found, of, plan("95/99"))


def family(name: str, *, missed: int = 0, labels: int = 299) -> FamilyResult:
    return FamilyResult(
        name=name, labels=labels, right=labels - missed, other=0, warned=0,
        passed=count(missed, labels), faults=0, shown=missed == 0,
        left_out={} if labels else {"a": "The label does not carry (10)."},
    )  # fmt: skip


def report(*families: FamilyResult, misses: tuple[Miss, ...] = ()) -> StudyReport:
    return StudyReport(
        evidence="simulated", statement=NOT_A_RATE, seed=1, optics="mild", within="built-in",
        plan="95/99", labels=299, families=families, good=(),
        designs=(DesignResult(name=str(UNIT), bad=9, missed=1, good=9, rejected=0, scale=2310),),
        agreement=(), misses=misses,
        environment=environment("0.1.0", {str(UNIT): "ab" * 32}),
    )  # fmt: skip


def test_a_count_is_told_with_what_it_proves() -> None:
    found = count(0, 299)
    assert found.told == "0 of 299: at most 0.997 % (95 % one-sided)"
    assert (found.at_most, found.low) == (9969, 0)
    assert count(0, 0).at_most is None


def test_every_family_that_was_tried_has_to_show_the_plan() -> None:
    assert report(family("wrong-lot"), family("wrong-gtin")).shown
    assert not report(family("wrong-lot"), family("wrong-gtin", missed=1)).shown
    assert report(family("wrong-lot"), family("wrong-expiry", labels=0)).shown
    assert not report().shown, "nothing tried, nothing shown"


def test_the_document_is_read_back_as_it_was() -> None:
    of = report(family("wrong-lot"))
    assert StudyReport.model_validate_json(of.model_dump_json()) == of
    assert parse(StudyReport, of.model_dump()) == of


def test_the_same_report_gives_the_same_pages_in_either_language(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(to_jpeg(np.full((48, 64), 90, np.uint8)))
    miss = Miss(
        family="wrong-lot", template="a", number=1, says="(01)", what="", codes=(), picture="a.jpg"
    )
    of = report(family("wrong-lot", missed=1), family("wrong-expiry", labels=0), misses=(miss,))
    for language in ("zh", "en"):
        pages = [to_pdf(of, tmp_path, at=AT, language=language, font=DEFAULT_FONT) for _ in "ab"]
        assert pages[0] == pages[1]
        assert pages[0].startswith(b"%PDF-1.7")
