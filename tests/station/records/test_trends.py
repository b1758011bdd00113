"""What is read for the page of trends, and what a calibration without indices leaves behind."""

from contextlib import closing
from pathlib import Path

from station.core.calibration import Setting, calibrated
from station.core.events import (
    LabelCalibrated,
    LabelIssued,
    LabelJudged,
    OrderAccepted,
    OrderStarted,
    Recipe,
)
from station.core.order import WorkOrder
from station.core.quality import Quality, SymbolQuality
from station.records.calibrations import Calibrations
from station.records.journal import Journal, read_only
from station.records.trends import Trends

ORDER = WorkOrder.model_validate_json(
    '{"id": "WO-1", "product": "HC", "level": "unit", "quantity": 400, "template": "unit",'
    ' "revision": "A", "lot": "L1", "production_date": "2026-03-20"}'
)
SETTING = Setting(
    template="unit", revision="A", digest="", font="", dots_per_mm=8, camera="", width=1, height=1
)
PLAIN = Quality(registration=100, paper=800)
MEASURED = PLAIN.model_copy(
    update={"symbols": (SymbolQuality(identifier="]d2", indices={"contrast_index": 880}),)}
)


def record(folder: Path, *qualities: Quality | None) -> None:
    recipe = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))
    with closing(Journal(folder)) as journal:
        journal.append(
            OrderAccepted(order=ORDER, gtin="06972869182019", file="f", sha256="s"),
            OrderStarted(order="WO-1", recipe=recipe),
        )
        for number, quality in enumerate(qualities, start=1):
            journal.append(
                LabelIssued(order="WO-1", number=number, gtin="", serial="", data="", zpl=""),
                LabelJudged(
                    order="WO-1",
                    number=number,
                    accepted=True,
                    reasons=(),
                    symbols=(),
                    quality=quality,
                ),
            )


def test_the_last_labels_with_indices_are_read_oldest_first(tmp_path: Path) -> None:
    record(tmp_path, MEASURED, None, PLAIN, MEASURED, MEASURED)
    with closing(read_only(tmp_path)) as db:
        trends = Trends(db)
        assert [each.number for each in trends.labels("WO-1")] == [1, 4, 5]
        assert [each.number for each in trends.labels("WO-1", limit=2)] == [4, 5]
        assert trends.labels("WO-2") == ()
        assert trends.readings("WO-1") == ()
        assert trends.orders(limit=5) == ("WO-1",)


def test_a_calibration_without_indices_is_kept_as_it_always_was(tmp_path: Path) -> None:
    """Rebuilt tables must equal those that an earlier version has written."""
    with closing(Journal(tmp_path)) as journal:
        for quality in (PLAIN, MEASURED):
            found = calibrated(SETTING, [quality] * 10)
            journal.append(LabelCalibrated(calibration=found))
    with closing(read_only(tmp_path)) as db:
        bodies = [body for (body,) in db.execute("SELECT body FROM calibration ORDER BY seq")]
        assert ["trend" in each for each in bodies] == [False, True]
        last = Calibrations(db).last("unit", "A")
        assert last is not None
        assert [each.index for each in last.trend] == ["contrast_index"]
