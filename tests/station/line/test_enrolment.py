"""What is asked about people is held against the rules before it is recorded."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.core.events import PersonAdded, SignInFailed
from station.core.problem import Refused
from station.core.state import IllegalStepError
from station.line.board import Enrol, Note
from station.line.desk import Desk
from station.records.journal import Journal
from station.records.people import People
from station.records.query import Records


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path)) as journal:
        yield journal


@pytest.fixture
def desk(journal: Journal) -> Desk:
    desk = Desk(journal=journal, records=Records(journal.db))
    desk.of_people(Enrol("add", "王芳", "first", "admin", "c", "b"), actor="root")
    return desk


def asked(desk: Desk, *words: str, **named: str) -> None:
    change, person, *roles = words
    desk.of_people(
        Enrol(change, person, "why", ",".join(roles), **named),  # type: ignore[arg-type]
        actor="王芳",
    )


def test_people_are_added_changed_and_retired(desk: Desk, journal: Journal) -> None:
    people = People(journal.db)
    assert people.any()
    asked(desk, "add", "Anna Li", "operator", credential="c1")
    asked(desk, "roles", "Anna Li", "operator", "supervisor")
    asked(desk, "credential", "Anna Li", credential="c2")
    asked(desk, "badge", "Anna Li", badge="b2")
    found = people.called("Anna Li")
    assert found
    assert (found.roles, found.credential, found.badge) == (("operator", "supervisor"), "c2", "b2")
    assert people.with_badge("b2") == found
    asked(desk, "badge", "Anna Li")
    assert people.with_badge("b2") is None
    asked(desk, "retire", "Anna Li")
    assert people.called("Anna Li") is None
    assert [each.name for each in people.every() if each.retired] == ["Anna Li"]


def test_a_name_is_never_given_twice(desk: Desk) -> None:
    asked(desk, "add", "Anna Li", "operator")
    asked(desk, "retire", "Anna Li")
    with pytest.raises(Refused, match="There is, or was, a person called Li Anna already"):
        asked(desk, "add", "Li Anna", "operator")


def test_a_badge_has_one_owner(desk: Desk) -> None:
    with pytest.raises(Refused, match="This badge is somebody's already"):
        asked(desk, "add", "Anna Li", "operator", badge="b")


def test_all_that_is_wrong_is_said_at_once(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        asked(desk, "add", "42", "boss", badge="b")
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize("words", [("retire", "王芳"), ("roles", "王芳", "operator")])
def test_there_is_always_an_admin(desk: Desk, words: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="王芳 is the only admin"):
        asked(desk, *words)
    asked(desk, "add", "Anna Li", "admin")
    asked(desk, *words)


@pytest.mark.parametrize("change", ["roles", "credential", "badge", "retire", "unlock"])
def test_of_nobody_nothing_changes(desk: Desk, change: str) -> None:
    with pytest.raises(Refused, match="There is nobody called Anna Li"):
        asked(desk, change, "Anna Li", "operator")


def test_failures_are_counted_until_one_succeeds_or_an_admin_unlocks(
    desk: Desk, journal: Journal
) -> None:
    for _ in range(3):
        desk.of_people(Note(SignInFailed(name="王芳")), actor="pages")
    found = People(journal.db).called("王芳")
    assert found
    assert found.failures == 3
    asked(desk, "unlock", "王芳")
    found = People(journal.db).called("王芳")
    assert found
    assert found.failures == 0


def test_of_somebody_who_is_retired_by_now_nothing_is_noted(desk: Desk, journal: Journal) -> None:
    before = journal.head
    desk.of_people(Note(SignInFailed(name="Anna Li")), actor="pages")
    assert journal.head == before


def test_the_records_themselves_take_no_second_person_of_a_name(journal: Journal) -> None:
    added = PersonAdded(name="王芳", roles=("operator",), credential="c", badge="", reason="r")
    journal.append(added)
    with pytest.raises(IllegalStepError, match="already"):
        journal.append(added)
