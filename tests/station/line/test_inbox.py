"""Every file is taken exactly once, when it is whole, and answered."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from station.app import Workshop
from station.config import Config
from station.core.events import OrderRefused
from station.line.inbox import Inbox, Intake
from station.line.job import make_order
from station.records.journal import Journal, recorded
from station.records.query import Records
from torture.approved import approve

TODAY = date(2026, 11, 22)

ORDER = """\
id: {id}
product: HAS-MHB-HC
level: unit
quantity: 3
production_date: 2026-11-20
serials: {{prefix: CN, start: "{start}"}}
template: has-mhb-hc-unit
revision: "1"
"""


@dataclass
class Place:
    """An inbox with a clock that only moves when told to."""

    folder: Path
    journal: Journal
    intake: Intake
    inbox: Inbox
    seconds: list[float] = field(default_factory=lambda: [0.0])

    def drop(self, name: str, text: str | bytes) -> Path:
        path = self.folder / "inbox" / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def poll_until_settled(self) -> list[Any]:
        first = list(self.inbox.poll())
        self.seconds[0] += 1.0
        return first + list(self.inbox.poll())

    def receipt(self, where: str, name: str) -> dict[str, Any]:
        path = self.folder / where / f"{name}.receipt.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop.open(Config())


@pytest.fixture
def place(tmp_path: Path, workshop: Workshop) -> Iterator[Place]:
    journal = Journal(tmp_path / "data")
    approve(journal, tmp_path / "data", workshop.library)
    intake = Intake(
        journal=journal,
        library=workshop.library,
        check=lambda document: make_order(
            document,
            library=workshop.library,
            font=workshop.font,
            dots_per_mm=8,
            today=TODAY,
        ),
    )
    seconds = [0.0]
    folder = tmp_path / "orders"
    inbox = Inbox(folder, intake=intake, clock=lambda: seconds[0])
    yield Place(folder, journal, intake, inbox, seconds)
    journal.close()


def test_a_good_file_becomes_an_order_and_a_receipt_beside_it(place: Place) -> None:
    place.drop("one.yaml", ORDER.format(id="WO-1", start="000001"))
    assert [each.accepted for each in place.poll_until_settled()] == [True]
    assert place.receipt("accepted", "one.yaml")["orders"] == ["WO-1"]
    assert (place.folder / "accepted" / "one.yaml").exists()
    assert not list((place.folder / "inbox").iterdir())
    assert Records(place.journal.db).order("WO-1") is not None


def test_a_bad_file_is_refused_with_every_reason_in_both_languages(place: Place) -> None:
    text = ORDER.format(id="WO-1", start="000001").replace("quantity: 3", "quantity: 0\nlot: 7")
    place.drop("bad.yaml", text)
    place.poll_until_settled()
    receipt = place.receipt("refused", "bad.yaml")
    assert receipt["status"] == "refused"
    assert {each["field"] for each in receipt["reasons"]} == {"quantity", "lot"}
    assert all(each["zh"] and each["en"] for each in receipt["reasons"])
    last = list(recorded(place.journal.db))[-1].event
    assert isinstance(last, OrderRefused)


def test_a_file_that_still_grows_is_left_alone(place: Place) -> None:
    path = place.drop("slow.yaml", ORDER.format(id="WO-1", start="000001")[:40])
    assert place.inbox.poll() == ()
    place.seconds[0] += 10
    path.write_text(ORDER.format(id="WO-1", start="000001"))
    assert place.inbox.poll() == ()
    place.seconds[0] += 10
    assert [each.accepted for each in place.inbox.poll()] == [True]


def test_a_file_somebody_still_has_open_for_writing_is_left_alone(place: Place) -> None:
    path = place.drop("open.yaml", ORDER.format(id="WO-1", start="000001"))
    with path.open("a"):
        assert place.poll_until_settled() == []
    assert [each.accepted for each in place.inbox.poll()] == [True]


@pytest.mark.parametrize("name", [".hidden.yaml", "half.yaml.part", "x.tmp", "x.yaml~"])
def test_names_of_unfinished_files_are_never_taken(place: Place, name: str) -> None:
    place.drop(name, ORDER.format(id="WO-1", start="000001"))
    assert place.poll_until_settled() == []


def test_links_pipes_and_folders_are_never_taken(place: Place, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(ORDER.format(id="WO-1", start="000001"))
    inbox = place.folder / "inbox"
    (inbox / "link.yaml").symlink_to(secret)
    os.mkfifo(inbox / "pipe.yaml")
    (inbox / "folder.yaml").mkdir()
    assert place.poll_until_settled() == []


def test_the_same_content_under_another_name_is_refused(place: Place) -> None:
    text = ORDER.format(id="WO-1", start="000001")
    place.drop("one.yaml", text)
    place.poll_until_settled()
    place.drop("two.yaml", text)
    place.poll_until_settled()
    reasons = place.receipt("refused", "two.yaml")["reasons"]
    assert "This file was taken before" in reasons[0]["en"]


def test_an_id_or_a_serial_is_never_used_again(place: Place) -> None:
    place.drop("one.yaml", ORDER.format(id="WO-1", start="000001"))
    place.poll_until_settled()
    place.drop("id.yaml", ORDER.format(id="WO-1", start="000009"))
    place.drop("serial.yaml", ORDER.format(id="WO-2", start="000003"))
    place.poll_until_settled()
    (by_id,) = place.receipt("refused", "id.yaml")["reasons"]
    (by_serial,) = place.receipt("refused", "serial.yaml")["reasons"]
    assert by_id["en"] == "id: There is an order 'WO-1' already."
    assert "such as 'CN000003' of order WO-1" in by_serial["en"]


def test_a_table_is_taken_whole_or_not_at_all(place: Place) -> None:
    head = "id;product;level;quantity;production_date;serials.list;template;revision\n"
    row = "{};HAS-MHB-HC;unit;1;2026-11-20;{};has-mhb-hc-unit;1\n"
    place.drop("bad.csv", head + row.format("A", "S1") + row.format("B", "S1"))
    place.drop("good.csv", ("\ufeff" + head + row.format("C", "S1") + row.format("D", "S2")))
    place.poll_until_settled()
    (reason,) = place.receipt("refused", "bad.csv")["reasons"]
    assert reason["field"] == "row 2.serials"
    assert place.receipt("accepted", "good.csv")["orders"] == ["C", "D"]
    assert [row.order.id for row in Records(place.journal.db).waiting()] == ["C", "D"]


@pytest.mark.parametrize("name", ["-rf.yaml", "$(id).yaml", "a\nb.yaml", "文件.yaml", "..x.yaml"])
def test_a_strange_name_becomes_a_harmless_one(place: Place, name: str) -> None:
    place.drop(name, ORDER.format(id="WO-1", start="000001"))
    accepted = name[0] != "."
    assert [each.accepted for each in place.poll_until_settled()] == [True] * accepted
    for path in (place.folder / "accepted").iterdir():
        assert path.parent == place.folder / "accepted"
        assert path.name.isascii()
        assert not set(path.name) & set("$()\n /")


def test_a_file_that_is_withdrawn_while_others_are_taken_stops_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = place.drop("a.yaml", ORDER.format(id="WO-1", start="000001"))
    place.drop("b.yaml", ORDER.format(id="WO-2", start="000009"))
    place.inbox.poll()
    place.seconds[0] += 1.0

    def withdrawn(_name: str) -> bool:
        gone.unlink(missing_ok=True)
        return True

    monkeypatch.setattr(place.inbox, "_is_whole", withdrawn)
    assert [each.accepted for each in place.inbox.poll()] == [True]


def test_a_file_nobody_foresaw_is_set_aside_and_never_taken_up_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(place.intake, "take", broken)
    place.drop("odd.yaml", ORDER.format(id="WO-1", start="000001"))
    place.poll_until_settled()
    (reason,) = place.receipt("refused", "odd.yaml")["reasons"]
    assert reason["en"] == "The file cannot be taken: KeyError."
    assert not list((place.folder / "claimed").iterdir())


def test_a_receipt_never_writes_over_an_order(place: Place) -> None:
    head = "id,product,level,quantity,production_date,serials.list,template,revision\n"
    row = "{},HAS-MHB-HC,unit,1,2026-03-20,{},has-mhb-hc-unit,1\n"
    place.drop("q.csv", head + row.format("A", "S1"))
    place.poll_until_settled()
    (place.folder / "accepted" / "r.csv.receipt.json").write_text("kept")
    place.drop("r.csv", head + row.format("B", "S2"))
    place.poll_until_settled()
    assert (place.folder / "accepted" / "r.csv.receipt.json").read_text() == "kept"
    assert place.receipt("accepted", "2-r.csv")["orders"] == ["B"]


def test_two_files_of_one_name_are_both_kept(place: Place) -> None:
    for start in ("000001", "000005"):
        place.drop("one.yaml", ORDER.format(id=f"WO-{start}", start=start))
        place.poll_until_settled()
    names = sorted(path.name for path in (place.folder / "accepted").glob("*.yaml"))
    assert names == ["2-one.yaml", "one.yaml"]


def test_a_claimed_file_is_answered_after_a_restart_and_recorded_once(place: Place) -> None:
    """Killed after the journal had it and before the receipt was written."""
    data = ORDER.format(id="WO-1", start="000001").encode()
    place.intake.take("one.yaml", data)
    (place.folder / "claimed" / "one.yaml").write_bytes(data)
    before = len(list(recorded(place.journal.db)))
    assert [each.accepted for each in place.inbox.recover()] == [True]
    assert place.receipt("accepted", "one.yaml")["orders"] == ["WO-1"]
    assert len(list(recorded(place.journal.db))) == before


def test_a_claimed_file_that_was_not_recorded_is_taken_after_a_restart(place: Place) -> None:
    """Killed between the claim and the journal."""
    path = place.folder / "claimed" / "one.yaml"
    path.write_text(ORDER.format(id="WO-1", start="000001"))
    assert [each.accepted for each in place.inbox.recover()] == [True]
    assert Records(place.journal.db).order("WO-1") is not None


def test_a_refusal_survives_a_restart_with_its_reasons(place: Place) -> None:
    data = b"id: [1"
    assert not place.intake.take("bad.yaml", data).accepted
    (place.folder / "claimed" / "bad.yaml").write_bytes(data)
    place.inbox.recover()
    assert "not valid YAML" in place.receipt("refused", "bad.yaml")["reasons"][0]["en"]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.yaml", b"", "The file is empty."),
        ("latin.yaml", b"id: \xe9", "not UTF-8"),
        ("bomb.yaml", b"a: &a [1]\nb: [*a]", "Anchors"),
        ("what.xml", b"<a/>", "ending in '.xml' is not understood"),
        ("list.yaml", b"- a\n- b", "Expected a mapping of fields, got a list."),
        ("empty.json", b"[]", "Expected a mapping of fields, got a list."),
        ("many.json", b"[" + b"0," * 100_000 + b"0]", "got a list."),
        ("digits.yaml", b"lot: 0x" + b"f" * 5000, "A number in this document is too large"),
        ("half.json", b'{"lot": "\\ud800"}', "is half of one."),
        ("twice.json", b'{"\\ud800": 1, "\\ud800": 2}', "is given twice"),
        ("rows.csv", b"id\n" + b"x\n" * 501, "A table has at most 500 rows, got 501."),
        ("scalar.json", b"7", "Expected a mapping of fields"),
        ("huge.json", b" " * 5_000_000, "too large"),
    ],
)
def test_a_file_that_is_no_order_is_refused_clearly(
    place: Place, name: str, data: bytes, sentence: str
) -> None:
    place.drop(name, data)
    place.poll_until_settled()
    assert sentence in place.receipt("refused", name)["reasons"][0]["en"]
