"""The addresses of a host, by a deadline that the system's own look-up does not know.

>>> [place for *_, place in lookup("192.0.2.7", 9100, Deadline.after(1))]
[('192.0.2.7', 9100)]
"""

import socket
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue

from drivers.deadline import Deadline

Found = Sequence[
    tuple[
        socket.AddressFamily,
        socket.SocketKind,
        int,
        str,
        tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
    ]
]
"""What socket.getaddrinfo gives."""


def lookup(host: str, port: int, deadline: Deadline) -> Found:
    """Raises OSError, at the deadline too, or ValueError for what can be no name.

    A number is no name and is not looked up. A look-up that takes too long goes on without us
    until the system gives up, within half a minute as a rule; what it finds is thrown away.
    """
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return _named(host, port, deadline)


def _named(host: str, port: int, deadline: Deadline) -> Found:
    answers: SimpleQueue[Found | OSError | ValueError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            answers.put(error)

    threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=max(deadline.remaining(), 0.001))
    except Empty:
        raise OSError("its name was not found in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer
