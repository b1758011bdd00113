"""Labels away from the line: bytes, pictures, verdicts, and an exit code for each outcome."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from station.__main__ import app
from station.core.events import StationStarted
from station.records.journal import Journal

RUN = CliRunner()
ORDER = """\
id: WO-1
product: HAS-MHB-HC
level: unit
quantity: 3
production_date: 2026-03-20
serials: {prefix: CN, start: "010123"}
template: has-mhb-hc-unit
revision: "1"
"""


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    path = tmp_path / "order.yaml"
    path.write_text(ORDER)
    return path


def approve() -> None:
    """As people do who have started the station once."""
    with closing(Journal(Path("data"))) as journal:
        journal.append(StationStarted(version="1", configuration="c"))
    words = ["template", "approve", "has-mhb-hc-unit", "1", "--author", "Li", "--by", "Wang"]
    assert RUN.invoke(app, [*words, "--reason", "pilot"]).exit_code == 0


def test_the_bytes_of_a_label_are_one_complete_format(order: Path) -> None:
    approve()
    result = RUN.invoke(app, ["zpl", str(order), "--label", "2"])
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"^XA")
    assert result.stdout_bytes.rstrip().endswith(b"^XZ")
    assert b"CN010124" in result.stdout_bytes


def test_a_previewed_label_decodes_and_is_accepted_as_itself_only(order: Path) -> None:
    picture = order.parent / "label.png"
    assert (
        RUN.invoke(app, ["preview", str(order), "--label", "2", "-o", str(picture)]).exit_code == 0
    )
    decoded = json.loads(RUN.invoke(app, ["decode", str(picture), "--json"]).stdout)
    (symbol,) = decoded["symbols"]
    assert (symbol["identifier"], symbol["engine"]) == ("]d2", "zxing")
    assert bytes.fromhex(symbol["data_hex"]).decode() == symbol["data"]
    right = RUN.invoke(app, ["judge", str(order), "--label", "2", str(picture), "--json"])
    assert (right.exit_code, json.loads(right.stdout)["verdict"]) == (0, "accepted")
    wrong = RUN.invoke(app, ["judge", str(order), "--label", "3", str(picture), "--json"])
    assert wrong.exit_code == 1
    serial, *text = json.loads(wrong.stdout)["reasons"]
    assert serial == {
        "code": "DATA.serial", "ai": "21", "expected": "CN010125", "read": "CN010124"
    }  # fmt: skip
    assert {(each["code"], each["expected"]) for each in text} == {
        ("TEXT.wrong", "CN010125"), ("TEXT.wrong", "(21)CN010125"),
    }  # fmt: skip


def test_a_line_that_is_missing_is_told_and_framed(order: Path) -> None:
    picture, framed = order.parent / "label.png", order.parent / "framed.jpg"
    RUN.invoke(app, ["preview", str(order), "--label", "2", "-o", str(picture)])
    with Image.open(picture) as drawn:
        spoilt = np.array(drawn.convert("L"))
    spoilt[206:232, 14:290] = 255
    Image.fromarray(spoilt).save(picture)
    words = ["judge", str(order), "--label", "2", str(picture), "--framed", str(framed), "--json"]
    told = RUN.invoke(app, words)
    assert told.exit_code == 1
    codes = {each["code"] for each in json.loads(told.stdout)["reasons"]}
    assert codes <= {"TEXT.missing", "TEXT.wrong"}
    assert codes
    with Image.open(framed) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (480, 320))


@pytest.mark.parametrize(
    ("text", "code"),
    [(ORDER.replace("quantity: 3", "quantity: 0"), 1), ("id: [", 2), ("", 2)],
)
def test_an_invalid_order_exits_1_and_an_unreadable_one_2(
    order: Path, text: str, code: int
) -> None:
    order.write_text(text)
    assert RUN.invoke(app, ["zpl", str(order)]).exit_code == code


def test_pictures_that_cannot_be_read_are_named_and_the_others_are_read(order: Path) -> None:
    good, bad = order.parent / "good.png", order.parent / "bad.png"
    RUN.invoke(app, ["preview", str(order), "-o", str(good)])
    bad.write_bytes(b"no picture")
    result = RUN.invoke(app, ["decode", str(bad), str(good), "--json"])
    lines = [json.loads(line) for line in result.stdout.split("\n") if line]
    assert result.exit_code == 2
    assert [bool(each["symbols"]) for each in lines] == [False, True]
    assert "is not a picture" in lines[0]["error"]


def test_an_order_nobody_knows_is_said_to_be_neither(order: Path) -> None:
    assert "There is no journal" in RUN.invoke(app, ["zpl", "WO-99"]).stderr
    RUN.invoke(app, ["order", "add", str(order)])
    result = RUN.invoke(app, ["zpl", "WO-99"])
    assert result.exit_code == 2
    assert "'WO-99' is neither an order of this station nor a file." in result.stderr


def test_a_draft_is_previewed_and_not_printed(order: Path) -> None:
    picture = order.parent / "label.png"
    refused = RUN.invoke(app, ["zpl", str(order)])
    assert (refused.exit_code, refused.stdout_bytes) == (2, b"")
    assert "Template has-mhb-hc-unit 1 is a draft" in refused.stderr
    assert "labelstation template approve has-mhb-hc-unit 1 --author NAME" in refused.stderr
    assert "labelstation template proof has-mhb-hc-unit 1 --zpl FILE" in refused.stderr
    assert RUN.invoke(app, ["preview", str(order), "-o", str(picture)]).exit_code == 0


def test_an_order_for_a_draft_is_refused_with_what_to_type(order: Path) -> None:
    result = RUN.invoke(app, ["order", "add", str(order)])
    assert result.exit_code == 1
    assert "template: Template has-mhb-hc-unit 1 is a draft" in result.stderr
    assert "labelstation template approve has-mhb-hc-unit 1" in result.stderr


def test_an_order_is_added_shown_listed_and_refused_a_second_time(order: Path) -> None:
    approve()
    assert RUN.invoke(app, ["order", "check", str(order)]).exit_code == 0
    added = RUN.invoke(app, ["order", "add", str(order), "--json"])
    assert (added.exit_code, json.loads(added.stdout)["orders"]) == (0, ["WO-1"])
    shown = json.loads(RUN.invoke(app, ["order", "show", "WO-1", "--json"]).stdout)
    assert (shown["state"], shown["quantity"], shown["balanced"]) == ("waiting", 3, True)
    assert "WO-1" in RUN.invoke(app, ["order", "list"]).stdout
    again = RUN.invoke(app, ["order", "add", str(order)])
    assert again.exit_code == 1
    assert "was taken before" in again.stderr
    assert RUN.invoke(app, ["order", "show", "WO-2"]).exit_code == 2
    assert RUN.invoke(app, ["log", "--json"]).exit_code == 0
