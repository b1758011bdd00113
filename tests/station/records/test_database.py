"""Only a whole journal of this station is opened; everything else is named and left as it is."""

from pathlib import Path

import apsw
import pytest

from station.core.events import StationStarted, StationStopped
from station.core.problem import Refused
from station.records import database
from station.records.journal import Head, Journal, JournalFailed, broken_at, read_only


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journal of a hundred events, at rest."""
    with_events(tmp_path)
    return tmp_path


def with_events(folder: Path) -> None:
    journal = Journal(folder)
    for number in range(50):
        journal.append(StationStarted(version=str(number), configuration="c"), StationStopped())
    journal.close()


def refusal(folder: Path) -> str:
    """Why neither the station nor a reader opens it; and nothing was written."""
    before = (folder / "journal.db").read_bytes()
    with pytest.raises(Refused) as writing:
        Journal(folder)
    assert (folder / "journal.db").read_bytes() == before
    return str(writing.value)


def test_a_journal_without_its_end_is_refused(folder: Path) -> None:
    path = folder / "journal.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "is not a journal that can be used: " in refusal(folder)


def test_a_damaged_page_is_refused(folder: Path) -> None:
    path = folder / "journal.db"
    data = bytearray(path.read_bytes())
    place = data.index(b"StationStarted") // 4096 * 4096
    data[place : place + 4096] = bytes(4096)
    path.write_bytes(data)
    found = refusal(folder)
    assert "is not a journal that can be used" in found or "damaged" in found


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    db = apsw.Connection(str(tmp_path / "journal.db"))
    db.execute("CREATE TABLE event(seq)")
    db.close()
    assert "is a database, but not the journal of a label station" in refusal(tmp_path)


def test_a_journal_of_a_newer_station_is_refused(folder: Path) -> None:
    db = apsw.Connection(str(folder / "journal.db"))
    db.pragma("user_version", database.VERSION + 1)
    db.close()
    assert f"it has form {database.VERSION + 1}, expected {database.VERSION}" in refusal(folder)
    with pytest.raises(Refused, match="another version"):
        read_only(folder)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2"])
def test_an_engine_that_can_corrupt_the_journal_is_refused(version: str) -> None:
    with pytest.raises(Refused, match=f"SQLite {version} can corrupt the journal"):
        database.check_engine(version)
    database.check_engine("3.51.3")


def test_a_journal_is_read_where_nothing_can_be_written(folder: Path) -> None:
    """A copy on a read-only disk has no log beside it, and gets none."""
    names = {each.name for each in folder.iterdir()}
    db = read_only(folder)
    assert broken_at(db) is None
    db.close()
    assert {each.name for each in folder.iterdir()} == names


def test_a_journal_that_ends_before_its_last_signed_head_is_refused(folder: Path) -> None:
    with pytest.raises(Refused, match="ends at event 100, but event 101 was signed"):
        Journal(folder, signed=lambda: Head(101, "ab" * 32))


def test_a_journal_written_anew_is_refused(folder: Path) -> None:
    with pytest.raises(Refused, match="was rewritten: event 60 was signed as another"):
        Journal(folder, signed=lambda: Head(60, "ab" * 32))


def test_what_was_signed_is_not_looked_at_again(folder: Path) -> None:
    """A start takes no longer for a journal of years; the audit follows the whole chain."""
    db = apsw.Connection(str(folder / "journal.db"))
    db.execute("DROP TRIGGER event_is_never_changed")
    db.execute("UPDATE event SET actor='x' WHERE seq=3")
    signed = Head(60, db.execute("SELECT hash FROM event WHERE seq=60").get.hex())
    db.close()
    Journal(folder, signed=lambda: signed).close()
    with pytest.raises(Refused, match="changed or is damaged at event 3"):
        Journal(folder)


def test_after_a_failed_write_nothing_more_is_taken(tmp_path: Path) -> None:
    """Whether the last events are on the disk can be said only by reading it again."""
    journal = Journal(tmp_path)
    journal.append(StationStarted(version="1", configuration="c"))
    pages = journal.db.pragma("page_count")
    journal.db.pragma("max_page_count", pages)
    with pytest.raises(JournalFailed, match=r"The journal cannot be written: .*full"):
        journal.append(StationStarted(version="x" * 100_000, configuration="c"))
    journal.db.pragma("max_page_count", pages + 1000)
    with pytest.raises(JournalFailed):
        journal.append(StationStopped())
    journal.close()
    again = Journal(tmp_path)
    assert broken_at(again.db) is None
    again.append(StationStopped())
    again.close()
