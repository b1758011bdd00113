"""A product's serials are what its policy says, for as long as an order can go on."""

from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.gmn import CSET82
from station.core.problem import Refused
from station.core.serials import SerialPolicy, Serials
from station.core.serials.characters import READABLE
from station.core.shape import parse

EAST = {"station": "East", "first": "CN000000", "last": "CN499999"}
WEST = {"station": "West", "first": "CN500000", "last": "CN999999"}


def policy(**fields: Any) -> SerialPolicy:
    return parse(SerialPolicy, fields)


def serials(**fields: Any) -> Serials:
    return parse(Serials, fields)


def problems(
    asked: SerialPolicy, plan: Serials, quantity: int = 2, *, station: str = ""
) -> list[str]:
    return [str(each) for each in asked.problems(plan, quantity, station=station)]


def test_without_a_word_serials_are_of_digits_and_capitals_that_nobody_mistakes() -> None:
    assert policy().characters == READABLE
    assert problems(policy(), serials(list=("A1", "Z9"))) == []
    (found,) = problems(policy(), serials(list=("A1", "AI")))
    assert found.startswith("serials: The character 'I' is not one of this product's serials, as")
    assert problems(policy(ambiguous="allowed"), serials(list=("A1", "AIO")), 2) == []


def test_everything_wrong_with_a_plan_is_said_at_once() -> None:
    asked = policy(prefix="CN", length=8, blocks=(EAST,))
    plan = serials(list=("cn1", "XX123456", "CN000001"))
    found = problems(asked, plan, 3, station="East")
    assert [each.split(":")[1].strip() for each in found] == [
        "The character 'c' is not one of this product's serials, as in 'cn1' (1 in all)",
        "This product's serials have 8 characters",
        "This product's serials begin with 'CN'",
        "Serial 'cn1' is not reserved for this station (2 in all)",
    ]


def test_a_plan_of_another_number_of_serials_is_refused_for_that() -> None:
    (found,) = problems(policy(), serials(list=("A1", "A2")), 3)
    assert found == "serials: The plan gives 2 serials, expected 3, one for each label."


def test_lengths_are_one_or_from_to() -> None:
    asked = policy(min=2, max=3)
    assert problems(asked, serials(list=("AB", "ABC"))) == []
    (found,) = problems(asked, serials(list=("A", "ABCD")))
    assert "have 2 – 3 characters: got 1 in 'A' (2 in all)" in found
    assert policy(length=5).lengths == (5, 5)
    assert policy().lengths == (1, 20)


def test_blocks_of_other_stations_are_not_touched() -> None:
    asked = policy(blocks=(EAST, WEST))
    closed = serials(first="CN499998", last="CN499999")
    assert problems(asked, closed, station="East") == []
    (found,) = problems(asked, closed, station="West")
    assert "Serial 'CN499998' is not reserved for this station (2 in all)" in found
    assert "CN500000 – CN999999 (West)" in found


def test_a_product_with_blocks_is_printed_by_no_other_station() -> None:
    (found,) = problems(policy(blocks=(EAST, WEST)), serials(list=("CN000001",)), 1, station="S")
    assert found == (
        "serials: This product's serials are reserved for the stations East, West, and none for"
        " this one, 'S'."
    )


def test_an_open_plan_stays_in_its_block_whatever_is_rejected() -> None:
    asked = policy(blocks=(EAST, WEST))
    (found,) = problems(asked, serials(prefix="CN", start="000001"), station="East")
    assert "can go on from CN000001 to CN999999" in found
    bounded = serials(prefix="CN", start="000001", until="499999")
    assert problems(asked, bounded, station="East") == []
    assert problems(asked, serials(prefix="CN4", random=5), station="East") == []
    (found,) = problems(asked, serials(prefix="CN", random=6), 1, station="East")
    assert "reserved for this station" in found


def test_an_open_plan_comes_to_no_character_that_the_product_does_not_have() -> None:
    few = policy(charset="CN012345")
    assert problems(few, serials(first="CN01", last="CN05"), 5) == []
    (found,) = problems(few, serials(prefix="CN", start="01", until="05"))
    assert "can come to serials with '6789'" in found
    lower = serials(random=3, alphabet="0123456789abcdefgh")
    assert problems(policy(), lower, 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"charset": "0123O"}, "charset: O looks like a digit."),
        (
            {"charset": "0123é"},
            "charset: A serial is made of GS1 character set 82, which has no 'é'",
        ),
        ({"charset": "00"}, "charset: Expected at least 2 characters, each once"),
        ({"length": 5, "max": 6}, "length: Give one length, or the least and the most"),
        ({"min": 6, "max": 5}, "min: The least length 6 is more than the most, 5."),
        ({"length": 21}, "length: "),
        ({"prefix": "BIO"}, "prefix: The prefix 'BIO' is not made of the characters"),
        ({"prefix": "CN", "length": 2}, "prefix: The prefix 'CN' leaves no room for a number"),
        ({"blocks": (EAST, {**WEST, "first": "CN499999"})}, "blocks: A serial belongs to one"),
        (
            {"blocks": ({**EAST, "first": "CN9"},)},
            "blocks.0: A block goes from a serial to a later",
        ),
        ({"blocks": ({**EAST, "first": "CN999999"},)}, "blocks.0: A block goes from a serial"),
        ({"length": 9, "blocks": (EAST,)}, "blocks.0: This product's serials have 9 characters"),
        ({"prefix": "CX", "blocks": (EAST,)}, "blocks.0: This product's serials begin with 'CX'"),
        ({"charset": "CN01", "blocks": (EAST,)}, "blocks.0: The character '4' is not one of"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(**fields)
    assert sentence in str(refused.value)


def test_blocks_of_one_station_may_meet_and_of_other_lengths_never_do() -> None:
    policy(blocks=(EAST, {**EAST, "first": "CN100000"}))
    policy(blocks=(EAST, {"station": "West", "first": "CN0", "last": "CN9"}))


policies = st.builds(
    policy,
    charset=st.one_of(
        st.none(),
        st.just("0123456789"),
        st.sets(st.sampled_from(READABLE), min_size=2).map("".join),
    ),
    max=st.integers(3, 20),
    prefix=st.none(),
)


@given(
    policies,
    st.lists(st.text(CSET82, min_size=1, max_size=22), min_size=1, max_size=8, unique=True),
)
def test_no_bad_serial_of_a_list_ever_passes(asked: SerialPolicy, given_: list[str]) -> None:
    good = all(
        set(each) <= set(asked.characters) and asked.lengths[0] <= len(each) <= asked.lengths[1]
        for each in given_
    )
    assert (not problems(asked, serials(list=tuple(given_)), len(given_))) == good


@given(
    start=st.integers(0, 999),
    until=st.integers(0, 999),
    first=st.integers(0, 999),
    last=st.integers(0, 999),
)
def test_no_replacement_of_a_plan_that_passes_leaves_its_block(
    start: int, until: int, first: int, last: int
) -> None:
    (start, until), (first, last) = sorted((start, until)), sorted((first, last))
    block = {"station": "S", "first": f"{first:03d}", "last": f"{last:03d}"}
    plan = serials(start=f"{start:03d}", until=f"{until:03d}")
    passed = not problems(policy(blocks=(block,)), plan, 1, station="S")
    assert passed == all(first <= int(each) <= last for each in plan.every())


@given(policies, st.sampled_from(["", "C", "CN"]))
def test_the_widest_serial_is_one_of_the_longest_and_may_be_printed(
    asked: SerialPolicy, prefix: str
) -> None:
    if not set(prefix) <= set(asked.characters):
        prefix = ""
    widest = asked.model_copy(update={"prefix": prefix or None}).widest
    assert problems(asked, serials(list=(widest,)), 1) == []
    assert len(widest) == asked.lengths[1]
    assert widest.startswith(prefix)


@given(st.binary(min_size=1, max_size=8).map(bytes.hex))
def test_random_serials_of_a_plan_that_passes_obey_their_policy(key: str) -> None:
    asked = policy(prefix="CN", length=8, blocks=(EAST,))
    plan = serials(prefix="CN4", random=5)
    assert problems(asked, plan, 20, station="East") == []
    drawn = plan.draw(20, key=key, used=lambda _: False)
    every = tuple(islice(drawn.every(), 60))
    assert problems(asked, serials(list=every), 60, station="East") == []
