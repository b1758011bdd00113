"""What the durability benchmark prints is Markdown, whatever the size."""

from pathlib import Path

import pytest

from bench.durability import audits, cost_per_label, order_close
from bench.generate import generate
from station.records.journal import FILE


def test_its_tables_have_a_row_for_each_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journals = {labels: tmp_path / f"{labels}" for labels in (10, 20)}
    for labels, place in journals.items():
        assert generate(place, labels) == place / FILE
    cost_per_label(journals, rounds=3)
    audits(journals[20], 20)
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith(("| 10 |", "| 20 |"))]
    assert "Audit of 20 labels, best of 3" in printed


def test_an_order_is_closed_for_its_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order_close(tmp_path, labels=50)
    assert "Closing an order of 50 labels" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
