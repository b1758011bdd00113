"""What may be decided about a rejected label: never against its data, never without proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.nonconformance import (
    CONCEDABLE,
    PASSING,
    REREADABLE,
    Disposition,
    Found,
    capa_problems,
    confirmed,
    dispositions,
    objections,
    unread,
)
from station.core.state import GONE, LabelState
from station.core.verdict import Code, Reason

FOUND = st.builds(
    Found,
    state=st.sampled_from(LabelState),
    codes=st.lists(st.sampled_from([*Code, "fault", "restart", "withdrawn"]), max_size=4).map(
        lambda codes: tuple(map(str, codes))
    ),
    serial=st.sampled_from(["", "CN1"]),
    identified=st.booleans(),
    spare=st.booleans(),
    again=st.booleans(),
)


@given(found=FOUND)
def test_a_label_with_wrong_or_doubtful_data_never_passes(found: Found) -> None:
    allowed = set(dispositions(found)) & PASSING
    if allowed:
        assert found.state == LabelState.REJECTED
        assert found.serial
        assert found.spare
        assert not any(each.startswith(("DATA.", "TEXT.", "PROCESS.")) for each in found.codes)
    if Disposition.CONCESSION in allowed:
        assert set(found.codes) <= CONCEDABLE
        assert found.identified
    if Disposition.REINSPECT in allowed:
        assert set(found.codes) <= REREADABLE


@given(found=FOUND)
def test_scrap_is_always_possible_once_it_is_known_what_became_of_a_label(found: Found) -> None:
    known = found.state in GONE | {LabelState.REJECTED}
    assert (Disposition.SCRAP in dispositions(found)) == known


def test_no_reason_to_concede_says_what_its_data_are() -> None:
    assert all(each.startswith("PRINT.") for each in CONCEDABLE)
    assert Code.CUT not in CONCEDABLE, "what is cut off is not there"


@pytest.mark.parametrize("state", [LabelState.IN_DOUBT, LabelState.RELEASED, LabelState.ISSUED])
def test_every_decision_waits_until_the_state_of_a_label_is_known(state: LabelState) -> None:
    (found,) = objections(Disposition.CONCESSION, Found(state, ("PRINT.faint",), serial="A"))
    assert "Say first what became of it." in str(found)


def test_a_serial_is_printed_again_only_where_its_order_says_so() -> None:
    found = Found(LabelState.REJECTED, ("READ.no-read",), serial="A", again=False)
    assert Disposition.REPRINT not in dispositions(found)


def test_blank_stock_goes_back_only_for_what_it_can_be_the_cause_of() -> None:
    good = Found(LabelState.VOIDED, ("PRINT.wrinkle", "READ.no-read"))
    bad = Found(LabelState.VOIDED, ("PRINT.wrinkle", "DATA.lot"))
    assert Disposition.RETURN in dispositions(good)
    assert Disposition.RETURN not in dispositions(bad)


def test_a_symbol_that_was_not_read_is_known_by_what_was_expected() -> None:
    reasons = (Reason(Code.NO_READ, expected="GS1-128 ]C1, GS1 DataMatrix ]d2"),)
    assert unread(reasons, ("]C1", "]d2")) == {"]C1", "]d2"}
    assert unread((Reason(Code.NO_READ),), ("]C1", "]d2")) == {"]C1", "]d2"}


@given(data=st.binary(min_size=1), other=st.binary())
def test_a_second_reading_confirms_exactly_the_data_that_were_meant(
    data: bytes, other: bytes
) -> None:
    missing = frozenset({"]d2"})
    assert confirmed(["]d2"], [data, data], meant=data, missing=missing)
    assert confirmed(["]d2"], [data, other], meant=data, missing=missing) == (data == other)
    assert not confirmed([], [], meant=data, missing=missing)
    assert not confirmed(["]d2"], [b""], meant=b"", missing=missing)


@pytest.mark.parametrize("reference", ["=1+1", "a\nb", "@x", "x" * 41, " ", "-1"])
def test_what_is_no_capa_reference_is_refused(reference: str) -> None:
    assert list(capa_problems(reference))


def test_a_capa_reference_is_left_out_or_is_one() -> None:
    assert not list(capa_problems(""))
    assert not list(capa_problems("CAPA-2026/017"))
