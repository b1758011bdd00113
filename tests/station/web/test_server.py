from pathlib import Path

import httpx
import pytest

from station.core.problem import Refused
from station.line.board import Board
from station.records.evidence import Evidence
from station.web.server import Server


def made(folder: Path, *, host: str = "127.0.0.1", port: int = 0) -> Server:
    return Server(
        board=Board(),
        folder=folder,
        evidence=Evidence(folder / "evidence"),
        language="zh",
        station_name="Line 3",
        host=host,
        port=port,
    )


def test_the_pages_can_be_reached_when_start_returns(tmp_path: Path) -> None:
    server = made(tmp_path)
    server.start()
    try:
        assert httpx.get(server.url).status_code == 200
    finally:
        server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_a_taken_port_is_refused_in_one_sentence(tmp_path: Path) -> None:
    first = made(tmp_path)
    first.start()
    port = httpx.URL(first.url).port
    assert port
    try:
        with pytest.raises(Refused, match=r"nobody else uses; it is set in web\.port") as refused:
            made(tmp_path, port=port).start()
    finally:
        first.stop()
    assert f"127.0.0.1:{port}: Address already in use" in str(refused.value)


def test_an_address_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot be served at 192\.0\.2\.1:0"):
        made(tmp_path, host="192.0.2.1").start()


def test_a_host_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot be served at host\.invalid:0"):
        made(tmp_path, host="host.invalid").start()


def test_the_pages_are_served_over_ipv6_too(tmp_path: Path) -> None:
    server = made(tmp_path, host="::1")
    server.start()
    try:
        assert server.url.startswith("http://[::1]:")
        assert httpx.get(server.url).status_code == 200
    finally:
        server.stop()


def test_stopping_what_never_started_or_has_stopped_does_nothing(tmp_path: Path) -> None:
    server = made(tmp_path)
    server.stop()
    server.stop()


def test_a_station_without_a_journal_says_so(tmp_path: Path) -> None:
    server = made(tmp_path)
    server.start()
    try:
        answer = httpx.get(f"{server.url}/rejects")
    finally:
        server.stop()
    assert answer.status_code == 400
    assert "还没有日志" in answer.text
