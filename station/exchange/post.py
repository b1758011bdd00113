"""One message, sent once: a POST to an address that was checked, and the status of the answer.

Nothing is followed and nothing of the answer is kept: a redirect is a refusal. No proxy is asked.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from station.exchange.address import Target, Undelivered

SECONDS = 15.0
"""Longest time for one message, from the first packet to the status."""

Post = Callable[[Target, bytes, Mapping[str, str]], None]
"""Sends a body with headers. Raises Undelivered."""


def post(
    target: Target, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS
) -> None:
    """Raises Undelivered unless it was answered with 2xx in time."""
    address = target.resolved()
    try:
        with _connected(target, address, seconds) as connection, _cut(connection, seconds):
            status = _asked(target, connection, body, headers)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise Undelivered(str(error) or type(error).__name__) from None
    if not 200 <= status < 300:
        raise Undelivered(f"answered {status}")


def _asked(
    target: Target, connection: socket.socket, body: bytes, headers: Mapping[str, str]
) -> int:
    client = http.client.HTTPConnection(target.host, target.port)
    if target.scheme == "https":
        client.default_port = 443  # so that Host leaves out the usual one
    client.sock = connection
    try:
        client.request("POST", target.path, body, dict(headers))
        return client.getresponse().status
    finally:
        client.close()


@contextmanager
def _connected(target: Target, address: str, seconds: float) -> Iterator[socket.socket]:
    with socket.create_connection((address, target.port), timeout=seconds) as plain:
        if target.scheme == "http":
            yield plain
            return
        context = ssl.create_default_context()
        with context.wrap_socket(plain, server_hostname=target.host) as wrapped:
            yield wrapped


@contextmanager
def _cut(connection: socket.socket, seconds: float) -> Iterator[None]:
    """A receiver that answers a byte at a time is cut off all the same."""

    def cut() -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
