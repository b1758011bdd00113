"""The challenge kit: for the order at the line, one specimen of each family that applies to it.

Nothing is issued for them and no serial is burnt: they are made from the label that comes next, and
marked, and nothing of them is kept on the printer. What a family needs and the order does not have
is said, with the reason, so that nobody takes a family left out for one that was caught.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from station.artwork import zpl
from station.artwork.ink import Ink, sealed, trimmed
from station.artwork.items import Artwork, Bitmap, SymbolItem
from station.artwork.picture import inked
from station.artwork.zpl import MARK
from station.core.challenge import Choice, Family, Kind, chosen
from station.core.judge import Expected
from station.core.problem import Problem, Refused, problem
from station.line.challenge import prints, symbols, texts
from station.line.challenge.ground import Ground
from station.line.challenge.mark import marks
from station.line.challenge.symbols import LINEAR, MATRIX
from station.line.challenge.values import A_MONTH, other_gtin, other_texts
from station.line.job import Job, Label
from station.line.specimen import Press


class Past(Protocol):
    """What was made before."""

    def issued(self, gtin: str, serial: str) -> bool:
        """Whether this serial ever left for the printer."""

    def accepted(self, gtin: str, *, order: str) -> str:
        """A serial on a good label, of this order where it has one; empty where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    family: Family
    artwork: Artwork | None
    """None: a blank label is fed."""

    @property
    def zpl(self) -> bytes:
        return zpl.standalone(self.artwork) if self.artwork else b""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A family that does not apply, and why."""

    family: Family
    why: Problem


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    meant: Label
    """The right label with the mark: what every specimen is looked at and judged against."""

    specimens: tuple[Specimen, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Kitchen:
    """All that a kit is made from."""

    ground: Ground
    past: Past
    before: Artwork | None
    """A label of the order before; None where it cannot be made any more."""


def kit(
    job: Job,
    *,
    serial: str,
    press: Press,
    past: Past,
    before: Artwork | None = None,
    choice: Choice = "all",
    camera: bool = True,
    compared: bool,
) -> Kit:
    """`serial` is the next one of the order; `camera`: one looks at the labels, `compared`: and it
    compares the print.

    Raises Refused where the label has no room for the mark, or cannot be laid out.
    """
    ground = Ground(job.order, job.level, serial, job, press)
    mark = marks(ground.artwork, font=press.font)
    kitchen = Kitchen(ground, past, before)
    specimens: list[Specimen] = []
    left_out: list[LeftOut] = []
    for family in chosen(choice):
        try:
            _check_seen(family, camera=camera, compared=compared)
            specimens.append(Specimen(family, _made(family, kitchen, mark)))
        except Refused as refused:
            left_out.append(LeftOut(family, refused.problems[0]))
    return Kit(_meant(ground, mark), tuple(specimens), tuple(left_out))


def _meant(ground: Ground, mark: tuple[Bitmap, ...]) -> Label:
    """Never printed as it is: it has no number and no bytes."""
    right = ground.artwork
    artwork = replace(right, items=(*right.items, *mark), foreign=b"")
    return Label(0, ground.serial, Expected(ground.carried, right.meant), artwork, b"", MARK)


def _check_seen(family: Family, *, camera: bool, compared: bool) -> None:
    if family.kind in {Kind.TEXT, Kind.PRINT} and not camera:
        raise Refused(problem("No camera looks at the labels here."))
    if family.compared and not compared:
        raise Refused(problem("Nothing here compares the print with what was meant."))


def _made(family: Family, kitchen: Kitchen, mark: tuple[Bitmap, ...]) -> Artwork | None:
    """Raises Refused where the order has nothing that could be wrong in this way."""
    ground = kitchen.ground
    if family.name == "blank":
        return None
    if family.name == "previous-order":
        return _of_before(kitchen, mark)
    if family.kind == Kind.PRINT:
        return _drawn(ground.artwork, _DEFECTS[family.name](ground.artwork, _with(ground, mark)))
    return _drawn(ground.artwork, _MAKERS[family.name](kitchen) | _alone(ground, mark))


def _with(ground: Ground, mark: tuple[Bitmap, ...]) -> Ink:
    return ground.ink | _alone(ground, mark)


def _alone(ground: Ground, mark: tuple[Bitmap, ...]) -> Ink:
    return inked(ground.artwork, mark)


def _drawn(like: Artwork, ink: Ink) -> Artwork:
    """The dots of a label as one picture, its symbols included."""
    found = trimmed(ink)
    assert found, "there is a mark on it"
    left, top, cut = found
    whole = Bitmap(left, top, sealed(cut.copy()), "specimen", static=False)
    return Artwork(like.width, like.height, like.dots_per_mm, (whole,))


# -- data ------------------------------------------------------------------------------------


def _wrong_gtin(kitchen: Kitchen) -> Ink:
    ground = kitchen.ground
    level = ground.level.model_copy(update={"gtin": other_gtin(ground.level.gtin)})
    return ground.but(level=level).ink


def _wrong_lot(kitchen: Kitchen) -> Ink:
    ground = kitchen.ground
    _check_carried(ground, "10")
    return _first_that_fits(
        ground.but(order=ground.order.model_copy(update={"lot": each}))
        for each in other_texts(ground.order.lot or "")
    )


def _wrong_expiry(kitchen: Kitchen) -> Ink:
    return _wrong_date(kitchen.ground, "17", "expiry_date")


def _wrong_production_date(kitchen: Kitchen) -> Ink:
    return _wrong_date(kitchen.ground, "11", "production_date")


def _wrong_date(ground: Ground, ai: str, field: str) -> Ink:
    """Production earlier, expiry later: the two stay in their order."""
    _check_carried(ground, ai)
    day = ground.order.expiry_date if ai == "17" else ground.order.production_date
    assert day, "what is carried is there"
    other = day + A_MONTH if ai == "17" else day - A_MONTH
    return ground.but(order=ground.order.model_copy(update={field: other})).ink


def _wrong_serial(kitchen: Kitchen) -> Ink:
    """One that nobody has had: it is wrong, and no duplicate."""
    ground = kitchen.ground
    _check_carried(ground, "21")
    return _first_that_fits(
        ground.but(serial=each)
        for each in other_texts(ground.serial)
        if not kitchen.past.issued(ground.level.gtin, each)
    )


def _duplicate(kitchen: Kitchen) -> Ink:
    ground = kitchen.ground
    _check_carried(ground, "21")
    again = kitchen.past.accepted(ground.level.gtin, order=ground.order.id)
    if not again or again == ground.serial:
        raise Refused(problem("No label of this product has been accepted yet."))
    return ground.but(serial=again).ink


def _first_that_fits(grounds: Iterator[Ground]) -> Ink:
    """Raises Refused where none can be laid out."""
    while True:
        try:
            return next(grounds).ink
        except Refused:
            continue
        except StopIteration:
            raise Refused(problem("No other value fits on the label.")) from None


def _check_carried(ground: Ground, ai: str) -> None:
    if ground.carried.get(ai) is None:
        raise Refused(problem("The label does not carry ({ai}).", ai=ai))


def _of_before(kitchen: Kitchen, mark: tuple[Bitmap, ...]) -> Artwork:
    """A label of the order before, or of one that there could have been."""
    ground, before = kitchen.ground, kitchen.before
    if before and before.area == ground.artwork.area and before.meant != ground.artwork.meant:
        drawn = inked(before, (*before.items, *marks(before, font=ground.press.font)))
        return _drawn(before, drawn)
    for wrong in (_wrong_lot, _wrong_production_date, _wrong_expiry, _wrong_serial):
        try:
            return _drawn(ground.artwork, wrong(kitchen) | _alone(ground, mark))
        except Refused:
            continue
    raise Refused(problem("The labels of two orders would be alike."))


# -- symbols ---------------------------------------------------------------------------------


def _element_order(kitchen: Kitchen) -> Ink:
    ground = kitchen.ground
    symbol = symbols.with_all(ground.artwork, ground.carried)
    return _exchanged(ground, symbol, symbols.reordered(ground.carried))


def _missing_fnc1(kitchen: Kitchen) -> Ink:
    symbol = symbols.with_separator(kitchen.ground.artwork)
    return _exchanged(kitchen.ground, symbol, symbols.without_separators(symbol.data))


def _data_matrix_without_fnc1(kitchen: Kitchen) -> Ink:
    symbol = symbols.of_kind(kitchen.ground.artwork, MATRIX)
    return _exchanged(kitchen.ground, symbol, symbol.data, gs1=False)


def _code_128_without_fnc1(kitchen: Kitchen) -> Ink:
    symbol = symbols.of_kind(kitchen.ground.artwork, LINEAR)
    return _exchanged(kitchen.ground, symbol, symbol.data, gs1=False)


def _brackets_encoded(kitchen: Kitchen) -> Ink:
    ground = kitchen.ground
    symbol = symbols.with_all(ground.artwork, ground.carried)
    return _exchanged(ground, symbol, symbols.bracketed(ground.carried))


def _other_system(kitchen: Kitchen) -> Ink:
    ground = kitchen.ground
    symbol = symbols.smallest(ground.artwork)
    return _exchanged(ground, symbol, symbols.foreign(), gs1=False)


def _exchanged(ground: Ground, symbol: SymbolItem, data: bytes, *, gs1: bool = True) -> Ink:
    modules = symbols.drawn(symbol, data, gs1=gs1)
    return symbols.exchanged(ground.artwork, ground.ink, symbol, modules)


_MAKERS: Mapping[str, Callable[[Kitchen], Ink]] = {
    "wrong-gtin": _wrong_gtin,
    "wrong-lot": _wrong_lot,
    "wrong-expiry": _wrong_expiry,
    "wrong-production-date": _wrong_production_date,
    "wrong-serial": _wrong_serial,
    "duplicate": _duplicate,
    "element-order": _element_order,
    "missing-fnc1": _missing_fnc1,
    "data-matrix-without-fnc1": _data_matrix_without_fnc1,
    "code-128-without-fnc1": _code_128_without_fnc1,
    "brackets-encoded": _brackets_encoded,
    "other-system": _other_system,
    "text-not-symbol": lambda kitchen: texts.text_not_symbol(kitchen.ground),
    "wrong-character": lambda kitchen: texts.wrong_character(kitchen.ground),
    "look-alike-character": lambda kitchen: texts.look_alike_character(kitchen.ground),
    "missing-character": lambda kitchen: texts.missing_character(kitchen.ground),
    "missing-line": lambda kitchen: texts.missing_line(kitchen.ground),
    "missing-drawing": lambda kitchen: texts.missing_drawing(kitchen.ground),
}
"""What is drawn before the mark is put on it."""

_DEFECTS: Mapping[str, Callable[[Artwork, Ink], Ink]] = {
    "dead-dots": prints.dead_dots,
    "low-contrast": prints.low_contrast,
    "smear": prints.smear,
    "void": prints.void,
    "shift": prints.shift,
    "half-label": prints.half_label,
    "two-labels": prints.two_labels,
}
"""What is done to the label with its mark."""
