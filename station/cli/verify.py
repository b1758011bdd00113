"""`labelstation verify`: what a label is, whether this station made it, and whether its data agree.

Only reads, beside a running station too. What it shows was printed by somebody, perhaps by nobody
we know: nothing of it may steer the terminal.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from drivers.deadline import Deadline
from drivers.interface import DriverError, Scanner, Silent, Symbol
from station import wording
from station.app import open_scanner
from station.cli.terminal import (
    BAD,
    GOOD,
    UNREADABLE,
    AsJson,
    ConfigFile,
    configuration,
    fail,
    language,
    refusals,
    say,
    say_json,
)
from station.config import Config
from station.core.catalogue import Catalogue
from station.core.difference import shown
from station.core.problem import Problem, Refused, problem
from station.language import say as in_language
from station.language import sentence
from station.line import library
from station.line.scanned import Scanned, joined, scanned
from station.line.verified import Fact, Made, Verified, difference, headline, name_of
from station.line.verify import Verifier
from station.records.journal import read_only
from station.records.query import Records
from station.records.trace.trace import trace
from station.vision.decode import decode, read_image

SCAN_SECONDS = 1.0
"""Between two looks whether somebody wants to stop."""

_RECIPE = sentence("Recipe")
_NOTHING_THERE = sentence("No code was found in the picture.")
_DISAGREE = sentence("Two readers contradict each other: {one} ≠ {other}.")
_LABEL = sentence("Label {number} of order {order}")
_LOT = sentence("Order {order}: {count} labels of lot {lot}, {released} released")


def verify_(
    data: Annotated[
        list[str] | None,
        typer.Argument(metavar="DATA", help="As scanned, with ]d2 and GS or ␝, or bracketed."),
    ] = None,
    *,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A photograph of the label.")
    ] = None,
    scan: Annotated[
        bool, typer.Option("--scan", help="With the configured scanner, until Ctrl-C.")
    ] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """What a label is, whether this station made it, and whether its data are as they were made."""
    with refusals(UNREADABLE):
        settings = configuration(config)
        if (bool(data) + bool(picture) + scan) != 1:
            raise Refused(problem("Expected one of DATA, --picture FILE and --scan."))
        look = partial(_look, settings=settings, catalogue=library.products(settings.catalogue))
        good = True
        # Ctrl-C is how scanning ends, wherever it strikes.
        with suppress(KeyboardInterrupt) if scan else nullcontext():
            for found in _found(look, settings, data or [], picture):
                _tell(found, as_json=as_json)
                good = good and found.good
    raise typer.Exit(GOOD if good else BAD)


def _look(read: Scanned, *, settings: Config, catalogue: Catalogue) -> Verified:
    """With a connection of its own: between two scans a station may have come or gone."""
    with closing(read_only(settings.data)) as db:
        verifier = Verifier(
            Records(db),
            tracing=partial(trace, db=db),
            catalogue=catalogue,
            today=datetime.now(UTC).astimezone().date(),
        )
        return verifier.verify(read)


def _found(
    look: Callable[[Scanned], Verified], settings: Config, data: list[str], picture: Path | None
) -> Iterator[Verified]:
    if data:
        yield from (look(scanned(each)) for each in data)
    elif picture:
        yield from (look(Scanned(each)) for each in _seen(picture))
    else:
        read_only(settings.data).close()  # without records there is nothing to scan for
        with closing(open_scanner(settings)) as scanner:
            yield from _scanned(look, scanner)


def _seen(picture: Path) -> tuple[Symbol, ...]:
    """What is surely in a photograph: as the line does, one decoder alone is not believed where it
    had to work on a poor picture.
    """
    decoding = decode(read_image(picture), qr=True)
    for one, other, *_ in decoding.disagreements:
        fail(in_language(_DISAGREE, language(), one=shown(one.data), other=shown(other.data)),
             code=BAD)  # fmt: skip
    doubtful = decoding.unconfirmed if decoding.rescued else ()
    symbols = joined(tuple(each for each in decoding.symbols if each not in doubtful))
    if not symbols:
        fail(in_language(_NOTHING_THERE, language()), code=BAD)
    return symbols


def _scanned(look: Callable[[Scanned], Verified], scanner: Scanner) -> Iterator[Verified]:
    """One after the other until Ctrl-C; the hand that scans is told whether it is a good one."""
    try:
        scanner.discard()
        while True:
            try:
                symbol = scanner.read(Deadline.after(SCAN_SECONDS))
            except Silent:
                continue
            found = look(Scanned(symbol))
            yield found
            scanner.answer(good=found.good)
    except DriverError as fault:
        raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None


def _tell(found: Verified, *, as_json: bool) -> None:
    if as_json:
        say_json(_json(found))
        return
    for line in _lines(found):
        say(_visible(line))


def _visible(text: str) -> str:
    r"""Nothing that was read may steer the terminal it is shown on.

    >>> print(_visible("A" + chr(27) + "[2J" + chr(29)))
    A\x1b[2J\x1d
    """
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _lines(found: Verified) -> Iterator[str]:
    yield headline(found, language())
    yield f"    {found.checked.system or '–'}: {found.checked.hri or found.read.shown}"
    if found.item:
        product, level = found.item
        name = product.name.zh if language() == "zh" else product.name.en
        of_level = wording.word(wording.LEVELS, level.level, language())
        yield f"    {product.model}  {name}  {of_level}"
    yield from (f"    {_fact(each)}" for each in found.facts)
    for each in found.made:
        yield from _made(each)
    for note in (*found.checked.problems, *found.checked.doubts, *found.notes):
        yield f"    {_sentence(note)}"


def _sentence(note: Problem) -> str:
    return wording.told(note, language())


def _fact(fact: Fact) -> str:
    day = f" = {fact.day.isoformat()}" if fact.day else ""
    return f"{name_of(fact, language())}: {fact.value}{day}"


def _made(made: Made) -> Iterator[str]:
    """Which label or lot it is, what became of it, and how what was read differs from it."""
    yield f"    {_which(made)}"
    if made.label:
        at = made.label.steps[0].at.astimezone().isoformat(sep=" ", timespec="seconds")
        yield f"        {at}  {in_language(_RECIPE, language())} {made.label.recipe or '–'}"
        whys = wording.whys(made.label.reasons, language())
        yield from (f"        {each.sentence}" for each in whys)
    yield from (f"        {difference(each, language())}" for each in made.reasons)


def _which(made: Made) -> str:
    order = made.order.order
    if made.label:
        which = in_language(_LABEL, language(), number=made.label.number, order=order.id)
        state = wording.word(wording.LABEL_STATES, made.label.state, language())
        return f"{which}  {made.label.serial}  {state}"
    balance = made.order.balance
    counts = {"count": balance.issued, "released": balance.released}
    return in_language(_LOT, language(), order=order.id, lot=order.lot or "–", **counts)


def _json(found: Verified) -> dict[str, Any]:
    product, level = found.item or (None, None)
    return {
        "verdict": found.finding,
        "good": found.good,
        "state": found.state,
        "headline": headline(found, "en"),
        "identifier": found.read.symbol.identifier,
        "data_hex": found.read.symbol.data.hex(),
        "system": found.checked.system.name if found.checked.system else None,
        "hri": found.checked.hri,
        "facts": [
            {"name": each.name, "value": each.value, "day": str(each.day) if each.day else None}
            for each in found.facts
        ],
        "product": product.model if product else None,
        "level": level.level if level else None,
        "made": [_made_json(each) for each in found.made],
        "problems": [str(each) for each in found.checked.problems],
        "doubts": [str(each) for each in found.checked.doubts],
        "notes": [str(each) for each in found.notes],
    }


def _made_json(made: Made) -> dict[str, Any]:
    label = made.label
    return {
        "order": made.order.order.id,
        "order_state": made.order.state,
        "number": label.number if label else None,
        "state": label.state if label else None,
        "issued_at": label.steps[0].at.isoformat() if label else None,
        "recipe": label.recipe if label else None,
        "labels": None if label else made.order.balance.issued,
        "released": None if label else made.order.balance.released,
        "data_hex": made.data.hex(),
        "differences": [
            {"code": each.code, "ai": each.ai, "made_as": each.expected, "read": each.read}
            for each in made.reasons
        ],
    }
