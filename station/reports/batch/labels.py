"""The labels of an order: in stretches, one by one where there is something to say, or all."""

from collections.abc import Iterator

from station import wording
from station.core.batch import BatchRecord, LabelLine
from station.core.statistics import grouped
from station.language import sentence
from station.reports.batch.pictures import Pictures
from station.reports.batch.rejects import MOST_LINES, more, pictured
from station.reports.batch.voice import NOTHING, Voice, number, spans
from station.reports.pdf import Paper

_EXCEPTION_HEADINGS = (
    sentence("Label"),
    sentence("Serial"),
    sentence("State"),
    sentence("Carries the serial of"),
    sentence("Sent to the printer"),
    sentence("Judged"),
)


def first_article(paper: Paper, record: BatchRecord, voice: Voice, pictures: Pictures) -> None:
    paper.heading(voice.say(sentence("First good label")))
    first = record.first_article
    if first is None:
        paper.paragraph(voice.say(sentence("There was none.")))
        return
    facts = (
        (sentence("Label"), str(first.number)),
        (sentence("Serial"), first.serial or NOTHING),
        (sentence("Judged"), voice.entry(first.entry)),
        (sentence("Meant"), voice.element(first.data)),
        (sentence("Read"), voice.symbols(first.symbols) or NOTHING),
    )
    paper.facts((voice.say(name), value) for name, value in facts)
    meant = pictures.meant(first.number, first.serial)
    pictured(paper, voice, meant=meant, seen=pictures.seen(first.picture), digest=first.picture)


def labels(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Every label")))
    headings = (sentence("Labels"), sentence("Count"), sentence("State"), sentence("Serials"))
    paper.table(
        voice.all(headings),
        tuple(
            (
                spans(((each.first, each.last),)),
                grouped(each.last - each.first + 1),
                voice.word(wording.LABEL_STATES, each.state),
                _serials(each.first_serial, each.last_serial),
            )
            for each in record.labels.stretches[:MOST_LINES]
        ),
        widths=(3, 1, 3, 5),
    )
    more(paper, len(record.labels.stretches), voice)
    if record.labels.on_hold:
        numbers = spans(record.labels.on_hold)
        text = voice.say(
            sentence("ON HOLD, nothing vouches for these labels: {numbers}"), numbers=numbers
        )
        paper.notice(f"✗ {text}", good=False)
    _exceptions(paper, record, voice)


def _serials(first: str, last: str) -> str:
    if not first:
        return NOTHING
    return first if first == last else f"{first} … {last}"


def _exceptions(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    found = record.labels.exceptions
    paper.heading(voice.say(sentence("Labels that are not simply good")), level=2)
    if not found:
        paper.paragraph(voice.say(sentence("There was none.")))
        return
    paper.table(
        voice.all(_EXCEPTION_HEADINGS),
        tuple(_exception(each, voice) for each in found[:MOST_LINES]),
        widths=(1, 3, 3, 2, 3, 3),
    )
    more(paper, len(found), voice)


def _exception(found: LabelLine, voice: Voice) -> tuple[str, ...]:
    return (
        str(found.number),
        found.serial or NOTHING,
        voice.word(wording.LABEL_STATES, found.state),
        number(found.reprint_of or None),
        voice.time(found.issued_at),
        voice.time(found.judged_at),
    )


def every_label(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    """Nothing, unless they were asked for."""
    if record.labels.every is None:
        return
    paper.page()
    paper.heading(voice.say(sentence("All labels, one by one")))
    paper.paragraph(voice.say(sentence("Number, serial, state, when it was judged.")))
    paper.lines(_lines(record.labels.every, voice), columns=2)


def _lines(found: tuple[LabelLine, ...], voice: Voice) -> Iterator[str]:
    for each in found:
        state = voice.word(wording.LABEL_STATES, each.state)
        at = each.judged_at or each.issued_at
        yield f"{each.number}  {each.serial or NOTHING}  {state}  {at[:10]} {at[11:19]}"
