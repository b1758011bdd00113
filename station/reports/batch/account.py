"""The reconciliation sheet, who stands for what, and why the record can be believed."""

from station import wording
from station.core.batch import Account, BatchRecord, SignatureLine
from station.core.state import LabelState
from station.language import sentence
from station.reports.batch.voice import Voice, number
from station.reports.pdf import Paper

MEANINGS = {
    "design made": sentence("made the design"),
    "design approved": sentence("approved the design"),
    "label settled": sentence("said what became of the label"),
    "reprint authorised": sentence("let the serial be printed again"),
    "labels cleared": sentence("inspected the labels on hold and let them go"),
    "order closed": sentence("closed the order"),
    "order ended early": sentence("ended the order early"),
    **wording.MEANINGS,
}
"""What a name stands for; a meaning that is not here stands for itself."""

_PROOFS = {
    "both": sentence("name or badge, and secret"),
    "second": sentence("secret"),
    "": sentence("typed name"),
}
"""What a person gave with what they signed."""

_SIGNATURE_HEADINGS = (
    sentence("Name"),
    sentence("Proof"),
    sentence("Meaning"),
    sentence("About"),
    sentence("Time"),
    sentence("Event (SHA-256)"),
)
_HANDS = (sentence("Role"), sentence("Name"), sentence("Date"), sentence("Signature"))
_ROLES = (
    sentence("Checked by"),
    sentence("Released for production"),
    sentence("Released to the market"),
)
_CHAIN = sentence(
    "Every event carries the hash of the one before it (SHA-256). So no event of this order can be"
    " changed, left out or put in later without every later hash being another one. The signed head"
    " says the same to whoever does not trust this station: its signature (Ed25519) lies in a"
    " second place."
)

_UNSIGNED = sentence("The chain is whole. No head was signed after this order yet.")


def account(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    of = record.account
    paper.heading(voice.say(sentence("Reconciliation")))
    paper.table(
        voice.all((sentence("Labels"), sentence("Count"))),
        tuple(_counts(of, voice)),
        widths=(3, 1),
    )
    _printer(paper, of, voice)
    _stock(paper, of, voice)
    paper.heading(voice.say(sentence("Differences")), level=2)
    closing = of.closing
    differences = closing.differences if closing else of.differences
    for each in differences:
        paper.paragraph(f"✗ {voice.told(each)}")
    if not differences:
        paper.paragraph(f"✓ {voice.say(sentence('None.'))}")
    if closing:
        text = voice.say(
            sentence("Closed by {people} at"),
            people=voice.people(closing.entry.by, closing.witness),
        )
        paper.paragraph(f"{text} {voice.time(closing.entry.at)} · #{closing.entry.seq}")
    if closing and closing.justification:
        why = voice.say(sentence("Why: {reason}"), reason=closing.justification)
        paper.paragraph(why)


def _counts(of: Account, voice: Voice) -> list[tuple[str, str]]:
    rows = [
        (voice.say(sentence("Good labels wanted")), str(of.quantity)),
        (voice.say(sentence("Issued")), str(of.issued)),
    ]
    rows += [
        (f"    {voice.word(wording.LABEL_STATES, state)}", str(n))
        for state in LabelState
        if (n := of.states.get(state, 0))
    ]
    return [
        *rows,
        (voice.say(sentence("Still open")), str(of.open)),
        (voice.say(sentence("Good labels missing")), str(of.short)),
    ]


def _printer(paper: Paper, of: Account, voice: Voice) -> None:
    least, most = of.expected
    facts = (
        (sentence("At the start"), number(of.odometer[0])),
        (sentence("At the end"), number(of.odometer[1])),
        (sentence("Counted"), number(of.counted)),
        (sentence("Expected"), str(least) if least == most else f"{least} – {most}"),
    )
    paper.heading(voice.say(sentence("What the printer counted")), level=2)
    paper.facts((voice.say(name), value) for name, value in facts)


def _stock(paper: Paper, of: Account, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Label stock that became no label")), level=2)
    if not of.stock:
        paper.paragraph(voice.say(sentence("Nothing was written down.")))
        return
    paper.table(
        voice.all((sentence("Kind"), sentence("Count"), sentence("Why"), sentence("By"))),
        tuple(
            (
                voice.word(wording.STOCK, each.kind),
                str(each.count),
                each.reason,
                voice.entry(each.entry),
            )
            for each in of.stock
        ),
        widths=(3, 1, 4, 4),
    )


def signatures(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Who stands for what")))
    if record.signatures:
        rows = tuple(_signature(each, voice) for each in record.signatures)
        paper.table(voice.all(_SIGNATURE_HEADINGS), rows, widths=(3, 2, 4, 3, 3, 3))
    else:
        paper.paragraph(voice.say(sentence("Nothing was written down.")))
    paper.heading(voice.say(sentence("Signatures by hand, where they are asked for")), level=2)
    paper.signatures(voice.all(_HANDS), voice.all(_ROLES))


def _signature(found: SignatureLine, voice: Voice) -> tuple[str, ...]:
    return (
        found.name,
        voice.word(_PROOFS, found.proof),
        "\n".join((voice.word(MEANINGS, found.meaning), found.reason)).strip(),
        found.about,
        f"{voice.time(found.entry.at)} · #{found.entry.seq}",
        f"{found.hash[:16]}…",
    )


def journal(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    of, signed = record.journal, record.journal.signed
    paper.heading(voice.say(sentence("Why this record can be believed")))
    paper.paragraph(voice.say(_CHAIN))
    facts = [
        (sentence("Events of the order"), f"#{of.first} – #{of.last}"),
        (sentence("Hash of the last event"), of.hash),
        (sentence("Followed up to event"), f"#{of.until}"),
        (sentence("Events while the clock was not set by a time source"), str(of.unsteered)),
    ]
    if signed:
        facts += [
            (sentence("Signed head"), f"#{signed.seq} · {signed.at}\n{signed.hash}"),
            (sentence("Key (SHA-256)"), signed.key),
        ]
    paper.facts((voice.say(name), value) for name, value in facts)
    if of.broken_at is not None:
        text = voice.say(sentence("The chain is broken at event {seq}."), seq=of.broken_at)
        paper.notice(f"✗ {text}", good=False)
    for each in of.problems:
        paper.notice(f"✗ {voice.told(each)}", good=False)
    if of.broken_at is None and not of.problems:
        if signed:
            text = voice.say(sentence("The chain is whole, up to a signed head."))
            paper.notice(f"✓ {text}", good=True)
        else:
            text = voice.say(
                sentence("The chain is whole. No head was signed after this order yet.")
            )
            paper.notice(f"– {text}", good=False)
