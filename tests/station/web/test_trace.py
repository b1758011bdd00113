import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("asked", ["", "WO-1", "CN010102", "20200331", "06972869182019", "nothing"])
def test_what_is_searched_is_answered_in_both_languages(
    client: httpx.Client, asked: str, language: str
) -> None:
    client.cookies.set("language", language)
    page = client.get("/trace", params={"q": asked})
    assert page.status_code == 200
    assert ("<title>搜索" in page.text) == (language == "zh")


def test_a_serial_leads_to_its_label_and_everything_that_happened_to_it(
    client: httpx.Client,
) -> None:
    page = client.get("/trace?q=CN010105").text
    assert "Label 5 of order WO-1" in page
    assert "found and destroyed" in page
    assert "王芳" in page
    assert 'href="/rejects/4"' in page
    assert 'href="/orders/WO-1"' in page


def test_what_nobody_knows_is_said_to_be_unknown(client: httpx.Client) -> None:
    assert "Nothing is recorded about this." in client.get("/trace?q=nothing").text


def test_every_page_has_the_field_to_search(client: httpx.Client) -> None:
    for path in ("/", "/orders", "/rejects", "/trace", "/nothing"):
        assert 'action="/trace"' in client.get(path).text


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(
        alphabet=st.sampled_from("<>\"'&{}%/ =\x1d()01") | st.characters(codec="utf-8"),
        max_size=60,
    )
)
def test_nothing_that_is_searched_becomes_a_part_of_the_page(
    client: httpx.Client, text: str
) -> None:
    page = client.get("/trace", params={"q": f"<script>{text}"})
    assert page.status_code == 200
    assert f"<script>{text}" not in page.text
    assert page.text.count("<script") == client.get("/trace").text.count("<script")
