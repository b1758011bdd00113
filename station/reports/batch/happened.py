"""Stops, faults, what was changed since it was first entered, and how the print went."""

from collections.abc import Mapping

from station import wording
from station.core.batch import BatchRecord, ChangeLine, IndexLine, StopLine
from station.core.judge import Code
from station.language import sentence
from station.reports.batch.voice import NOTHING, Voice, spans, thousandths
from station.reports.pdf import Paper

HOLDS: Mapping[str, str] = {
    "operator": sentence("a person held it"),
    "fault": sentence("fault of the machine"),
    "rejects": sentence("several rejects in a row"),
    "restart": sentence("the station was restarted"),
    "take-away": sentence("a reject had to be taken away"),
    "template": sentence("a label could not be laid out"),
    "reprint": sentence("serials wait to be printed again"),
    "workflow": sentence("a step of the order was due"),
    "first-article": sentence("a first article was due"),
    "challenge": sentence("a challenge was due"),
    "challenge-passed": sentence("a challenge was made and passed"),
    "challenge-missed": sentence("a challenge was made and missed"),
    **{each: wording.TITLES[each] for each in (Code.LOST, Code.DOUBLED, Code.SWAPPED)},
    **{each: wording.TITLES[each] for each in (Code.NONE, Code.LATE, Code.EXTRA)},
}
"""Why an order was held."""

_WORDS = {
    **wording.LABEL_STATES,
    "ended early": sentence("ended early"),
    "on hold": sentence("on hold"),
    "cleared": sentence("cleared"),
    "missed": sentence("the last one was missed"),
    "ended": sentence("its order was ended before a challenge"),
}
_STOP_HEADINGS = (
    sentence("Held"),
    sentence("Why"),
    sentence("Went on"),
    sentence("Why"),
    sentence("Seconds"),
)
_FAULT_HEADINGS = (
    sentence("Time"),
    sentence("Device"),
    sentence("What it said"),
    sentence("Cleared"),
    sentence("Why"),
)
_CHANGE_HEADINGS = (
    sentence("Time"),
    sentence("Labels"),
    sentence("Before"),
    sentence("After"),
    sentence("Why"),
    sentence("By"),
)
_INDEX_HEADINGS = (
    sentence("Code"),
    sentence("Index"),
    sentence("Labels"),
    sentence("Least"),
    sentence("Mean"),
    sentence("Most"),
    sentence("Usual"),
    sentence("Worst trend"),
    sentence("Trend at the end"),
)
_INDICES = sentence(
    "Process indices after the methods of ISO/IEC 15415 and 15416 on the picture of an ordinary"
    " camera, from 0 to 1. They are no verification grade."
)


def stops(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Stops")))
    if not record.stops:
        paper.paragraph(voice.say(sentence("There was none.")))
        return
    rows = tuple(_stop(each, voice) for each in record.stops)
    paper.table(voice.all(_STOP_HEADINGS), rows, widths=(4, 5, 4, 4, 2))


def _stop(found: StopLine, voice: Voice) -> tuple[str, ...]:
    lasted = found.milliseconds
    why = voice.word(HOLDS, found.cause)
    return (
        voice.entry(found.entry),
        f"{why}\n{found.detail}".strip(),
        voice.entry(found.resumed) if found.resumed else NOTHING,
        found.reason or NOTHING,
        NOTHING if lasted is None else f"{lasted / 1000:.1f}",
    )


def faults(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Faults of the machine")))
    if not record.faults:
        paper.paragraph(voice.say(sentence("There was none.")))
        return
    rows = tuple(
        (
            f"{voice.time(each.at)} · #{each.seq}",
            f"{wording.device(each.device, voice.language)}\n{each.device}",
            f"{', '.join(each.conditions)}: {each.detail}",
            f"{each.cleared_by}\n{voice.time(each.cleared_at)}".strip(),
            each.reason or NOTHING,
        )
        for each in record.faults
    )
    paper.table(voice.all(_FAULT_HEADINGS), rows, widths=(3, 4, 5, 3, 3))


def changes(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("What was changed since it was first entered")))
    if not record.changes:
        paper.paragraph(voice.say(sentence("Nothing.")))
        return
    rows = tuple(_change(each, voice) for each in record.changes)
    paper.table(voice.all(_CHANGE_HEADINGS), rows, widths=(3, 2, 3, 3, 4, 3))


def _change(found: ChangeLine, voice: Voice) -> tuple[str, ...]:
    return (
        f"{voice.time(found.entry.at)} · #{found.entry.seq}",
        spans(found.numbers),
        voice.word(_WORDS, found.before) or NOTHING,
        voice.word(_WORDS, found.after),
        voice.word(_WORDS, found.reason) or NOTHING,
        voice.people(found.entry.by, found.witness),
    )


def quality(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    of = record.quality
    paper.heading(voice.say(sentence("Print quality")))
    usual = sentence("those of the calibration") if of.calibrated else sentence("the first labels")
    facts = (
        (sentence("Labels judged"), str(of.labels)),
        (sentence("Read only after image processing"), str(of.rescued)),
        (sentence("Good with a warning"), str(of.warned)),
        (sentence("Usual values"), voice.say(usual)),
    )
    paper.facts((voice.say(name), value) for name, value in facts)
    if of.indices:
        paper.paragraph(voice.say(_INDICES))
        rows = tuple(_index(each, voice) for each in of.indices)
        paper.table(voice.all(_INDEX_HEADINGS), rows, widths=(3, 5, 2, 2, 2, 2, 2, 3, 3))
    if of.verifier:
        paper.heading(voice.say(sentence("Readings of bar code verifiers")), level=2)
        headings = (
            sentence("Label"), sentence("Code"), sentence("Grade"), sentence("Verifier"),
            sentence("By"),
        )  # fmt: skip
        readings = tuple(
            (
                str(each.number),
                voice.carrier(each.identifier),
                each.grade,
                each.verifier,
                voice.entry(each.entry),
            )
            for each in of.verifier
        )
        paper.table(voice.all(headings), readings, widths=(1, 3, 3, 5, 4))


def _index(found: IndexLine, voice: Voice) -> tuple[str, ...]:
    return (
        voice.carrier(found.symbol),
        voice.word(wording.INDICES, found.index),
        str(found.labels),
        thousandths(found.least),
        thousandths(found.mean),
        thousandths(found.most),
        thousandths(found.usual),
        voice.word(wording.TREND_STATES, found.worst) if found.worst else NOTHING,
        voice.word(wording.TREND_STATES, found.last) if found.last else NOTHING,
    )
