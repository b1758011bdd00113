"""An exported order is complete by itself, and tells when anything in it was changed."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core.events import (
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderAccepted,
    OrderFinished,
    OrderStarted,
    Recipe,
    ReprintAuthorised,
    StationStarted,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.core.state import LabelState
from station.line.board import Close
from station.line.desk import Desk
from station.records.evidence import Evidence
from station.records.export.export import HEADER, export
from station.records.export.exported import check
from station.records.journal import Journal
from station.records.query import Records
from station.records.signed.heads import Key
from station.records.signed.second_place import Heads

GTIN = "06972869182019"
ORDER = """{"id": "%s", "product": "P", "level": "unit", "quantity": 2, "template": "t",
    "revision": "1", "serials": {"list": ["%s1", "%s2"]}, "reprint": "same"}"""


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with order A, closed and signed, and one of somebody else in between."""
    folder = tmp_path_factory.mktemp("station")
    evidence = Evidence(folder / "evidence")
    journal = Journal(folder)
    design = [evidence.keep(each, suffix=".json") for each in (b'{"a":1}', b'{"b":1}')]
    recipe = Recipe(
        template=design[0], font="f", product=design[1], dots_per_mm=8, carriers=("]d2",)
    )
    journal.append(StationStarted(version="1", configuration="c"))
    for name in "AB":
        order = WorkOrder.model_validate_json(ORDER % (name, name, name))
        journal.append(OrderAccepted(order=order, gtin=GTIN, file=name, sha256=name))
    journal.append(OrderStarted(order="A", recipe=recipe))
    labels = ((1, "A1", False, 0), (2, "A2", True, 0), (3, "A1", True, 1))
    for number, serial, good, reprint_of in labels:
        if reprint_of:
            voided = LabelSettled(
                order="A", number=1, outcome=LabelState.VOIDED, reason="bin", witness="Wang"
            )
            leave = ReprintAuthorised(order="A", number=1, reason="smeared", witness="Wang")
            journal.append(voided, leave, actor="李")
        picture = evidence.keep(f"picture {number}".encode())
        issued = LabelIssued(
            order="A",
            number=number,
            gtin=GTIN,
            serial=serial,
            data="00",
            zpl="",
            reprint_of=reprint_of,
        )
        reasons = () if good else (Reason(Code.NO_READ),)
        judged = LabelJudged(
            order="A", number=number, accepted=good, reasons=reasons, symbols=(), evidence=picture
        )
        journal.append(issued)
        journal.append(judged)
        if good:
            journal.append(LabelReleased(order="A", number=number))
    journal.append(OrderFinished(order="A"))
    heads = Heads(folder / "heads", key=Key.open(folder / "keys" / "k.pem"), station="s")

    def sign(why: str, order: str) -> None:
        seq, chained = journal.head
        heads.sign(seq=seq, hash=chained, at="2026-11-22T08:00:00+00:00", why=why, order=order)

    desk = Desk(journal=journal, records=Records(journal.db), sign=sign)
    desk.close(Close("A"), actor="Zhao")
    journal.append(StationStarted(version="1", configuration="c"))
    journal.close()
    return folder


@pytest.fixture(scope="session")
def exported(closed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "A"
    assert written(closed, folder) == ()
    return folder


def written(closed: Path, folder: Path, order: str = "A") -> tuple[str, ...]:
    journal = Journal(closed)
    try:
        return export(
            journal.db,
            order,
            folder,
            evidence=closed / "evidence",
            heads=closed / "heads" / "heads.jsonl",
        )
    finally:
        journal.close()


def changed(exported: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(exported, target)
    return target


def sums_again(folder: Path) -> None:
    """What somebody does who changes a file and covers it up."""
    files = sorted(
        each for each in folder.rglob("*") if each.is_file() and each.name != "SHA256SUMS"
    )
    (folder / "SHA256SUMS").write_text(
        "".join(
            f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(folder)}\n"
            for each in files
        )
    )


def found(folder: Path) -> str:
    return "\n".join(map(str, check(folder)))


def test_an_export_is_good_here_and_to_a_program_that_knows_nothing_of_us(exported: Path) -> None:
    assert check(exported) == ()
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=exported, check=False)
    assert done.returncode == 0
    assert len(list((exported / "pictures").iterdir())) == 3
    assert len(list((exported / "design").iterdir())) == 2
    sheet = json.loads((exported / "reconciliation.json").read_text())
    assert (sheet["balanced"], sheet["states"]) == (True, {"released": 2, "voided": 1})


def test_an_export_tells_nothing_of_other_orders(exported: Path) -> None:
    for each in exported.iterdir():
        if each.suffix in {".json", ".jsonl", ".csv"}:
            assert '"B' not in each.read_text()


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_flipped_bit_anywhere_is_found(
    exported: Path, tmp_path: Path, data: st.DataObject
) -> None:
    folder = changed(exported, tmp_path / "copy")
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    path = data.draw(st.sampled_from(files))
    place = data.draw(st.integers(0, path.stat().st_size * 8 - 1))
    content = bytearray(path.read_bytes())
    content[place // 8] ^= 1 << place % 8
    path.write_bytes(content)
    assert check(folder)


def test_a_line_end_that_only_looks_like_one_is_found(exported: Path, tmp_path: Path) -> None:
    folder = changed(exported, tmp_path / "copy")
    sums = folder / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(b"\n", b"\x0b", 1))
    assert check(folder)


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        ("events.jsonl", ('"actor":"李"', '"actor":"王"'), "The chain is broken at event"),
        ("chain.jsonl", ('"OrderAccepted"', '"OrderRefused"'), "The chain is broken"),
        ("reconciliation.json", ('"issued": 3', '"issued": 2'), "The reconciliation is not the"),
        ("order.json", ('"product": "P"', '"product": "Q"'), "The work order is not the one"),
        ("heads.jsonl", ('"why":"close"', '"why":"hour"'), "line 2"),
    ],
)
def test_a_change_that_was_covered_up_is_found(
    exported: Path, tmp_path: Path, file: str, change: tuple[str, str], says: str
) -> None:
    folder = changed(exported, tmp_path / "copy")
    text = (folder / file).read_text()
    assert change[0] in text
    (folder / file).write_text(text.replace(*change, 1))
    assert f"{file} was changed." in found(folder)
    sums_again(folder)
    assert says in found(folder)


def test_an_event_that_was_left_out_is_found(exported: Path, tmp_path: Path) -> None:
    folder = changed(exported, tmp_path / "copy")
    lines = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    (folder / "events.jsonl").write_text("".join(lines[:4] + lines[5:]))
    sums_again(folder)
    assert "The chain is broken at event" in found(folder)


def test_an_event_hidden_behind_its_link_is_found(exported: Path, tmp_path: Path) -> None:
    """Its hash follows, its steps would be legal, and the sheet is adjusted: it is left out."""
    folder = changed(exported, tmp_path / "copy")
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    links = [json.loads(line) for line in (folder / "chain.jsonl").read_text().splitlines()]
    hidden = next(each for each in events if each["type"] == "LabelReleased")
    link = next(each for each in links if each["seq"] == hidden["seq"])
    link |= {name: hidden[name] for name in HEADER}
    link["inner"] = hashlib.sha256(hidden["body"].encode()).hexdigest()
    events.remove(hidden)
    for name, lines in (("events.jsonl", events), ("chain.jsonl", links)):
        (folder / name).write_text("".join(json.dumps(each) + "\n" for each in lines))
    sums_again(folder)
    assert f"Event {hidden['seq']} of this order is left out." in found(folder)


def test_a_picture_that_was_taken_out_and_off_the_list_is_found(
    exported: Path, tmp_path: Path
) -> None:
    folder = changed(exported, tmp_path / "copy")
    gone = next((folder / "pictures").iterdir())
    gone.unlink()
    sums_again(folder)
    assert f"pictures/{gone.name} is missing." in found(folder)


def test_a_chain_that_was_cut_before_its_signature_is_found(exported: Path, tmp_path: Path) -> None:
    folder = changed(exported, tmp_path / "copy")
    for name in ("events.jsonl", "chain.jsonl"):
        lines = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text("".join(lines[:-1]))
    sums_again(folder)
    assert "the end of the chain, was not signed" in found(folder)


def test_a_stranger_among_the_files_or_a_missing_picture_is_named(
    exported: Path, tmp_path: Path
) -> None:
    folder = changed(exported, tmp_path / "copy")
    next((folder / "pictures").iterdir()).unlink()
    (folder / "pictures" / "more.jpg").write_bytes(b"x")
    assert "is missing." in found(folder)
    assert "pictures/more.jpg does not belong here." in found(folder)


def test_only_a_closed_order_is_exported_and_nothing_is_written_over(
    closed: Path, exported: Path, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="Order B is waiting; only a closed one is exported"):
        written(closed, tmp_path / "b", "B")
    with pytest.raises(Refused, match="There is no order 'C'"):
        written(closed, tmp_path / "c", "C")
    with pytest.raises(Refused, match="is there already"):
        written(closed, exported)
    with pytest.raises(Refused, match="is not an exported order"):
        check(tmp_path)


def test_a_picture_that_is_gone_is_named_when_it_is_exported(closed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "station"
    shutil.copytree(closed, copy)
    gone = next(iter(sorted((copy / "evidence").rglob("*.jpg"))))
    gone.unlink()
    assert written(copy, tmp_path / "out") == (gone.name,)
