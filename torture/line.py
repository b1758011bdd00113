"""The station's ends of the wires to the world: a reader, a gate, and what the operator sees.

>>> Line(1, seconds=1.0).truth()
Traceback (most recent call last):
drivers.interface.Unreachable: world: Connection refused
"""

import base64
import json
import socket
from typing import Any

import numpy as np

from drivers.deadline import Deadline
from drivers.interface import Garbled, Symbol, Unreachable
from station.core.judge import Code, Reading
from station.line.reader import Look
from station.vision.sheet import Sheet
from torture.truth import Truth
from torture.world import Place


class Line:
    """Asks the world, one question after the other."""

    def __init__(self, port: int, *, seconds: float = 30.0) -> None:
        self._port = port
        self._seconds = seconds
        self._connection: socket.socket | None = None

    def ask(self, do: str, *, serial: str = "") -> dict[str, Any]:
        """Raises DriverError: to the station the world is a device."""
        try:
            if self._connection is None:
                self._connection = socket.create_connection(
                    ("127.0.0.1", self._port), timeout=self._seconds
                )
            self._connection.sendall(json.dumps({"do": do, "serial": serial}).encode() + b"\n")
            answer = self._answer(self._connection)
        except OSError as error:
            raise Unreachable("world", error.strerror or str(error)) from None
        if "error" in answer:
            raise Garbled("world", f"{do}: {answer['error']}")
        return answer

    @staticmethod
    def _answer(connection: socket.socket) -> dict[str, Any]:
        got = bytearray()
        while not got.endswith(b"\n"):
            piece = connection.recv(65536)
            if not piece:
                raise ConnectionResetError(0, "the world has gone")
            got += piece
        answer: dict[str, Any] = json.loads(got)
        return answer

    def where(self, serial: str) -> tuple[Place, ...]:
        return tuple(Place(each) for each in self.ask("where", serial=serial)["places"])

    def truth(self) -> Truth:
        told = self.ask("truth")
        return Truth(tuple(told["printed"]), tuple(told["passed"]), tuple(told["doubled"]))

    def quiet(self) -> bool:
        """Whether nothing that the station began before it died is still going on."""
        return bool(self.ask("quiet")["quiet"])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class WorldReader:
    """Implements station.line.reader.Reader."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def in_view(self) -> bool:
        return bool(self._line.ask("in-view")["label"])

    def forget(self) -> None:
        """Each look asks anew."""

    def look(
        self,
        carriers: tuple[str, ...],  # noqa: ARG002 - the world shows what lies there now
        *,
        printed_at: float,  # noqa: ARG002 - the same
        sheet: Sheet | None = None,  # noqa: ARG002 - the same
    ) -> Look:
        seen = self._line.ask("look")
        if not seen:
            return Look((), Code.NONE)
        symbols = tuple(
            Symbol(identifier, bytes.fromhex(data), "world") for identifier, data in seen["symbols"]
        )
        pixels = np.frombuffer(base64.b64decode(seen["picture"]), np.uint8)
        return Look((Reading(symbols),), picture=pixels.reshape(seen["shape"]))

    def answer(self, *, good: bool) -> None:
        """The world hears nothing."""

    def close(self) -> None:
        self._line.close()


class WorldGate:
    """Implements drivers.interface.Gate."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def check(self, deadline: Deadline) -> None:
        """It is at rest whenever it is asked for nothing."""

    def release(self, deadline: Deadline) -> None:  # noqa: ARG002 - it moves at once
        self._line.ask("release")

    def reject(self, deadline: Deadline) -> None:  # noqa: ARG002 - it moves at once
        self._line.ask("reject")

    def close(self) -> None:
        self._line.close()
