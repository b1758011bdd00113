"""Does `labelstation gs1 check` say what an independent linter says? Makes docs/gs1-oracle.md:

    python -m bench.oracle --count 10000 > docs/gs1-oracle.md

The other linter is part of BWIPP, the barcode writer that treepoem carries; ghostscript runs it,
thousands of cases in one process. Exit code 1: the two disagree where nobody knows why.
"""

import argparse
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from itertools import islice

from bench.oracle_cases import KINDS, Case, cases, sweep
from station.core.gs1 import Checked, check

BATCH = 2_000
_SECONDS = 600
_LINT = r"""
/say (%stdout) (w) file def
/lint {  % data options encoder ->
  /encoder exch def /options exch def /data exch def
  { 0 0 moveto data options encoder /uk.co.terryburton.bwipp findresource exec } stopped
  { say (@@ ) writestring
    say $error /errorname get 64 string cvs writestring
    say ( ) writestring
    $error /errorinfo get dup type /stringtype eq { say exch writestring } { pop } ifelse }
  { say (@@ ok) writestring } ifelse
  say (\n) writestring clear newpath
} bind def
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """One case, judged twice."""

    case: Case
    ours: Checked
    theirs: str
    """Their error; empty if they found none."""

    @property
    def agree(self) -> bool:
        return self.ours.valid == (not self.theirs)

    @property
    def why(self) -> str:
        """The class of a disagreement; empty if nobody knows."""
        return next((each.name for each in CLASSES if each.applies(self)), "")


@dataclass(frozen=True, slots=True)
class Why:
    """A class of disagreements: how to tell, and what it means."""

    name: str
    applies: Callable[[Judged], bool]
    meaning: str


def judge(given: Iterable[Case]) -> Iterator[Judged]:
    """Both verdicts on every case, in order. Raises RuntimeError without ghostscript."""
    left = iter(given)
    while batch := list(islice(left, BATCH)):
        errors = lint([_call(each) for each in batch])
        for case, error in zip(batch, errors, strict=True):
            yield Judged(case, check(case.ours), error)


def lint(calls: Sequence[str]) -> list[str]:
    """What BWIPP says of each call, "<hex of data> (options) /encoder": an error, or nothing."""
    program = shutil.which("gs")
    if program is None:
        raise RuntimeError("The oracle needs ghostscript: apt-get install ghostscript")
    writer = resources.files("treepoem").joinpath("postscriptbarcode/barcode.ps").read_text("utf-8")
    ran = subprocess.run(
        [program, "-dSAFER", "-dQUIET", "-dNOPAUSE", "-dBATCH", "-sDEVICE=nullpage", "-"],
        input="".join([writer, _LINT, *(f"{each} lint\n" for each in calls)]).encode(),
        capture_output=True,
        check=True,
        timeout=_SECONDS,
    )
    said = [line[3:] for line in ran.stdout.decode("latin-1").split("\n") if line[:3] == "@@ "]
    if len(said) != len(calls):
        raise RuntimeError(f"ghostscript answered {len(said)} of {len(calls)} cases")
    return ["" if each == "ok" else each for each in said]


def _call(case: Case) -> str:
    """Values go as ^NNN, so that a bracket in a value is not taken for one around a code."""
    if case.text:
        return f"<{case.text.encode().hex()}> () /gs1datamatrix"
    text = "".join(f"({code}){_escaped(value)}" for code, value in case.pairs)
    return f"<{text.encode().hex()}> (parse) /gs1datamatrix"


def _escaped(value: str) -> str:
    return "".join(
        chr(byte) if re.match("[0-9A-Za-z]", chr(byte)) else f"^{byte:03}"
        for byte in value.encode()
    )


_STRICTER = ("Day 00", "Repeated", "Expected a company prefix")
"""How our sentences begin where we are the stricter ones."""


def _only(beginning: str) -> Callable[[Judged], bool]:
    """We refuse, first of all for this, and for nothing that they would refuse; they do not."""

    def applies(judged: Judged) -> bool:
        sentences = [each.sentence for each in judged.ours.problems]
        known = bool(sentences) and all(each.startswith(_STRICTER) for each in sentences)
        return not judged.theirs and known and sentences[0].startswith(beginning)

    return applies


def _theirs(pattern: str) -> Callable[[Judged], bool]:
    """They refuse, for this reason; we do not."""
    return lambda judged: judged.ours.valid and bool(re.match(pattern, judged.theirs))


def _bracket_as_data(judged: Judged) -> bool:
    read = tuple((each.ai, each.value) for each in judged.ours.elements)
    holds = any(set("()") & set(value) for _, value in read)
    return judged.ours.valid and holds and read != judged.case.pairs


def _raw(judged: Judged) -> bool:
    return judged.ours.valid and bool(judged.theirs) and judged.case.ours[0] not in "(["


def _made_to_order(judged: Judged) -> bool:
    codes = {each.ai for each in judged.ours.elements}
    return judged.theirs.startswith("bwipp.GS1missingAIs") and "03" in codes and judged.ours.valid


CLASSES = (
    Why(
        "day 00",
        _only("Day 00"),
        "We refuse a date without a day, which is forbidden for regulated healthcare since"
        " 2025-01-01. BWIPP judges for every trade.",
    ),
    Why(
        "repeated with the same value",
        _only("Repeated"),
        "We refuse an identifier that comes twice; BWIPP only if the two values differ. This"
        " station never prints such a label, so one that is read is another's.",
    ),
    Why(
        "company prefix",
        _only("Expected a company prefix"),
        "We ask for the four digits that every company prefix has in (401), (7023), (8004) and"
        " (8010), as GS1's own linter does; BWIPP does not.",
    ),
    Why(
        "lists of other bodies",
        _theirs("bwipp.GS1(UnknownC|unknownPackageType|UnknownMediaType)"),
        "Which countries, currencies, package and media types exist is decided elsewhere and"
        " changes: station/core/ai.py checks their characters and length only, and says so. None"
        " of them is on a device label.",
    ),
    Why(
        "inside coupons",
        _theirs("bwipp.GS1coupon"),
        "The fields inside coupons, (8110) and (8112), are not checked, and station/core/ai.py"
        " says so.",
    ),
    Why(
        "raw data",
        _raw,
        "A matter of notation. What does not begin with a bracket is to us raw data, as a reader"
        " sends them; BWIPP takes bracketed text only.",
    ),
    Why(
        "round bracket as data",
        _bracket_as_data,
        "A matter of notation, not of data. To BWIPP every round bracket that is typed opens an"
        " element; to us it is data after a value that may hold brackets, unless it holds a known"
        " identifier (ElementString.parse_bracketed). Square brackets are never ambiguous.",
    ),
    Why(
        "made-to-order GTIN",
        _made_to_order,
        "BWIPP's table does not know (03) beside (8012) and (20); GS1's syntax dictionary and ours"
        " do.",
    ),
)
"""Why the two may disagree."""


def report(runs: dict[str, list[Judged]], *, seed: int, seconds: float) -> Iterator[str]:
    """docs/gs1-oracle.md, line by line."""
    every = [each for run in runs.values() for each in run]
    differing = [each for each in every if not each.agree]
    yield _HEAD.format(
        treepoem=metadata.version("treepoem"),
        bwipp=_version(),
        ghostscript=_ghostscript(),
        count=len(runs["at random"]),
        seed=seed,
        seconds=round(seconds),
    )
    yield "\n## What they said\n\n| cases | n | both good | both refused | disagree | unexplained |"
    yield "|---|---|---|---|---|---|"
    for name, run in [*runs.items(), ("together", every)]:
        yield f"| {name} | {' | '.join(str(each) for each in _counts(run))} |"
    yield "\n## Why they disagree"
    counts = Counter(each.why for each in differing)
    for why in CLASSES:
        yield f"\n### {why.name}: {counts[why.name]}\n\n{why.meaning}\n"
        yield from islice((_example(j) for j in differing if j.why == why.name), 3)
    if counts[""]:
        yield f"\n### Nobody knows: {counts['']}\n"
        yield from (_example(each) for each in differing if not each.why)
    yield "\n## How the cases were made\n\n| kind | n | both good | both refused | disagree |"
    yield "|---|---|---|---|---|"
    for kind, _ in KINDS:
        counted = _counts([each for each in runs["at random"] if each.case.kind == kind])[:4]
        yield f"| {kind} | {' | '.join(str(each) for each in counted)} |"


_HEAD = """\
# The oracle

`python -m bench.oracle` has element strings judged by two programs that share no line:
`station.core.gs1.check`, which `labelstation gs1 check` shows, and the linter of BWIPP, the
barcode writer in PostScript that treepoem {treepoem} carries (version {bwipp}), run by
ghostscript {ghostscript} as the encoder `gs1datamatrix`. It prints this page. Good strings and
strings broken in every way known, from a seed; then every code from 00 to 9999, and every length
of every identifier. Each disagreement falls into a class that is named and explained here, or the
program ends with exit code 1. A smaller run is a test, `tests/station/core/test_oracle.py`.

    python -m bench.oracle --seed {seed} --count {count}

took {seconds} s on one core."""


def _counts(run: Sequence[Judged]) -> tuple[int, ...]:
    good = sum(each.agree and each.ours.valid for each in run)
    refused = sum(each.agree and not each.ours.valid for each in run)
    unexplained = sum(not each.agree and not each.why for each in run)
    return len(run), good, refused, len(run) - good - refused, unexplained


def _example(judged: Judged) -> str:
    ours = " ".join(judged.ours.errors) or "good"
    return (
        f"- {_code(judged.case.ours)}: we say {_code(ours)}, they {_code(judged.theirs or 'good')}"
    )


def _code(text: str) -> str:
    """Text of any kind as a code span."""
    shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return f"`` {shown} ``"


def _version() -> str:
    writer = resources.files("treepoem").joinpath("postscriptbarcode/barcode.ps").read_text("utf-8")
    found = re.search(r"Version ([0-9-]+)", writer)
    return found[1] if found else "unknown"


def _ghostscript() -> str:
    ran = subprocess.run(["gs", "--version"], capture_output=True, check=True, text=True)  # noqa: S607 - found by judge()
    return ran.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000)
    asked = parser.parse_args()
    begun = time.perf_counter()
    runs = {
        "at random": list(judge(cases(asked.seed, asked.count))),
        "every code, every length": list(judge(sweep())),
    }
    lines = report(runs, seed=asked.seed, seconds=time.perf_counter() - begun)
    print("\n".join(lines))
    return any(not each.agree and not each.why for run in runs.values() for each in run)


if __name__ == "__main__":
    sys.exit(main())
