"""A journal that was cut off or rewritten is betrayed by a head that was signed before."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.events import StationStarted
from station.core.problem import Refused
from station.core.shape import parse
from station.records.journal import Journal, broken_at, recorded
from station.records.signed.head import Head, Line, canonical, check_against, document, standing

AT = "2026-11-22T08:00:00.000000+00:00"


def head(seq: int, text: str = "a", *, why: str = "hour") -> Head:
    return Head(seq, text * 64, AT, why)


def grown(folder: Path, versions: str) -> tuple[Journal, dict[int, str]]:
    """A journal with an event for each version, and the hash of each event."""
    journal = Journal(folder)
    for version in versions:
        journal.append(StationStarted(version=version, configuration="c"))
    return journal, {each.seq: each.hash for each in recorded(journal.db)}


def test_a_journal_agrees_with_its_own_heads_and_may_have_grown_since() -> None:
    hashes = {1: "a" * 64, 2: "b" * 64, 3: "c" * 64}
    assert check_against((head(1, "a"), head(2, "b")), hashes.get, last_seq=3) == ()


def test_a_journal_whose_end_was_cut_off_follows_from_itself_but_not_from_its_heads(
    tmp_path: Path,
) -> None:
    journal, before = grown(tmp_path, "12345")
    heads = tuple(Head(seq, hashed, AT, "hour") for seq, hashed in before.items())
    journal.db.execute("DROP TRIGGER event_is_never_deleted")
    journal.db.execute("DELETE FROM event WHERE seq > 3")
    assert broken_at(journal.db) is None
    hashes = {each.seq: each.hash for each in recorded(journal.db)}
    (found,) = check_against(heads, hashes.get, last_seq=3)
    assert str(found) == (
        f"The journal ends at event 3, but event 5 was signed on {AT}: its end is missing."
    )
    journal.close()


def test_a_journal_that_was_written_anew_is_not_the_one_that_was_signed(tmp_path: Path) -> None:
    true, signed = grown(tmp_path / "true", "12345")
    false, hashes = grown(tmp_path / "false", "12945")
    assert broken_at(false.db) is None
    heads = tuple(Head(seq, hashed, AT, "hour") for seq, hashed in signed.items() if seq > 2)
    (found,) = check_against(heads, hashes.get, last_seq=5)
    assert str(found) == (
        f"Event 3 is not the one that was signed on {AT}: the journal was rewritten."
    )
    true.close()
    false.close()


def test_of_many_contradictions_the_first_change_and_the_last_loss_are_named() -> None:
    found = check_against([head(seq) for seq in range(1, 10)], {1: "a" * 64}.get, last_seq=4)
    assert [str(each)[:30] for each in found] == [
        "Event 2 is not the one that wa",
        "The journal ends at event 4, b",
    ]
    assert "event 9 was signed" in str(found[1])


def test_a_restore_gives_up_the_later_heads_before_it_and_no_others() -> None:
    heads = (head(5), head(9, "b"), head(6, why="restore"), head(8, "c"))
    assert standing(heads) == (heads[0], heads[2], heads[3])
    hashes = {5: "a" * 64, 6: "a" * 64, 8: "c" * 64}
    assert check_against(heads, hashes.get, last_seq=8) == ()
    assert check_against(heads, hashes.get, last_seq=7) != ()
    assert check_against((head(5, "x"), *heads[1:]), hashes.get, last_seq=8) != ()


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=12))
def test_a_head_stands_unless_a_later_restore_goes_back_behind_it(
    given_heads: list[tuple[int, bool]],
) -> None:
    heads = [
        Head(seq, "a" * 64, str(place), "restore" if restore else "hour")
        for place, (seq, restore) in enumerate(given_heads)
    ]
    expected = tuple(
        each
        for place, each in enumerate(heads)
        if each.seq
        and not any(later.why == "restore" and later.seq < each.seq for later in heads[place + 1 :])
    )
    assert standing(heads) == expected


@given(st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=3)))
@settings(max_examples=50)
def test_a_line_says_exactly_what_was_written(fields: dict[str, int | str | None]) -> None:
    assert document(canonical(fields)) == fields


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0e3}',
        b'{"a":NaN}',
        b'{"a":"\xc3\xa9"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":' + b"[" * 8000,
        b'{"a":' + b"9" * 8000 + b"}",
        b"\xff" * 20,
    ],
)
def test_what_is_written_in_another_way_is_no_line(raw: bytes) -> None:
    with pytest.raises(Refused, match="not a line as stations write them"):
        document(raw)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", -1),
        ("seq", 2**63),
        ("seq", True),
        ("hash", "A" * 64),
        ("hash", "a" * 64 + "\n"),
        ("at", "2026-11-22T08:00:00"),
        ("at", "2026-11-22T08:00:00+08:00"),
        ("at", "yesterday"),
        ("why", "because"),
        ("order", "x" * 201),
        ("station", "a\nb"),
        ("station", "\ud800"),
        ("extra", 1),
    ],
)
def test_a_field_of_another_kind_is_named(field: str, value: object) -> None:
    good: dict[str, object] = {
        "seq": 1,
        "hash": "a" * 64,
        "at": AT,
        "why": "hour",
        "order": "",
        "station": "Line 1",
        "key": "0" * 16,
        "prev": "0" * 64,
        "signature": "0" * 128,
    }
    assert parse(Line, good).head == Head(1, "a" * 64, AT, "hour")
    with pytest.raises(Refused) as refused:
        parse(Line, good | {field: value})
    assert [each.where for each in refused.value.problems] == [field]
    assert str(refused.value).isprintable()
