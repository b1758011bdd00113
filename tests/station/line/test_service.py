"""systemd hears what it wants to know, and nothing is sent where nobody listens."""

import socket
from pathlib import Path

from station.line.service import Service


def test_systemd_hears_ready_alive_and_stopping(tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        service = Service(str(path))
        service.ready()
        service.alive()
        service.stopping()
        heard = [listener.recv(100) for _ in range(3)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_an_address_in_the_abstract_namespace_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0labelstation-test-notify")
        Service("@labelstation-test-notify").ready()
        assert listener.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_sent() -> None:
    Service("").ready()
