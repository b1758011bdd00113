"""What differs from the validated set-up, setting by setting; and no secret in either."""

import json

from hypothesis import given
from hypothesis import strategies as st

from station.core.baseline import (
    ABSENT,
    Change,
    canonical,
    changes,
    digest_of,
    settings_of,
    without_secrets,
)

_text = st.text(max_size=20)
_value = st.recursive(
    st.none() | st.booleans() | st.integers() | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_document = st.dictionaries(_text, _value, max_size=4)
_secret = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="@"),
    min_size=6,
    max_size=20,
)


def test_each_setting_that_differs_is_named_with_both_values() -> None:
    before = canonical({"a": {"b": 1, "c": "x"}, "gone": True})
    after = canonical({"a": {"b": 2, "c": "x"}, "new": None})
    assert changes(before, after) == (
        Change("a.b", "1", "2"),
        Change("gone", "true", ABSENT),
        Change("new", ABSENT, "null"),
    )


@given(_document)
def test_nothing_differs_from_itself_and_the_text_is_one_for_one_document(
    document: dict[str, object],
) -> None:
    text = canonical(document)
    assert changes(text, text) == ()
    assert canonical(json.loads(text)) == text
    assert digest_of(text) == digest_of(canonical(dict(reversed(document.items()))))


@given(_document, _document)
def test_documents_without_a_difference_are_alike_in_every_setting(
    one: dict[str, object], other: dict[str, object]
) -> None:
    differ = changes(canonical(one), canonical(other))
    alike = settings_of(canonical(one)) == settings_of(canonical(other))
    assert bool(differ) != alike


@given(st.sampled_from(("rtsp", "snapshot+http", "https")), _secret, _secret)
def test_no_name_or_password_of_an_address_is_kept(scheme: str, name: str, secret: str) -> None:
    found = without_secrets(f"{scheme}://{name}:{secret}@192.0.2.8/live")
    assert found == f"{scheme}://…@192.0.2.8/live"


def test_a_secret_among_the_parameters_is_not_kept_either() -> None:
    found = without_secrets("http://192.0.2.8/p.jpg?user=a&Password=b%20c&apikey=d#x")
    assert found == "http://192.0.2.8/p.jpg?user=a&Password=…&apikey=…#x"


def test_a_text_without_an_address_stays_as_it_is() -> None:
    assert without_secrets("Line 1 @ hall 2") == "Line 1 @ hall 2"


def test_what_is_no_document_is_one_setting() -> None:
    assert settings_of("not JSON") == {"": "not JSON"}
