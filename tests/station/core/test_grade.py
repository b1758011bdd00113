from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.grade import parse_grade
from station.core.problem import Refused


@pytest.mark.parametrize(
    ("text", "tenths"),
    [("4.0/05/660", 40), (" 1.5/10/660/45Q ", 15), ("0.0/20/W/90", 0), ("3.8/08/640/30T", 38)],
)
def test_what_a_verifier_writes_is_understood(text: str, tenths: int) -> None:
    assert (parse_grade(text).overall, parse_grade(text).written) == (tenths, text.strip())


@pytest.mark.parametrize(
    "text", ["", "A", "4.1/10/660", "3.8", "3.8/10", "3.8/10/66", "38/10/660", "3.8/10/660/45X"]
)
def test_what_no_verifier_writes_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Expected a verifier's result"):
        parse_grade(text)


@given(st.text(max_size=60) | st.from_regex(r"[0-9]\.[0-9]/[0-9]{2}/[0-9]{3}", fullmatch=True))
def test_any_text_is_a_grade_or_refused(text: str) -> None:
    with suppress(Refused):
        assert 0 <= parse_grade(text).overall <= 40
