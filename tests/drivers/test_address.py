"""Settings of an address: every problem at once."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Unreachable
from drivers.settings import Settings


def test_what_is_not_given_has_its_default() -> None:
    settings = Settings("x://y?a=3")
    assert (settings.number("a", most=9), settings.number("b", most=9, default=4)) == (3, 4)
    assert (settings.optional("c", most=9), settings.text("d", default="e")) == (None, "e")
    settings.done()


@pytest.mark.parametrize("value", ["", "-1", "+1", "10", "1.0", "1e0", " 1", "１", "9" * 4000])
def test_only_plain_digits_within_the_limits_are_a_number(value: str) -> None:
    settings = Settings(f"x://y?a={value}")
    settings.number("a", most=9)
    with pytest.raises(Unreachable, match="expected a 0–9, got '"):
        settings.done()


@given(st.text(max_size=40))
def test_any_address_is_settings_or_refused(query: str) -> None:
    with contextlib.suppress(Unreachable):
        settings = Settings(f"modbus://192.0.2.30?{query}")
        settings.number("release", most=65535)
        settings.done()
