"""What the pages cost: verdict to screen, the line's pace with people looking on, and weights.

`scripts/bench pages`. Each of the people has a stream of server-sent events of their own, and loads
each picture as a browser does; they are one process of their own, since they are not the station.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import numpy as np

from bench.line import SERIAL_ORDER, Line, line
from station.core.state import LabelState, OrderState
from station.line.board import Mode, Snapshot

LOOKING = 20
LABELS = 100
ROUNDS = 3
"""Of each kind, by turns: what else the machine does falls on both."""

_JUDGED = {LabelState.ACCEPTED, LabelState.RELEASED, LabelState.REJECTED}

PAGES = (
    *(
        "/",
        "/orders",
        "/rejects",
        "/challenge",
        "/figures",
        "/trends",
        "/verify",
        "/trace",
        "/people",
    ),
    *("/people", "/docs", "/help"),
)


def main() -> None:
    verdict_to_screen()
    pace()
    weights()


def verdict_to_screen() -> None:
    """From the publication of a verdict to its region, whole, at each of the people."""
    with line() as at_work:
        verdicts = _Verdicts(at_work)
        with looking(at_work.station.server.url, LOOKING) as people:
            _print(at_work, "V", LABELS)
            heard = people.heard()
        late = sorted(_delays(verdicts.stop(), heard))
    print("## From a verdict to every screen (ms)\n")
    print("| people looking on | verdicts × screens | p50 | p99 | largest |\n|---|---|---|---|---|")
    p50, p99 = np.quantile(late, (0.5, 0.99))
    print(f"| {LOOKING} | {len(late)} | {p50:.1f} | {p99:.1f} | {late[-1]:.1f} |\n", flush=True)


def pace() -> None:
    """Seconds a label takes, with nobody at the pages and with many, by turns."""
    alone: list[float] = []
    watched: list[float] = []
    with line() as at_work:
        _print(at_work, "A0", LABELS)  # what is done for the first time takes longer
        for number in range(1, ROUNDS + 1):
            alone.append(_print(at_work, f"A{number}", LABELS))
            with looking(at_work.station.server.url, LOOKING):
                watched.append(_print(at_work, f"B{number}", LABELS))
    one, other = float(np.median(alone)), float(np.median(watched))
    print("## How fast labels come while people look on (ms for each label)\n")
    print("| nobody | people | with them | ratio |\n|---|---|---|---|")
    print(f"| {one * 1e3:.1f} | {LOOKING} | {other * 1e3:.1f} | {other / one:.2f} |\n", flush=True)


def weights() -> None:
    """Of each page's own document; scripts and style come once for all of them."""
    with line() as at_work:
        _print(at_work, "W", 20)
        with httpx.Client(base_url=at_work.station.server.url) as client:
            found = {path: len(client.get(path).content) for path in PAGES}
            page = client.get("/").text
            loaded = ("htmx.min.js", "htmx-ext-sse.min.js", "page.css", "watch.js", "asking.js")
            common = sum(len(client.get(f"/static/{name}").content) for name in loaded)
            picture = page.partition('src="/live/picture.jpg')[2].partition('"')[0]
            shown = len(client.get(f"/live/picture.jpg{picture}").content)
        taken = len(at_work.station.board.snapshot.picture)
    print("## Weight of the pages (bytes)\n")
    print("| what | bytes |\n|---|---|")
    for path, size in {**found, "scripts and style": common}.items():
        print(f"| {path} | {size} |")
    print(f"| picture of a label on the line's page, as it was taken | {shown}, {taken} |\n")


def _print(at_work: Line, order: str, labels: int) -> float:
    """Seconds for each label of an order."""
    at_work.until(Mode.IDLE)
    at_work.order(SERIAL_ORDER.format(id=order, quantity=labels))
    board, began = at_work.station.board, 0.0
    snapshot = board.snapshot
    while not _finished(snapshot, order):
        snapshot = board.newer(snapshot.version, seconds=1.0)
        if not began and snapshot.order and snapshot.order.order.id == order:
            began = time.perf_counter()
    return (time.perf_counter() - began) / labels


def _finished(snapshot: Snapshot, order: str) -> bool:
    at_line = snapshot.order
    return (
        snapshot.mode == Mode.IDLE
        and at_line is not None
        and at_line.order.id == order
        and at_line.state == OrderState.FINISHED
    )


class _Verdicts:
    """When each verdict was published."""

    def __init__(self, at_work: Line) -> None:
        self._board = at_work.station.board
        self._found: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> dict[str, float]:
        """Label → moment on the machine's monotonic clock."""
        self._ended.set()
        self._thread.join()
        return self._found

    def _watch(self) -> None:
        snapshot = self._board.snapshot
        while not self._ended.is_set():
            newer = self._board.newer(snapshot.version, seconds=0.1)
            if newer.version != snapshot.version and (name := _judged(newer)):
                self._found.setdefault(name, time.monotonic())
            snapshot = newer


def _judged(snapshot: Snapshot) -> str:
    label = snapshot.label
    return f"{label.order}/{label.number}" if label and label.state in _JUDGED else ""


def _delays(published: dict[str, float], heard: Sequence[dict[str, float]]) -> Iterator[float]:
    """Milliseconds; a screen that skipped a verdict for a newer one has nothing to show for it."""
    for each in heard:
        for name, at in each.items():
            if name in published:
                yield (at - published[name]) * 1e3


class People:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def heard(self) -> list[dict[str, float]]:
        """For each of them: label → when its sign was there. They leave with that."""
        out, _ = self._process.communicate("stop\n", timeout=60)
        found: list[dict[str, float]] = json.loads(out)
        return found


@contextmanager
def looking(url: str, people: int) -> Iterator[People]:
    """So many people look at the line's page, until they are asked what they have heard."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.pages", url, str(people)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # all of them are connected
        try:
            yield People(process)
        finally:
            if process.poll() is None:
                process.communicate("stop\n", timeout=60)


# -- the people's own process --------------------------------------------------------------------


def look(url: str, people: int) -> None:
    """Says so when all are connected; ends with a line on its standard input."""
    where = urlsplit(url)
    assert where.hostname
    assert where.port
    screens = [_Screen((where.hostname, where.port)) for _ in range(people)]
    for each in screens:
        each.connected.wait()
    print("connected", flush=True)
    sys.stdin.readline()
    print(json.dumps([each.heard for each in screens]), flush=True)


class _Screen(threading.Thread):
    """One browser, as far as the station can tell: a stream, and each picture once."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(daemon=True)
        self.heard: dict[str, float] = {}
        self.connected = threading.Event()
        self._address = address
        self.start()

    def run(self) -> None:
        with socket.create_connection(self._address) as stream:
            stream.sendall(_get("/live", self._address))
            rest = b""
            while more := stream.recv(65_536):
                *events, rest = (rest + more).split(b"\n\n")
                for event in events:
                    self._hear(event)

    def _hear(self, event: bytes) -> None:
        if b"event: alive" in event:
            self.connected.set()
        elif b"event: sign" in event and (b"sign-accepted" in event or b"sign-rejected" in event):
            name = event.partition(b'data-label="')[2].partition(b'"')[0].decode()
            self.heard.setdefault(name, time.monotonic())
        elif b'src="/live/picture.jpg' in event:
            self._load(event.partition(b'src="/live/picture.jpg')[2].partition(b'"')[0].decode())

    def _load(self, query: str) -> None:
        with socket.create_connection(self._address) as picture:
            picture.sendall(_get(f"/live/picture.jpg{query}", self._address))
            while picture.recv(65_536):
                pass


def _get(path: str, address: tuple[str, int]) -> bytes:
    host, port = address
    close = "" if path == "/live" else "Connection: close\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{close}\r\n".encode()


if __name__ == "__main__":
    look(sys.argv[1], int(sys.argv[2]))
