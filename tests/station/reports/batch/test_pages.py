"""The batch record on paper: the same bytes, the whole document inside, nothing is a command."""

import hashlib
import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.artwork.text import DEFAULT_FONT
from station.core.batch import BatchRecord, ReasonLine
from station.core.events import SymbolRead
from station.records.batch.batch import document, gathered
from station.records.journal import Journal, read_only
from station.reports.batch import rejects
from station.reports.batch.pages import to_pdf
from station.reports.batch.pictures import Lack, Pictures
from tests.station.records.audit.test_audit import noon, write_eventful
from tests.station.reports.test_pdf import COMMANDS, HOSTILE, picture, text_of, told

NO_PICTURES = Pictures(lambda _: None, lambda _number, _serial: None)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BatchRecord]:
    folder = tmp_path_factory.mktemp("eventful")
    with closing(Journal(folder, clock=noon)) as journal:
        write_eventful(journal)
    with closing(read_only(folder)) as db:
        return {
            name: gathered(db, name, station="Line 3", every_label=name == "A") for name in "ABCD"
        }


def pdf(record: BatchRecord, language: str = "en", pictures: Pictures = NO_PICTURES) -> bytes:
    return to_pdf(document(record), language=language, font=DEFAULT_FONT, pictures=pictures)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_same_document_gives_the_same_bytes(records: dict[str, BatchRecord]) -> None:
    assert pdf(records["A"]) == pdf(records["A"])


def test_it_is_pdf_a_3u_with_the_time_of_the_last_event_of_the_order(
    records: dict[str, BatchRecord],
) -> None:
    found = pdf(records["A"])
    assert b"<pdfaid:part>3</pdfaid:part>" in found
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in found
    assert b"/OutputIntents" in found
    assert b"<xmp:CreateDate>2026-11-22T08:00:00+00:00" in found
    _, _, *fonts = told(found, "pdffonts", "-").splitlines()
    assert fonts
    assert all(each.split()[-5] == "yes" for each in fonts), "embedded"


def test_the_document_travels_inside(records: dict[str, BatchRecord], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(records["A"]))
    target = tmp_path / "record.json"
    told(b"", "pdfdetach", "-save", "1", "-o", str(target), str(tmp_path / "a.pdf"))
    assert target.read_bytes() == document(records["A"])


SECTIONS = {
    "en": (
        "Batch record of order A", "CLOSED", "Made with", "Steps of the order", "First good label",
        "Challenges with bad labels", "Every label", "Nonconformance 1: label 2",
        "Serials printed again", "Labels that were in doubt", "Reconciliation", "Stops",
        "Faults of the machine", "What was changed since it was first entered", "Print quality",
        "Who stands for what", "Why this record can be believed", "All labels, one by one",
        "CN000005", "3.8/10/660/45",
    ),
    "zh": (
        "工单 A 的批记录", "工单步骤", "首件合格标签", "不良标签挑战测试", "全部标签", "不合格记录",
        "曾经存疑的标签", "标签平衡", "停机", "设备故障", "首次录入后的更改", "打印质量", "责任人",
        "本记录为何可信", "逐张列出全部标签", "CN000005",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_is_there_and_can_be_searched(
    records: dict[str, BatchRecord], language: str
) -> None:
    text = flat(text_of(pdf(records["A"], language)))
    assert [each for each in SECTIONS[language] if each not in text] == []


def test_both_languages_follow_each_other(records: dict[str, BatchRecord]) -> None:
    text = flat(text_of(pdf(records["A"], "both")))
    assert text.index("本记录为何可信") < text.index("Why this record can be believed")


@pytest.mark.parametrize("name", ["B", "C", "D"])
def test_an_order_that_is_not_closed_says_so(records: dict[str, BatchRecord], name: str) -> None:
    assert "NOT CLOSED" in text_of(pdf(records[name]))


def test_a_broken_chain_stands_on_the_first_page(records: dict[str, BatchRecord]) -> None:
    journal = records["A"].journal.model_copy(update={"broken_at": 9})
    text = text_of(pdf(records["A"].model_copy(update={"journal": journal})))
    assert "THE JOURNAL IS NOT WHOLE" in text.split("\f")[0]
    assert "The chain is broken at event 9." in text


def hostile(record: BatchRecord, texts: list[str]) -> BatchRecord:
    """The same with such texts wherever people or labels have a say."""
    name, reason, read = (texts * 3)[:3]
    found = json.loads(document(record))
    found["station"] = name
    found["taken"]["entry"]["by"] = name
    found["taken"]["file"] = reason
    for each in found["nonconformances"]:
        each["reasons"] = [{"code": reason, "ai": read, "expected": name, "read": read}]
        each["symbols"] = [{"identifier": name, "data": read, "engine": reason}]
        each["disposition"] = reason
    for each in found["reprints"]:
        each |= {"reason": reason, "witness": name, "serial": read}
    for each in found["stops"] + found["faults"] + found["changes"]:
        each["reason"] = reason
    for each in found["signatures"]:
        each |= {"name": name, "meaning": reason, "reason": read, "about": reason}
    for each in found["labels"]["every"]:
        each["serial"] = read
    return BatchRecord.model_validate_json(json.dumps(found))


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(HOSTILE, st.text(max_size=50)), min_size=1, max_size=3))
def test_no_data_becomes_a_command_of_the_typesetter(
    records: dict[str, BatchRecord], texts: list[str]
) -> None:
    assert pdf(hostile(records["A"], texts)).startswith(b"%PDF-1.7")


def test_commands_in_names_reasons_and_readings_are_only_shown(
    records: dict[str, BatchRecord],
) -> None:
    for each in COMMANDS[:6]:
        text = flat(text_of(pdf(hostile(records["A"], [each]))))
        assert text.count(flat(each)) >= 3, each


def with_picture(record: BatchRecord, digest: str) -> BatchRecord:
    first, *others = record.nonconformances
    found = first.model_copy(update={"picture": digest})
    return record.model_copy(update={"nonconformances": (found, *others)})


def test_what_was_meant_is_shown_beside_what_was_seen(records: dict[str, BatchRecord]) -> None:
    jpeg = picture()
    digest = hashlib.sha256(jpeg).hexdigest()
    pictures = Pictures({digest: jpeg}.get, lambda number, _: jpeg if number == 2 else None)
    found = pdf(with_picture(records["A"], digest), pictures=pictures)
    text = flat(text_of(found))
    assert "As it was meant" in text
    assert f"As it was seen · SHA-256 {digest[:16]}" in text


def test_a_picture_that_is_gone_or_another_one_is_never_passed_over(
    records: dict[str, BatchRecord],
) -> None:
    record = with_picture(records["A"], "ab" * 32)
    assert "THE PICTURE IS GONE" in text_of(pdf(record))
    another = Pictures(lambda _: picture(), lambda _number, _serial: None)
    assert another.seen("ab" * 32) is Lack.CHANGED
    assert "IS NOT THE ONE THAT WAS RECORDED" in text_of(pdf(record, pictures=another))


def test_long_tables_say_how_much_they_leave_to_the_document(
    records: dict[str, BatchRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejects, "MOST_LINES", 1)
    text = text_of(pdf(records["A"]))
    assert "1 more are in the document" in text


def test_many_reasons_are_counted(records: dict[str, BatchRecord]) -> None:
    first, *others = records["A"].nonconformances
    many = first.model_copy(
        update={
            "reasons": tuple(ReasonLine(code="TEXT.missing", expected=f"t{n}") for n in range(30)),
            "symbols": (SymbolRead(identifier="]d2", data="311d32", engine="zxing"),),
        }
    )
    record = records["A"].model_copy(update={"nonconformances": (many, *others)})
    text = flat(text_of(pdf(record)))
    assert "And 27 more reasons." in text
    assert "And 18 more reasons." in text
    assert "1<GS>2 (zxing)" in text
