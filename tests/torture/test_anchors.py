from pathlib import Path

from station.core.events import StationStopped
from station.records.journal import Journal
from station.records.signed.heads import Key
from station.records.signed.second_place import FILE, Heads
from torture.anchors import missed, spoilt

AT = "2026-11-22T08:00:00+00:00"


def journal(folder: Path, *, events: int) -> list[tuple[int, str]]:
    """A journal of so many events; its head after each."""
    opened = Journal(folder)
    heads = []
    for _ in range(events):
        opened.append(StationStopped())
        heads.append((opened.head.seq, opened.head.hash))
    opened.close()
    return heads


def signed(folder: Path, *heads: tuple[int, str]) -> Path:
    folder.mkdir()
    place = Heads(folder / "second", key=Key.open(folder / "key"), station="torture")
    for seq, digest in heads:
        place.sign(seq=seq, hash=digest, at=AT, why="hour")
    return folder / "second"


def test_a_journal_that_has_every_signed_event_is_not_behind(tmp_path: Path) -> None:
    heads = journal(tmp_path / "data", events=3)
    second = signed(tmp_path / "elsewhere", *heads)
    assert tuple(missed(tmp_path / "data", second)) == ()
    assert tuple(spoilt(second)) == ()


def test_a_journal_that_lost_its_end_or_was_written_anew_is_found_out(tmp_path: Path) -> None:
    heads = journal(tmp_path / "data", events=1)
    second = signed(tmp_path / "elsewhere", *heads, (2, "0" * 64))
    assert tuple(missed(tmp_path / "data", second)) == (
        "the journal is not behind its anchors: event 2, signed on hour",
    )


def test_a_journal_that_cannot_be_read_is_for_others_to_tell(tmp_path: Path) -> None:
    second = signed(tmp_path / "elsewhere", (1, "0" * 64))
    assert tuple(missed(tmp_path / "nowhere", second)) == ()


def test_where_nothing_was_signed_nothing_is_missed(tmp_path: Path) -> None:
    journal(tmp_path / "data", events=1)
    assert tuple(missed(tmp_path / "data", tmp_path / "second")) == ()


def test_a_line_that_is_not_right_is_told(tmp_path: Path) -> None:
    second = signed(tmp_path / "elsewhere", (1, "0" * 64))
    file = second / FILE
    file.write_bytes(file.read_bytes().replace(b'"seq":1', b'"seq":2'))
    assert [each.partition(":")[0] for each in spoilt(second)] == ["the signed heads are whole"]
