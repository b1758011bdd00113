"""What the station finds, what it lets pass and what it costs: `scripts/bench-vision`.

    scripts/bench-vision [--scale 0.2] [--seed 1] [SECTION …]

Sections: judge, bad, good, letters, dots, reading, misreads, time, memory. Prints Markdown for
docs/verification.md.
Labels are made, spoilt, photographed and judged as in a study (`station.study`), on three designs
that a camera of 1280 × 960 sees with more than two pixels a dot, within the limits of a calibration
on twelve good labels of each.
"""

import argparse
import os
import platform
import random
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from bench import reading
from drivers.interface import Symbol
from drivers.simulated.optics import OPTICS, photograph
from drivers.simulated.wear import printed
from station.config import Config
from station.core.judge import Expected, NothingIssued, Reading, judge
from station.core.problem import Refused
from station.core.quality import Limits
from station.core.statistics import at_most, both_sides, grouped, percent
from station.line.job import Label
from station.line.sheet import sheet_of
from station.study import pool as processes
from station.study import prints
from station.study.families import GOOD
from station.study.labels import Subject, ground
from station.study.limits import limits_of
from station.study.pool import opened
from station.study.report import Within
from station.study.trial import Outcome, Trial, Tried, drawn_for, made, tried
from station.vision.see import see
from station.vision.sheet import Sheet
from station.vision.sighting import Sighting

Dots = NDArray[np.uint8]
DESIGNS = tuple(
    Subject(name, "1") for name in ("has-mhb-hc-unit", "has-mhb-x2-primary", "patch-primary")
)
"""Labels of 60 × 40 mm: 2.3 pixels a dot in a picture of 1280 × 960."""

LARGE = tuple(Subject(name, "1") for name in ("primary-bilingual", "outer-carton-gs1-128"))

CHUNK = 20
STRIDE = 50 * CHUNK
"""Numbers of labels from one chunk to the next: many a label cannot be spoilt in every way."""


@dataclass(frozen=True, slots=True)
class Made:
    """One good label."""

    label: Label
    sheet: Sheet


def _seeded(seed: object) -> random.Random:
    return random.Random(str(seed))  # noqa: S311 - it has to come again


def label_of(design: Subject, *, number: int, seed: int) -> Made:
    label = ground(opened(), design, number=number, seed=seed).job.first
    return Made(label, sheet_of(label.artwork))


def taken(picture: Dots, *, optics: str, seed: int) -> Dots:
    return photograph(picture, dots_per_mm=8, optics=OPTICS[optics], seed=seed)


def _see(of: Made, frame: Dots, limits: Limits) -> Sighting:
    return see(frame, expected=of.label.expected.carriers, sheet=of.sheet, limits=limits)


# -- how labels go bad ---------------------------------------------------------------------

LETTERS = {
    "wrong letter": "any-character",
    "look-alike letter": "any-look-alike",
    "look-alike letter, small": "any-look-alike-small",
    "missing letter": "any-character-missing",
}
"""Family of the study by its name in the tables."""

FAMILIES = LETTERS | {
    "missing line": "any-line-missing",
    "symbol of another label": "other-symbol",
    "another label": "other-label",
    **{name: f"worn-{name}" for name in (
        "bold", "thin", "faint", "fade", "dust", "spots", "smear", "wrinkle", "ghost",
        "overprint", "offset", "skew", "half", "blank", "cut",
    )},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    labels: int = 0
    found: int = 0
    """Bad labels that passed, or good ones that were rejected."""


def _family_chunk(
    family: str, chunk: int, *, optics: str, seed: int, within: Within = "calibrated"
) -> Tally:
    """CHUNK distinct labels of one family through the whole pipeline."""
    labels = wrong = 0
    for number in range(STRIDE * chunk, STRIDE * (chunk + 1)):
        if labels == CHUNK:
            break
        design = DESIGNS[number % len(DESIGNS)]
        for each in spoilt(design, family, number=number, seed=seed):
            limits = limits_of(within, design, optics=optics, seed=seed)
            trial = tried(
                each, template=design.template, number=number, seed=seed, optics=optics,
                limits=limits,
            )  # fmt: skip
            labels += 1
            wrong += _went_wrong(trial)
    return Tally(labels, wrong)


def _went_wrong(trial: Trial) -> bool:
    """On a good label everything but a pass; a bad one must not pass, not even with a warning."""
    if trial.family in GOOD:
        return trial.outcome != Outcome.PASSED
    return trial.outcome in {Outcome.PASSED, Outcome.WARNED}


def spoilt(design: Subject, family: str, *, number: int, seed: int) -> Iterator[Tried]:
    """Nothing where this label cannot go bad this way."""
    try:
        label = ground(opened(), design, number=number, seed=seed)
    except Refused:
        return
    for each in made(label, (family,), number=number, seed=seed):
        if isinstance(each, Tried):
            yield each


def bad(pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Bad labels through the whole pipeline", scale, seed, "bad"))
    print("| bad label | n | passed | at most (95 % one-sided) |\n|---|---|---|---|")
    total = Tally()
    for name, family in FAMILIES.items():
        look = partial(_family_chunk, family, optics="mild", seed=seed)
        found = _spread(pool, look, round(999 * scale))
        total = Tally(total.labels + found.labels, total.found + found.found)
        print(_row(name, found), flush=True)
    print(_row("**all**", total) + "\n", flush=True)


def letters(pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Letters", scale, seed, "letters"))
    print("| letter | n | missed | at most (95 % one-sided) |\n|---|---|---|---|")
    for name, family in LETTERS.items():
        look = partial(_family_chunk, family, optics="mild", seed=seed + 5000)
        print(_row(name, _spread(pool, look, round(3000 * scale))), flush=True)
    print()


def good(pool: Executor, scale: float, seed: int) -> None:
    """A worn printer is judged within the built-in limits: nobody calibrates with one."""
    print(_heading("Good labels that were rejected", scale, seed, "good"))
    print("| print, optics | n | rejected | at most (95 % one-sided) |\n|---|---|---|---|")
    sets: tuple[tuple[str, str, str, Within, int], ...] = (
        ("good", "good", "mild", "calibrated", 3000),
        ("ugly", "good-but-ugly", "mild", "built-in", 1000),
        ("good", "good", "ugly", "calibrated", 1000),
    )
    for wear, family, optics, within, n in sets:
        look = partial(_family_chunk, family, optics=optics, seed=seed, within=within)
        found = _spread(pool, look, round(n * scale))
        print(_row(f"{wear} print, {optics} optics", found), flush=True)
    print()


def _dots_chunk(count: int, chunk: int, *, seed: int) -> Tally:
    labels = missed = 0
    for number in range(STRIDE * chunk, STRIDE * (chunk + 1)):
        if labels == CHUNK:
            break
        family = f"dead-{count}-in-{('symbol', 'text')[number % 2]}"
        of = label_of(DESIGNS[number % len(DESIGNS)], number=number, seed=seed)
        drawn = drawn_for(family, number=number, seed=seed)
        try:
            wear = prints.wear_of(family, of.sheet, drawn)
        except Refused:
            continue
        paper = printed(of.sheet.picture, wear, int(drawn.integers(2**31)))
        frame = taken(paper, optics="mild", seed=int(drawn.integers(2**31)))
        found = set(_see(of, frame, Limits()).quality.dead_dots)
        labels += 1
        missed += not found & set(wear.dead_dots)
    return Tally(labels, missed)


def dots(pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Dead print-head dots, named by number", scale, seed, "dots"))
    print(f"In columns with at least {prints.INK} dots of ink.\n")
    print("| dead | n | missed | at most (95 % one-sided) |\n|---|---|---|---|")
    for count in (1, 2):
        found = _spread(pool, partial(_dots_chunk, count, seed=seed), round(3000 * scale))
        print(_row(f"{count}", found), flush=True)
    print()


# -- the judge by itself -------------------------------------------------------------------


def _mutated(data: bytes, identifier: str, drawn: random.Random) -> Symbol:
    changed = bytearray(data)
    match drawn.randrange(7):
        case 0:
            changed[drawn.randrange(len(changed))] ^= 1 << drawn.randrange(8)
        case 1:
            del changed[drawn.randrange(len(changed))]
        case 2:
            changed.insert(drawn.randrange(len(changed) + 1), drawn.randrange(256))
        case 3:
            one, other = drawn.randrange(len(changed)), drawn.randrange(len(changed))
            changed[one], changed[other] = changed[other], changed[one]
        case 4:
            changed = changed.replace(b"\x1d", drawn.choice((b"", b" ", b"\x1e", b"]")))
        case 5:
            identifier = drawn.choice(("]d1", "]C0", "]C1", "]Q3", "]d2", "]e0", ""))
        case _:
            changed[drawn.randrange(len(changed))] = drawn.choice(b"0123456789ABCSNZ")
    return Symbol(identifier, bytes(changed), "bench")


def _judged(count: int, seed: int) -> Tally:
    drawn = _seeded(f"judge {seed}")
    readings = accepted = number = 0
    while readings < count:
        number += 1
        of = label_of(drawn.choice(DESIGNS), number=number, seed=seed)
        expected: Expected = of.label.expected
        meant = expected.symbols[0]
        for _ in range(200):
            symbol = _mutated(meant.data, meant.identifier, drawn)
            if (symbol.identifier, symbol.data) == (meant.identifier, meant.data):
                continue
            readings += 1
            accepted += judge(expected, Reading((symbol,)), NothingIssued()).accepted
    return Tally(readings, accepted)


def judged(pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Mutated readings through the judge", scale, seed, "judge"))
    each = round(1_000_000 * scale / 50) + 1
    found = _sum(pool.map(partial(_judged, each), range(seed, seed + 50)))
    print("| readings | n | accepted | at most (95 % one-sided) |\n|---|---|---|---|")
    print(_row("mutated", found) + "\n", flush=True)


# -- what it costs -------------------------------------------------------------------------


def cost(_pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Time of one look, one core, everything on (ms)", scale, seed, "time"))
    print("| label | pixels | frames | p50 | p99 | bare zxing-cpp p50 | p99 |")
    print("|---|---|---|---|---|---|---|")
    for design in (*DESIGNS, *LARGE):
        for optics in ("mild", "five-megapixel"):
            of = label_of(design, number=1, seed=seed)
            frames = [
                taken(of.sheet.picture, optics=optics, seed=seed + n)
                for n in range(max(30, round(200 * scale)))
            ]
            ours = _timed(partial(_see, of, limits=Limits()), frames)
            bare = _timed(zxingcpp.read_barcodes, frames)
            size = f"{frames[0].shape[1]}×{frames[0].shape[0]}"
            print(f"| {design.template} | {size} | {len(frames)} | {ours} | {bare} |", flush=True)
    print()


def _timed(look: Callable[[Dots], object], frames: list[Dots]) -> str:
    spent = []
    for frame in frames:
        began = time.perf_counter()
        look(frame)
        spent.append(1000 * (time.perf_counter() - began))
    return f"{np.quantile(spent, 0.5):.1f} | {np.quantile(spent, 0.99):.1f}"


def memory(_pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Memory over many frames", scale, seed, "memory"))
    labels = [label_of(design, number=n, seed=seed) for design in DESIGNS for n in range(10)]
    frames = [(of, taken(of.sheet.picture, optics="mild", seed=n)) for n, of in enumerate(labels)]
    rounds = max(1, round(100_000 * scale / len(frames)))
    print("| frames | resident MB |\n|---|---|")
    for number in range(rounds):
        if number in {rounds // 20, rounds // 2, rounds - 1}:
            print(f"| {grouped(number * len(frames))} | {_resident() / 1e6:.0f} |", flush=True)
        for of, frame in frames:
            _see(of, frame, Limits())
    print()


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


# -- printing ------------------------------------------------------------------------------


def _spread(pool: Executor, chunk: Callable[[int], Tally], count: int) -> Tally:
    return _sum(pool.map(chunk, range(max(1, -(-count // CHUNK)))))


def _sum(found: Iterator[Tally]) -> Tally:
    every = tuple(found)
    return Tally(sum(each.labels for each in every), sum(each.found for each in every))


def _row(name: str, of: Tally) -> str:
    limit = percent(at_most(of.found, of.labels)) if of.labels else "–"
    return f"| {name} | {grouped(of.labels)} | {of.found} | {limit} |"


def _heading(title: str, scale: float, seed: int, section: str) -> str:
    return f"## {title}\n\n`scripts/bench-vision --scale {scale:g} --seed {seed} {section}`\n"


def read_rates(pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Symbols read, beside other decoders", scale, seed, "reading"))
    print("| optics, reader | frames | Data Matrix | GS1-128 | both (95 % two-sided) |")
    print("|---|---|---|---|---|")
    for optics, n in (("mild", 300), ("harsh", 1000)):
        chunks = max(1, -(-round(n * scale) // CHUNK))
        seeds = range(1000 * seed, 1000 * seed + chunks)
        total: dict[str, reading.Rate] = {}
        for found in pool.map(partial(reading.rates, optics, CHUNK), seeds):
            for name, rate in found.items():
                total[name] = total.get(name, reading.Rate()) + rate
        for name, rate in total.items():
            print(f"| {optics}, {name} | {_rates(rate)} |", flush=True)
    print()


def _rates(rate: reading.Rate) -> str:
    n = rate.frames
    within = f"{percent(rate.both / n)} ({' to '.join(map(percent, both_sides(rate.both, n)))})"
    return f"{n} | {percent(rate.matrix / n)} | {percent(rate.linear / n)} | {within}"


def misreads(pool: Executor, scale: float, seed: int) -> None:
    print(_heading("Damaged GS1-128 symbols", scale, seed, "misreads"))
    print(
        "Cut to a few dots, holes, blots, dead dots, scratches, blur; under all kinds of optics.\n"
    )
    chunks = max(1, -(-round(6000 * scale) // CHUNK))
    seeds = range(1000 * seed, 1000 * seed + chunks)
    found = tuple(pool.map(partial(reading.damaged, CHUNK), seeds))
    total = sum(found, reading.Damaged())
    print("| symbols | read | misread by some pass | accepted as misread | at most |")
    print("|---|---|---|---|---|")
    counts = " | ".join(map(grouped, (total.symbols, total.read, total.misread, total.accepted)))
    print(f"| {counts} | {percent(at_most(total.accepted, total.symbols))} |\n", flush=True)


SECTIONS = {
    "judge": judged,
    "bad": bad,
    "good": good,
    "letters": letters,
    "dots": dots,
    "reading": read_rates,
    "misreads": misreads,
    "time": cost,
    "memory": memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench-vision")
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], default=[])
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    processes.begin(Config())
    print(f"Machine: {platform.machine()}, {os.cpu_count()} cores, {platform.python_version()}\n")
    with processes.pool(Config(), 2) as pool:
        for name in given.sections or SECTIONS:
            SECTIONS[name](pool, given.scale, given.seed)


if __name__ == "__main__":
    main()
