"""From the journal to the batch record of an order: its document, and the same on paper."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from station.artwork.picture import expected_picture
from station.core.batch import BatchRecord
from station.core.events import Recipe
from station.core.order import WorkOrder
from station.core.problem import Refused, problem
from station.line.job import Job
from station.records.batch.batch import document, gathered
from station.records.evidence import Evidence
from station.records.journal import read_only
from station.reports.batch.pages import CHOICES, to_pdf
from station.reports.batch.pictures import Meant, Pictures
from station.vision.picture import to_jpeg


@dataclass(frozen=True, slots=True)
class Binder:
    """Makes one record at a time: it shares its machine with a line that prints."""

    folder: Path
    """Of the journal and the pictures."""

    station: str
    font: Path
    heads: Path | None
    """The file of the signed heads."""

    job: Callable[[WorkOrder], Job]
    """What the labels of an order are laid out with now."""

    _one: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def document(self, order: str, *, every_label: bool = False) -> bytes:
        """The record as JSON. Raises Refused where there is no such order."""
        with self._alone(), closing(read_only(self.folder)) as db:
            return document(
                gathered(db, order, station=self.station, heads=self.heads, every_label=every_label)
            )

    def pdf(self, document: bytes, *, language: str) -> bytes:
        """The same on paper; `language` is zh, en or both. Raises Refused."""
        if language not in CHOICES:
            raise Refused(
                problem(
                    "Expected one of {expected}, got {got}.",
                    expected=", ".join(CHOICES),
                    got=language[:20],
                )
            )
        with self._alone():
            record = BatchRecord.model_validate_json(document)
            pictures = Pictures(self._kept, self._meant(record))
            return to_pdf(document, language=language, font=self.font, pictures=pictures)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._one.acquire(blocking=False):
            raise Refused(problem("Another record is being made. Ask again in a moment."))
        try:
            yield
        finally:
            self._one.release()

    def _kept(self, digest: str) -> bytes | None:
        try:
            path = Evidence(self.folder / "evidence", spare=0).path(digest)
        except Refused:
            return None
        return path.read_bytes() if path.is_file() else None

    def _meant(self, record: BatchRecord) -> Meant:
        """Nothing where labels would not be made of the same things any more."""
        job = self._as_it_was(record.order, record.made_with.recipe)

        def meant(number: int, serial: str) -> bytes | None:
            if job is None:
                return None
            try:
                return to_jpeg(expected_picture(job.label(number, serial=serial).artwork))
            except Refused:
                return None

        return meant

    def _as_it_was(self, order: WorkOrder, recipe: Recipe | None) -> Job | None:
        try:
            job = self.job(order)
        except Refused:
            return None
        return job if recipe and job.recipe == recipe else None
