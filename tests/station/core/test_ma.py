"""MA codes: certain rules refuse, uncertain ones only doubt."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.ma import Ma, Unit, check_character
from station.core.problem import Refused

DI = "MA.156.M0.100204.13351764"

PUBLISHED = {
    # What others have published, up to the check character, and that character.
    "MA.156.M0.100204.1335176": "4",
    "MA.156.M0.100472.1110331": "6",
    "MA.156.M0.100350.01004YA1001": "7",
    "MA.156.M0.100011.2cscp02": "3",
    ".SLMSAGAAAC.M210628.LAY21062803.E220628.V220627": "3",
    ".Sx00008.M220117.L20220117.D20220118.E220130.V220117": "3",
    ".Ste002.M200206.L343432.D555555.E200228.V200307": "9",
}


def told(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        Ma.parse(text)
    return [str(each) for each in refused.value.problems]


@pytest.mark.parametrize(("text", "character"), PUBLISHED.items())
def test_check_characters_are_those_of_published_codes(text: str, character: str) -> None:
    assert check_character(text) == character


def test_where_published_programs_contradict_each_other_nothing_is_said() -> None:
    """One of them leaves every 9 out, and gives 7 here; another does not, and gives 8."""
    assert check_character(".S1576130942.P190101.LABS20191201.E191201") is None
    assert check_character(".S中") is None
    assert Ma.parse(f"{DI}.S9.C0").doubts() == ()


def test_a_code_is_split_into_its_parts_and_units() -> None:
    whole = "MA.156.M0.100350.01004YA10017.SLMSAGAAAC.M210628.LAY21062803.D7.E20220628.V220627.C3"
    found = Ma.parse(whole.encode())
    assert found.di == "MA.156.M0.100350.01004YA10017"
    assert found.pi == whole.removeprefix(found.di)
    assert found.facts() == (
        ("country", "156"),
        ("industry", "M0"),
        ("registrant", "100350"),
        ("product", "01004YA10017"),
        ("serial", "LMSAGAAAC"),
        ("manufactured", "210628"),
        ("lot", "AY21062803"),
        ("sterilisation lot", "7"),
        ("expiry", "20220628"),
        ("valid until", "220627"),
        ("check character", "3"),
    )
    assert found.encode() == whole.encode()


def test_a_device_identifier_stands_alone_as_well() -> None:
    found = Ma.parse(DI)
    assert (found.di, found.pi, found.units, found.doubts()) == (DI, "", (), ())


def test_what_is_not_certain_is_doubted_and_not_refused() -> None:
    found = Ma.parse("MA.156.M0.100761.212345611.P220117.C5")
    assert [str(each) for each in found.doubts()] == [
        (
            "product: The check character would be 3, as far as it is known how to compute it; got"
            " '1'."
        ),
        ".C: The check character would be 7, as far as it is known how to compute it; got '5'.",
        "product: A product usually has 8 characters, got 9.",
    ]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "MA.15.M1.12345.1.S.M220229.Q1.E.Sé",
            [
                "country: Expected three digits, got '15'.",
                "industry: Expected M0, medical devices, got 'M1'.",
                "registrant: Expected six letters or digits, got '12345'.",
                "product: Expected at least three letters or digits, got '1'.",
                ".S: The unit is empty: expected at least one character, got none.",
                ".M: Impossible date '220229': expected DD from 1 to 28, got 29.",
                ".Q: Unknown unit: expected one of .L, .S, .M, .P, .V, .E, .D, .C.",
                ".E: Invalid date '': expected YYMMDD.",
                (
                    ".S: Expected letters, digits or one of '-@$,*+%/#!^~', got '\\xe9' at"
                    " character 1."
                ),
            ],
        ),
        (f"{DI}.", [".: Unknown unit: expected one of .L, .S, .M, .P, .V, .E, .D, .C."]),
        (f"{DI}.E20260231", [".E: Impossible date '20260231': expected DD from 1 to 28, got 31."]),
        (
            f"{DI}.M260101.P260101.S1.S2",
            [
                "The manufactured is given 2 times: expected once.",
                "The serial is given 2 times: expected once.",
            ],
        ),
        (
            "MA.156.M0.100204",
            [
                (
                    "An MA code is MA, country, industry, registrant and product, with dots between"
                    " them: got 'MA.156.M0.100204'."
                )
            ],
        ),
        (
            "MB.156.M0.100204.13351764",
            [
                (
                    "An MA code is MA, country, industry, registrant and product, with dots between"
                    " them: got 'MB.156.M0.100204.1335176'."
                )
            ],
        ),
        (
            "MA." + "." * 7100,
            ["Too much data for any symbol: expected at most 7089 characters, got 7103."],
        ),
    ],
)
def test_everything_wrong_in_a_code_is_said_at_once(text: str, problems: list[str]) -> None:
    assert told(text) == problems


def test_a_value_never_holds_the_dot_that_ends_it() -> None:
    with pytest.raises(Refused, match=r"got '\.' at character 2"):
        Unit("L", "A.B")


values = st.text("0123456789ABCabchz-@$,*+%/#!^~", min_size=1, max_size=12)
dates = st.dates().map(lambda each: each.isoformat().replace("-", ""))
units = st.fixed_dictionaries(
    {}, optional={"L": values, "S": values, "D": values, "M": dates, "E": dates, "V": dates}
).map(lambda each: tuple(Unit(letter, value) for letter, value in each.items()))
codes = st.builds(
    Ma,
    st.from_regex("[0-9]{3}", fullmatch=True),
    st.just("M0"),
    st.from_regex("[0-9A-Za-z]{6}", fullmatch=True),
    st.from_regex("[0-9A-Za-z]{3,12}", fullmatch=True),
    units,
)


@given(codes)
def test_what_is_written_reads_as_itself(code: Ma) -> None:
    assert Ma.parse(code.encode()) == code


@given(st.binary(max_size=30), st.sampled_from(["", "MA.", f"{DI}.", "MA.156.M0.100204."]))
def test_no_data_do_anything_but_read_back_or_be_refused(data: bytes, start: str) -> None:
    with suppress(Refused):
        found = Ma.parse(start.encode() + data)
        assert found.encode() == start.encode() + data
        assert len(found.doubts()) <= 3
