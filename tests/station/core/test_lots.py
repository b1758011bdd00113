from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.lots import LotPolicy
from station.core.problem import Refused


def problems(policy: LotPolicy, lot: str) -> list[str]:
    return [str(each) for each in policy.problems(lot)]


def test_a_lot_begins_with_the_date_its_policy_names() -> None:
    assert LotPolicy(begins="YYMMDD").lot_date("181011") == date(2018, 10, 11)
    assert LotPolicy(begins="YYYYMMDD").lot_date("20200331B") == date(2020, 3, 31)
    assert LotPolicy().lot_date("20200331") is None


@pytest.mark.parametrize("lot", ["", "1810", "181131", "A81011", "18101١"])
def test_a_lot_that_begins_with_no_date_that_exists_is_refused(lot: str) -> None:
    with pytest.raises(Refused, match="begins with its date as YYMMDD"):
        LotPolicy(begins="YYMMDD").lot_date(lot)


def test_everything_wrong_with_a_lot_is_said_at_once() -> None:
    found = problems(LotPolicy(begins="YYMMDD", max=7), "I8101O11")
    assert [each.split(":")[0] for each in found] == [
        "Expected at most 7 characters, got 8.",
        "The character 'I' of 'I8101O11' is not used",
        "The character 'O' of 'I8101O11' is not used",
        "It begins with its date as YYMMDD, and one that exists",
    ]


def test_ambiguous_letters_are_avoided_unless_the_policy_names_them() -> None:
    assert problems(LotPolicy(), "LOT1")
    assert not problems(LotPolicy(charset="LOT0123456789"), "LOT1")


@given(
    longest=st.integers(8, 20),
    begins=st.sampled_from([None, "YYMMDD", "YYYYMMDD"]),
)
def test_the_widest_lot_is_as_long_and_of_the_same_characters_as_any(
    longest: int, begins: str | None
) -> None:
    policy = LotPolicy.model_validate({"max": longest, "begins": begins})
    assert len(policy.widest) == longest
    assert set(policy.widest) <= set(policy.charset)
