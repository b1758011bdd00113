"""`labelstation trace`: from a serial, a lot or a scan to everything recorded about it."""

from contextlib import closing
from dataclasses import asdict
from typing import Annotated, Any

import typer

from station.cli.terminal import (
    BAD,
    GOOD,
    AsJson,
    ConfigFile,
    clear_refusals,
    configuration,
    language,
    say,
    say_json,
)
from station.language import say as in_language
from station.language import sentence, tell
from station.records.journal import read_only
from station.records.trace.trace import MOST, trace
from station.records.trace.traced import Step, Traced, TracedLabel, TracedOrder
from station.wording import LABEL_STATES, ORDER_STATES, whys, word

_RECIPE = sentence("Recipe")
_NOTHING = sentence("Nothing is recorded about {text!r}.")
_MORE = sentence("Only the first {count} are shown; there are more.")


def trace_(
    text: Annotated[str, typer.Argument(help="A serial, lot, GTIN, order id or scanned UDI.")],
    *,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Everything recorded about a serial, a lot, a GTIN, an order or a scanned UDI."""
    with clear_refusals():
        with closing(read_only(configuration(config).data)) as db:
            found = trace(text, db)
        if as_json:
            say_json(_json(found))
        else:
            _tell(found)
    raise typer.Exit(GOOD if found.found else BAD)


def _json(found: Traced) -> dict[str, Any]:
    return {
        "text": found.text,
        "orders": [_order_json(each) for each in found.orders],
        "labels": [_label_json(each) for each in found.labels],
        "more": found.more,
        "notes": [str(each) for each in found.notes],
    }


def _order_json(order: TracedOrder) -> dict[str, Any]:
    accepted_at = order.accepted_at.isoformat()
    return asdict(order) | {"accepted_at": accepted_at, "labels": dict(order.labels)}


def _label_json(label: TracedLabel) -> dict[str, Any]:
    return {
        "order": label.order,
        "number": label.number,
        "gtin": label.gtin,
        "lot": label.lot,
        "serial": label.serial,
        "state": label.state,
        "reprint_of": label.reprint_of,
        "became": label.became,
        "data": label.data.hex(),
        "zpl": label.zpl,
        "recipe": label.recipe,
        "accepted": label.accepted,
        "reasons": [
            {"code": r.code, "ai": r.ai, "expected": r.expected, "read": r.read}
            for r in label.reasons
        ],
        "symbols": [each.model_dump() for each in label.symbols],
        "evidence": label.evidence,
        "nonconformances": list(label.nonconformances),
        "steps": [asdict(each) | {"at": each.at.isoformat()} for each in label.steps],
        "people": list(label.people),
        "quality": label.quality.model_dump() if label.quality else None,
        "verifier": [asdict(each) for each in label.verified],
    }


def _tell(found: Traced) -> None:
    for note in found.notes:
        say(tell(note, language()))
    if not found.found:
        say(in_language(_NOTHING, language(), text=found.text))
    for order in found.orders:
        _tell_order(order)
    for label in found.labels:
        _tell_label(label)
    if found.more:
        say(in_language(_MORE, language(), count=MOST))


def _tell_order(order: TracedOrder) -> None:
    state = word(ORDER_STATES, order.state, language())
    counts = ", ".join(f"{n} {word(LABEL_STATES, each, language())}" for each, n in order.labels)
    say(f"{order.id}  {order.product}  {order.gtin}  {order.lot}  {state}  {counts}")
    if order.people:
        say(f"    {', '.join(order.people)}{', …' if order.more_people else ''}")


def _tell_label(label: TracedLabel) -> None:
    state = word(LABEL_STATES, label.state, language())
    say(f"{label.order} #{label.number or '–'}  {label.serial or label.lot}  {state}")
    for why in whys(label.reasons, language()):
        say(f"    {why.sentence}")
    for step in label.steps:
        say(f"    {_line(step)}")
    for each in label.verified:
        say(f"    {each.identifier} {each.grade}  {each.verifier}")
    digests = (("ZPL", label.zpl), (in_language(_RECIPE, language()), label.recipe))
    for name, digest in (*digests, ("JPEG", label.evidence)):
        if digest:
            say(f"    {name} {digest}")


def _line(step: Step) -> str:
    at = step.at.astimezone().isoformat(sep=" ", timespec="seconds")
    people = " + ".join(each for each in (step.actor, step.witness) if each)
    return f"{at}  {step.type}  {people}  {step.reason}".rstrip()
