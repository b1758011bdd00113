"""Rejected and doubted labels: what was meant beside what was seen; and the challenges."""

from collections.abc import Iterator

from station import wording
from station.core.batch import BatchRecord, ChallengeLine, NonconformanceLine, SpecimenLine
from station.core.statistics import grouped
from station.language import sentence
from station.line.challenge import words
from station.reports.batch.pictures import Lack, Pictures
from station.reports.batch.voice import NOTHING, Voice, number
from station.reports.pdf import Paper

MOST_PICTURED = 40
"""Nonconformances that are shown at length; of the others there is a line each."""

MOST_LINES = 1000
"""Of a table on paper; all of them are in the document."""

_LACKS = {
    Lack.NONE: sentence("No camera looked."),
    Lack.MISSING: sentence("THE PICTURE IS GONE: {digest}"),
    Lack.CHANGED: sentence("THE PICTURE IS NOT THE ONE THAT WAS RECORDED: {digest}"),
}
_HEADINGS = (
    sentence("Number"),
    sentence("Label"),
    sentence("Serial"),
    sentence("State"),
    sentence("Reasons"),
    sentence("Decided"),
)
_REPRINT_HEADINGS = (
    sentence("Serial"),
    sentence("The label that is gone"),
    sentence("The label printed instead"),
    sentence("Why"),
    sentence("Two people"),
    sentence("Time"),
)
_DOUBT_HEADINGS = (
    sentence("Label"),
    sentence("Serial"),
    sentence("In doubt since"),
    sentence("Why"),
    sentence("State"),
    sentence("Decided"),
)
_CHALLENGE_HEADINGS = (
    sentence("Bad label"),
    sentence("Has to be found"),
    sentence("Was found"),
    sentence("Caught"),
)
_ACCEPTED = sentence("nothing: it was accepted")
_YES, _NO = sentence("yes"), sentence("NO")


def pictured(
    paper: Paper, voice: Voice, *, meant: bytes | None, seen: bytes | Lack, digest: str
) -> None:
    """What was meant beside what was seen."""
    shown = [(meant, voice.say(sentence("As it was meant")))] if meant else []
    if isinstance(seen, Lack):
        paper.paragraph(voice.say(_LACKS[seen], digest=digest))
    else:
        shown.append((seen, f"{voice.say(sentence('As it was seen'))} · SHA-256 {digest[:16]}…"))
    paper.pictures((jpeg, caption) for jpeg, caption in shown if jpeg)


def more(paper: Paper, count: int, voice: Voice) -> None:
    """Nothing is left out without a word."""
    if count > MOST_LINES:
        text = sentence("{count} more are in the document that travels inside this file.")
        paper.paragraph(voice.say(text, count=grouped(count - MOST_LINES)))


def nonconformances(paper: Paper, record: BatchRecord, voice: Voice, pictures: Pictures) -> None:
    found = record.nonconformances
    paper.heading(voice.say(sentence("Nonconformances")))
    if not found:
        paper.paragraph(voice.say(sentence("There was none.")))
        return
    paper.table(
        voice.all(_HEADINGS),
        tuple(_line(each, voice) for each in found[:MOST_LINES]),
        widths=(2, 2, 4, 3, 7, 5),
    )
    more(paper, len(found), voice)
    for each in found[:MOST_PICTURED]:
        _at_length(paper, each, voice, pictures)


def _line(found: NonconformanceLine, voice: Voice) -> tuple[str, ...]:
    return (
        str(found.id),
        str(found.number),
        found.serial or NOTHING,
        voice.word(wording.LABEL_STATES, found.state),
        voice.reasons(found.reasons),
        found.disposition or voice.say(sentence("not yet")),
    )


def _at_length(paper: Paper, found: NonconformanceLine, voice: Voice, pictures: Pictures) -> None:
    title = voice.say(
        sentence("Nonconformance {id}: label {number}"), id=found.id, number=found.number
    )
    paper.heading(title, level=2)
    facts = (
        (sentence("Time"), f"{voice.time(found.at)} · #{found.seq}"),
        (sentence("Reasons"), voice.reasons(found.reasons, most=12)),
        (sentence("Meant"), voice.element(found.data)),
        (sentence("Read"), voice.symbols(found.symbols) or NOTHING),
        (sentence("Decided"), found.disposition or voice.say(sentence("not yet"))),
    )
    paper.facts((voice.say(name), value) for name, value in facts)
    seen = pictures.seen(found.picture, found.marks)
    meant = None if seen is Lack.NONE else pictures.meant(found.number, found.serial)
    pictured(paper, voice, meant=meant, seen=seen, digest=found.picture)


def reprints(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Serials printed again")))
    if not record.reprints:
        paper.paragraph(voice.say(sentence("There was none.")))
        return
    paper.table(
        voice.all(_REPRINT_HEADINGS),
        tuple(
            (
                each.serial,
                str(each.number),
                number(each.became),
                each.reason,
                voice.people(each.entry.by, each.witness),
                f"{voice.time(each.entry.at)} · #{each.entry.seq}",
            )
            for each in record.reprints
        ),
        widths=(3, 2, 2, 4, 3, 3),
    )


def doubts(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Labels that were in doubt")))
    if not record.doubts:
        paper.paragraph(voice.say(sentence("There was none.")))
        return
    rows = []
    for each in record.doubts:
        decided = voice.say(sentence("not yet"))
        if each.settled:
            people = voice.people(each.settled.by, each.witness)
            decided = (
                f"{people}: {each.reason}\n{voice.time(each.settled.at)} · #{each.settled.seq}"
            )
        why = wording.why(each.cause, read=each.detail, language=voice.language)
        rows.append(
            (
                str(each.number),
                each.serial or NOTHING,
                f"{voice.time(each.at)} · #{each.seq}",
                why,
                voice.word(wording.LABEL_STATES, each.state),
                decided,
            )
        )
    paper.table(voice.all(_DOUBT_HEADINGS), rows, widths=(1, 3, 3, 4, 3, 5))


def challenges(paper: Paper, record: BatchRecord, voice: Voice, pictures: Pictures) -> None:
    paper.heading(voice.say(sentence("Challenges with bad labels")))
    if not record.challenges:
        paper.paragraph(voice.say(sentence("There was none.")))
    for each in record.challenges:
        _challenge(paper, each, voice, pictures)


def _challenge(paper: Paper, found: ChallengeLine, voice: Voice, pictures: Pictures) -> None:
    result = voice.word(words.RESULTS, found.result) if found.result else NOTHING
    causes = ", ".join(voice.word(words.CAUSES, each) for each in found.causes)
    paper.heading(f"{voice.time(found.entry.at)} · {result}", level=2)
    facts = (
        (sentence("By"), voice.entry(found.entry)),
        (sentence("Why"), causes or NOTHING),
        (sentence("Ended"), f"{voice.time(found.ended_at)} {found.detail}".strip()),
    )
    paper.facts((voice.say(name), value) for name, value in facts)
    paper.table(
        voice.all(_CHALLENGE_HEADINGS),
        tuple(_specimen(each, voice) for each in found.specimens),
        widths=(4, 5, 7, 1),
    )
    for left_out in found.left_out:
        why = f"{words.family(left_out.family, voice.language)}: {voice.told(left_out.why)}"
        paper.paragraph(f"{voice.say(sentence('Left out, because they do not apply'))}: {why}")
    missed = [each for each in found.specimens if not each.caught]
    paper.pictures(_missed(missed, voice, pictures))


def _specimen(found: SpecimenLine, voice: Voice) -> tuple[str, ...]:
    return (
        words.family(found.family, voice.language),
        words.expected(found.expected, found.ai, voice.language),
        voice.reasons(found.reasons) or voice.say(_ACCEPTED),
        voice.say(_YES if found.caught else _NO),
    )


def _missed(
    found: list[SpecimenLine], voice: Voice, pictures: Pictures
) -> Iterator[tuple[bytes, str]]:
    for each in found:
        seen = pictures.seen(each.picture)
        if not isinstance(seen, Lack):
            yield seen, words.family(each.family, voice.language)
