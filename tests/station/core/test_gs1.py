from datetime import date, timedelta

import pytest
from biip.gs1_messages import GS1Message
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.ai import TABLE
from station.core.gmn import CSET82
from station.core.gs1 import (
    Element,
    ElementString,
    check,
    fits_gs1_128,
    format_date,
    length_in_gs1_128,
    parse_date,
)
from station.core.gtin import check_digit
from station.core.problem import Refused

GTIN = "06972869182125"
DI = b"01" + GTIN.encode()

gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda each: each + check_digit(each))
days = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(format_date)
digits = "0123456789"
others = st.fixed_dictionaries(
    {},
    optional={
        "10": st.text(CSET82, min_size=1, max_size=20),
        "11": days,
        "13": days,
        "17": days,
        "20": st.text(digits, min_size=2, max_size=2),
        "21": st.text(CSET82, min_size=1, max_size=20),
        "22": st.text(CSET82, min_size=1, max_size=20),
        "240": st.text(CSET82, min_size=1, max_size=30),
        "241": st.text(CSET82, min_size=1, max_size=30),
        "30": st.text(digits, min_size=1, max_size=8),
        "3102": st.text(digits, min_size=6, max_size=6),
        "8012": st.text(CSET82, min_size=1, max_size=20),
        "91": st.text(CSET82, min_size=1, max_size=90),
        "99": st.text(CSET82, min_size=1, max_size=90),
    },
)


@st.composite
def element_strings(draw: st.DrawFn) -> ElementString:
    """Elements a device label may carry, in any order."""
    pairs = [("01", draw(gtins)), *draw(others).items()]
    return ElementString.of(*draw(st.permutations(pairs)))


def told(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(each) for each in refused.value.problems]


def reasons(data: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        ElementString.parse(data)
    return told(refused)


def parsed_or_refused(data: bytes) -> ElementString | Refused:
    try:
        return ElementString.parse(data)
    except Refused as refused:
        return refused


def test_each_variable_element_but_the_last_is_closed_by_a_separator() -> None:
    label = ElementString.of(("01", GTIN), ("10", "A1"), ("17", "261231"), ("21", "7"))
    assert label.encode() == DI + b"10A1\x1d" + b"17261231" + b"217"


def test_an_element_of_predefined_length_takes_no_separator() -> None:
    assert not Element("17", "261231").fnc1
    assert Element("10", "A1").fnc1


def test_parsing_gives_the_elements_in_the_order_encoded() -> None:
    label = ElementString.parse(DI + b"10A1\x1d" + b"1726123121B2")
    assert [(each.ai, each.value) for each in label.elements] == [
        ("01", GTIN),
        ("10", "A1"),
        ("17", "261231"),
        ("21", "B2"),
    ]
    assert label.get("21") == "B2"
    assert label.get("11") is None


def test_a_lost_separator_is_invisible_when_the_swallowed_value_still_fits() -> None:
    """Why bytes decide and parsing only explains."""
    assert ElementString.parse(DI + b"10A121B2").get("10") == "A121B2"
    assert ElementString.of(("01", GTIN), ("10", "A1"), ("21", "B2")).encode() != DI + b"10A121B2"


def test_a_lost_separator_shows_when_the_swallowed_value_is_too_long() -> None:
    assert reasons(DI + b"10" + b"A" * 12 + b"21" + b"B" * 12) == [
        "(10): Invalid length of 'AAAAAAAAAAAA21BBBBBBBBBBBB': expected 1 to 20 characters, got 26."
    ]


def test_the_canonical_order_is_di_then_predefined_then_variable() -> None:
    label = ElementString.of(
        ("21", "7"), ("17", "261231"), ("10", "A1"), ("11", "251231"), ("01", GTIN)
    )
    assert label.canonical().hri() == f"(01){GTIN}(17)261231(11)251231(21)7(10)A1"


def test_the_carton_example_is_too_long_for_one_gs1_128() -> None:
    carton = ElementString.of(
        ("01", "26932992137137"),
        ("10", "190101"),
        ("11", "190102"),
        ("17", "211231"),
        ("91", "01A190102"),
        ("21", "0001"),
    )
    assert length_in_gs1_128(carton) == 59
    assert not fits_gs1_128(carton)


def test_the_primary_package_example_fits_one_gs1_128() -> None:
    text = "(01)06932992100755(10)181011(11)181012(17)211010(91)01A"
    primary = ElementString.parse_bracketed(text)
    assert length_in_gs1_128(primary) == 46
    assert fits_gs1_128(primary)


def test_forty_eight_characters_fit_one_gs1_128_and_forty_nine_do_not() -> None:
    def label(lot: str) -> ElementString:
        return ElementString.of(("01", GTIN), ("17", "261231"), ("10", lot), ("21", "7"))

    assert length_in_gs1_128(label("A" * 18)) == 48
    assert fits_gs1_128(label("A" * 18))
    assert not fits_gs1_128(label("A" * 19))


def test_the_impossible_expiry_of_the_procedure_is_refused() -> None:
    assert check(f"(01){GTIN}(17)220229(10)20200331").errors == (
        "(17): Impossible date '220229': expected a day from 01 to 28, got 29.",
    )


def test_the_longest_udi_has_77_characters() -> None:
    label = ElementString.of(
        ("01", GTIN), ("11", "251231"), ("17", "261231"), ("10", "A" * 20), ("21", "B" * 20)
    )
    assert len(label.encode()) == 77


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There are no data: expected at least one element, got none."),
        (
            b"\x1d" + DI,
            (
                "The data begin with a separator: expected an application identifier, got GS. FNC1"
                " in first position marks the carrier and is never transmitted."
            ),
        ),
        (
            DI + b"\x1d10A",
            (
                "A separator after (01), whose length is predefined: expected the next element at"
                " character 17, got GS."
            ),
        ),
        (
            DI + b"10A\x1d\x1d21B",
            "Two separators in a row: expected an application identifier at character 21, got GS.",
        ),
        (
            DI + b"10A\x1d",
            (
                "The data end in a separator: expected none after the last element, got GS at"
                " character 20."
            ),
        ),
        (
            DI + b"\x1d",
            (
                "The data end in a separator: expected none after the last element, got GS at"
                " character 17."
            ),
        ),
        (
            DI + b"05123",
            (
                "Unknown application identifier at character 17: expected one of the GS1 table, got"
                " '0512'. What follows cannot be read."
            ),
        ),
        (
            DI + b"1",
            (
                "Unknown application identifier at character 17: expected one of the GS1 table, got"
                " '1'. What follows cannot be read."
            ),
        ),
        (
            DI + b" 10A",
            (
                "Unknown application identifier at character 17: expected one of the GS1 table, got"
                " ' 10A'. What follows cannot be read."
            ),
        ),
        (DI + b"10", "(10): The value is empty: expected 1 to 20 characters, got none."),
        (DI + b"10\x1d21B", "(10): The value is empty: expected 1 to 20 characters, got none."),
        (
            DI + b"10A\x1c\x1d21B",
            (
                "(10): Invalid character in 'A\\x1c': expected GS1 character set 82, got '\\x1c' at"
                " character 2."
            ),
        ),
        (
            DI + b"10A\r\n",
            (
                "(10): Invalid character in 'A\\r\\n': expected GS1 character set 82, got '\\r' at"
                " character 2."
            ),
        ),
        (
            DI + b"10\xe6\x89\xb9",
            (
                "(10): Invalid character in 'æ\\x89¹': expected GS1 character set 82, got '\\xe6'"
                " at character 1."
            ),
        ),
        (
            b"01069728691821",
            "(01): Invalid length of '069728691821': expected 14 characters, got 12.",
        ),
        (DI + DI, "Repeated (01): expected once, got 2 times."),
        (DI + b"10A\x1d10B", "Repeated (10): expected once, got 2 times."),
        (
            b"17261231",
            (
                "(17) requires (01) or (02) or (03) or (8006) or (8026) or (255) in the same data,"
                " got (17)."
            ),
        ),
        (
            DI + b"3102000001" + b"3103000001",
            "(3102) and (3103) exclude each other: expected one of them, got both.",
        ),
        (
            b"8013697286918303Q6",
            "(8013): Invalid check pair for '697286918303Q6': expected Q5, got Q6.",
        ),
        (
            b"(01)" + GTIN.encode(),
            (
                "Brackets are encoded as data: expected raw data that begins with the digits of an"
                " application identifier, got '(01)'."
            ),
        ),
        (
            DI * 500,
            "Too much data for any symbol: expected at most 7089 characters, got 8000.",
        ),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    assert reasons(data) == [sentence]


def test_everything_wrong_is_told_at_once() -> None:
    assert reasons(b"0106972869182128" + b"17220200" + b"10A B\x1d\x1d" + b"37" + b"5") == [
        "Two separators in a row: expected an application identifier at character 31, got GS.",
        "(01): Invalid check digit for '06972869182128': expected 5, got 8.",
        (
            "(17): Day 00 in '220200' is forbidden for regulated healthcare since 2025-01-01:"
            " expected a day from 01 to 28, got 00."
        ),
        "(10): Invalid character in 'A B': expected GS1 character set 82, got ' ' at character 2.",
        (
            "(37) requires (00) with (02) or (00) with (8026) in the same data, got (01), (17),"
            " (10), (37)."
        ),
        "(01) and (37) exclude each other: expected one of them, got both.",
    ]


def test_what_an_element_needs_is_not_judged_when_the_rest_cannot_be_read() -> None:
    assert reasons(b"17261231" + b"05") == [
        (
            "Unknown application identifier at character 9: expected one of the GS1 table, got"
            " '05'. What follows cannot be read."
        )
    ]


def test_an_element_of_a_family_satisfies_a_requirement_for_the_family() -> None:
    label = [("01", GTIN), ("3922", "1250"), ("3102", "000100")]
    assert ElementString.of(*label).get("3922") == "1250"
    with pytest.raises(Refused) as refused:
        ElementString.of(*label[:2])
    assert told(refused) == [
        (
            "(3922) requires (01) with (30) or (01) with (31nn) or (01) with (32nn) or (01) with"
            " (35nn) or (01) with (36nn) in the same data, got (01), (3922)."
        )
    ]


def test_a_value_that_exists_is_valid() -> None:
    with pytest.raises(Refused, match="expected 5, got 8"):
        Element("01", "06972869182128")
    with pytest.raises(Refused, match="expected at least one element, got none"):
        ElementString(())
    with pytest.raises(Refused, match=r"Repeated \(01\)"):
        ElementString((Element("01", GTIN), Element("01", GTIN)))


def test_an_unknown_code_does_not_hide_the_other_problems() -> None:
    with pytest.raises(Refused) as refused:
        ElementString.of(("05", "1"), ("37", "2"))
    assert told(refused) == [
        "Unknown application identifier: expected one of the GS1 table, got '05'.",
        "(37) requires (00) with (02) or (00) with (8026) in the same data, got (37).",
    ]
    with pytest.raises(Refused) as refused:
        ElementString.of(("05", "1"))
    assert len(told(refused)) == 1


@pytest.mark.parametrize("form", ["({})", "[{}]"])
def test_bracketed_text_is_read_in_either_kind_of_bracket(form: str) -> None:
    text = "".join(form.format(ai) + value for ai, value in (("01", GTIN), ("10", "A1")))
    assert ElementString.parse_bracketed(text).encode() == DI + b"10A1"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("(10)A(B)(21)7", [("10", "A(B)"), ("21", "7")]),
        ("(10)A(05)B", [("10", "A(05)B")]),
        ("(10)(B)", [("10", "(B)")]),
        ("(10)A(21)7", [("10", "A"), ("21", "7")]),
        ("[10]A(21)7", [("10", "A(21)7")]),
        ("(7230)A(10)B", [("7230", "A(10)B")]),
        ("(7230)AB1(10)B", [("7230", "AB1"), ("10", "B")]),
    ],
)
def test_a_bracket_opens_an_element_only_after_a_complete_value(
    text: str, pairs: list[tuple[str, str]]
) -> None:
    di = f"[01]{GTIN}" if text.startswith("[") else f"(01){GTIN}"
    label = ElementString.parse_bracketed(di + text)
    assert [(each.ai, each.value) for each in label.elements[1:]] == pairs


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            DI.decode(),
            (
                "Bracketed text begins with an application identifier: expected such as (01) or"
                " [01], got '010697'."
            ),
        ),
        (
            "(1)2",
            (
                "Bracketed text begins with an application identifier: expected such as (01) or"
                " [01], got '(1)2'."
            ),
        ),
        (
            "(０１)2",
            (
                "Bracketed text begins with an application identifier: expected such as (01) or"
                " [01], got '(０１)2'."
            ),
        ),
        (
            f"(01) {GTIN}",
            (
                f"(01): Invalid length of ' {GTIN}': expected 14 characters, got 15.\n(01): Invalid"
                f" character in ' {GTIN}': expected digits 0 to 9, got ' ' at character 1."
            ),
        ),
        (
            f"(01){GTIN}(10)(21)7",
            "(10): The value is empty: expected 1 to 20 characters, got none.",
        ),
        (
            f"(01){GTIN}(05)7",
            "Unknown application identifier: expected one of the GS1 table, got '05'.",
        ),
        (
            f"[01]{GTIN}[10]A[05]7",
            "Unknown application identifier: expected one of the GS1 table, got '05'.",
        ),
        (
            f"(01){GTIN[:4]}(10)A",
            "(01): Invalid length of '0697': expected 14 characters, got 4.",
        ),
        (f"(05)1(01){GTIN}(05)7", "Unknown application identifier"),
        (
            "(01)" * 2000,
            "Too much data for any symbol: expected at most 7089 characters, got 8000.",
        ),
    ],
)
def test_wrong_bracketed_text_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        ElementString.parse_bracketed(text)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("line", "identifier"),
    [
        (DI + b"10A\x1d21B", ""),
        (b"]d2" + DI + b"10A\x1d21B\r\n", "]d2"),
        (b"]C1" + DI + b"10A\x1d21B\n", "]C1"),
        (b"]Q3" + DI + b"10A\x1d21B", "]Q3"),
        (f"(01){GTIN}(10)A(21)B\r\n", ""),
        (f"[01]{GTIN}[10]A[21]B", ""),
    ],
)
def test_a_right_line_is_valid_in_every_form(line: bytes | str, identifier: str) -> None:
    checked = check(line)
    assert checked.valid
    assert checked.errors == ()
    assert checked.identifier == identifier
    assert checked.hri == f"(01){GTIN}(10)A(21)B"
    assert [each.ai for each in checked.elements] == ["01", "10", "21"]


@pytest.mark.parametrize("identifier", ["]d1", "]C0", "]Q1", "]E0", "]", "]c1"])
def test_another_identifier_is_not_a_gs1_carrier(identifier: str) -> None:
    checked = check(identifier)
    assert not checked.valid
    assert checked.elements == ()
    assert checked.hri == ""
    assert checked.errors == (
        (
            f"'{identifier}' is not a GS1 carrier: expected ]d2 (GS1 DataMatrix) or ]C1 (GS1-128)"
            " or ]Q3 (GS1 QR Code)."
        ),
    )


def test_brackets_read_from_a_symbol_are_the_classic_mistake() -> None:
    assert check(f"]d2(01){GTIN}").errors == (
        (
            "Brackets are encoded as data: expected raw data that begins with the digits of an"
            " application identifier, got '(01)'."
        ),
    )


def test_a_line_is_not_cleaned_of_anything_but_its_end() -> None:
    assert not check(b" " + DI).valid
    assert not check(DI + b"\x1c").valid
    assert not check(DI + b"\x1d\r\n").valid


@pytest.mark.parametrize(
    ("yymmdd", "today", "year"),
    [
        ("261231", date(2026, 6, 1), 2026),
        ("761231", date(2026, 6, 1), 2076),
        ("770101", date(2026, 6, 1), 1977),
        ("000229", date(2026, 6, 1), 2000),
        ("990101", date(2049, 6, 1), 2099),
        ("000101", date(2050, 6, 1), 2100),
        ("010101", date(2050, 6, 1), 2001),
        ("500101", date(1999, 6, 1), 1950),
        ("490101", date(1999, 6, 1), 2049),
    ],
)
def test_two_digits_mean_a_year_from_49_back_to_50_ahead(
    yymmdd: str, today: date, year: int
) -> None:
    assert parse_date(yymmdd, today=today).year == year


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2612", "Invalid date '2612': expected six digits YYMMDD, got 4 characters."),
        ("26123１", "Invalid date '26123１': expected six digits YYMMDD, got 6 characters."),
        ("261232", "Impossible date '261232': expected a day from 01 to 31, got 32."),
        ("000229", "Impossible date '000229': expected a day from 01 to 28 in 2100, got 29."),
    ],
)
def test_what_is_no_day_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_date(text, today=date(2050, 6, 1))
    assert str(refused.value) == sentence


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.integers(-49 * 365, 50 * 365))
def test_every_day_in_the_window_comes_back(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert parse_date(format_date(day), today=today) == day


@settings(deadline=None)
@given(element_strings())
def test_what_is_encoded_parses_to_itself(label: ElementString) -> None:
    assert ElementString.parse(label.encode()) == label
    assert check(b"]d2" + label.encode()).elements == label.elements


@settings(deadline=None)
@given(element_strings())
def test_hri_reads_back_unless_a_value_looks_like_an_identifier(label: ElementString) -> None:
    looks_like = [f"({code})" for code in TABLE]
    if not any(each in element.value for element in label.elements for each in looks_like):
        assert ElementString.parse_bracketed(label.hri()) == label


@settings(deadline=None)
@given(element_strings())
def test_square_brackets_always_read_back(label: ElementString) -> None:
    text = "".join(f"[{each.ai}]{each.value}" for each in label.elements)
    assert ElementString.parse_bracketed(text) == label


@settings(deadline=None)
@given(element_strings())
def test_the_canonical_order_keeps_every_element(label: ElementString) -> None:
    ordered = label.canonical()
    assert sorted(each.ai for each in ordered.elements) == sorted(
        each.ai for each in label.elements
    )
    assert ordered.elements[0].ai == "01"
    assert ordered.canonical() == ordered
    assert len(ordered.encode()) <= len(label.encode())


@settings(deadline=None)
@given(element_strings())
def test_the_second_opinion_reads_the_same_elements(label: ElementString) -> None:
    """Both mean the same by a valid element string; what is invalid biip is laxer about."""
    message = GS1Message.parse(label.encode().decode("ascii"))
    assert [(each.ai.ai, each.value) for each in message.element_strings] == [
        (each.ai, each.value) for each in label.elements
    ]


@settings(deadline=None)
@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_a_mutated_digit_of_the_di_is_always_refused(gtin: str, place: int, shift: int) -> None:
    wrong = str((int(gtin[place]) + shift) % 10)
    with pytest.raises(Refused):
        ElementString.of(("01", gtin[:place] + wrong + gtin[place + 1 :]))


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([*(code.encode() for code in TABLE), b"\x1d", b"\x1d", DI]),
            st.binary(max_size=6),
        ),
        max_size=12,
    ).map(b"".join)
)
def test_no_bytes_do_anything_but_parse_or_be_refused(data: bytes) -> None:
    judged = parsed_or_refused(data)
    if isinstance(judged, Refused):
        assert all(each.sentence for each in judged.problems)
        assert str(judged)
    else:
        assert judged.encode() == data


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([*(f"({code})" for code in TABLE), "(01)", "[", "(", ")", "]", GTIN]),
            st.text(max_size=6),
        ),
        max_size=12,
    ).map("".join)
)
def test_no_line_does_anything_but_be_judged(line: str) -> None:
    checked = check(line)
    assert checked.valid == (not checked.errors) == bool(checked.elements)
