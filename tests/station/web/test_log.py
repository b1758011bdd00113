import html
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl

import httpx
import pytest

from station.core.judge import Code
from station.core.state import OrderState
from station.line.board import Board, Mode, Snapshot
from station.records.log import Place
from station.web.filters import Filter


def shown(page: httpx.Response) -> list[int]:
    """Numbers of the labels in the log, in the order of their rows."""
    assert page.status_code == 200
    return [int(each) for each in re.findall(r'<td class="number">(\d+)</td>', page.text)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "path", ["/rejects", "/rejects/1", "/rejects/5", "/orders", "/orders/WO-1", "/nothing"]
)
def test_every_page_is_shown_in_both_languages(
    client: httpx.Client, path: str, language: str
) -> None:
    client.cookies.set("language", language)
    page = client.get(path)
    assert page.status_code == (404 if path == "/nothing" else 200)
    assert ("剔除记录" in page.text) == (language == "zh")
    assert ("Reject log" in page.text) == (language == "en")


def test_the_log_shows_the_newest_first_with_reasons_in_words(client: httpx.Client) -> None:
    page = client.get("/rejects")
    assert shown(page) == [6, 5, 4, 3, 2]
    assert "Serial: expected CN010102, read CN010103." in page.text
    assert "The machine failed with this label in hand: printer: silent." in page.text
    assert "No code could be read: expected GS1 DataMatrix ]d2." in page.text


def test_a_time_is_local_and_says_its_offset(client: httpx.Client) -> None:
    page = client.get("/rejects").text
    assert re.search(
        r'<time datetime="2026-03-\d\dT08:00:00\+00:00">[\d-]+ <span>[\d:]+ '
        r"<small>[+-]\d\d:\d\d</small></span></time>",
        page,
    )


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("order=WO-1", [6, 5, 4, 3, 2]),
        ("order=WO-9", []),
        ("product=ABS-012", [6, 5, 4, 3, 2]),
        ("product=other", []),
        ("reason=DATA.", [3, 2]),
        ("reason=READ.", [4]),
        ("reason=PROCESS.late", [4]),
        ("reason=DATA.serial", [2]),
        ("reason=fault", [6, 5]),
        ("reason=DATA.&order=WO-1&product=ABS-012", [3, 2]),
        ("reason=DATA", [3, 2]),
        ("reason=DATA.serial&product=other", []),
        ("person=王芳", [5]),
        ("person=王 芳&reason=fault", [5]),
        ("person=nobody", []),
        ("printer=tcp://192.0.2.7:9100", [6, 5, 4, 3, 2]),
        ("printer=other", []),
        ("unknown=x", [6, 5, 4, 3, 2]),
    ],
)
def test_the_log_is_filtered(client: httpx.Client, query: str, numbers: list[int]) -> None:
    assert shown(client.get(f"/rejects?{query}")) == numbers


def test_the_log_is_filtered_by_day(client: httpx.Client) -> None:
    page = client.get("/rejects").text
    days = re.findall(r'">(\d{4}-\d\d-\d\d) <span>', page)
    newest, oldest = days[0], days[-1]
    assert shown(client.get(f"/rejects?since={newest}")) == [6]
    assert shown(client.get(f"/rejects?until={oldest}")) == [2]
    assert shown(client.get(f"/rejects?since={days[2]}&until={days[1]}")) == [5, 4]


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        ("since=yesterday", ["since: Expected a date as YYYY-MM-DD that exists"]),
        ("until=2026-02-30", ["until: Expected a date as YYYY-MM-DD that exists"]),
        ("until=9999-12-31", ["until: Expected a date"]),
        ("since=2026-03-01T25:00", ["since: Expected a date"]),
        ("before=1", ["before: Expected a page as the log names it"]),
        ("before=x&since=x", ["before: Expected", "since: Expected"]),
        ("person=" + "x" * 201, ["person: A filter is at most 200 characters."]),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_with_every_reason(
    client: httpx.Client, query: str, sentences: list[str]
) -> None:
    page = client.get(f"/rejects?{query}")
    assert page.status_code == 400
    for sentence in sentences:
        assert sentence in page.text


def test_a_filter_stays_in_the_address_of_the_next_page() -> None:
    wanted = Filter.of({"order": "WO 1", "reason": "DATA.", "since": "2026-03-01"})
    place = Place("2026-03-01T08:00:00+00:00", 7)
    address = wanted.address(before=place)
    assert address.startswith("order=WO+1&reason=DATA.&since=2026-03-01&before=")
    again = Filter.of(dict(parse_qsl(address)))
    assert (again.after, again.wanted) == (place, wanted.wanted)
    assert Filter().address() == ""


def test_a_log_is_shown_page_by_page(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.web.filters.PAGE", 2)
    first = client.get("/rejects")
    assert shown(first) == [6, 5]
    assert 'hx-trigger="every' in first.text
    second = client.get(following(first))
    assert shown(second) == [4, 3]
    assert 'hx-trigger="every' not in second.text, "older pages stand still"
    last = client.get(following(second))
    assert shown(last) == [2]
    assert "before=" not in last.text, "nothing comes after it"


def following(page: httpx.Response) -> str:
    found = re.search(r'href="(/rejects\?[^"]*before=[^"]+)"', page.text)
    assert found
    return html.unescape(found[1])


def test_how_many_there_are_is_told(client: httpx.Client) -> None:
    assert "5 found" in client.get("/rejects").text
    assert "2 found" in client.get("/rejects?reason=DATA.").text


def test_a_minute_can_be_asked_for(client: httpx.Client) -> None:
    page = client.get("/rejects").text
    at = datetime.fromisoformat(re.findall(r'datetime="([^"]+)"', page)[0]).astimezone()
    minute = at.strftime("%Y-%m-%dT%H:%M")
    assert shown(client.get(f"/rejects?since={minute}&until={minute}")) == [6]


def test_every_reason_can_be_asked_for(client: httpx.Client) -> None:
    page = client.get("/rejects").text
    for code in Code:
        assert f'<option value="{code.value}">' in page


def test_one_reject_is_shown_with_its_proof(client: httpx.Client) -> None:
    page = client.get("/rejects/1").text
    assert "<dd>CN01010<mark>2</mark></dd>" in page
    assert "<dd>CN01010<mark>3</mark></dd>" in page
    assert "GS1 DataMatrix" in page
    assert "read by zxing" in page
    assert '10A1<abbr class="control">GS</abbr>21CN010102' in page
    assert "31 30 41 31 1d 32 31" in page
    assert "Rejected. It must not be used." in page


def test_a_symbol_nobody_knows_is_still_shown(client: httpx.Client) -> None:
    page = client.get("/rejects/1").text
    assert "unknown kind of code" in page
    assert "not hexadecimal" in page


def test_what_a_person_decided_is_shown_with_name_and_reason(client: httpx.Client) -> None:
    assert "王芳: found at the printer" in client.get("/rejects/4").text
    assert "Nothing yet. It is in doubt." in client.get("/rejects/5").text


@pytest.mark.parametrize("path", ["/rejects", "/rejects/2", "/rejects?order=<script>"])
def test_what_was_read_never_becomes_a_part_of_the_page(client: httpx.Client, path: str) -> None:
    page = client.get(path).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("number", ["0", "999", "9223372036854775807"])
def test_a_reject_that_does_not_exist_is_not_found(client: httpx.Client, number: str) -> None:
    page = client.get(f"/rejects/{number}")
    assert page.status_code == 404
    assert "There is nothing at this address." in page.text


@pytest.mark.parametrize("number", ["-1", "x", "1e3", "9223372036854775808", "1%2F2", "%00"])
def test_what_is_no_number_of_a_reject_is_refused(client: httpx.Client, number: str) -> None:
    assert client.get(f"/rejects/{number}").status_code in {400, 404}


def test_a_picture_is_proof_and_never_changes(client: httpx.Client) -> None:
    page = re.search(r"/rejects/\d+", client.get("/rejects?reason=DATA.serial").text)
    assert page
    address = re.search(r"/evidence/[0-9a-f]{64}\.jpg", client.get(page[0]).text)
    assert address
    picture = client.get(address[0])
    assert picture.content == b"\xff\xd8 a picture"
    assert picture.headers["content-type"] == "image/jpeg"
    assert "immutable" in picture.headers["cache-control"]


@pytest.mark.parametrize("width", ["0", "239", "4000", "x"])
def test_a_picture_is_sent_in_the_widths_of_pages_and_no_other(
    client: httpx.Client, width: str
) -> None:
    found = re.search(r"/evidence/[0-9a-f]{64}/240\.jpg", client.get("/rejects").text)
    assert found
    assert client.get(found[0].replace("240", width)).status_code in {400, 404}


@pytest.mark.parametrize(
    "name",
    [
        "0" * 64,
        "0" * 63,
        "F" * 64,
        "..%2f..%2fjournal",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "....//....//journal",
        "\uff10" * 64,
        "%00" * 64,
        "x" * 5000,
    ],
)
def test_only_a_digest_names_a_picture(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/evidence/{name}.jpg")
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"]
)
def test_only_static_files_are_static(client: httpx.Client, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_a_table_can_be_taken_away(client: httpx.Client) -> None:
    answer = client.get("/rejects.csv?reason=DATA.")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="rejects.csv"'
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert len(lines) == 4
    assert "Serial: expected CN010102, read CN010103." in lines[2]


def test_the_orders_are_listed_with_their_state(client: httpx.Client) -> None:
    page = client.get("/orders").text
    assert 'href="/orders/WO-1"' in page
    assert "running" in page
    assert "1 / 24" in page
    assert "1 open" in page


def test_an_order_that_does_not_exist_is_not_found(client: httpx.Client) -> None:
    assert client.get("/orders/WO-9").status_code == 404
    assert client.get("/orders/%3Cscript%3E").status_code == 404


def test_what_can_be_done_about_a_label_stands_on_its_page(client: httpx.Client) -> None:
    """Label 2 is rejected; its order is at the line and runs, so nothing can be scanned."""
    page = client.get("/rejects/1").text
    assert "/ask/scrapped?order=WO-1&amp;number=2" in page
    assert "/ask/scan-scrap?" not in page
    assert "It can be scanned while its order is at the line and on hold." in page


def test_a_label_is_scanned_while_its_order_is_held(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    assert running.order
    held = replace(running.order, state=OrderState.HELD)
    board.publish(replace(running, mode=Mode.HELD, order=held))
    assert "/ask/scan-scrap?order=WO-1&amp;number=2" in client.get("/rejects/1").text
    doubt = client.get("/rejects/5").text
    for step in ("scan", "destroyed", "not-printed"):
        assert f"/ask/{step}?order=WO-1&amp;number=6" in doubt


def test_only_the_decision_is_left_about_a_label_that_is_gone(client: httpx.Client) -> None:
    steps = re.findall(r'hx-get="/ask/([a-z-]+)', client.get("/rejects/4").text)
    assert steps == ["scrap"]


def test_what_may_be_decided_stands_on_the_page_of_a_reject(client: httpx.Client) -> None:
    """Label 2 has another serial than it was meant to have: it never passes."""
    steps = re.findall(r'hx-get="/ask/([a-z-]+)\?', client.get("/rejects/1").text)
    assert steps == ["scrapped", "scrap"]
    assert "hx-get" not in client.get("/rejects/5").text.partition("Decide about it")[2][:200]
