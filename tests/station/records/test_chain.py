"""The chain is told as it stands: good, broken at an event, or not what was signed."""

from contextlib import closing
from pathlib import Path

import pytest

from station.core.events import FaultCleared
from station.records import chain
from station.records.chain import chain_of
from station.records.journal import Journal
from station.records.signed.head import Head


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def _written(journal: Journal, count: int) -> Head:
    for _ in range(count):
        journal.append(FaultCleared(reason="paper"))
    return Head(*journal.head, at="2026-11-23T08:00:00+00:00", why="hour")


def test_an_empty_journal_has_nothing_to_say(journal: Journal) -> None:
    with closing(journal):
        found = chain_of(journal.db)
    assert (found.head.seq, found.at, found.looked, found.good) == (0, None, 0, True)


def test_the_newest_links_and_the_last_signed_head_are_looked_at(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "LINKS", 4)
    with closing(journal):
        signed = _written(journal, 6)
        found = chain_of(journal.db, (signed,))
    assert (found.looked, found.broken, found.signed, found.last) == (4, None, 1, signed)
    assert found.good


def test_an_event_that_was_changed_breaks_it(journal: Journal) -> None:
    with closing(journal):
        _written(journal, 6)
        journal.db.execute("DROP TRIGGER event_is_never_changed")
        journal.db.execute("UPDATE event SET actor='somebody else' WHERE seq=5")
        found = chain_of(journal.db)
    assert found.broken == 5
    assert not found.good


def test_a_head_that_is_not_of_this_journal_is_told(journal: Journal) -> None:
    with closing(journal):
        signed = _written(journal, 3)
        other = Head(2, "ab" * 32, signed.at, "hour")
        found = chain_of(journal.db, (other, signed))
    (told,) = found.problems
    assert str(told).startswith("Event 2 is not the one that was signed on 2026-11-23")


def test_an_end_that_is_missing_is_told(journal: Journal) -> None:
    with closing(journal):
        signed = _written(journal, 3)
        found = chain_of(journal.db, (Head(9, "ab" * 32, signed.at, "hour"),))
    assert not found.good
