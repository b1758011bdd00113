"""What the station finds, what it lets pass and what it costs: `scripts/bench-vision`.

    scripts/bench-vision [--scale 0.2] [--seed 1] [SECTION …]

Sections: judge, bad, good, letters, dots, reading, misreads, time, memory. Prints Markdown for
docs/verification.md.
Every label is simulated: laid out, spoilt in dots, worn (`drivers.simulated.wear`), photographed
(`drivers.simulated.optics`), and judged by what the line judges with: `station.vision.see` and
`station.core.judge`, within the limits of a calibration on twelve good labels of its design.
"""

import argparse
import os
import platform
import random
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from bench import reading
from drivers.interface import Symbol
from drivers.simulated.optics import OPTICS, photograph
from drivers.simulated.wear import WEAR, printed
from station.app import Workshop
from station.config import Config
from station.core.calibration import Setting, calibrated
from station.core.judge import Expected, NothingIssued, Reading, Verdict, judge
from station.core.quality import Limits
from station.core.statistics import at_most, both_sides, grouped, percent
from station.line.job import Job, Label
from station.line.sheet import sheet_of
from station.line.specimen import Codes, covered, order_of
from station.line.verdicts import verdict_of
from station.vision.comparison import glyphs_of
from station.vision.see import see
from station.vision.sheet import Sheet
from station.vision.sighting import Sighting

Dots = NDArray[np.uint8]
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
LOOK_ALIKE = dict(zip("0O8B5S1I2Z6G", "O0B8S5I1Z2G6", strict=True))
DESIGNS = ("has-mhb-hc-unit", "has-mhb-x2-primary", "patch-primary")
"""Labels of 60 × 40 mm: 2.3 pixels a dot in a picture of 1280 × 960."""

SMALL = 12
"""Dots: 1.5 mm at 8 dots/mm. In smaller text 5 and S differ in three dots."""

CHUNK = 20


@dataclass(frozen=True, slots=True)
class Made:
    """One label with a code of its own."""

    design: str
    label: Label
    sheet: Sheet
    code: str


def _seeded(seed: object) -> random.Random:
    return random.Random(str(seed))  # noqa: S311 - it has to come again


@lru_cache(maxsize=1)
def workshop() -> Workshop:
    cv2.setNumThreads(1)
    return Workshop.open(Config())


def made(design: str, code: str) -> Made:
    template = workshop().library.template(design, "1")
    product, level = next(covered(template, workshop().library))
    codes = Codes(code, code, code)
    order = order_of(template, product, level, codes=codes, today=workshop().press.today)
    label = Job(order, library=workshop().library, font=workshop().font, dots_per_mm=8).first
    return Made(design, label, sheet_of(label.artwork), code)


def some(drawn: random.Random, design: str) -> Made:
    return made(design, "".join(drawn.choice(LETTERS) for _ in range(8)))


def taken(picture: Dots, *, optics: str, seed: int) -> Dots:
    return photograph(picture, dots_per_mm=8, optics=OPTICS[optics], seed=seed)


@lru_cache(maxsize=32)
def limits_of(design: str, optics: str) -> Limits:
    """Of a calibration with twelve good labels, as `labelstation calibrate` sets them."""
    good = made(design, "CN8B0O5S")
    found = [
        _see(good, taken(good.sheet.picture, optics=optics, seed=90_000 + seed), Limits()).quality
        for seed in range(12)
    ]
    setting = Setting(
        template=design, revision="1", digest="", font="", dots_per_mm=8, camera="", width=0,
        height=0,
    )  # fmt: skip
    return calibrated(setting, found).limits


def verdict(of: Made, frame: Dots, limits: Limits) -> Verdict:
    sighting = _see(of, frame, limits)
    return verdict_of(of.label.expected, sighting, NothingIssued())


def _see(of: Made, frame: Dots, limits: Limits) -> Sighting:
    carriers = of.label.expected.carriers
    return see(frame, expected=carriers, sheet=of.sheet, limits=limits)


# -- how labels go bad ---------------------------------------------------------------------

Spoil = Callable[[Made, random.Random], Dots | None]
"""The bad label in dots; None where this one cannot go bad this way."""


def _lines(sheet: Sheet) -> list[int]:
    named = (each.name.startswith(("text", "hri")) for each in sheet.parts)
    return [place for place, is_text in enumerate(named) if is_text]


def other_letter(
    of: Made, drawn: random.Random, *, alike: bool, small: bool = False
) -> Dots | None:
    """In a line of at least SMALL dots of height, or of fewer."""
    places = [n for n, letter in enumerate(of.code) if not alike or letter in LOOK_ALIKE]
    if not places:
        return None
    place = drawn.choice(places)
    was = of.code[place]
    others = [each for each in LETTERS if each != was and LOOK_ALIKE.get(was) != each]
    letter = LOOK_ALIKE[was] if alike else drawn.choice(others)
    other = made(of.design, of.code[:place] + letter + of.code[place + 1 :])
    return _one_line_of(of.sheet, other.sheet, drawn, small=small)


def _one_line_of(one: Sheet, other: Sheet, drawn: random.Random, *, small: bool) -> Dots | None:
    changed = [
        n
        for n in _lines(one)
        if one.parts[n].area.of(one.picture).tobytes()
        != other.parts[n].area.of(other.picture).tobytes()
        and (one.parts[n].area.height < SMALL) == small
    ]
    if not changed:
        return None
    picture, n = one.picture.copy(), drawn.choice(changed)
    one.parts[n].area.of(picture)[:] = 255
    there = other.parts[n].area.of(picture)
    np.minimum(there, other.parts[n].area.of(other.picture), out=there)
    return picture


def missing_letter(of: Made, drawn: random.Random) -> Dots | None:
    part = of.sheet.parts[drawn.choice(_lines(of.sheet))]
    glyphs = [each for each in glyphs_of(part, of.sheet) if each.width >= 3]
    if not glyphs:
        return None
    picture = of.sheet.picture.copy()
    drawn.choice(glyphs).of(picture)[:] = 255
    return picture


def missing_line(of: Made, drawn: random.Random) -> Dots:
    picture = of.sheet.picture.copy()
    of.sheet.parts[drawn.choice(_lines(of.sheet))].area.of(picture)[:] = 255
    return picture


def other_symbol(of: Made, drawn: random.Random) -> Dots:
    """The symbol of another label; everything around it is right."""
    other = some(drawn, of.design)
    picture = of.sheet.picture.copy()
    for mine, theirs in zip(of.sheet.symbols, other.sheet.symbols, strict=True):
        mine.area.of(picture)[:] = 255
        theirs.area.of(picture)[:] = theirs.area.of(other.sheet.picture)
    return picture


def other_label(of: Made, drawn: random.Random) -> Dots:
    return some(drawn, of.design).sheet.picture


def worn(of: Made, drawn: random.Random, *, name: str) -> Dots:
    before = some(drawn, of.design).sheet.picture
    seed = drawn.randrange(1 << 30)
    return np.asarray(printed(of.sheet.picture, WEAR[name], seed, before=before), np.uint8)


FAMILIES: dict[str, Spoil] = {
    "wrong letter": partial(other_letter, alike=False),
    "look-alike letter": partial(other_letter, alike=True),
    "look-alike letter, small": partial(other_letter, alike=True, small=True),
    "missing letter": missing_letter,
    "missing line": missing_line,
    "symbol of another label": other_symbol,
    "another label": other_label,
    **{name: partial(worn, name=name) for name in (
        "bold", "thin", "faint", "fade", "dust", "spots", "smear", "wrinkle", "ghost",
        "overprint", "offset", "skew", "half", "blank", "cut",
    )},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    bad: int = 0
    passed: int = 0


def _chunk(family: str, optics: str, seed: int) -> Tried:
    """CHUNK distinct labels of one family through the whole pipeline."""
    drawn = _seeded(f"{family} {optics} {seed}")
    bad = passed = 0
    while bad < CHUNK:
        design = drawn.choice(DESIGNS)
        of = some(drawn, design)
        picture = FAMILIES[family](of, drawn)
        if picture is None:
            continue
        frame = taken(picture, optics=optics, seed=drawn.randrange(1 << 30))
        bad += 1
        passed += verdict(of, frame, limits_of(design, optics)).accepted
    return Tried(bad, passed)


def bad(pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
    print(_heading("Bad labels through the whole pipeline", scale, seed, "bad"))
    print("| bad label | n | passed | at most (95 % one-sided) |\n|---|---|---|---|")
    total = Tried()
    for family in FAMILIES:
        found = _spread(pool, partial(_chunk, family, "mild"), round(999 * scale), seed)
        total = Tried(total.bad + found.bad, total.passed + found.passed)
        print(_row(family, found.passed, found.bad), flush=True)
    print(_row("**all**", total.passed, total.bad) + "\n", flush=True)


def letters(pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
    print(_heading("Letters", scale, seed, "letters"))
    print("| letter | n | missed | at most (95 % one-sided) |\n|---|---|---|---|")
    for family in tuple(FAMILIES)[:4]:
        found = _spread(pool, partial(_chunk, family, "mild"), round(3000 * scale), seed + 5000)
        print(_row(family, found.passed, found.bad), flush=True)
    print()


def _good_chunk(wear: str, optics: str, seed: int) -> Tried:
    drawn = _seeded(f"good {wear} {optics} {seed}")
    rejected = 0
    for _ in range(CHUNK):
        design = drawn.choice(DESIGNS)
        of = some(drawn, design)
        picture = printed(of.sheet.picture, WEAR[wear], drawn.randrange(1 << 30))
        frame = taken(picture, optics=optics, seed=drawn.randrange(1 << 30))
        rejected += not verdict(of, frame, _limits_for(wear, design, optics)).accepted
    return Tried(CHUNK, rejected)


def _limits_for(wear: str, design: str, optics: str) -> Limits:
    """A worn printer is judged within the built-in limits: nobody calibrates with one."""
    return limits_of(design, optics) if wear == "good" else Limits()


def good(pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
    print(_heading("Good labels that were rejected", scale, seed, "good"))
    print("| print, optics | n | rejected | at most (95 % one-sided) |\n|---|---|---|---|")
    for wear, optics, n in (("good", "mild", 3000), ("ugly", "mild", 1000), ("good", "ugly", 1000)):
        found = _spread(pool, partial(_good_chunk, wear, optics), round(n * scale), seed)
        print(_row(f"{wear} print, {optics} optics", found.passed, found.bad), flush=True)
    print()


LEAST_INK = 20
"""Dots of ink in a column, with ink on both sides: fewer do not tell."""


def _dots_chunk(count: int, seed: int) -> Tried:
    drawn = _seeded(f"dots {count} {seed}")
    missed = tried = 0
    while tried < CHUNK:
        of = some(drawn, drawn.choice(DESIGNS))
        ink = (of.sheet.picture == 0).astype(np.uint8)
        inner = cv2.erode(ink, np.ones((1, 3), np.uint8)).sum(axis=0)
        columns = [x for x in range(ink.shape[1] - 1) if inner[x : x + count].min() >= LEAST_INK]
        if not columns:
            continue
        dot = drawn.choice(columns)
        picture = of.sheet.picture.copy()
        picture[:, dot : dot + count] = 255
        frame = taken(picture, optics="mild", seed=drawn.randrange(1 << 30))
        found = set(_see(of, frame, Limits()).quality.dead_dots)
        tried += 1
        missed += not found & set(range(dot, dot + count))
    return Tried(tried, missed)


def dots(pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
    print(_heading("Dead print-head dots, named by number", scale, seed, "dots"))
    print(f"In columns with at least {LEAST_INK} dots of ink.\n")
    print("| dead | n | missed | at most (95 % one-sided) |\n|---|---|---|---|")
    for count in (1, 2):
        found = _spread(pool, partial(_dots_chunk, count), round(3000 * scale), seed)
        print(_row(f"{count}", found.passed, found.bad), flush=True)
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


def _judged(count: int, seed: int) -> Tried:
    drawn = _seeded(f"judge {seed}")
    tried = accepted = 0
    while tried < count:
        of = some(drawn, drawn.choice(DESIGNS))
        expected: Expected = of.label.expected
        meant = expected.symbols[0]
        for _ in range(200):
            symbol = _mutated(meant.data, meant.identifier, drawn)
            if (symbol.identifier, symbol.data) == (meant.identifier, meant.data):
                continue
            tried += 1
            accepted += judge(expected, Reading((symbol,)), NothingIssued()).accepted
    return Tried(tried, accepted)


def judged(pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
    print(_heading("Mutated readings through the judge", scale, seed, "judge"))
    each = round(1_000_000 * scale / 50) + 1
    found = _sum(pool.map(partial(_judged, each), range(seed, seed + 50)))
    print("| readings | n | accepted | at most (95 % one-sided) |\n|---|---|---|---|")
    print(_row("mutated", found.passed, found.bad) + "\n", flush=True)


# -- what it costs -------------------------------------------------------------------------


def cost(_pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
    print(_heading("Time of one look, one core, everything on (ms)", scale, seed, "time"))
    print("| label | pixels | frames | p50 | p99 | bare zxing-cpp p50 | p99 |")
    print("|---|---|---|---|---|---|---|")
    for design in (*DESIGNS, "primary-bilingual", "outer-carton-gs1-128"):
        for optics in ("mild", "five-megapixel"):
            of = made(design, "CN8B0O5S")
            frames = [
                taken(of.sheet.picture, optics=optics, seed=seed + n)
                for n in range(max(30, round(200 * scale)))
            ]
            ours = _timed(partial(_see, of, limits=Limits()), frames)
            bare = _timed(zxingcpp.read_barcodes, frames)
            size = f"{frames[0].shape[1]}×{frames[0].shape[0]}"
            print(f"| {design} | {size} | {len(frames)} | {ours} | {bare} |", flush=True)
    print()


def _timed(look: Callable[[Dots], object], frames: list[Dots]) -> str:
    spent = []
    for frame in frames:
        began = time.perf_counter()
        look(frame)
        spent.append(1000 * (time.perf_counter() - began))
    return f"{np.quantile(spent, 0.5):.1f} | {np.quantile(spent, 0.99):.1f}"


def memory(_pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
    print(_heading("Memory over many frames", scale, seed, "memory"))
    drawn = _seeded(seed)
    labels = [some(drawn, design) for design in DESIGNS for _ in range(10)]
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


def _spread(
    pool: ProcessPoolExecutor, chunk: Callable[[int], Tried], count: int, seed: int
) -> Tried:
    chunks = max(1, -(-count // CHUNK))
    return _sum(pool.map(chunk, range(1000 * seed, 1000 * seed + chunks)))


def _sum(found: Iterator[Tried]) -> Tried:
    every = tuple(found)
    return Tried(sum(each.bad for each in every), sum(each.passed for each in every))


def _row(name: str, found: int, of: int) -> str:
    return f"| {name} | {grouped(of)} | {found} | {percent(at_most(found, of))} |"


def _heading(title: str, scale: float, seed: int, section: str) -> str:
    return f"## {title}\n\n`scripts/bench-vision --scale {scale:g} --seed {seed} {section}`\n"


def read_rates(pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
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


def misreads(pool: ProcessPoolExecutor, scale: float, seed: int) -> None:
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
    workshop()
    print(f"Machine: {platform.machine()}, {os.cpu_count()} cores, {platform.python_version()}\n")
    with ProcessPoolExecutor(2, initializer=workshop) as pool:
        for name in given.sections or SECTIONS:
            SECTIONS[name](pool, given.scale, given.seed)


if __name__ == "__main__":
    main()
