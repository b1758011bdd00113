import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.artwork.foreign.placeholder import Placeholder, pieces
from station.core.gs1 import ElementString
from station.core.problem import Refused

ELEMENTS = ElementString.of(("01", "06972869182019"), ("21", "A_1"))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${serial}", "S1"),
        ("${production_date}", "2020-02-29"),
        ("${production_date:YYYY年MM月}", "2020年02月"),
        ("${field.colour}", "red"),
        ("${hri}", "(01)06972869182019(21)A_1"),
        ("${hri:21}", "(21)A_1"),
        ("${ai:21}", "A_1"),
    ],
)
def test_a_placeholder_stands_for_a_value_of_the_label(written: str, value: str) -> None:
    (found,) = pieces(written, indicator="")
    assert isinstance(found, Placeholder)
    fields = {"serial": "S1", "production_date": "2020-02-29", "field.colour": "red"}
    assert found.value(fields, ELEMENTS) == value


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("${serial", "A placeholder is not closed: expected such as ${serial}, got '${serial'."),
        ("${${lot}}", "A placeholder is not closed: expected such as ${serial}, got '${${lot}}'."),
        ("${}", "There is no field ''."),
        ("${gmn}", "There is no field 'gmn'."),
        ("${serial.__class__}", "There is no field 'serial.__class__'."),
        ("${serial!r}", "A placeholder has no conversion, got '!r'."),
        ("${serial:YYYY}", "Only a date has a pattern, got 'YYYY' for serial."),
        ("${production_date:MM}", "Expected a date pattern such as YYYY-MM-DD"),
        ("${ai}", "Expected ${udi}, ${hri}, or ${hri:21} and ${ai:21} with an application ident"),
        ("${hri:77}", "got 'hri:77'."),
        ("${udi:01}", "got 'udi:01'."),
    ],
)
def test_a_malformed_placeholder_is_refused(written: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        pieces(f"SN {written}", indicator="")
    assert sentence in str(refused.value)


def test_every_wrong_placeholder_of_a_text_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        pieces("${one} ${two}", indicator="")
    assert len(refused.value.problems) == 2


def test_what_was_written_in_hexadecimal_is_data() -> None:
    assert pieces(r"\24{serial} \e5\8d\87", indicator="\\") == ("${serial} 升",)
    with pytest.raises(Refused, match="not UTF-8"):
        pieces(r"\E5\8D", indicator="\\")


@pytest.mark.parametrize("date", ["2020-02-30", "20200229", "29.02.2020"])
def test_a_date_that_does_not_exist_is_refused(date: str) -> None:
    (found,) = pieces("${expiry_date:YYYY.MM}", indicator="")
    assert isinstance(found, Placeholder)
    with pytest.raises(Refused, match="Expected a date"):
        found.value({"expiry_date": date}, ELEMENTS)


@given(st.text(max_size=60), st.sampled_from(["", "\\", "_"]))
def test_any_text_is_read_or_refused(data: str, indicator: str) -> None:
    try:
        found = pieces(data, indicator=indicator)
    except Refused:
        return
    assert all(isinstance(each, str | Placeholder) for each in found)
