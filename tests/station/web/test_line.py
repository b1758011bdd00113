import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Condition
from station.core.judge import Code, Reason
from station.core.problem import problem
from station.core.state import LabelState, OrderState
from station.line.board import Board, Called, FaultShown, LabelSeen, Mode, Progress, Snapshot
from station.web.line import REGIONS, event
from station.web.sign import Sign, sign

REFUSED = problem("Expected text, got nothing.", where="lot")


def with_label(snapshot: Snapshot, state: LabelState, *reasons: Reason) -> Snapshot:
    assert snapshot.label
    return replace(snapshot, label=replace(snapshot.label, state=state, reasons=reasons))


def with_order(snapshot: Snapshot, mode: Mode, state: OrderState, cause: str = "") -> Snapshot:
    assert snapshot.order
    return replace(snapshot, mode=mode, order=replace(snapshot.order, state=state, cause=cause))


def every_state(running: Snapshot) -> dict[Sign, Snapshot]:
    held = with_order(running, Mode.HELD, OrderState.HELD, "rejects")
    wrong = Reason(Code.SERIAL, "21", "CN010117", "CN010118")
    fault = FaultShown("printer", (Condition.PAPER_OUT,), "paper-out")
    return {
        Sign.STARTING: Snapshot(),
        Sign.STOPPED: replace(running, mode=Mode.STOPPED),
        Sign.IDLE: Snapshot(mode=Mode.IDLE, refused=("o.yaml", problem("no"))),
        Sign.READY: Snapshot(mode=Mode.IDLE, waiting=("WO-2",)),
        Sign.FINISHED: with_order(running, Mode.IDLE, OrderState.FINISHED),
        Sign.WORKING: with_label(running, LabelState.ISSUED),
        Sign.ACCEPTED: running,
        Sign.REJECTED: with_label(running, LabelState.REJECTED, wrong, *[wrong] * 3),
        Sign.IN_DOUBT: replace(held, in_doubt=((18, "CN010118"), (19, "CN010119"))),
        Sign.CHALLENGE: replace(held, challenging=Progress("blank", 2, 5)),
        Sign.HOLD: replace(with_label(held, LabelState.REJECTED, wrong), stop=41),
        Sign.FAULT: replace(held, mode=Mode.FAULT, fault=fault, in_doubt=((18, "CN010118"),)),
    }


UNPROVEN = problem("The scanner was never checked: press it.")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_scanner_that_is_not_believed_has_a_button_where_an_order_waits_for_it(
    client: httpx.Client, board: Board, running: Snapshot, language: str
) -> None:
    client.cookies.set("language", language)
    states = every_state(running)
    for state, shown in {Sign.IDLE: True, Sign.HOLD: True, Sign.ACCEPTED: False}.items():
        board.publish(replace(states[state], unproven=UNPROVEN))
        page = client.get("/").text
        assert ('hx-get="/ask/prove?' in page) == shown
        assert 'hx-get="/ask/start?' not in page
        assert 'hx-get="/ask/resume?' not in page
        assert "The scanner was never checked" in page


def test_a_fault_of_a_scanner_that_is_not_believed_is_no_dead_end(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    fault = FaultShown("scanner", (Condition.SCANNER_CHANGES_DATA,), "it lost the separators")
    held = with_order(running, Mode.HELD, OrderState.HELD, "fault")
    board.publish(replace(held, mode=Mode.FAULT, fault=fault, unproven=UNPROVEN))
    assert 'hx-get="/ask/prove?' in client.get("/").text


WORDS = {
    Sign.STARTING: ("STARTING", "正在启动"),
    Sign.STOPPED: ("STOPPED", "已停机"),
    Sign.IDLE: ("NO ORDER", "无工单"),
    Sign.FINISHED: ("ORDER FINISHED", "工单完成"),
    Sign.WORKING: ("PRINTING", "打印中"),
    Sign.ACCEPTED: ("ACCEPTED", "合格"),
    Sign.REJECTED: ("REJECTED", "剔除"),
    Sign.IN_DOUBT: ("IN DOUBT", "存疑"),
    Sign.HOLD: ("HOLD", "暂停"),
    Sign.READY: ("READY TO START", "可以开始"),
    Sign.CHALLENGE: ("CHALLENGE", "挑战测试"),
    Sign.FAULT: ("FAULT", "故障"),
}


@pytest.mark.parametrize("expected", Sign)
def test_every_state_has_its_sign_in_both_languages(
    client: httpx.Client, board: Board, running: Snapshot, expected: Sign
) -> None:
    snapshot = every_state(running)[expected]
    board.publish(snapshot)
    assert sign(snapshot) == expected
    for language, word in zip(("en", "zh"), WORDS[expected], strict=True):
        client.cookies.set("language", language)
        page = client.get("/")
        assert page.status_code == 200
        assert f"<h1>{word}</h1>" in page.text
        assert f'class="sign sign-{expected.value}"' in page.text


BUTTONS = {
    Sign.IDLE: [],
    Sign.READY: ["/ask/start?order=WO-2&amp;number=0"],
    Sign.ACCEPTED: ["/ask/hold?order=&amp;number=0"],
    Sign.REJECTED: ["/ask/hold?order=&amp;number=0"],
    Sign.CHALLENGE: ["/ask/interrupt?order=&amp;number=0"],
    Sign.HOLD: ["/ask/resume?order=&amp;number=41", "/ask/end?order=WO-1&amp;number=0"],
    Sign.IN_DOUBT: [
        "/ask/scan?order=WO-1&amp;number=18",
        "/ask/destroyed?order=WO-1&amp;number=18",
        "/ask/not-printed?order=WO-1&amp;number=18",
    ],
    Sign.FAULT: [
        "/ask/scan?order=WO-1&amp;number=18",
        "/ask/destroyed?order=WO-1&amp;number=18",
        "/ask/not-printed?order=WO-1&amp;number=18",
    ],
    Sign.FINISHED: [],
    Sign.STOPPED: [],
}


def test_a_label_that_was_in_doubt_and_is_settled_is_no_sign_when_the_line_goes_on(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    """Until the next verdict it is the last label that is shown."""
    board.publish(with_label(running, LabelState.IN_DOUBT))
    assert client.get("/").status_code == 200
    assert sign(board.snapshot) == Sign.WORKING


@pytest.mark.parametrize("shown", BUTTONS)
def test_a_page_offers_what_comes_next_and_nothing_else(
    client: httpx.Client, board: Board, running: Snapshot, shown: Sign
) -> None:
    board.publish(every_state(running)[shown])
    page = client.get("/").text
    always = page.count('class="small" hx-get="/ask/') + page.count('class="traveller" hx-get=')
    assert page.count('hx-get="/ask/') - always == len(BUTTONS[shown])
    for address in BUTTONS[shown]:
        assert f'hx-get="{address}"' in page


@pytest.mark.parametrize("shown", sorted(set(BUTTONS) - {Sign.STARTING, Sign.STOPPED}))
def test_the_supervisor_can_be_called_whatever_the_line_does(
    client: httpx.Client, board: Board, running: Snapshot, shown: Sign
) -> None:
    board.publish(every_state(running)[shown])
    assert 'hx-get="/ask/call?' in client.get("/").text


def test_a_call_is_shown_until_somebody_comes(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    at = datetime(2026, 11, 23, 9, 5, tzinfo=UTC).astimezone()
    board.publish(replace(running, called=Called("<b>王芳", "help & <i>now", at)))
    page = client.get("/").text
    assert f"The supervisor was called at {at:%H:%M}." in page
    assert "help &amp; &lt;i&gt;now · &lt;b&gt;王芳" in page
    assert 'hx-get="/ask/came?' in page
    assert 'hx-get="/ask/call?' not in page


def test_of_several_orders_another_one_can_be_scanned_or_chosen(
    client: httpx.Client, board: Board
) -> None:
    board.publish(Snapshot(mode=Mode.IDLE, waiting=("WO-1", "WO-2", "WO-3")))
    page = client.get("/").text
    assert "Start order WO-1" in page
    assert 'name="order" data-traveller' in page
    assert page.count('<option value="WO-') == 3


def test_a_reject_shows_what_was_expected_and_marks_what_differs(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    board.publish(every_state(running)[Sign.REJECTED])
    page = client.get("/").text
    assert "<dd>CN01011<mark>7</mark></dd>" in page
    assert "<dd>CN01011<mark>8</mark></dd>" in page
    assert "and 2 more" in page


def test_control_characters_are_shown_by_name(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    missing = Reason(Code.MISSING_FNC1, expected="10A1␝21B2", read="10A121B2")
    board.publish(with_label(running, LabelState.REJECTED, missing))
    assert '<mark><abbr class="control">GS</abbr></mark>' in client.get("/").text


def test_what_comes_from_outside_never_becomes_a_part_of_the_page(
    client: httpx.Client, board: Board, running: Snapshot, hostile: str
) -> None:
    assert running.order
    wrong = Reason(Code.SERIAL, hostile, hostile, hostile + "2")
    order = running.order.order.model_copy(
        update={"lot": hostile, "product": hostile, "id": hostile}
    )
    row = replace(running.order, order=order, gtin=hostile, cause=hostile, detail=hostile)
    label = LabelSeen(hostile, 17, hostile, hostile, LabelState.REJECTED, (wrong,))
    everything = replace(
        running,
        order=row,
        label=label,
        waiting=(hostile,),
        refused=(hostile, problem("{text}", text=hostile)),
        in_doubt=((18, hostile),),
        fault=FaultShown(hostile, (hostile,), hostile),
    )
    for mode in Mode:
        for in_doubt in ((), ((18, hostile),)):
            board.publish(replace(everything, mode=mode, in_doubt=in_doubt))
            page = client.get("/").text
            assert "<script>" not in page
            assert "alert('x')" not in page
            assert "alert(" in page


def test_a_refused_order_file_is_told_in_the_language_of_the_reader(
    client: httpx.Client, board: Board
) -> None:
    board.publish(Snapshot(mode=Mode.IDLE, refused=("o.yaml", REFUSED)))
    assert "<b>Refused: o.yaml</b> lot: Expected text, got nothing." in client.get("/").text
    client.cookies.set("language", "zh")
    assert "<b>已拒绝：o.yaml</b> lot: 应为文字，实际为空。" in client.get("/").text


def test_a_label_of_another_order_gives_no_sign(running: Snapshot) -> None:
    assert running.label
    other = replace(running, label=replace(running.label, order="WO-0"))
    assert sign(other) == Sign.WORKING


def test_a_picture_is_had_under_the_name_of_its_content_only(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    page = client.get("/").text
    name = page.split("/live/picture.jpg?v=")[1].split('"')[0]
    board.publish(replace(running, picture=b"\xff\xd8 of the next label"))
    kept = client.get(f"/live/picture.jpg?v={name}")
    assert kept.content == running.picture
    assert kept.headers["content-type"] == "image/jpeg"
    assert "immutable" in kept.headers["cache-control"]
    assert client.get("/live/picture.jpg?v=0000").status_code == 404
    newest = client.get("/live/picture.jpg")
    assert newest.content == b"\xff\xd8 of the next label"
    assert newest.headers["cache-control"] == "no-store"


def test_only_the_last_few_pictures_are_kept(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    name = client.get("/").text.split("/live/expected.png?v=")[1].split('"')[0]
    for number in range(20):
        board.publish(replace(running, expected=str(number).encode(), picture=b""))
        client.get("/")
    assert client.get(f"/live/expected.png?v={name}").status_code == 404


def test_where_there_is_no_picture_none_is_shown(client: httpx.Client, board: Board) -> None:
    board.publish(Snapshot(mode=Mode.IDLE))
    assert "<img" not in client.get("/").text
    assert client.get("/live/expected.png").status_code == 404


def test_a_page_is_old_until_the_station_was_heard(client: httpx.Client) -> None:
    """Without its scripts, or before they ran, the page says that it is not connected."""
    page = client.get("/").text
    assert 'class="line watched"' in page
    assert "No connection to the station" in page
    assert ".watched:not(.live) .lost {" in client.get("/static/page.css").text


def test_every_region_is_carried_by_the_stream(client: httpx.Client) -> None:
    page = client.get("/").text
    for region in REGIONS:
        assert f'sse-swap="{region}"' in page


@given(st.text(alphabet=st.sampled_from("a\r\n: ") | st.characters(codec="utf-8")))
def test_no_text_ends_an_event_or_begins_another(text: str) -> None:
    """WHATWG HTML 9.2.6: lines end in CR LF, LF or CR; an empty line ends an event."""
    raw = event("sign", text)
    lines = raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines[0] == "event: sign"
    assert lines[-2:] == ["", ""]
    assert all(line.startswith("data: ") for line in lines[1:-2])
    data = "\n".join(line.removeprefix("data: ") for line in lines[1:-2])
    assert data == text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_label_that_was_accepted_can_be_found_again_but_not_called_unprinted(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    doubt = every_state(running)[Sign.IN_DOUBT]
    board.publish(replace(doubt, unreleased=(18,)))
    page = client.get("/").text
    assert "/ask/released?order=WO-1&amp;number=18" in page
    assert "/ask/not-printed" not in page


def test_a_label_in_doubt_is_to_be_scanned_before_anything_else(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    board.publish(every_state(running)[Sign.IN_DOUBT])
    page = client.get("/").text
    assert (
        page.index("/ask/scan?") < page.index("/ask/destroyed?") < page.index("/ask/not-printed?")
    )
    assert re.search(r'class="action go main" hx-get="/ask/scan', page)
    assert "Found: scan it." in page


def test_a_label_without_a_serial_cannot_be_told_by_scanning(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    doubt = every_state(running)[Sign.IN_DOUBT]
    board.publish(replace(doubt, in_doubt=((18, ""),)))
    page = client.get("/").text
    assert "/ask/scan?" not in page
    assert "reading it proves nothing" in page


def test_where_serials_wait_to_be_printed_again_the_page_leads_there(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    held = with_order(running, Mode.HELD, OrderState.HELD, "reprint")
    assert held.order
    board.publish(replace(held, stop=9, order=replace(held.order, detail="3, 7")))
    page = client.get("/").text
    assert 'class="action go main" href="/orders/WO-1"' in page
    assert "Labels: 3, 7" in page


def test_a_finished_order_leads_to_where_it_is_closed(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    board.publish(with_order(running, Mode.IDLE, OrderState.FINISHED))
    assert 'href="/orders/WO-1">Close the order' in client.get("/").text
