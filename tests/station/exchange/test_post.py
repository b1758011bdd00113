"""One message, sent once: taken, or not and why."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from station.exchange.address import Target, Undelivered
from station.exchange.post import post


@contextmanager
def answering(talk: Callable[[socket.socket], None]) -> Iterator[Target]:
    """A receiver that says anything at all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(20)
                connection.recv(65536)
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Target.parse(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join(20)


def test_a_message_that_is_taken(receiver: Any) -> None:
    post(Target.parse(f"{receiver.url}?line=1"), b"{}", {"X-A": "b"})
    ((headers, body),) = receiver.got
    assert (headers["x-a"], headers["content-length"], body) == ("b", "2", b"{}")


@pytest.mark.parametrize("status", [301, 307, 400, 404, 410, 500, 503])
def test_every_other_status_is_a_refusal_and_no_redirect_is_followed(
    receiver: Any, status: int
) -> None:
    receiver.answers = [status]
    with pytest.raises(Undelivered, match=f"answered {status}"):
        post(Target.parse(receiver.url), b"{}", {})
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 2",
        b"\x00" * 100,
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200,
    ],
)
def test_what_is_no_answer_is_said(answer: bytes) -> None:
    with (
        answering(lambda connection: connection.sendall(answer)) as target,
        pytest.raises(Undelivered),
    ):
        post(target, b"{}", {}, seconds=10)


def test_a_receiver_that_answers_a_byte_at_a_time_is_cut_off() -> None:
    gone = threading.Event()

    def drip(connection: socket.socket) -> None:
        try:
            while not gone.wait(0.05):
                connection.sendall(b"H")
        except OSError:
            pass

    with answering(drip) as target:
        with pytest.raises(Undelivered):
            post(target, b"{}", {}, seconds=0.5)
        gone.set()


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        target = Target.parse(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    with pytest.raises(Undelivered):
        post(target, b"{}", {})


def test_a_receiver_without_a_certificate_that_holds_is_none(receiver: Any) -> None:
    with pytest.raises(Undelivered):
        post(Target.parse(receiver.url.replace("http:", "https:")), b"{}", {}, seconds=5)
