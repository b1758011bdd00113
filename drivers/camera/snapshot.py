"""A camera that is asked for each picture by HTTP GET; nothing is kept in between.

A picture counts as taken when it was asked for. A camera that hands out its latest picture instead
of taking one is given by its lag: the age a picture may have when it is handed out.
"""

import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import unquote, urlsplit

from drivers.camera.still import LARGEST, picture, without_password
from drivers.deadline import Deadline
from drivers.interface import DriverError, Frame, Garbled, Silent, Unreachable


class SnapshotCamera:
    def __init__(
        self,
        url: str,
        *,
        answer_seconds: float = 3.0,
        lag_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`answer_seconds` is the longest that one answer may take, from asking to its end."""
        self._url = without_password(url)
        self._passwords = _passwords(url, self._url)
        self._answer_seconds = answer_seconds
        self._lag_seconds = lag_seconds
        self._clock = clock

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        """A picture asked for after `newer_than`. Raises Silent, Unreachable, Garbled."""
        pause = threading.Event()
        while not deadline.expired:
            at = self._clock() - self._lag_seconds
            if at > newer_than:
                return Frame(picture(self._url, self._get(deadline)), at)
            pause.wait(min(newer_than - at + 0.001, deadline.remaining()))
        raise Silent(self._url, "no picture before the deadline")

    def close(self) -> None:
        """Nothing is open between two requests."""

    def _get(self, deadline: Deadline) -> bytes:
        limit = deadline.at_most(self._answer_seconds)
        with _hung_up_at(limit) as sockets, _door(self._url, limit):
            request = urllib.request.Request(self._url)  # noqa: S310 - the opener knows http and https only
            answer = self._opener(sockets).open(request, timeout=max(0.001, limit.remaining()))
            with answer:
                data: bytes = answer.read(LARGEST + 1)
            if limit.expired:
                raise TimeoutError
            return data

    def _opener(self, sockets: list[socket.socket]) -> urllib.request.OpenerDirector:
        """No proxy and no redirect: the picture comes from this camera or not at all."""
        opener = urllib.request.OpenerDirector()
        for handler in (
            _Plain(sockets),
            _Secure(sockets),
            urllib.request.HTTPBasicAuthHandler(self._passwords),
            urllib.request.HTTPDigestAuthHandler(self._passwords),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            opener.add_handler(handler)
        return opener


def _passwords(url: str, shown: str) -> urllib.request.HTTPPasswordMgrWithDefaultRealm:
    """Name and password as they stand in the address, for whatever realm the camera names."""
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    parts = urlsplit(url)
    if parts.username is not None:
        known.add_password(None, shown, unquote(parts.username), unquote(parts.password or ""))
    return known


class _PlainConnection(http.client.HTTPConnection):
    def __init__(self, host: str, *, sockets: list[socket.socket], timeout: float) -> None:
        super().__init__(host, timeout=timeout)
        self._sockets = sockets

    def connect(self) -> None:
        super().connect()
        self._sockets.append(self.sock)


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, host: str, *, sockets: list[socket.socket], timeout: float) -> None:
        super().__init__(host, timeout=timeout)
        self._sockets = sockets

    def connect(self) -> None:
        super().connect()
        self._sockets.append(self.sock)


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_PlainConnection, sockets=self._sockets), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_SecureConnection, sockets=self._sockets), req)


@contextmanager
def _hung_up_at(limit: Deadline) -> Iterator[list[socket.socket]]:
    """The sockets of one request, shut down at the limit and closed when it is over.

    A socket's own time-out starts again with every byte: a camera that sends one a second would
    never be given up. And an answer that asks for a password is left open by urllib.
    """
    sockets: list[socket.socket] = []
    watch = threading.Timer(limit.remaining(), _hang_up, (sockets,))
    watch.daemon = True
    watch.start()
    try:
        yield sockets
    finally:
        watch.cancel()
        for each in sockets:
            descriptor = each.detach()
            if descriptor >= 0:
                socket.close(descriptor)


def _hang_up(sockets: list[socket.socket]) -> None:
    for each in tuple(sockets):
        try:
            socket.socket.shutdown(each, socket.SHUT_RDWR)
        except OSError:
            continue  # it is closed already


@contextmanager
def _door(url: str, limit: Deadline) -> Iterator[None]:
    """What goes wrong in a request, as a fault of the camera."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise Garbled(url, f"answered {error.code} {error.reason}") from None
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise _fault(url, error, limit) from None


def _fault(url: str, error: Exception, limit: Deadline) -> DriverError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if limit.expired or isinstance(reason, TimeoutError):
        return Silent(url, "no answer in time")
    if isinstance(reason, http.client.HTTPException) and not isinstance(reason, OSError):
        return Garbled(url, f"no answer in HTTP ({type(reason).__name__})")
    return Unreachable(url, str(reason) or type(reason).__name__)
