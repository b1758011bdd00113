"""A file of used serials is understood to the last line, or refused for every line at once."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.gmn import CSET82
from station.core.problem import Refused
from station.core.serials import history
from station.core.serials.history import read


def told(name: str, data: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(name, data)
    return [str(each) for each in refused.value.problems]


def test_a_text_file_has_one_serial_a_line_however_its_lines_end() -> None:
    found = read("used.txt", b"\xef\xbb\xbfA1\r\nA2\n\nA;3\n")
    assert found.serials == ("A1", "A2", "A;3")
    assert found.sha256 == hashlib.sha256(b"\xef\xbb\xbfA1\r\nA2\n\nA;3\n").hexdigest()


def test_a_serial_that_is_named_again_is_counted_and_taken_once() -> None:
    found = read("used.txt", b"A1\nA2\nA1\nA1\n")
    assert (found.serials, found.repeated) == (("A1", "A2"), 2)


def test_a_table_has_serials_and_ranges_and_whatever_else() -> None:
    table = b'lot,serial,first,last,note\r\n7,A1,,,"a, b"\r\n8,,CN08,CN11,\r\n9,"B""2",,,x\r\n'
    assert read("Used.CSV", table).serials == ("A1", "CN08", "CN09", "CN10", "CN11", 'B"2')
    assert read("used.csv", b"First;Last\nA1;A2\n").serials == ("A1", "A2")
    assert read("used.csv", b"serial\nA1").serials == ("A1",)


def test_every_line_that_is_wrong_is_named() -> None:
    space, long, tab = told("used.txt", b"A 1\nA1\n" + b"A" * 21 + b"\nB\tC\n")
    assert space.startswith("line 1: Invalid character in 'A 1': expected GS1 character set 82")
    assert long.startswith("line 3: Invalid length of 'AAAAAAAAAAAAAAAAAAAAA': expected 1 to 20")
    assert tab.endswith("got '\\t' at character 2.")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"lot;first\n1;2\n", "The table needs a column `serial`, or the columns `first` and"),
        (b"serial;first;last\nA1;A2;A3\n", "line 2: Expected either a serial or the first"),
        (b"serial;first;last\n;A2;\n", "line 2: Expected either a serial or the first"),
        (b"first;last\nA2;B3\n", "line 2: A range needs one prefix"),
        (b"first;last\nA3;A2\n", "line 2: The range runs backwards"),
        ("first;last\nÄ1;Ä2\n".encode(), "line 2: Invalid character"),
        (b'serial\n"A1\n', "This is not a valid CSV table"),
        (b"serial\n" + b"A" * 200_000, "This is not a valid CSV table"),
    ],
)
def test_a_table_that_is_not_clear_is_refused(table: bytes, sentence: str) -> None:
    assert sentence in told("used.csv", table)[0]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_a_file_without_serials_is_refused(data: bytes) -> None:
    assert told("used.txt", data) == ["The file holds no serial."]


def test_a_file_that_is_no_text_is_refused() -> None:
    assert "The file is not UTF-8: byte 2" in told("used.txt", b"A\xff")[0]


def test_so_many_wrong_lines_are_told_as_anybody_reads() -> None:
    found = told("used.txt", b"A 1\n" * 5000)
    assert len(found) == history.NAMED_AT_MOST + 1
    assert found[-1] == "5000 lines are wrong in all."


def test_no_file_names_more_serials_than_are_taken_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even in ranges, and not the same again and again."""
    monkeypatch.setattr(history, "MOST_USED", 100)
    assert len(read("used.csv", b"first,last\n001,100\n").serials) == 100
    huge = b"first,last\n" + b"0" * 20 + b"," + b"9" * 20 + b"\n"
    for table in (huge, b"serial\n" + b"A\n" * 101):
        assert told("used.csv", table) == ["A file names at most 100 serials. Split it."]


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "LARGEST", 10)
    assert "at most 10 bytes" in told("used.txt", b"A" * 11)[0]


def test_the_name_of_a_file_can_be_recorded_whatever_it_is() -> None:
    assert read("a\x1b[2J\udcff\n" + "x" * 200, b"A1").file == "x" * 100
    assert read("\x1b\udcff.txt", b"A1").file == "__.txt"


@given(st.lists(st.text(CSET82, min_size=1, max_size=20), min_size=1))
def test_whatever_serials_are_written_down_are_the_ones_that_are_read(serials: list[str]) -> None:
    found = read("used.txt", "\n".join(serials).encode())
    assert found.serials == tuple(dict.fromkeys(serials))
    assert len(found.serials) + found.repeated == len(serials)


@given(st.sampled_from(["x.txt", "x.csv"]), st.binary(max_size=300))
def test_no_file_does_anything_but_be_read_or_refused(name: str, data: bytes) -> None:
    for begin in (b"", b"serial,first,last\n"):
        try:
            found = read(name, begin + data)
        except Refused:
            continue
        assert found.serials
