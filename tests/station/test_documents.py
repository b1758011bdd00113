"""Documents from outside are read strictly; every attack on a parser is a clear sentence."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from station.core.problem import Refused
from station.documents import load, parse, read, read_csv, read_json, read_yaml

BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def test_yaml_keeps_text_as_text_and_lists_as_tuples() -> None:
    found = read_yaml(b'lot: "0123"\nserials:\n  - a\n  - b\nmade: 2026-01-02\n')
    assert found == {"lot": "0123", "serials": ("a", "b"), "made": date(2026, 1, 2)}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n\t", "The file is empty."),
        (BOMB, "Anchors and aliases are not accepted (line 1)."),
        (b"a: !!python/object/apply:os.system [id]", "Tags are not accepted (line 1)."),
        (b"a: !x 1", "Tags are not accepted (line 1)."),
        (b"a: 1\na: 2\n", "The field 'a' is given twice, again at line 2."),
        (b"1: a\n", "The field name 1 at line 1 is not text: quote it."),
        (b"a: 1\n---\nb: 2\n", "Expected one document, got 2."),
        (b"[" * 100_000, "The document is nested deeper than 20 levels."),
        (b"{a: " * 50, "The document is nested deeper than 20 levels."),
        (b"a: [1", "This is not valid YAML at line"),
        (b"a: \x00", "This is not valid YAML"),
        (b"a: 2026-02-31", "This is not valid YAML"),
        (b"\xff\xfea", "The file is not UTF-8: byte 1 cannot be read."),
    ],
)
def test_yaml_that_no_work_order_needs_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_yaml(data)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"a": 1, "a": 2}', "The field 'a' is given twice."),
        (b'{"a": NaN}', "NaN is not a number that can be used here."),
        (b'{"a": 1', "This is not valid JSON at line 1"),
        (b"[" * 100_000, "nested deeper than 20 levels"),
        (b"[" * 30 + b"]" * 30, "nested deeper than 20 levels"),
        (b'{"a": ' + b"9" * 5000 + b"}", "This is not valid JSON"),
    ],
)
def test_json_that_is_ambiguous_or_hostile_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_json(data)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_comes_with_any_usual_delimiter_and_with_a_byte_order_mark(delimiter: str) -> None:
    text = "id,lot,serials.prefix,serials.start\r\n7,,CN,0012\r\n"
    found = read_csv(text.replace(",", delimiter).encode("utf-8-sig"))
    assert found == ({"id": "7", "serials": {"prefix": "CN", "start": "0012"}},)


def test_a_list_in_a_cell_is_split_at_spaces() -> None:
    assert read_csv(b"serials.list\nA1 A2\n") == ({"serials": {"list": ("A1", "A2")}},)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"id,lot\n", "The table needs a header line and at least one row."),
        (b"id,id\n1,2\n", "Every column needs a name of its own."),
        (b"id,lot\n1\n", "Row 1 has 1 cells, expected 2 as in the header."),
        (b'id\n"1\n', "This is not a valid CSV table"),
    ],
)
def test_a_table_that_is_not_a_table_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_csv(data)
    assert sentence in str(refused.value)


def test_a_file_larger_than_the_limit_is_refused_after_reading_no_more_than_that(
    tmp_path: Path,
) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert len(load(path, limit=10)) == 11
    with pytest.raises(Refused, match="too large"):
        read(path)


def test_a_file_that_is_not_there_or_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"Cannot read .*: No such file"):
        read(tmp_path / "no.yaml")
    with pytest.raises(Refused, match=r"Cannot read .*: Is a directory"):
        read(tmp_path)
    with pytest.raises(Refused, match=r"A file ending in '\.exe' is not understood"):
        parse("order.exe", b"x")


@given(
    data=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_bytes_do_anything_but_parse_or_be_refused(data: bytes) -> None:
    for suffix in (".yaml", ".json", ".csv"):
        with suppress(Refused):
            parse(f"order{suffix}", data)


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.dates(),
    st.text(max_size=12),
)


@given(
    st.dictionaries(
        st.text(max_size=6),
        st.recursive(
            PLAIN, lambda each: st.lists(each) | st.dictionaries(st.text(max_size=6), each)
        ),
        max_size=5,
    )
)
def test_whatever_yaml_can_write_is_read_as_it_was_meant(document: dict[str, object]) -> None:
    """Quoted or not, nested or not: text stays text, and a number a number."""
    text = yaml.safe_dump(document)
    assume("&id" not in text)  # one value in two places is dumped as an alias
    assert read_yaml(text.encode()) == _tuples(document)


def _tuples(value: object) -> object:
    if isinstance(value, dict):
        return {key: _tuples(each) for key, each in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
