"""The sections of a batch record in their order, in one language after the other."""

from datetime import datetime
from pathlib import Path

from station.core.batch import BatchRecord
from station.language import LANGUAGES, sentence
from station.reports.batch import account, happened, labels, order, rejects
from station.reports.batch.pictures import Pictures
from station.reports.batch.voice import Voice
from station.reports.pdf import Attached, Paper

BOTH = "both"
CHOICES = (*LANGUAGES, BOTH)
"""Languages that a record can be asked for in."""

_TITLE = sentence("Batch record of order {order}")
_INSIDE = sentence("The document this record was made from")


def to_pdf(document: bytes, *, language: str, font: Path, pictures: Pictures) -> bytes:
    """The record in this document, which travels inside the file: PDF/A-3u.

    `language` is one of CHOICES. The time of the file is that of the last event of the order: the
    same document gives the same bytes. Raises Refused where it cannot be laid out.
    """
    record = BatchRecord.model_validate_json(document)
    voices = [Voice(each) for each in (LANGUAGES if language == BOTH else (language,))]
    titles = [voice.say(_TITLE, order=record.order.id) for voice in voices]
    paper = Paper(
        " · ".join(titles),
        at=_last(record),
        language=voices[0].language,
        font=font,
        foot=f"{record.station} · {record.order.id} · #{record.journal.last}"
        f" · {record.journal.hash[:16]}",
    )
    for place, (voice, title) in enumerate(zip(voices, titles, strict=True)):
        if place:
            paper.page()
            paper.heading(title)
        _sections(paper, record, voice, pictures)
    paper.attach(
        Attached(
            f"record-{record.order.id}.json",
            document,
            "application/json",
            voices[0].say(_INSIDE),
        )
    )
    return paper.to_bytes()


def _sections(paper: Paper, record: BatchRecord, voice: Voice, pictures: Pictures) -> None:
    order.state(paper, record, voice)
    order.order(paper, record, voice)
    order.made_with(paper, record, voice)
    order.steps(paper, record, voice)
    labels.first_article(paper, record, voice, pictures)
    rejects.challenges(paper, record, voice, pictures)
    labels.labels(paper, record, voice)
    rejects.nonconformances(paper, record, voice, pictures)
    rejects.reprints(paper, record, voice)
    rejects.doubts(paper, record, voice)
    account.account(paper, record, voice)
    happened.stops(paper, record, voice)
    happened.faults(paper, record, voice)
    happened.changes(paper, record, voice)
    happened.quality(paper, record, voice)
    account.signatures(paper, record, voice)
    account.journal(paper, record, voice)
    labels.every_label(paper, record, voice)


def _last(record: BatchRecord) -> datetime:
    return datetime.fromisoformat(record.journal.at)
