"""The batch record of a large order, and what each part of it takes:

scripts/bench record --labels 10000
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.generate import Batch, Pace
from station.artwork.text import DEFAULT_FONT
from station.core.events import Event, LabelSettled, Mark, StationStarted
from station.core.judge import Code, Reason
from station.core.quality import Quality, SymbolQuality
from station.core.state import LabelState
from station.records.batch.batch import document, gathered
from station.records.evidence import Evidence
from station.records.journal import Journal, read_only
from station.reports.batch.pages import to_pdf
from station.reports.batch.pictures import Pictures
from station.vision.picture import to_jpeg

EVERY = 100
"""One label of so many is rejected, and put into the scrap by two people."""

AT_ONCE = 200
"""Labels of one transaction."""

INDICES = (
    "contrast_index",
    "modulation_index",
    "axial_nonuniformity_index",
    "grid_nonuniformity_index",
    "unused_error_correction_index",
    "fixed_pattern_damage_index",
    "print_growth_x_index",
    "print_growth_y_index",
    "quiet_zone_index",
)

T = TypeVar("T")


def main() -> None:
    asked = argparse.ArgumentParser(prog="scripts/bench record")
    asked.add_argument("--labels", type=int, default=10_000)
    labels = asked.parse_args().labels
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as name:
        _report(filled(Path(name), labels), labels)


def _report(folder: Path, labels: int) -> None:
    print(f"## Batch record of an order of {labels:,} labels, one of {EVERY} rejected\n")
    print("| step | s | bytes |\n|---|---|---|")
    pictures = Pictures(_kept(folder), lambda _number, _serial: None)
    for every in (False, True):
        what = "every label" if every else "stretches and exceptions"
        told, data = _timed(partial(_gathered, folder, every=every))
        print(f"| from the journal to the document, {what} | {told:.2f} | {len(data):,} |")
        for language in ("zh", "both"):
            took, pdf = _timed(
                partial(to_pdf, data, language=language, font=DEFAULT_FONT, pictures=pictures)
            )
            print(f"| from the document to PDF/A, {what}, {language} | {took:.2f} | {len(pdf):,} |")
    print()


def _gathered(folder: Path, *, every: bool) -> bytes:
    with closing(read_only(folder)) as db:
        return document(gathered(db, "WO-000001", station="bench", every_label=every))


def _kept(folder: Path) -> Callable[[str], bytes | None]:
    evidence = Evidence(folder / "evidence", spare=0)
    return lambda digest: evidence.path(digest).read_bytes()


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def filled(folder: Path, labels: int) -> Path:
    """A folder with the journal and the pictures of such an order."""
    evidence = Evidence(folder / "evidence", spare=0)
    rng = np.random.default_rng(1)
    batch = Batch(1, labels)
    with closing(Journal(folder, clock=Pace())) as journal:
        journal.append(StationStarted(version="0", configuration="0" * 64, boot="bench"))
        journal.append(*batch.opening())
        for first in range(1, labels + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, labels + 1))
            journal.append(*(e for n in numbers for e in _life(batch, n, evidence, rng)))
    return folder


def _life(
    batch: Batch, number: int, evidence: Evidence, rng: np.random.Generator
) -> Iterator[Event]:
    issued, judged, released = batch.events(number)
    judged = judged.model_copy(update={"quality": _quality(rng)})
    yield issued
    if number % EVERY:
        yield judged
        yield released
        return
    picture = evidence.keep(to_jpeg(rng.integers(0, 255, (96, 128), dtype=np.uint8)))
    reason = Reason(Code.SERIAL, "21", "CN000001", "CN000002")
    mark = Mark(code=Code.SERIAL, outline=((9, 9), (60, 9), (60, 40), (9, 40)))
    bad = {"accepted": False, "reasons": (reason,), "evidence": picture, "marks": (mark,)}
    yield judged.model_copy(update=bad)
    yield LabelSettled(
        order=batch.id, number=number, outcome=LabelState.VOIDED, reason="scrap", witness="B"
    )


def _quality(rng: np.random.Generator) -> Quality:
    values = dict(zip(INDICES, rng.integers(800, 900, len(INDICES)).tolist(), strict=True))
    return Quality(registration=90, symbols=(SymbolQuality(identifier="]d2", indices=values),))


if __name__ == "__main__":
    main()
