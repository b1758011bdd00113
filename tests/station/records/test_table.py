import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.state import LabelState
from station.records.query import Nonconformance
from station.records.table import as_json, csv_rows, safe_cell


def nonconformance(read: str = "CN010124", serial: str = "CN010123") -> Nonconformance:
    reason = {"code": "DATA.serial", "ai": "21", "expected": "CN010123", "read": read}
    return Nonconformance(
        id=7,
        at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
        order="WO-1",
        number=3,
        product="ABS-012",
        gtin="06972869182019",
        lot="20200331",
        serial=serial,
        state=LabelState.REJECTED,
        reasons=(reason,),
        symbols=({"identifier": "]d2", "data": "3130", "engine": "zxing"},),
        evidence="a" * 64,
        settled="",
    )


def table(found: Nonconformance, language: str = "en") -> tuple[list[str], list[str]]:
    """Header and first row, as a spreadsheet reads them."""
    data = "".join(csv_rows([found], language)).encode()
    assert data.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    return header, row


def test_a_row_holds_what_happened_in_words_and_in_codes() -> None:
    header, row = table(nonconformance())
    cells = dict(zip(header, row, strict=True))
    assert cells["Order"] == "WO-1"
    assert cells["GTIN"] == "06972869182019"
    assert cells["State"] == "rejected"
    assert cells["Reasons"] == "Serial: expected CN010123, read CN010124."
    assert cells["Codes"] == "DATA.serial"
    assert cells["Time"][-6] in "+-"


def test_the_table_speaks_chinese() -> None:
    header, row = table(nonconformance(), "zh")
    cells = dict(zip(header, row, strict=True))
    assert cells["状态"] == "已剔除"
    assert cells["原因"] == "序列号：应为 CN010123，读到 CN010124。"


def test_an_empty_table_still_has_its_header() -> None:
    assert len(list(csv_rows([], "en"))) == 1


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    evil = f'{start}HYPERLINK("http://x";A1)'
    header, row = table(nonconformance(evil, evil))
    cells = dict(zip(header, row, strict=True))
    assert cells["Serial"] == f"'{evil}"
    assert cells["Read"] == f"'{evil}"


@given(st.text())
def test_a_safe_cell_is_the_text_or_the_text_behind_an_apostrophe(text: str) -> None:
    cell = safe_cell(text)
    assert cell in {text, f"'{text}"}
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_whatever_was_read_stays_in_its_cell(read: str) -> None:
    header, row = table(nonconformance(read))
    assert dict(zip(header, row, strict=True))["Read"].removeprefix("'") == read.removeprefix("'")


def test_as_data_nothing_is_put_in_words() -> None:
    found = as_json(nonconformance())
    assert json.loads(json.dumps(found)) == found
    assert found["at"] == "2026-03-01T08:00:00+00:00"
    assert found["state"] == "rejected"
    assert found["reasons"][0]["code"] == "DATA.serial"
