from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from station.core.state import LabelState
from station.line.board import Board, Mode, Snapshot
from station.records.evidence import Evidence
from station.web.server import Server

Event = tuple[str, str]


@contextmanager
def listening(client: httpx.Client) -> Iterator[Iterator[Event]]:
    """The events of a page's stream, as a browser takes them apart."""
    with client.stream("GET", "/live", timeout=20.0) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    name, data = "", list[str]()
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data.append(line.removeprefix("data: "))
        elif not line and name:
            yield name, "\n".join(data)
            name, data = "", []


def until_alive(events: Iterator[Event]) -> dict[str, str]:
    """The regions of one message; "alive" closes it."""
    found: dict[str, str] = {}
    for name, data in events:
        if name == "alive":
            return found
        found[name] = data
    pytest.fail("the stream ended")


def test_a_stream_begins_with_every_region(client: httpx.Client) -> None:
    with listening(client) as events:
        regions = until_alive(events)
    assert set(regions) == {"order", "pictures", "sign", "notice", "counters", "actions"}
    assert "ACCEPTED" in regions["sign"]


def test_a_change_at_the_line_sends_the_regions_that_changed(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    """The button of a running line is not exchanged while somebody touches it."""
    assert running.label
    with listening(client) as events:
        until_alive(events)
        board.publish(replace(running, label=replace(running.label, state=LabelState.REJECTED)))
        regions = until_alive(events)
    assert set(regions) == {"sign"}
    assert "REJECTED" in regions["sign"]


def test_a_silent_line_still_gives_a_sign_of_life(client: httpx.Client) -> None:
    with listening(client) as events:
        until_alive(events)
        assert until_alive(events) == {}


def test_the_sign_of_life_says_which_process_speaks(
    client: httpx.Client, own: dict[str, str]
) -> None:
    """A page that was left open over a restart loads itself again."""
    with listening(client) as events:
        alive = next(data for name, data in events if name == "alive")
    assert alive == own["X-Station-Token"]


def test_a_stream_speaks_the_language_of_its_page(client: httpx.Client) -> None:
    client.cookies.set("language", "zh")
    with listening(client) as events:
        assert "合格" in until_alive(events)["sign"]


def test_a_label_cannot_end_an_event(client: httpx.Client, board: Board, running: Snapshot) -> None:
    assert running.label
    evil = "\r\revent: actions\rdata: <b>evil</b>\r\r"
    board.publish(replace(running, label=replace(running.label, serial=evil)))
    with listening(client) as events:
        regions = until_alive(events)
    assert "evil" in regions["sign"]
    assert "evil" not in regions["actions"]


def test_every_page_gets_the_newest_snapshot(
    client: httpx.Client, server: Server, board: Board, running: Snapshot
) -> None:
    with (
        httpx.Client(base_url=server.url) as other,
        listening(client) as mine,
        listening(other) as theirs,
    ):
        until_alive(mine)
        until_alive(theirs)
        board.publish(replace(running, mode=Mode.STOPPED))
        assert "STOPPED" in until_alive(mine)["sign"]
        assert "STOPPED" in until_alive(theirs)["sign"]


def test_a_page_that_goes_away_takes_nothing_with_it(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    for _ in range(5):
        with listening(client) as events:
            until_alive(events)
    board.publish(running)
    assert client.get("/").status_code == 200


def test_stopping_the_server_ends_every_stream(board: Board, tmp_path: Path) -> None:
    server = Server(
        board=board,
        folder=tmp_path,
        evidence=Evidence(tmp_path / "evidence"),
        language="en",
        station_name="Line 3",
    )
    server.start()
    with httpx.Client(base_url=server.url) as client, listening(client) as events:
        until_alive(events)
        with ThreadPoolExecutor() as pool:
            stopping = pool.submit(server.stop)
            assert all(name == "alive" for name, _ in events)
            stopping.result()
