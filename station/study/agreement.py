"""The same labels looked at again, and by another reader: do they say the same?

As in the study of an attribute gauge, at least 50 labels, half of them bad, are each looked at
three times: three pictures of one print, with another pose and other noise. And what the camera's
decoder says of a linear symbol is held against zbar, which shares no line of code with it.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from drivers.interface import Symbol
from station.core.judge import Expected
from station.core.problem import Refused
from station.core.quality import Limits
from station.core.statistics import Agreement, cohen, fleiss
from station.study.families import BY_NAME
from station.study.families import GOOD as GOOD_SETS
from station.study.labels import Subject, ground
from station.study.limits import limits_of
from station.study.pool import opened
from station.study.report import Within
from station.study.run import Wanted
from station.study.trial import Outcome, Tried, drawn_for, judged, made, past_of, taken
from station.vision.decode import decode
from station.vision.picture import Picture, grey
from station.vision.zbar import second_opinion

LOOKS = 3

LABELS = 50
"""Half of them good; an attribute study asks for so many at least."""

GOOD = tuple(GOOD_SETS)

BAD = (
    "any-character",
    "any-look-alike",
    "any-character-missing",
    "wrong-lot",
    "wrong-serial",
    "wrong-gtin",
    "dead-2-in-symbol",
    "worn-void",
    "worn-smear",
    "worn-faint",
)
"""In turn; where one does not apply to a design, the next one."""

OTHER_DATA = ("wrong-gtin", "wrong-lot", "wrong-production-date", "previous-order")

LINEAR = "]C1"

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One label that is looked at several times."""

    subject: Subject
    number: int
    families: tuple[str, ...]
    """The first one that applies is tried."""

    seed: int
    optics: str
    within: Within

    @property
    def truth(self) -> str:
        return "bad" if self.families[0] in BY_NAME else "good"


@dataclass(frozen=True, slots=True)
class Agreements:
    between_looks: Agreement
    with_truth: Agreement
    """Of the first look."""

    with_zbar: Agreement
    """Of what each linear symbol says."""


def agreements(
    designs: Sequence[Subject],
    workers: Executor,
    *,
    labels: int,
    wanted: Wanted,
    tell: Callable[[int], None],
) -> Agreements:
    """`tell` hears how many labels are still to be looked at."""
    every = parts(designs, BAD, labels=labels, wanted=wanted)
    looks = []
    for each in workers.map(looks_at, every):
        looks.append(each)
        tell(labels - len(looks))
    linear = [
        each for each, has in zip(designs, workers.map(has_bars, designs), strict=True) if has
    ]
    barred = parts(linear, OTHER_DATA, labels=labels, wanted=wanted)
    return Agreements(
        fleiss(each for each in looks if each),
        cohen((part.truth, each[0]) for part, each in zip(every, looks, strict=True) if each),
        cohen(pair for pairs in workers.map(readers_of, barred) for pair in pairs),
    )


def parts(
    designs: Sequence[Subject], bad: tuple[str, ...], *, labels: int, wanted: Wanted
) -> tuple[Part, ...]:
    """Of all designs in turn: a bad label of each and then a good one. None without designs."""
    return tuple(
        Part(
            designs[number // 2 % len(designs)],
            number,
            _turned(GOOD if number % 2 else bad, number // 2),
            wanted.seed,
            wanted.optics,
            wanted.within,
        )
        for number in range(labels if designs else 0)
    )


def _turned(names: tuple[str, ...], by: int) -> tuple[str, ...]:
    start = by % len(names)
    return names[start:] + names[:start]


# -- in a process of the pool --------------------------------------------------------------------


def looks_at(part: Part) -> tuple[str, ...]:
    """What each look says of the label; nothing where none such can be made of the design."""
    label = _made(part)
    if label is None:
        return ()
    limits = limits_of(part.within, part.subject, optics=part.optics, seed=part.seed)
    return tuple(_said(each, label, limits) for each in _pictures(part, label))


def readers_of(part: Part) -> tuple[_Pair, ...]:
    """What the decoder and zbar say of each linear symbol of the label."""
    label = _made(part)
    return tuple(_readers(next(_pictures(part, label)), label.meant.expected)) if label else ()


def has_bars(design: Subject) -> bool:
    return LINEAR in ground(opened(), design, number=0, seed=0).job.first.expected.carriers


def _made(part: Part) -> Tried | None:
    try:
        of = ground(opened(), part.subject, number=part.number, seed=part.seed)
        for family in part.families:
            (found,) = made(of, (family,), number=part.number, seed=part.seed)
            if isinstance(found, Tried):
                return found
    except Refused:
        return None
    return None


def _pictures(part: Part, label: Tried) -> Iterator[Picture]:
    drawn = drawn_for("looks", number=part.number, seed=part.seed)
    for seed in drawn.integers(2**31, size=LOOKS).tolist():
        yield taken(label, optics=part.optics, seed=seed)


def _said(pixels: Picture, label: Tried, limits: Limits) -> str:
    seen = judged(pixels, label.meant, None, ledger=past_of(label.meant.serial), limits=limits)
    if seen.outcome == Outcome.FAULT:
        return "fault"
    return "bad" if seen.codes else "good"


def _readers(pixels: Picture, expected: Expected) -> Iterator[_Pair]:
    picture = grey(pixels)
    for symbol in decode(picture, expected=expected.carriers).symbols:
        if symbol.identifier == LINEAR:
            yield _against(symbol, expected), _against(second_opinion(picture, symbol), expected)


def _against(symbol: Symbol | None, expected: Expected) -> str:
    if symbol is None:
        return "not read"
    meant = {(each.identifier, each.data) for each in expected.symbols}
    return "as meant" if (symbol.identifier, symbol.data) in meant else "not as meant"
