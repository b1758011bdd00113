"""MJPEG over HTTP: one endless answer, in which each part is a picture (RFC 2046, 5.1; the type
multipart/x-mixed-replace).

Read here and not by a video library, because only who reads the connection knows when a picture
was surely not there yet, and because a library decodes half a picture without a word.
"""

import http.client
import io
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator
from functools import partial

from drivers.camera.request import Request
from drivers.camera.still import LARGEST, exposure, picture, without_password
from drivers.camera.stream import OPEN_SECONDS, STALL_SECONDS, Taken
from drivers.deadline import Deadline
from drivers.interface import Garbled, Unreachable

SLICE_MS = 5
"""So exactly is known when nothing had arrived yet."""

_LONGEST_LINE = 1024
_MOST_LINES = 64
"""Between two pictures."""


class Mjpeg:
    """A source of pictures for StreamCamera."""

    def __init__(
        self,
        url: str,
        *,
        stall_seconds: float = STALL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`stall_seconds` is the longest that one picture may take, from the end of the last."""
        self.name = f"camera {without_password(url)}"
        self._request = Request(url, name=self.name, response=_Endless)
        self._stall_seconds = stall_seconds
        self._clock = clock

    def pictures(self, closing: threading.Event) -> Generator[Taken, None, None]:
        """Until closing is set. Raises Unreachable, Silent, Garbled."""
        with self._request.answered(Deadline.after(OPEN_SECONDS), endless=True) as answer:
            arriving = _arriving(answer)
            arriving.follow(self._clock, closing)
            parts = _Parts(self.name, answer, arriving)
            while not closing.is_set():
                arriving.limit = Deadline.after(self._stall_seconds)
                absent, data = parts.following()
                develop = partial(picture, self.name, data)
                yield Taken(absent, self._clock(), exposure(data), develop)


class Arriving(io.RawIOBase):
    """The bytes of a connection, and the last moment at which none could be read.

    The kernel keeps what arrives while this machine stands still, and all of that was absent at
    the moment of the last look.
    """

    def __init__(self, connection: socket.socket, below: io.BufferedReader) -> None:
        """`below` is the reader this one stands in for; the connection stays open with it."""
        super().__init__()
        self._socket = connection
        self._below = below
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._clock: Callable[[], float] = time.monotonic
        self._closing = threading.Event()
        self.absent = float("-inf")
        self.limit: Deadline | None = None

    def follow(self, clock: Callable[[], float], closing: threading.Event) -> None:
        self._clock = clock
        self._closing = closing

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # a buffered reader passes no other
        """Some bytes, or none at the end. Raises TimeoutError at the limit."""
        while not self._here():
            if self._closing.is_set():
                return 0
            if self.limit and self.limit.expired:
                raise TimeoutError
            self._poll.poll(SLICE_MS)
        return self._socket.recv_into(buffer)

    def close(self) -> None:
        self._below.close()
        super().close()

    def _here(self) -> bool:
        looked = self._clock()
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        if self._poll.poll(0):
            return True
        self.absent = looked
        return False


class _Endless(http.client.HTTPResponse):
    """An answer that is read through Arriving."""

    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.arriving = Arriving(sock, self.fp)
        self.fp = io.BufferedReader(self.arriving)


def _arriving(answer: http.client.HTTPResponse) -> Arriving:
    assert isinstance(answer, _Endless)
    return answer.arriving


class _Parts:
    """The parts of a multipart answer, one after the other."""

    def __init__(self, name: str, answer: http.client.HTTPResponse, arriving: Arriving) -> None:
        self._name = name
        self._answer = answer
        self._arriving = arriving
        found = answer.headers.get_boundary()
        if answer.headers.get_content_maintype() != "multipart" or not found:
            kind = answer.headers.get_content_type()
            raise Garbled(name, f"expected multipart/x-mixed-replace, got {kind[:60]!r}")
        # Some cameras write the two dashes into the header as well.
        self._boundary = b"--" + found.strip("-").encode("latin-1", "replace")
        self._begun = False

    def following(self) -> tuple[float, bytes]:
        """When the next part was surely not there yet, and what is in it."""
        absent, head = self._head()
        length = _length(head)
        if length > LARGEST:
            raise Garbled(self._name, f"announces {length} bytes for one picture")
        return absent, self._exactly(length) if length else self._up_to_the_next()

    def _head(self) -> tuple[float, list[bytes]]:
        """The lines between the boundary and the picture, and when none of them was there.

        The boundary itself may come early: some cameras end the picture before with it.
        """
        absent, head = 0.0, list[bytes]()
        for _ in range(_MOST_LINES):
            line = self._line()
            if not self._begun:
                self._begun = self._divides(line)
                continue
            absent = absent if head else self._arriving.absent
            head.append(line)
            if not line.strip():
                self._begun = False
                return absent, head
        raise Garbled(self._name, "something else than pictures between two pictures")

    def _line(self) -> bytes:
        line = self._answer.readline(_LONGEST_LINE + 1)
        if not line:
            raise Unreachable(self._name, "the stream ended")
        if len(line) > _LONGEST_LINE:
            raise Garbled(self._name, "something else than pictures between two pictures")
        return line

    def _divides(self, line: bytes) -> bool:
        if line.rstrip() == self._boundary + b"--":
            raise Unreachable(self._name, "the stream ended")
        return line.rstrip() == self._boundary

    def _exactly(self, length: int) -> bytes:
        data = self._answer.read(length)
        if len(data) < length:
            raise Unreachable(self._name, "the stream broke off in the middle of a picture")
        return data

    def _up_to_the_next(self) -> bytes:
        """A part that does not say how long it is ends where the next one begins."""
        data = bytearray()
        while len(data) <= LARGEST:
            line = self._answer.readline(LARGEST)
            if not line:
                raise Unreachable(self._name, "the stream broke off in the middle of a picture")
            if self._divides(line):
                self._begun = True
                return bytes(data.removesuffix(b"\r\n"))
            data += line
        raise Garbled(self._name, f"more than {LARGEST} bytes for one picture")


def _length(head: list[bytes]) -> int:
    """What Content-Length says; zero where it says nothing that is a number."""
    for line in head:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value) if len(value) < 20 else LARGEST + 1
    return 0
