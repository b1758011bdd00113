"""One HTTP request to a camera: with its password, without detours, and not for ever.

No proxy and no redirect: the picture comes from this camera or not at all.
"""

import http.client
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import unquote, urlsplit

from drivers.camera.still import without_password
from drivers.deadline import Deadline
from drivers.interface import DriverError, Garbled, Silent, Unreachable


class Request:
    def __init__(
        self,
        url: str,
        *,
        name: str,
        response: type[http.client.HTTPResponse] = http.client.HTTPResponse,
    ) -> None:
        """`response` is the class that reads the answer."""
        self._url = without_password(url)
        self._name = name
        self._passwords = _passwords(url, self._url)
        self._response = response

    @contextmanager
    def answered(
        self, limit: Deadline, *, endless: bool = False
    ) -> Iterator[http.client.HTTPResponse]:
        """What the camera answers, all of it before the limit; of an endless answer, its head.

        What goes wrong until the block is left is raised as Silent, Unreachable or Garbled.
        """
        line = _Line()
        with line.closed_at_the_end(), self._door(line):
            line.hang_up_at(limit)
            request = urllib.request.Request(self._url)  # noqa: S310 - the opener knows http and https only
            answer = self._opener(line).open(request, timeout=max(0.001, limit.remaining()))
            if endless:
                line.stay()
            with answer:
                yield answer
            if line.hung_up:
                raise TimeoutError

    def _opener(self, line: "_Line") -> urllib.request.OpenerDirector:
        opener = urllib.request.OpenerDirector()
        for handler in (
            _Plain(line, self._response),
            _Secure(line, self._response),
            urllib.request.HTTPBasicAuthHandler(self._passwords),
            urllib.request.HTTPDigestAuthHandler(self._passwords),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            opener.add_handler(handler)
        return opener

    @contextmanager
    def _door(self, line: "_Line") -> Iterator[None]:
        """What goes wrong in a request, as a fault of the camera."""
        try:
            yield
        except urllib.error.HTTPError as error:
            error.close()
            raise Garbled(self._name, f"answered {error.code} {error.reason}") from None
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise self._fault(error, hung_up=line.hung_up) from None

    def _fault(self, error: Exception, *, hung_up: bool) -> DriverError:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if hung_up or isinstance(reason, TimeoutError):
            return Silent(self._name, "no answer in time")
        if isinstance(reason, http.client.HTTPException) and not isinstance(reason, OSError):
            return Garbled(self._name, f"no answer in HTTP ({type(reason).__name__})")
        return Unreachable(self._name, str(reason) or type(reason).__name__)


def _passwords(url: str, shown: str) -> urllib.request.HTTPPasswordMgrWithDefaultRealm:
    """Name and password as they stand in the address, for whatever realm the camera names."""
    known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    parts = urlsplit(url)
    if parts.username is not None:
        known.add_password(None, shown, unquote(parts.username), unquote(parts.password or ""))
    return known


class _Line:
    """The sockets of one request, shut down at the limit and closed when it is over.

    A socket's own time-out starts again with every byte: a camera that sends one a second would
    never be given up. And an answer that asks for a password is left open by urllib.
    """

    def __init__(self) -> None:
        self.sockets: list[socket.socket] = []
        self.hung_up = False
        self._watch: threading.Timer | None = None

    def hang_up_at(self, limit: Deadline) -> None:
        self._watch = threading.Timer(limit.remaining(), self._hang_up)
        self._watch.daemon = True
        self._watch.start()

    def stay(self) -> None:
        if self._watch:
            self._watch.cancel()

    @contextmanager
    def closed_at_the_end(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.stay()
            for each in self.sockets:
                descriptor = each.detach()
                if descriptor >= 0:
                    socket.close(descriptor)

    def _hang_up(self) -> None:
        self.hung_up = True
        for each in tuple(self.sockets):
            try:
                socket.socket.shutdown(each, socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already


class _PlainConnection(http.client.HTTPConnection):
    def __init__(
        self, host: str, *, line: _Line, response: type[http.client.HTTPResponse], timeout: float
    ) -> None:
        super().__init__(host, timeout=timeout)
        self._line = line
        self.response_class = response

    def connect(self) -> None:
        super().connect()
        self._line.sockets.append(self.sock)


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(
        self, host: str, *, line: _Line, response: type[http.client.HTTPResponse], timeout: float
    ) -> None:
        super().__init__(host, timeout=timeout)
        self._line = line
        self.response_class = response

    def connect(self) -> None:
        super().connect()
        self._line.sockets.append(self.sock)


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, line: _Line, response: type[http.client.HTTPResponse]) -> None:
        super().__init__()
        self._connection = partial(_PlainConnection, line=line, response=response)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, line: _Line, response: type[http.client.HTTPResponse]) -> None:
        super().__init__()
        self._connection = partial(_SecureConnection, line=line, response=response)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)
