"""What was to be made, and what it was made with."""

from collections.abc import Iterator

from station import wording
from station.core.batch import BatchRecord, StepLine
from station.core.state import OrderState
from station.language import sentence
from station.reports.batch.voice import NOTHING, Voice
from station.reports.pdf import Paper

_STEP_STATES = {
    "done": sentence("done"),
    "off": sentence("switched off"),
    "open": sentence("not done"),
    "refused": sentence("refused"),
    "due again": sentence("due again"),
}


def state(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    """What nobody may overlook."""
    if record.journal.broken_at is not None or record.journal.problems:
        paper.notice(
            voice.say(
                sentence("THE JOURNAL IS NOT WHOLE: this record proves nothing. See its last part.")
            ),
            good=False,
        )
    closing = record.account.closing
    if record.state == OrderState.CLOSED:
        paper.notice(f"✓ {voice.say(sentence('CLOSED, BALANCED'))}", good=True)
    elif closing:
        paper.notice(f"✗ {voice.say(sentence('CLOSED, NOT BALANCED'))}", good=False)
    else:
        now = voice.word(wording.ORDER_STATES, record.state)
        text = voice.say(sentence("NOT CLOSED ({state}): more can be written down yet."), state=now)
        paper.notice(f"✗ {text}", good=False)


def order(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    of = record.order
    facts = (
        (sentence("Station"), record.station),
        (sentence("Order"), of.id),
        (sentence("Product"), f"{of.product} · {voice.word(wording.LEVELS, of.level)}"),
        ("GTIN", record.gtin),
        (sentence("Lot"), of.lot or NOTHING),
        (sentence("Made"), str(of.production_date or NOTHING)),
        (sentence("Expires"), str(of.expiry_date or NOTHING)),
        (sentence("Good labels wanted"), str(of.quantity)),
        (sentence("Label template"), f"{of.template} · {of.revision}"),
        (sentence("Taken in"), voice.entry(record.taken.entry)),
        (sentence("File (SHA-256)"), f"{record.taken.file}\n{record.taken.sha256}"),
    )
    paper.heading(voice.say(sentence("Order")))
    paper.facts((voice.say(name), value) for name, value in facts)


def made_with(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Made with")))
    paper.table(
        voice.all(("labelstation", sentence("Configuration (SHA-256)"), sentence("From"))),
        tuple(
            (each.version, each.configuration, voice.entry(each.entry))
            for each in record.made_with.versions
        ),
        widths=(1, 6, 3),
    )
    paper.facts(_recipe(record, voice))


def _recipe(record: BatchRecord, voice: Voice) -> Iterator[tuple[str, str]]:
    made = record.made_with
    recipe, approval = made.recipe, made.approval
    if recipe is None:
        return
    digests = (
        (sentence("Recipe (SHA-256)"), made.recipe_digest),
        (sentence("Template (SHA-256)"), recipe.template),
        (sentence("Catalogue entry (SHA-256)"), recipe.product),
        (sentence("Profiles (SHA-256)"), recipe.profiles),
        (sentence("Font (SHA-256)"), recipe.font),
        (sentence("Printer settings (SHA-256)"), recipe.printer),
    )
    for name, digest in digests:
        yield voice.say(name), digest or NOTHING
    yield voice.say(sentence("Dots per millimetre")), str(recipe.dots_per_mm)
    yield voice.say(sentence("Symbols")), ", ".join(map(voice.carrier, recipe.carriers))
    if approval:
        people = voice.people(approval.author, approval.approver)
        told = f"{people}: {approval.reason}\n{voice.entry(approval.entry)}"
        yield voice.say(sentence("Design approved by")), told
    else:
        yield (
            voice.say(sentence("Design approved by")),
            voice.say(sentence("No approval is recorded.")),
        )


def steps(paper: Paper, record: BatchRecord, voice: Voice) -> None:
    paper.heading(voice.say(sentence("Steps of the order")))
    if not record.steps:
        paper.paragraph(voice.say(sentence("Nothing was written down.")))
        return
    paper.table(
        voice.all((sentence("Step"), sentence("State"), sentence("By"), sentence("Note"))),
        tuple(_step(each, voice) for each in record.steps),
        widths=(3, 2, 4, 4),
    )


def _step(found: StepLine, voice: Voice) -> tuple[str, ...]:
    by = voice.entry(found.entry) if found.entry else NOTHING
    people = f"{by}\n{found.witness}" if found.witness else by
    step = voice.word(wording.STEPS, found.name)
    return step, voice.word(_STEP_STATES, found.state), people, found.note
