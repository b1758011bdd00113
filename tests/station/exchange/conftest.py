"""A journal with something to tell, and a receiver that answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from station.core.news import KINDS
from station.exchange.address import Target
from station.exchange.outbox import Hook
from station.exchange.signature import Key
from station.records.journal import Journal

KEY = Key(b"0123456789abcdef0123456789abcdef")


@dataclass
class Receiver:
    """Keeps what it was sent; `answers` are used up first, then it takes everything."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    hangs: threading.Event | None = None
    """Where it is set, an answer waits for it."""

    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.got.append(({name.lower(): each for name, each in self.headers.items()}, body))
            kept.arrived.release()
            if kept.hangs:
                kept.hangs.wait(60)
            status = kept.answers.pop(0) if kept.answers else 204
            self.send_response(status)
            if status in {301, 307}:
                self.send_header("Location", f"{kept.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield kept
    if kept.hangs:
        kept.hangs.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path)) as made:
        yield made


@pytest.fixture
def hook(receiver: Receiver) -> Hook:
    return Hook(Target.parse(receiver.url), KINDS, KEY)
