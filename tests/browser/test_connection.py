"""A page that has lost its station says so, over everything that looks like a verdict."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.chromium import PANEL, Browser, window
from station.line.board import Board, Mode, Snapshot
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.web.server import Server

SILENCE = "00:08"
"""Of the page's own clock: more than it waits for a word."""


@contextmanager
def served(folder: Path, board: Board, *, port: int = 0) -> Iterator[Server]:
    server = Server(
        board=board,
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="zh",
        station_name="LINE-3",
        port=port,
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


def test_a_page_says_at_once_that_the_station_is_gone_and_finds_it_again(
    browser: Browser, tmp_path: Path
) -> None:
    Journal(tmp_path).close()
    board = Board()
    with served(tmp_path, board) as server:
        page, _ = window(browser, url=server.url, language="zh", size=PANEL)
        page.goto("/")
        page.wait_for_selector("body.live")
        assert not page.locator(".lost").is_visible()
        port = int(server.url.rpartition(":")[2])
    page.wait_for_selector(".lost", state="visible")
    assert page.locator("body.live").count() == 0
    board.publish(Snapshot(mode=Mode.IDLE, waiting=("HC-7",)))
    with served(tmp_path, board, port=port):
        page.wait_for_selector("body.live")
        page.wait_for_selector(".lost", state="hidden")
        page.wait_for_selector('[hx-get^="/ask/start?order=HC-7"]')


def test_a_page_that_is_left_without_a_word_says_so_too(browser: Browser, tmp_path: Path) -> None:
    """Nothing is closed; the station, or the network, just does not speak any more."""
    Journal(tmp_path).close()
    with served(tmp_path, Board()) as server:
        page, _ = window(browser, url=server.url, language="en", size=PANEL)
        page.clock.install()
        page.goto("/")
        page.wait_for_selector("body.live")
        page.clock.fast_forward(SILENCE)
        page.wait_for_selector(".lost", state="visible")


def test_a_log_that_cannot_be_drawn_again_says_so(browser: Browser, tmp_path: Path) -> None:
    Journal(tmp_path).close()
    with served(tmp_path, Board()) as server:
        page, _ = window(browser, url=server.url, language="en", size=PANEL)
        page.goto("/rejects")
        page.wait_for_selector("body.live")
    page.wait_for_selector(".lost", state="visible")
