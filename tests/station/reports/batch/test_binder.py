"""From the journal to the record: what was meant is drawn only if it still would be the same."""

from contextlib import closing
from pathlib import Path

import pytest

from station.app import Workshop
from station.config import Config
from station.core.batch import BatchRecord
from station.core.events import LabelIssued, LabelJudged, OrderAccepted, OrderStarted
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import Refused, problem
from station.line.job import Job
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.reports.batch.binder import Binder
from tests.station.records.audit.test_audit import noon
from tests.station.reports.test_pdf import picture, text_of

ORDER = {
    "id": "X",
    "product": "HAS-MHB-HC",
    "level": "unit",
    "quantity": 1,
    "production_date": "2026-11-20",
    "serials": {"prefix": "CN", "start": "010123"},
    "template": "has-mhb-hc-unit",
    "revision": "1",
}


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop.open(Config())


def written(folder: Path, workshop: Workshop, *, font: str = "") -> Binder:
    """An order of one label, which was rejected; with another font, where one is given."""
    job = workshop.job(workshop.order(ORDER))
    recipe = job.recipe.model_copy(update={"font": font} if font else {})
    with closing(Journal(folder, clock=noon)) as journal:
        seen = Evidence(folder / "evidence", spare=0).keep(picture())
        journal.append(
            OrderAccepted(order=job.order, gtin=job.level.gtin, file="x", sha256="0" * 64),
            OrderStarted(order="X", recipe=recipe),
            LabelIssued(
                order="X", number=1, gtin=job.level.gtin, serial="CN010123", data="00", zpl=""
            ),
            LabelJudged(
                order="X", number=1, accepted=False, reasons=(Reason(Code.NO_READ),), symbols=(),
                evidence=seen,
            ),
        )  # fmt: skip
    return Binder(
        folder=folder, station="Line 3", font=workshop.config.font, heads=None, job=workshop.job
    )


def text(binder: Binder) -> str:
    return text_of(binder.pdf(binder.document("X"), language="en"))


def test_what_was_meant_is_drawn_as_it_was(tmp_path: Path, workshop: Workshop) -> None:
    assert "As it was meant" in text(written(tmp_path, workshop))


def test_what_would_be_drawn_otherwise_today_is_not_shown(
    tmp_path: Path, workshop: Workshop
) -> None:
    found = text(written(tmp_path, workshop, font="another"))
    assert "As it was meant" not in found
    assert "As it was seen" in found


def test_a_design_that_is_gone_leaves_the_rest(tmp_path: Path, workshop: Workshop) -> None:
    def gone(_: WorkOrder) -> Job:
        raise Refused(problem("This field is required."))

    made = written(tmp_path, workshop)
    binder = Binder(folder=made.folder, station="Line 3", font=made.font, heads=None, job=gone)
    assert "As it was seen" in text(binder)


def test_one_record_is_made_at_a_time(tmp_path: Path, workshop: Workshop) -> None:
    binder = written(tmp_path, workshop)
    document = binder.document("X")
    with binder._one, pytest.raises(Refused, match="Another record is being made"):
        binder.pdf(document, language="en")
    assert binder.pdf(document, language="en")


def test_another_language_is_refused(tmp_path: Path, workshop: Workshop) -> None:
    binder = written(tmp_path, workshop)
    with pytest.raises(Refused, match="Expected one of zh, en, both, got fr"):
        binder.pdf(binder.document("X"), language="fr")


def test_the_document_is_that_of_the_order(tmp_path: Path, workshop: Workshop) -> None:
    binder = written(tmp_path, workshop)
    found = BatchRecord.model_validate_json(binder.document("X", every_label=True))
    assert found.station == "Line 3"
    assert found.labels.every
    with pytest.raises(Refused):
        binder.document("nobody")
