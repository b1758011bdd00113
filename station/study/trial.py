"""One label of the study: made, photographed, looked at and judged as the line would.

Everything is the line's own: `station.vision.see`, within the limits of the design, and the same
verdict. Only two things are not: there is one picture instead of up to three, and the decoder has
time enough, so that a busy machine does not change what comes out.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from math import dist
from zlib import crc32

import numpy as np

from drivers.interface import Symbol
from drivers.simulated.optics import OPTICS, photograph
from drivers.simulated.wear import printed
from station.artwork.ink import Ink
from station.artwork.picture import expected_picture
from station.core.challenge import Family
from station.core.judge import Code, Ledger, Reason
from station.core.problem import Problem, Refused
from station.core.quality import Limits
from station.line.challenge.ground import Ground
from station.line.challenge.kit import Kit, Specimen, kit
from station.line.challenge.values import other_text
from station.line.job import Label
from station.line.sheet import sheet_of
from station.line.verdicts import verdict_of
from station.study import others, prints, texts
from station.study.families import BY_NAME, CHALLENGE, GOOD, SWAPS, TEXTS
from station.vision.fitness import unfit
from station.vision.picture import Picture, to_jpeg
from station.vision.presence import label_present
from station.vision.see import see
from station.vision.sheet import Dots, Sheet

BUDGET_SECONDS = 2.0
"""For the decoder; the line gives it 0.3 s. More time reads more: a bad label has more chances."""

_CHALLENGE = frozenset(each.name for each in CHALLENGE)
_TEXTS = frozenset(each.name for each in TEXTS)
_SWAPS = frozenset(each.name for each in SWAPS)

BUILT_IN = Limits()


class Outcome(StrEnum):
    """What became of one label."""

    RIGHT = "right"
    """Rejected for what is wrong with it."""

    OTHER = "other"
    """Rejected for something else. Of a good label: rejected."""

    WARNED = "warned"
    """Passed, and what is wrong with it is recorded as a warning: a dead dot beside all symbols."""

    PASSED = "passed"
    """Of a bad label: missed."""

    FAULT = "fault"
    """The picture was of no use, and the line would have stopped: nothing is known of the label."""


@dataclass(frozen=True, slots=True)
class Trial:
    family: str
    template: str
    number: int
    """Of the label, in the study."""

    says: str
    """What its symbols were meant to say."""

    outcome: Outcome
    codes: tuple[str, ...] = ()
    """Why it was rejected."""

    what: str = ""
    """As of `Tried`."""

    scale: float = 0.0
    """Pixels a dot of the print head, where a symbol was read as it was meant."""

    picture: bytes = b""
    """JPEG; only of what a person has to look at."""

    def with_picture(self, jpeg: bytes) -> "Trial":
        return replace(self, picture=jpeg)

    @property
    def wrong(self) -> bool:
        """A miss or a false reject."""
        expected = Outcome.OTHER if self.family in GOOD else Outcome.PASSED
        return self.outcome == expected


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A family that does not apply to a label, and why."""

    family: str
    why: Problem


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A print of a family, and the label that it should have been."""

    family: str
    meant: Label
    paper: Picture
    """Grey, in dots: 0 ink, 255 paper. Fewer rows where it is cut."""

    what: str = ""
    """What exactly is wrong with it, where chance has chosen that."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The past of a label for the challenge's kit: one serial was accepted before."""

    taken: str

    def issued(self, gtin: str, serial: str) -> bool:  # noqa: ARG002 - the protocol's names
        return serial == self.taken

    def accepted(self, gtin: str, *, order: str) -> str:  # noqa: ARG002 - the protocol's names
        return self.taken


def past_of(serial: str) -> Shop:
    """Of the label that comes next: one like it was accepted before."""
    return Shop(other_text(serial))


def made(
    ground: Ground, families: Collection[str], *, number: int, seed: int
) -> Iterator[Tried | LeftOut]:
    """One print of each family that applies to this label. Raises Refused."""
    if any(each in _CHALLENGE for each in families):
        yield from _of_kit(ground, families)
    sheet = sheet_of(ground.job.first.artwork)
    for name in families:
        if name in _CHALLENGE:
            continue
        drawn = drawn_for(name, number=number, seed=seed)
        try:
            yield _spoilt(name, ground, sheet, drawn)
        except Refused as refused:
            yield LeftOut(name, refused.problems[0])


def drawn_for(family: str, *, number: int, seed: int) -> np.random.Generator:
    """What chance does to this label of the family, whatever is tried beside it."""
    return np.random.default_rng((seed, number, crc32(family.encode())))


def tried(
    each: Tried,
    *,
    template: str,
    number: int,
    seed: int,
    optics: str,
    limits: Limits = BUILT_IN,
) -> Trial:
    """The label photographed with `OPTICS[optics]`, and judged."""
    drawn = drawn_for(f"{each.family} seen", number=number, seed=seed)
    pixels = taken(each, optics=optics, seed=int(drawn.integers(2**31)))
    seen = judged(
        pixels,
        each.meant,
        BY_NAME.get(each.family),
        ledger=past_of(each.meant.serial),
        limits=limits,
    )
    trial = Trial(
        each.family,
        template,
        number,
        says(each.meant),
        seen.outcome,
        seen.codes,
        each.what,
        seen.scale,
    )
    return trial.with_picture(to_jpeg(pixels)) if trial.wrong else trial


def taken(label: Tried, *, optics: str, seed: int) -> Picture:
    """What a simulated camera sees of it."""
    dots_per_mm = label.meant.artwork.dots_per_mm
    return photograph(label.paper, dots_per_mm=dots_per_mm, optics=OPTICS[optics], seed=seed)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one picture came to."""

    outcome: Outcome
    codes: tuple[str, ...] = ()
    scale: float = 0.0
    """As of `Trial`."""


def judged(
    pixels: Picture,
    meant: Label,
    family: Family | None,
    *,
    ledger: Ledger,
    limits: Limits = BUILT_IN,
) -> Judged:
    """What becomes of a label in a picture, and why; `family` is None for a good one."""
    sheet = sheet_of(meant.artwork)
    sighting = see(
        pixels,
        expected=meant.expected.carriers,
        sheet=sheet,
        limits=limits,
        budget_seconds=BUDGET_SECONDS,
    )
    reasons = verdict_of(meant.expected, sighting, ledger).reasons
    if not sighting.decoding.symbols:
        present = label_present(pixels)
        if unfit(pixels, label=present):
            return Judged(Outcome.FAULT)
        if not present:
            reasons = (*reasons, Reason(Code.NONE))
    warnings = tuple(Reason(each.code) for each in sighting.findings if not each.rejects)
    return Judged(
        _outcome(family, reasons, warnings),
        tuple(dict.fromkeys(map(_named, reasons))),
        _scale(sighting.decoding.symbols, sheet),
    )


def _scale(symbols: Iterable[Symbol], sheet: Sheet) -> float:
    """Pixels a dot along the top of the first symbol that is as it was meant; 0 without one."""
    dots = {(each.identifier, each.data): each.area.width for each in sheet.symbols}
    for each in symbols:
        width = dots.get((each.identifier, each.data))
        if width and each.corners:
            return dist(each.corners[0], each.corners[1]) / width
    return 0.0


def _outcome(
    family: Family | None, reasons: tuple[Reason, ...], warnings: tuple[Reason, ...]
) -> Outcome:
    if family is None:
        return Outcome.OTHER if reasons else Outcome.PASSED
    if reasons:
        return Outcome.RIGHT if family.caught(reasons) else Outcome.OTHER
    return Outcome.WARNED if family.caught(warnings) else Outcome.PASSED


def _named(reason: Reason) -> str:
    return f"{reason.code.value} ({reason.ai})" if reason.ai else reason.code.value


def says(label: Label) -> str:
    return "".join(f"({each.ai}){each.value}" for each in label.elements.elements)


def _of_kit(ground: Ground, families: Collection[str]) -> Iterator[Tried | LeftOut]:
    found: Kit = kit(
        ground.job,
        serial=ground.serial,
        press=ground.press,
        past=past_of(ground.serial),
        compared=True,
    )
    for specimen in found.specimens:
        if specimen.family.name in families:
            yield Tried(specimen.family.name, found.meant, _dots(specimen, found.meant))
    for left in found.left_out:
        if left.family.name in families:
            yield LeftOut(left.family.name, left.why)


def _dots(specimen: Specimen, meant: Label) -> Dots:
    if specimen.artwork:
        return expected_picture(specimen.artwork)
    return np.full((meant.artwork.height, meant.artwork.width), 255, np.uint8)


def _spoilt(name: str, ground: Ground, sheet: Sheet, drawn: np.random.Generator) -> Tried:
    """Raises Refused where the family does not apply."""
    right = ground.job.first
    if name in _TEXTS:
        changed = texts.MAKERS[name](ground, drawn)
        return Tried(name, right, _inked(changed.ink), changed.what)
    if name in _SWAPS:
        return Tried(name, right, _inked(others.MAKERS[name](ground, drawn)))
    wear = GOOD[name] if name in GOOD else prints.wear_of(name, sheet, drawn)
    before = _inked(others.label(ground, drawn)) if wear.ghost else None
    paper = printed(sheet.picture, wear, int(drawn.integers(2**31)), before=before)
    dots = ", ".join(f"dot {each}" for each in wear.dead_dots)
    return Tried(name, right, paper, dots)


def _inked(ink: Ink) -> Dots:
    return np.where(ink, np.uint8(0), np.uint8(255))
