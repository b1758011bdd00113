"""How long a catalogue of ten thousand products takes to load: read, checked, held to its rules."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from station import documents
from station.config import shipped
from station.core.gmn import check_pair
from station.core.gtin import check_digit
from station.line import library

PRODUCTS = 10_000
PREFIX = "697286918"

SHARED = """\
parties:
  - {id: us, name: {zh: 本公司}, domicile: {zh: 本市}}
families:
  blanket:
    name: {zh: 医用升温毯, en: Warming blanket}
    registrant: us
    manufacturer: us
    profiles: [nmpa]
    pi: {ais: ["11", "17", "10"], inferred: false}
products:
"""
PRODUCT = """\
  - model: M-{number:05}
    family: blanket
    basic_udi_di: "{gmn}"
    specification: "Size {number}"
    levels:
      - {{level: primary, indicator: 0, gtin: "{item}", source: printed}}
      - {{level: outer, indicator: 1, gtin: "{pack}", source: derived}}
"""


def load() -> None:
    print(f"## Loading a catalogue of {PRODUCTS:,} products (s)\n")
    print("| what | bytes | p50 of 5 |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one.yaml"
        file.write_text(SHARED + "".join(map(_product, range(PRODUCTS))))
        size = file.stat().st_size
        for name, step in (
            ("YAML alone", lambda: documents.read(file, limit=library.LIMIT)),
            ("read, checked, held against its profiles", lambda: _whole(file.parent)),
        ):
            print(f"| {name} | {size} | {_median(step):.2f} |")
    print()


def _whole(catalogue: Path) -> object:
    return library.load(catalogue=catalogue, labels=shipped("labels"), profiles=shipped("profiles"))


def _median(step: Callable[[], object]) -> float:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        step()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _product(number: int) -> str:
    item, pack = (_closed(f"{indicator}{PREFIX[:6]}{number:06}") for indicator in (0, 1))
    internal = f"{PREFIX}{number:05}"
    return PRODUCT.format(number=number, gmn=internal + check_pair(internal), item=item, pack=pack)


def _closed(digits: str) -> str:
    return digits + check_digit(digits)
