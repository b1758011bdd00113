r"""What a label is, whether this station made it, and whether it says what it was made to say.

Anybody can hold any label before a scanner. What it carries is read by the rules of its own issuing
system; then the records are asked for its serial, or its lot, and what was sent to the printer is
compared with what was read, byte by byte, by the judge that sorts the labels of the line.

Only looks: nothing is written down, and a station may be at work beside it. What is read here is no
verdict. A label that was rejected stays rejected, however well it reads.

What is not certain is told, never put right: a lost separator is shown by what the data would say
with it, and a serial under another GTIN by the label that has it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date

from drivers.interface import Symbol
from station.core import udi
from station.core.catalogue import Product
from station.core.challenge_card import BARS, CARD
from station.core.gs1 import ElementString, parse_date
from station.core.judge import Code, Expected, Meant, NothingIssued, Reading, Reason, judge, shown
from station.core.lost_separators import possible
from station.core.problem import Problem, Refused, problem
from station.core.state import GONE, LabelState
from station.core.udi import CARRIERS, Checked, IssuingSystem
from station.line.scanned import Scanned, is_part, parsed
from station.line.verified import Fact, Finding, Made, Verified
from station.records.query import Nonconformance, Records
from station.records.trace.trace import MOST
from station.records.trace.traced import Traced

DATE_AIS = ("11", "12", "13", "15", "16", "17")
"""Production, due, packaging, best before, sell by, expiry: six digits YYMMDD."""

MOST_ALTERNATIVES = 3
"""Other readings that are shown."""

MOST_ORDERS = 20
"""Of one lot, newest first."""


class Verifier:
    """Only reads. Each thread has its own, as it has its own records."""

    def __init__(
        self,
        records: Records,
        *,
        tracing: Callable[[str], Traced],
        catalogue: Mapping[str, Product],
        today: date,
    ) -> None:
        """`tracing` asks the same records; by `today` two digits of a year are understood."""
        self._records = records
        self._trace = tracing
        self._items = {
            level.gtin: (product, level)
            for product in catalogue.values()
            for level in product.levels
        }
        self._today = today

    def verify(self, read: Scanned) -> Verified:
        """Never raises for anything that was read."""
        checked = udi.check(read.line)
        elements = parsed(read.symbol.data)
        known = Verified(
            read,
            checked,
            Finding.UNREADABLE,
            facts=tuple(self._facts(checked)),
            item=self._items.get(elements.get("01") or "") if elements else None,
        )
        made = tuple(self._made(elements, read.symbol)) if elements else ()
        twins = self._twins(read.symbol.data, made)
        if any(not each.reasons for each in made):
            return _of_one_made(known, tuple(each for each in made if not each.reasons), twins)
        if twins:
            return replace(
                known,
                finding=Finding.NOT_GOOD,
                state=twins[0].state,
                made=made,
                notes=tuple(map(_read_on, twins)),
            )
        return self._unlike(known, elements, made)

    def _unlike(
        self, known: Verified, elements: ElementString | None, made: tuple[Made, ...]
    ) -> Verified:
        """No label that was made here says exactly this."""
        data = known.read.symbol.data
        others = possible(data) if b"\x1d" not in data else ()
        for each in others:
            found = tuple(self._made(each, replace(known.read.symbol, data=each.encode())))
            if any(not one.reasons for one in found):
                reason = Reason(Code.MISSING_FNC1, expected=shown(each.encode()), read=shown(data))
                lost = tuple(replace(one, reasons=(reason,)) for one in found if not one.reasons)
                return replace(known, finding=Finding.DIFFERS, made=lost)
        lacking = tuple(map(_separator_missing, others[:MOST_ALTERNATIVES]))
        notes = (*known.read.doubts, *lacking, *_identifier_doubts(known.read, known.checked))
        if made:
            return replace(known, finding=Finding.DIFFERS, made=made, notes=notes)
        if elements is None:
            return replace(known, finding=_unparsed(known), notes=(*_unjudged(known), *notes))
        if elements.get("01") and not elements.get("21") and not elements.get("10"):
            note = problem(
                "It names a product and neither lot nor serial. Scan the label's other code."
            )
            return replace(known, finding=Finding.TOO_LITTLE, notes=(note,))
        similar = tuple(self._under_another_gtin(elements, known.read.symbol))
        if similar:
            return replace(known, finding=Finding.DIFFERS, made=similar, notes=notes)
        ours = (*self._unprinted(elements), *_known_item(known))
        return replace(known, finding=Finding.NOT_OURS, notes=(*ours, *notes))

    def _facts(self, checked: Checked) -> Iterator[Fact]:
        for name, value in checked.facts:
            day = None
            if checked.system == IssuingSystem.GS1 and name in DATE_AIS:
                with suppress(Refused):
                    day = parse_date(value, today=self._today)
            yield Fact(name, value, day)

    def _made(self, elements: ElementString, symbol: Symbol) -> Iterator[Made]:
        """Labels with this serial; or, where there is none, orders of this lot that have labels."""
        gtin, serial, lot = (elements.get(each) or "" for each in ("01", "21", "10"))
        found = tuple(self._with_serial(f"01{gtin}21{serial}", symbol)) if gtin and serial else ()
        yield from found or self._of_lot(gtin, lot, symbol, serials=not serial)

    def _of_lot(self, gtin: str, lot: str, symbol: Symbol, *, serials: bool) -> Iterator[Made]:
        """Orders that printed labels of this lot; those of labels with serials where `serials`."""
        rows = self._records.orders_of_lot(gtin, lot, limit=MOST_ORDERS) if gtin and lot else ()
        for order in rows:
            data = self._records.sent(order.order.id)
            if data is not None and (serials or not _has_serial(data)):
                made = _compared(Made(order, None, data), symbol)
                yield replace(made, reasons=tuple(map(_any_serial, made.reasons)))

    def _with_serial(self, text: str, symbol: Symbol) -> Iterator[Made]:
        for label in self._trace(text).labels:
            order = self._records.order(label.order) if label.number else None
            if order:
                yield _compared(Made(order, label, label.data), symbol)

    def _under_another_gtin(self, elements: ElementString, symbol: Symbol) -> Iterator[Made]:
        """Labels that say the same but for the GTIN: another package of the device."""
        serial = elements.get("21") or ""
        for made in self._with_serial(serial, symbol) if serial else ():
            mine = parsed(made.data)
            if mine and made.label and made.label.serial == serial:
                others = [each for each in mine.elements if each.ai != "01"]
                if others == [each for each in elements.elements if each.ai != "01"]:
                    yield made

    def _twins(self, data: bytes, made: tuple[Made, ...]) -> tuple[Nonconformance, ...]:
        """Rejected labels that said exactly this and may still be about, other than those made."""
        known = {(each.order.order.id, each.label.number) for each in made if each.label}
        alike = {each.order.order.id for each in made if not each.label}
        return tuple(
            each
            for each in (self._records.refused_with(data, limit=MOST) if data else ())
            if each.state not in GONE
            and (each.order, each.number) not in known
            and each.order not in alike
        )

    def _unprinted(self, elements: ElementString) -> Iterator[Problem]:
        """What the records say of a serial or a lot with which nothing was printed."""
        gtin, serial, lot = (elements.get(each) or "" for each in ("01", "21", "10"))
        found = self._trace(f"01{gtin}21{serial}") if gtin and serial else None
        for label in found.labels if found else ():
            yield problem(
                "Serial {serial} is set aside for order {order} and was never printed here.",
                serial=serial,
                order=label.order,
            )
        yield from found.notes if found and found.imported else ()
        for order in self._records.orders_of_lot(gtin, lot, limit=1) if gtin and lot else ():
            yield problem(
                "Order {order} here has this GTIN and lot {lot}, and printed no such label.",
                order=order.order.id,
                lot=lot,
            )


def _known_item(known: Verified) -> Iterator[Problem]:
    if known.read.symbol.data in {CARD.encode(), BARS.encode()}:
        yield problem("This is the challenge card for scanners, and no label.")
    if known.item:
        yield problem(
            "The GTIN is that of {model}, which is in this station's catalogue.",
            model=known.item[0].model,
        )


def _compared(made: Made, symbol: Symbol) -> Made:
    """What the judge of the line finds between the two."""
    elements = parsed(made.data)
    assert elements, "what was sent to the printer was an element string"
    carriers = tuple(dict.fromkeys(made.order.recipe.carriers)) if made.order.recipe else ()
    meant = carriers or ((symbol.identifier,) if symbol.identifier in CARRIERS else ("]d2",))
    expected = Expected(elements, tuple(Meant(each, made.data) for each in meant))
    read = replace(symbol, identifier=symbol.identifier or meant[0], corners=None)
    verdict = judge(expected, Reading((read,), whole_label=False), NothingIssued())
    return replace(
        made, reasons=tuple(each for each in verdict.reasons if each.code != Code.NO_READ)
    )


def _has_serial(data: bytes) -> bool:
    elements = parsed(data)
    return elements is not None and elements.get("21") is not None


def _any_serial(reason: Reason) -> Reason:
    """A label of the lot has some serial; which one it is compared with means nothing."""
    return replace(reason, expected="…") if reason.ai == "21" and reason.expected else reason


def _of_one_made(
    known: Verified, made: tuple[Made, ...], twins: tuple[Nonconformance, ...]
) -> Verified:
    """It says exactly what something made here was made to say."""
    found = replace(known, made=made)
    if made[0].label is None:
        return _of_one_lot(found)
    # A serial is printed again only when the label before is surely gone.
    label = next(each.label for each in reversed(made) if each.label)
    notes = [*map(_read_on, twins)]
    if len(made) > 1:
        notes.append(_printed_again(made))
    good = label.state == LabelState.RELEASED and not twins
    return replace(
        found,
        finding=Finding.AGREES if good else Finding.NOT_GOOD,
        state=label.state if not twins or label.state != LabelState.RELEASED else None,
        notes=tuple(notes),
    )


def _of_one_lot(found: Verified) -> Verified:
    balances = [each.order.balance for each in found.made]
    released = sum(each.released for each in balances)
    others = sum(each.issued for each in balances) - released - sum(b.voided for b in balances)
    notes = (
        problem(
            "Labels of one lot are alike: {others} of them were not released, and this could be one"
            " of those.",
            others=others,
        ),
    )
    return replace(
        found,
        finding=Finding.AGREES if released else Finding.NOT_GOOD,
        notes=notes if others and released else (),
    )


def _unparsed(known: Verified) -> Finding:
    """What is no element string: of another system, a part of one, or nothing."""
    if is_part(known.read.symbol.data):
        return Finding.TOO_LITTLE
    if known.checked.system in {None, IssuingSystem.GS1, IssuingSystem.BRACKETED}:
        return Finding.UNREADABLE
    return Finding.UNREADABLE if known.checked.problems else Finding.NOT_OURS


def _unjudged(known: Verified) -> Iterator[Problem]:
    if known.checked.system and not known.checked.judged:
        yield problem("Recognised only: its rules are not known here, so this is not judged.")


def _identifier_doubts(read: Scanned, checked: Checked) -> Iterator[Problem]:
    if checked.system == IssuingSystem.GS1 and not read.symbol.identifier and not read.bracketed:
        yield problem(
            "The scan has no AIM identifier, so nothing says that the code is marked as GS1. Switch"
            " it on in the scanner."
        )


def _separator_missing(other: ElementString) -> Problem:
    return problem(
        "Is a separator missing? With one the data would say {other}.", other=other.hri()
    )


def _read_on(twin: Nonconformance) -> Problem:
    return problem(
        "Exactly this was read on label {number} of order {order}, which is {state} and may still"
        " be about.",
        number=twin.number,
        order=twin.order,
        state=twin.state,
    )


def _printed_again(made: tuple[Made, ...]) -> Problem:
    labels = [each.label for each in made if each.label]
    return problem(
        "This serial was printed {times} times: labels {numbers}. The last one counts; the others"
        " are destroyed.",
        times=len(labels),
        numbers=", ".join(str(each.number) for each in labels),
    )
