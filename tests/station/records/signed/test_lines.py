"""A line that was taken is durable; a piece of one is seen as such."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.problem import Refused
from station.records.signed import lines as lines_module
from station.records.signed.lines import LONGEST, Lines

RoomFor = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "second" / "lines"


def test_lines_are_appended_and_read_on_by_whoever_opens_the_file_later(path: Path) -> None:
    first = Lines(path)
    first.append(b"one")
    second = Lines(path)
    assert list(second.unread()) == [b"one"]
    first.append(b"two")
    assert list(second.unread()) == [b"two"]
    assert (second.count, second.last, second.piece) == (2, b"two", b"")
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_that_is_gone_is_not_begun_again(path: Path) -> None:
    lines = Lines(path)
    lines.append(b"one")
    path.unlink()
    with pytest.raises(FileNotFoundError):
        list(lines.unread())
    with pytest.raises(FileNotFoundError):
        lines.append(b"two")
    assert not path.exists()


def test_a_piece_of_a_line_is_seen_and_cut_or_completed(path: Path) -> None:
    for mend, left in ((Lines.cut, b"one\n"), (Lines.complete, b"one\ntw\n")):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"one\ntw")
        lines = Lines(path)
        assert list(lines.unread()) == [b"one"]
        assert lines.piece == b"tw"
        mend(lines)
        assert path.read_bytes() == left
        lines.append(b"three")
        assert path.read_bytes() == left + b"three\n"


def test_a_disk_that_fills_up_within_a_line_leaves_a_piece(path: Path, room_for: RoomFor) -> None:
    lines = Lines(path)
    lines.append(b"one")
    with room_for(6), pytest.raises(OSError, match="No space left"):
        lines.append(b"two and more")
    assert list(lines.unread()) == []
    assert lines.piece == b"tw"
    lines.cut()
    lines.append(b"two")
    assert path.read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize("content", [b"", b"one\n", b"one\ntwo", b"one\ntWo\n", b"two\none\n"])
def test_a_file_that_is_no_longer_what_was_written_is_noticed(path: Path, content: bytes) -> None:
    lines = Lines(path)
    lines.append(b"one")
    lines.append(b"two")
    path.write_bytes(content)
    with pytest.raises(Refused, match="exchanged or cut off while it was in use: its line 2"):
        list(lines.unread())


def test_a_line_without_end_is_read_up_to_a_limit(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * LONGEST + b"\n" + b"y" * (LONGEST + 1))
    lines = Lines(path)
    with pytest.raises(Refused, match=f"line 2: It is longer than {LONGEST} bytes"):
        list(lines.unread())
    assert lines.count == 1


def test_lines_are_read_up_to_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MOST", 3)
    path.parent.mkdir()
    path.write_bytes(b"\n" * 4)
    with pytest.raises(Refused, match="has too many lines: at most 3 are read"):
        list(Lines(path).unread())


def test_a_pipe_is_refused_without_waiting_for_it(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    with pytest.raises(Refused, match="is not a file but a device or a pipe"):
        list(Lines(path).unread())


@given(st.binary(max_size=200))
def test_whatever_the_file_holds_is_whole_lines_and_a_piece(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("lines") / "lines"
    path.write_bytes(content)
    lines = Lines(path)
    whole = list(lines.unread())
    assert b"".join(each + b"\n" for each in whole) + lines.piece == content
