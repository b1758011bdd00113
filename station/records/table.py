"""Nonconformances as a table and as data, for people's spreadsheets and other people's programs.

A spreadsheet takes a cell that begins like a formula for one, and a scanned label can say
anything; such a cell gets an apostrophe in front, which spreadsheets show as plain text.

>>> safe_cell("=HYPERLINK(0)"), safe_cell("CN010123")
("'=HYPERLINK(0)", 'CN010123')
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from station import wording
from station.language import say, sentence
from station.records.dispositions import Decided
from station.records.query import Nonconformance

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that start a formula or hide one; spreadsheets in Chinese and Japanese take the
full-width signs as well (OWASP, CSV injection)."""

NOTHING_DECIDED: Mapping[int, Decided] = MappingProxyType({})

HEADER = (
    sentence("Number of the nonconformance"),
    sentence("Time"),
    sentence("Order"),
    sentence("Label"),
    sentence("Product"),
    sentence("GTIN"),
    sentence("Lot"),
    sentence("Serial"),
    sentence("State"),
    sentence("Reasons"),
    sentence("Codes"),
    sentence("Expected"),
    sentence("Read"),
    sentence("Picture (SHA-256)"),
    sentence("Decided"),
    sentence("Decision"),
    sentence("Two people"),
    sentence("CAPA reference"),
)


def csv_rows(
    found: Iterable[Nonconformance],
    language: str,
    decided: Mapping[int, Decided] = NOTHING_DECIDED,
) -> Iterator[str]:
    """The table line by line: UTF-8 once encoded, with a byte order mark, CR LF (RFC 4180).

    `decided` has the decisions, by the event that found a nonconformance.
    """
    yield "\ufeff" + _line(say(each, language) for each in HEADER)
    for nonconformance in found:
        decision = _decision(decided.get(nonconformance.seq), language)
        yield _line((*_cells(nonconformance, language), *decision))


def as_json(found: Nonconformance) -> dict[str, Any]:
    """One nonconformance as plain data; nothing is put in words."""
    return {
        "id": found.id,
        "at": found.at.isoformat(),
        "order": found.order,
        "number": found.number,
        "product": found.product,
        "gtin": found.gtin,
        "lot": found.lot,
        "serial": found.serial,
        "state": found.state.value,
        "reasons": [dict(each) for each in found.reasons],
        "symbols": [dict(each) for each in found.symbols],
        "evidence": found.evidence,
        "settled": found.settled,
    }


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _cells(found: Nonconformance, language: str) -> Iterator[str]:
    yield str(found.id)
    yield found.at.astimezone().isoformat(sep=" ", timespec="seconds")
    yield found.order
    yield str(found.number)
    yield found.product
    yield found.gtin
    yield found.lot
    yield found.serial
    yield wording.word(wording.LABEL_STATES, found.state, language)
    yield " ".join(wording.why_of(each, language) for each in found.reasons)
    yield " ".join(each["code"] for each in found.reasons)
    yield " | ".join(each.get("expected", "") for each in found.reasons)
    yield " | ".join(each.get("read", "") for each in found.reasons)
    yield found.evidence
    yield found.settled


def _decision(decided: Decided | None, language: str) -> tuple[str, str, str]:
    if decided is None:
        return "", "", ""
    what = wording.word(wording.DISPOSITIONS, decided.disposition, language)
    return what, decided.people, decided.capa


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(each) for each in cells])
    return line.getvalue()
