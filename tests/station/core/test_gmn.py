import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.gmn import CSET82, Gmn, check_pair, problems
from station.core.problem import Refused

REGISTERED = (
    "697286918101PP", "697286918102PR", "697286918103PT", "697286918104PV", "697286918105PX",
    "697286918106PZ", "697286918107Q3", "697286918301PZ", "697286918302Q3", "697286918303Q5",
    "697286918304Q7", "697286918305Q9", "697286918306QB", "697286918307QD", "697286918201PU",
    "697286918202PW", "697286918203PY", "697286918204Q2", "697286918205Q4", "697286918206Q6",
    "697286918207Q8", "697286918208QA", "697286918209QC", "697286918210PV", "697286918211PX",
    "697286918212PZ",
)  # fmt: skip
"""Every Basic UDI-DI in annex 1 of the UDI control procedure."""

payloads = st.builds(
    str.__add__,
    st.text("0123456789", min_size=4, max_size=12),
    st.text(CSET82, max_size=11),
)


@pytest.mark.parametrize("gmn", REGISTERED)
def test_every_registered_basic_udi_di_ends_in_its_check_pair(gmn: str) -> None:
    assert check_pair(gmn[:-2]) == gmn[-2:]
    assert Gmn.parse(gmn).payload == gmn[:-2]


def test_the_worked_example_of_the_procedure_comes_out() -> None:
    assert str(Gmn.of("697286918303")) == "697286918303Q5"


def test_the_worked_example_of_gs1_comes_out() -> None:
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"


def test_a_padded_basic_udi_di_is_refused_and_told_what_to_drop() -> None:
    with pytest.raises(Refused) as refused:
        Gmn.parse("0697286918212PZ")
    assert str(refused.value) == (
        "Invalid check pair for '0697286918212PZ': expected 8R, got PZ. Without its leading zeros,"
        " '697286918212PZ' is right: a GMN begins with the company prefix and is never padded."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("697286918303Q6", "Invalid check pair for '697286918303Q6': expected Q5, got Q6."),
        ("0697286918212ZZ", "Invalid check pair for '0697286918212ZZ': expected 8R, got ZZ."),
        (
            "697286918303\x1c\n",
            "Invalid check pair for '697286918303\\x1c\\n': expected Q5, got \\x1c\\n.",
        ),
        (
            "12345678901234567890123456",
            "A GMN is too long: expected at most 23 characters without its check pair, got 24.",
        ),
        ("", "A GMN begins with a company prefix: expected at least 4 digits, got ''."),
        ("123PZ", "A GMN begins with a company prefix: expected at least 4 digits, got '123'."),
        ("A2345PZ", "A GMN begins with a company prefix: expected at least 4 digits, got 'A234'."),
        (
            "１２３４5PZ",
            "A GMN begins with a company prefix: expected at least 4 digits, got '１２３４'.",
        ),
        (
            "6972 é5PZ",
            (
                "Invalid character in the GMN '6972 é5': expected GS1 character set 82, got ' ' at"
                " character 5.\nInvalid character in the GMN '6972 é5': expected GS1 character set"
                " 82, got '\\xe9' at character 6."
            ),
        ),
    ],
)
def test_a_wrong_gmn_is_refused_with_what_was_expected(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        Gmn.parse(text)
    assert str(refused.value) == sentence


def test_no_pair_is_computed_for_what_cannot_be_a_gmn() -> None:
    with pytest.raises(Refused, match="company prefix"):
        check_pair("HAS-MHB")


@settings(deadline=None)
@given(payloads)
def test_a_gmn_with_its_computed_pair_is_right(payload: str) -> None:
    assert problems(str(Gmn.of(payload))) == ()


@settings(deadline=None)
@given(payloads, st.data())
def test_one_wrong_character_of_a_gmn_is_always_refused(payload: str, data: st.DataObject) -> None:
    gmn = payload + check_pair(payload)
    place = data.draw(st.integers(0, len(gmn) - 1))
    other = data.draw(st.sampled_from([each for each in CSET82 if each != gmn[place]]))
    assert problems(gmn[:place] + other + gmn[place + 1 :])


@settings(deadline=None)
@given(st.text())
def test_any_text_is_either_a_gmn_or_refused(text: str) -> None:
    assert isinstance(problems(text), tuple)
