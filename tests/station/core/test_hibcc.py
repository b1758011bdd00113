"""HIBC data are read strictly and written as they were read."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.hibcc import CHARACTERS, Hibc, Primary, check_character
from station.core.hibcc_secondary import Secondary, Supplement
from station.core.problem import Refused

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ITEM = Primary("A999", "1234", "5")

PUBLISHED = {
    # Examples of the standard, and symbols of real products that others have published.
    "+A99912345/$$52001510X33": "5 A999 1234 expiry 20015 lot 10X3",
    "+A99912345/$$52001510X3/16D20111212/S77DEFG457": (
        "5 A999 1234 expiry 20015 lot 10X3 manufactured 20111212 serial 77DEFG45"
    ),
    "+A99912345/$10X3/16D20111231/14D202001313": (
        "5 A999 1234 lot 10X3 manufactured 20111231 expiry 20200131"
    ),
    "+A99912349/$10X3/16D20111231/14D20200131/Q500Z": (
        "9 A999 1234 lot 10X3 manufactured 20111231 expiry 20200131 quantity 500"
    ),
    "+J123AQ3451/$$3231231BC34567/S4012R": ("1 J123 AQ345 expiry 231231 lot BC34567 serial 4012"),
    "+J014652230580/$$3220909K010025/16D20200311Z": (
        "0 J014 65223058 expiry 220909 lot K010025 manufactured 20200311"
    ),
    "+E203PB414109/$$8243280112R00089525J": (
        "9 E203 PB41410 quantity 24 expiry 280112 lot R00089525"
    ),
    "+EHWD3551419/$$900100F": "9 EHWD 355141 quantity 00100",
    "+EHWD3551419/$/Q100X": "9 EHWD 355141 quantity 100",
    "+X999123ABC0/$$05191234AB/S5678EDFG/16D20151001A": (
        "0 X999 123ABC expiry 0519 lot 1234AB serial 5678EDFG manufactured 20151001"
    ),
    "+X999123ABC0/$$20515191234AB/S5678EDFG/16D20151001I": (
        "0 X999 123ABC expiry 051519 lot 1234AB serial 5678EDFG manufactured 20151001"
    ),
    "+X999123ABC0/$$4190515211234AB/S5678EDFG/16D20151001N": (
        "0 X999 123ABC expiry 19051521 lot 1234AB serial 5678EDFG manufactured 20151001"
    ),
    "+X999123ABC0/$$619135211234AB/S5678EDFG/16D20151001N": (
        "0 X999 123ABC expiry 1913521 lot 1234AB serial 5678EDFG manufactured 20151001"
    ),
    "+E260PPAUXEMO19+": "9 E260 PPAUXEMO1",
    "+$$8053290331260301104+$": "quantity 05 expiry 290331 lot 260301104 link +",
    "+$$848GQ": "quantity 48 link G",
}


def told(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        Hibc.parse(text)
    return [str(each) for each in refused.value.problems]


def closed(text: str) -> str:
    """With its check character."""
    return text + check_character(text)


def no_flag(reference: str, got: str) -> str:
    expected = f"Expected a date flag from 0 to 7 after '{reference}', got '{got}'"
    return f"{expected}; a quantity goes with a lot, once."


def spoken(hibc: Hibc) -> str:
    primary = hibc.primary
    of_item = [f"{primary.unit} {primary.labeler} {primary.product}"] if primary else []
    rest = hibc.facts()[3 if primary else 0 :]
    return " ".join([*of_item, *(f"{name} {value}" for name, value in rest)])


@pytest.mark.parametrize(("text", "facts"), PUBLISHED.items())
def test_published_symbols_are_read_and_written_as_they_are(text: str, facts: str) -> None:
    read = Hibc.parse(text.encode())
    assert spoken(read) == facts
    assert read.encode() == text.encode()


def test_the_check_character_may_be_a_blank_and_is_shown() -> None:
    text = next(f"+A9991{n}0" for n in range(99) if check_character(f"+A9991{n}0") == " ")
    assert Hibc.parse(f"{text} ").hri() == f"*{text}_*"
    assert told(text) != []


@given(
    st.text(CHARACTERS, min_size=1, max_size=40), st.integers(0, 39), st.sampled_from(CHARACTERS)
)
def test_one_wrong_character_changes_the_check_character(
    text: str, place: int, character: str
) -> None:
    at = place % len(text)
    wrong = text[:at] + character + text[at + 1 :]
    assert (check_character(wrong) == check_character(text)) == (wrong == text)


def test_a_check_character_is_computed_over_its_43_characters_only() -> None:
    with pytest.raises(Refused, match="got 'a' at character 3"):
        check_character("+Aa")


def test_secondary_data_are_linked_to_the_primary_data_they_repeat_the_character_of() -> None:
    primary = Hibc.parse("+E260PPAUXEMO19+")
    secondary = Hibc.parse("+$$8053290331260301104+$")
    assert secondary.belongs_to(primary)
    assert not secondary.belongs_to(secondary)
    assert not primary.belongs_to(primary)
    assert not secondary.belongs_to(Hibc(ITEM))
    assert not secondary.belongs_to(Hibc(ITEM, Secondary("$1")))


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "+A99912345/$$52001510X34",
            ["Invalid check character: expected '3', got '4'."],
        ),
        (
            "A99912345C",
            ["HIBC data are '+', what they say, and a check character: got 'A99912345C'."],
        ),
        ("+A1", ["HIBC data are '+', what they say, and a check character: got '+A1'."]),
        ("", ["HIBC data are '+', what they say, and a check character: got ''."]),
        (
            "++A999MODELIDENTIFIER11S8",
            ["The Basic UDI-DI is never printed: '++' marks the one of HIBC."],
        ),
        (
            "+/EL123456M",
            ["'+/' marks data of the HIBC provider standard, which are no device's UDI."],
        ),
        (
            "+A999é1",
            [
                (
                    "Invalid character in HIBC data: expected a capital letter, a digit or one of"
                    " '-. $/+%', got '\\xe9' at character 6."
                )
            ],
        ),
        (
            "+" + "A" * 7100,
            ["Too much data for any symbol: expected at most 7089 characters, got 7101."],
        ),
    ],
)
def test_what_is_no_hibc_symbol_is_refused(text: str, problems: list[str]) -> None:
    assert told(text) == problems


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        (
            "+-9991-2X/$$3220229A/X1",
            [
                (
                    "labeler: Expected one capital letter, then three capital letters or digits,"
                    " got '-999'."
                ),
                "product: Expected capital letters and digits, got '-' at character 2.",
                "unit of measure: Expected one digit, got 'X'.",
                "expiry: Impossible date '220229': expected DD from 1 to 28, got 29.",
                "/X1: Unknown supplement: expected one that begins with S, 14D, 16D or Q.",
            ],
        ),
        ("+A9995", ["product: Expected 1 to 18 characters, got 0."]),
        ("+A99912345678901234567895", ["product: Expected 1 to 18 characters, got 19."]),
        (
            "+A999",
            [
                "product: Expected 1 to 18 characters, got 0.",
                "unit of measure: Expected one digit, got ''.",
            ],
        ),
        (
            "+A99915/",
            [
                "expiry: Invalid date '': expected YYJJJ.",
                "The secondary data say nothing: expected a lot, serial, date or count.",
            ],
        ),
        (
            "+A99915/$",
            ["The secondary data say nothing: expected a lot, serial, date or count."],
        ),
        (
            "+A99915/$$7",
            ["The secondary data say nothing: expected a lot, serial, date or count."],
        ),
        (
            "+A99915/$$",
            [no_flag("$$", "")],
        ),
        (
            "+A99915/$$X",
            [no_flag("$$", "X")],
        ),
        (
            "+A99915/$$+824",
            [no_flag("$$+", "8")],
        ),
        (
            "+A99915/$$824924",
            [no_flag("$$", "9")],
        ),
        ("+A99915/$$82", ["Expected 2 digits of quantity after '$$8', got '2'."]),
        ("+A99915/$$9123X5", ["Expected 5 digits of quantity after '$$9', got '123X5'."]),
        ("+A99915/$$1326A", ["expiry: Impossible date '1326': expected MM from 1 to 12, got 13."]),
        ("+A99915/$$824326", ["expiry: Invalid date '26': expected YYMMDD."]),
        ("+A99915/2636", ["expiry: Invalid date '2636': expected YYJJJ."]),
        (
            "+A99915/26366A",
            ["expiry: Impossible date '26366': expected JJJ from 1 to 365, got 366."],
        ),
        (
            "+A99915/$$62600124",
            ["expiry: Impossible date '2600124': expected HH from 0 to 23, got 24."],
        ),
        ("+A99915/2636512345678901234", ["lot: Expected 0 to 13 characters, got 14."]),
        ("+A99915/$" + "A" * 19, ["lot: Expected 0 to 18 characters, got 19."]),
        ("+A99915/$+A-B", ["serial: Expected capital letters and digits, got '-' at character 2."]),
        ("+A99915/$1/S", ["/S: Expected 1 to 18 characters, got 0."]),
        ("+A99915/$1/Q", ["/Q: Expected a quantity of 1 to 5 digits, got ''."]),
        ("+A99915/$1/Q123456", ["/Q: Expected a quantity of 1 to 5 digits, got '123456'."]),
        (
            "+A99915/$1/16D20230229",
            ["/16D: Impossible date '20230229': expected DD from 1 to 28, got 29."],
        ),
        ("+A99915/$1/14D261231", ["/14D: Invalid date '261231': expected YYYYMMDD."]),
        ("+A99915/$+1/S2", ["The serial is given 2 times: expected once."]),
        (
            "+A99915/$$3261231A/14D20261231/Q1/Q2",
            [
                "The expiry is given 2 times: expected once.",
                "The quantity is given 2 times: expected once.",
            ],
        ),
    ],
)
def test_everything_wrong_in_a_symbol_is_said_at_once(body: str, problems: list[str]) -> None:
    assert told(closed(body)) == problems


def test_a_wrong_check_character_is_said_beside_the_rest() -> None:
    assert told("+A99915/$/") == [
        "The secondary data say nothing: expected a lot, serial, date or count.",
        "Invalid check character: expected 'Y', got '/'.",
    ]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"lot": "A1"}, "$A1"),
        ({"serial": "7"}, "$+7"),
        ({"lot": "A1", "serial": "7"}, "$A1/S7"),
        ({"lot": "A1", "expiry": date(2028, 2, 29)}, "$$3280229A1"),
        ({"serial": "7", "expiry": date(2028, 2, 29)}, "$$+32802297"),
        ({"lot": "A1", "made": date(2026, 1, 2), "quantity": 10}, "$A1/16D20260102/Q10"),
        ({"quantity": 10}, "$/Q10"),
    ],
)
def test_secondary_data_are_built_in_their_plainest_form(
    said: dict[str, object], text: str
) -> None:
    built = Secondary.of(**said)  # type: ignore[arg-type]  # each value fits its name
    assert str(built) == text
    assert Secondary.parse(text) == built


def test_a_year_that_two_digits_cannot_say_is_refused() -> None:
    with pytest.raises(Refused, match="expiry: A year from 2000 to 2099 can be written as YY"):
        Secondary.of(lot="A", expiry=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("primary", "secondary", "link", "problem"),
    [
        (None, None, "", "primary, secondary or both"),
        (None, Secondary("$1"), "", "one link character"),
        (None, Secondary("$1"), "ab", "one link character"),
        (None, Secondary("$1"), "a", "one link character"),
        (ITEM, Secondary("$1"), "A", "one link character"),
        (ITEM, None, "A", "one link character"),
    ],
)
def test_only_secondary_data_alone_carry_a_link(
    primary: Primary | None, secondary: Secondary | None, link: str, problem: str
) -> None:
    with pytest.raises(Refused, match=problem):
        Hibc(primary, secondary, link)


primaries = st.builds(
    Primary,
    st.from_regex("[A-Z][0-9A-Z]{3}", fullmatch=True),
    st.text(ALPHANUMERIC, min_size=1, max_size=18),
    st.sampled_from("0123456789"),
)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
written = st.one_of(
    days.map(lambda each: f"{each:%m%y}"),
    days.map(lambda each: f"2{each:%m%d%y}"),
    days.map(lambda each: f"3{each:%y%m%d}"),
    days.map(lambda each: f"4{each:%y%m%d}23"),
    days.map(lambda each: f"5{each:%y%j}"),
    days.map(lambda each: f"6{each:%y%j}00"),
    st.just("7"),
)
numbers = st.text(ALPHANUMERIC, min_size=1, max_size=18)
quantities = st.one_of(
    st.just(""),
    st.from_regex("8[0-9]{2}", fullmatch=True),
    st.from_regex("9[0-9]{5}", fullmatch=True),
)
texts = st.one_of(
    st.builds("$${}{}{}".format, quantities, written, numbers),
    st.builds("$$+{}{}".format, written, numbers),
    st.builds("${}".format, numbers),
    st.builds("$+{}".format, numbers),
    st.builds(
        "{}{}".format, days.map(lambda each: f"{each:%y%j}"), st.text(ALPHANUMERIC, max_size=13)
    ),
)
secondaries = st.builds(
    lambda text, made: Secondary(text, (Supplement("16D", f"{made:%Y%m%d}"),)), texts, days
) | st.builds(Secondary, texts)
symbols = st.one_of(
    st.builds(Hibc, primaries, st.none() | secondaries),
    st.builds(lambda s, link: Hibc(None, s, link), secondaries, st.sampled_from(CHARACTERS)),
)


@given(symbols)
def test_what_is_written_reads_as_itself(symbol: Hibc) -> None:
    assert Hibc.parse(symbol.encode()) == symbol


@given(st.binary(max_size=40) | st.text(CHARACTERS, max_size=40).map(lambda e: f"+{e}".encode()))
def test_no_data_do_anything_but_read_back_or_be_refused(data: bytes) -> None:
    with suppress(Refused):
        assert Hibc.parse(data).encode() == data
    with suppress(Refused, UnicodeDecodeError):
        whole = closed(data.decode("ascii")).encode()
        assert Hibc.parse(whole).encode() == whole
