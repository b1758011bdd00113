"""The world on a loopback port: what reader, gate, operator and harness ask it.

One JSON object a line, and one back:

    → {"do": "where", "serial": "CN010123"}
    ← {"places": ["in view"]}
"""

import base64
import json
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from torture.truth import Truth
from torture.world import QUIET_SECONDS, Fault, Paper, World

LINE_LIMIT = 4096


@dataclass(slots=True)
class _Clients:
    """How many are connected; `changed` guards it."""

    connected: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def count(self, difference: int) -> None:
        with self.changed:
            self.connected += difference
            self.changed.notify_all()

    def wait_alone(self) -> bool:
        """Until whoever asks is the only one left."""
        with self.changed:
            return self.changed.wait_for(lambda: self.connected <= 1, timeout=QUIET_SECONDS)


class WorldServer:
    """The world on a loopback port."""

    def __init__(self, world: World) -> None:
        answer = _Answers(world, clients := _Clients())

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                clients.count(1)
                try:
                    while line := self.rfile.readline(LINE_LIMIT):
                        self.wfile.write(answer.line(line))
                except ConnectionError:
                    # The station was killed while it was spoken to; that is what we are here for.
                    return
                finally:
                    clients.count(-1)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


class _Answers:
    def __init__(self, world: World, clients: _Clients) -> None:
        self._verbs: dict[str, Callable[[str], dict[str, Any]]] = {
            "look": lambda _: _seen(world.look()),
            "in-view": lambda _: {"label": bool(world.look())},
            "release": _does(world.release),
            "reject": _does(world.reject),
            "where": lambda serial: {"places": world.where(serial)},
            "destroy": lambda serial: _did(world.destroy, serial),
            "lay": lambda serial: _did(world.lay, serial),
            "take-away": _does(world.take_away),
            "mend": _does(world.mend),
            "power-cycle": _does(world.power_cycle),
            "quiet": lambda _: {"quiet": clients.wait_alone() and world.quiet()},
            "truth": lambda _: _told(world.truth()),
            "twins": lambda _: {"places": world.twins()},
        }

    def line(self, line: bytes) -> bytes:
        """One line in, one line out; whatever came in."""
        try:
            request = json.loads(line)
            verb, serial = self._verbs[request["do"]], str(request.get("serial", ""))
        except (ValueError, LookupError, TypeError, AttributeError):
            return b'{"error": "not a request"}\n'
        return json.dumps(verb(serial)).encode() + b"\n"


def _does(act: Callable[[], None]) -> Callable[[str], dict[str, Any]]:
    return lambda _: _did(lambda _: act(), "")


def _did(act: Callable[[str], None], serial: str) -> dict[str, Any]:
    act(serial)
    return {}


def _told(truth: Truth) -> dict[str, Any]:
    return {"printed": truth.printed, "passed": truth.passed, "doubled": truth.doubled}


def _seen(papers: tuple[Paper, ...]) -> dict[str, Any]:
    if not papers:
        return {}
    small = np.ascontiguousarray(papers[0].picture[::4, ::4])
    symbols = [symbol for paper in papers for symbol in paper.symbols]
    return {
        "symbols": [(identifier, data.hex()) for identifier, data in symbols],
        "picture": base64.b64encode(small.tobytes()).decode(),
        "shape": small.shape,
    }


def serve(parent: Connection, faults: dict[int, Fault]) -> None:
    """The world's process: tells where it is, and lives until whoever made it goes away."""
    world = World(faults)
    server = WorldServer(world)
    parent.send((world.printer_url, server.port))
    try:
        parent.recv()
    except EOFError:
        # Whoever asked has ended, in whatever way.
        pass
    finally:
        server.close()
        world.close()
