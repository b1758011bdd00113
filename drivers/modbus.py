"""An input and output module on Modbus TCP: one question, its one answer, and a deadline for both.

    modbus://192.0.2.30:502?unit=1&…        port 502 and unit 1 where they are not given

pymodbus makes the requests, and matches and decodes the answers; the socket is ours, because its
own waits by the wall clock, connects again by itself, and would send a question again that was
not answered. Here nothing is asked twice: whoever wrote and got no answer does not know what
became of it, and has to look. After any failure but a refusal the connection is cut at once, so
that a late answer is never taken for that to a later question. (The wires of drivers.wire say
goodbye first, for the sake of printers; a gate that stands open cannot wait for that.)

The address is a number: looking up a name has no deadline.

Modbus Application Protocol V1.1b3: 6.1 Read Coils, 6.2 Read Discrete Inputs, 6.3 Read Holding
Registers, 6.4 Read Input Registers, 6.5 Write Single Coil, 7 exception codes.
"""

import ipaddress
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsResponse,
    ReadDiscreteInputsResponse,
    WriteSingleCoilResponse,
)
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersResponse,
    ReadInputRegistersResponse,
)

from drivers.deadline import Deadline
from drivers.interface import Condition, Garbled, NotReady, Silent, Unreachable
from drivers.settings import Settings

HIGHEST = 65535
"""The last coil, input or register there can be."""

_LONGEST_FRAME = 260
"""Bytes of a Modbus TCP frame (Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3)."""

_PATIENCE_SECONDS = 86400.0
"""pymodbus' own time-out, never reached: the deadline of the question comes first."""

_REFUSALS = {
    1: ("does not know how to do this with {what}", Condition.SETTING_REFUSED),
    2: ("has no {what}: change its number in the address", Condition.SETTING_REFUSED),
    3: ("does not take the value for {what}", Condition.SETTING_REFUSED),
    4: ("failed at {what}: switch it off and on", Condition.SILENT),
    5: ("is still busy with {what}", Condition.SILENT),
    6: ("is too busy for {what}", Condition.SILENT),
    10: ("is a gateway without a path to {what}: change the unit", Condition.UNREACHABLE),
    11: ("is a gateway, and nothing behind it answers for {what}", Condition.UNREACHABLE),
}

_Answer = TypeVar("_Answer", bound=ModbusPDU)

# What goes wrong is in the exception; a line of its own for each would drown the log.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module is, and which one it is behind a gateway."""

    host: str
    port: int
    unit: int

    @classmethod
    def of(cls, settings: Settings) -> "Place":
        """Takes `unit` from the settings, and refuses there what is not right."""
        parts = urlsplit(settings.url)
        host, port, right = "", 0, parts.scheme == "modbus"
        try:
            host = str(ipaddress.ip_address(parts.hostname or ""))
            port = 502 if parts.port is None else parts.port
        except ValueError:
            right = False
        if not right or not port or parts.path.strip("/") or parts.username is not None:
            settings.refuse("expected modbus://, an IP address and a port, as in 192.0.2.30:502")
        return cls(host, port, settings.number("unit", most=255, default=1))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"modbus://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Register:
    """16 bits that the module holds: an input register (3xxxx) or a holding register (4xxxx).

    >>> Register.parse("5"), Register.parse("holding:5"), Register.parse("five")
    (Register(number=5, holding=False), Register(number=5, holding=True), None)
    """

    number: int
    holding: bool = False

    @classmethod
    def parse(cls, text: str) -> "Register | None":
        kind, _, number = text.rpartition(":")
        right = number.isascii() and number.isdigit() and len(number) <= 5
        if kind not in {"", "input", "holding"} or not right or int(number) > HIGHEST:
            return None
        return cls(int(number), holding=kind == "holding")


class Modbus:
    """For one thread at a time. Every verb but `connect` needs a connection."""

    def __init__(self, place: Place, *, name: str) -> None:
        self.name = f"{name} {place}"
        self._place = place
        self._client: _Client | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a connection that the module has not closed meanwhile."""
        return self._client is not None and self._client.line.alive

    def connect(self, deadline: Deadline) -> None:
        """Connect anew, whatever was before. Raises Unreachable."""
        self.close()
        if deadline.expired:
            raise Unreachable(self.name, "cannot connect: no time is left")
        where = (self._place.host, self._place.port)
        try:
            line = socket.create_connection(where, timeout=_wait(deadline))
        except OSError as error:
            raise Unreachable(self.name, f"cannot connect: {_reason(error)}") from error
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = _Client(_Line(self.name, line))

    def close(self) -> None:
        """Never raises and never waits."""
        if self._client is not None:
            self._client.line.close()
        self._client = None

    def coil(self, number: int, deadline: Deadline) -> bool:
        """Whether an output is on. Raises DriverError, like all that follow."""
        answer = self._ask(
            lambda client: client.read_coils(number, device_id=self._place.unit),
            ReadCoilsResponse,
            deadline,
            what=f"coil {number}",
        )
        return self._bit(answer)

    def sense(self, number: int, deadline: Deadline) -> bool:
        """Whether a discrete input is on."""
        answer = self._ask(
            lambda client: client.read_discrete_inputs(number, device_id=self._place.unit),
            ReadDiscreteInputsResponse,
            deadline,
            what=f"discrete input {number}",
        )
        return self._bit(answer)

    def count(self, register: Register, deadline: Deadline) -> int:
        """What a register holds, 0–65535."""
        number, unit = register.number, self._place.unit
        if register.holding:
            answer: ModbusPDU = self._ask(
                lambda client: client.read_holding_registers(number, device_id=unit),
                ReadHoldingRegistersResponse,
                deadline,
                what=f"holding register {number}",
            )
        else:
            answer = self._ask(
                lambda client: client.read_input_registers(number, device_id=unit),
                ReadInputRegistersResponse,
                deadline,
                what=f"input register {number}",
            )
        if len(answer.registers) != 1:
            raise self._garbled(f"told {len(answer.registers)} registers where one was asked for")
        return answer.registers[0]

    def write(self, number: int, deadline: Deadline, *, on: bool) -> None:
        """Switch an output. After Silent, Garbled and Unreachable nobody knows whether it is."""
        answer = self._ask(
            lambda client: client.write_coil(number, on, device_id=self._place.unit),
            WriteSingleCoilResponse,
            deadline,
            what=f"coil {number}",
        )
        if answer.address != number or answer.bits != [on]:
            raise self._garbled(f"confirmed another write than that of coil {number}")

    def _ask(
        self,
        question: Callable[["_Client"], ModbusPDU],
        expected: type[_Answer],
        deadline: Deadline,
        *,
        what: str,
    ) -> _Answer:
        answer = self._asked(question, deadline)
        if isinstance(answer, ExceptionResponse) and answer.function_code & 0x7F == (
            expected.function_code
        ):
            raise self._refusal(answer.exception_code, what)
        if not isinstance(answer, expected):
            raise self._garbled("answered another question than it was asked")
        return answer

    def _asked(self, question: Callable[["_Client"], ModbusPDU], deadline: Deadline) -> ModbusPDU:
        if self._client is None:
            raise Unreachable(self.name, "not connected")
        self._client.line.deadline = deadline
        try:
            with _door(self.name):
                return question(self._client)
        except (Silent, Garbled, Unreachable):
            self.close()
            raise

    def _bit(self, answer: ReadCoilsResponse) -> bool:
        if len(answer.bits) != 8:
            raise self._garbled(f"told {len(answer.bits)} bits where one was asked for")
        return answer.bits[0]

    def _garbled(self, detail: str) -> Garbled:
        self.close()
        return Garbled(self.name, detail)

    def _refusal(self, code: int, what: str) -> NotReady:
        sentence, condition = _REFUSALS.get(code, ("refuses {what}", Condition.SETTING_REFUSED))
        return NotReady(
            self.name, f"{sentence.format(what=what)} (Modbus exception {code})", condition
        )


class _Line:
    """A socket of which each wait ends at the deadline of the question under way."""

    def __init__(self, name: str, line: socket.socket) -> None:
        self._name = name
        self._line = line
        self._received = 0
        self.deadline = Deadline.after(0)

    @property
    def alive(self) -> bool:
        """Whether the other side has not hung up while nobody spoke."""
        self._line.settimeout(0)
        try:
            return bool(self._line.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def send(self, data: bytes) -> None:
        self._received = 0
        with self._in_time():
            self._line.sendall(data)

    def receive(self) -> bytes:
        with self._in_time():
            data = self._line.recv(_LONGEST_FRAME)
        self._received += len(data)
        if not data:
            raise Unreachable(self._name, "the module closed the connection")
        if self._received > 4 * _LONGEST_FRAME:
            raise Garbled(self._name, f"{self._received} bytes, and no answer among them")
        return data

    def close(self) -> None:
        self._line.close()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """In pymodbus a TimeoutError would pass for one of its own, and be counted."""
        late = Silent(self._name, "no answer in time")
        if self.deadline.expired:
            raise late
        self._line.settimeout(_wait(self.deadline))
        try:
            yield
        except TimeoutError as error:
            raise late from error


class _Client(ModbusTcpClient):
    """pymodbus over a line that exists already; it can neither connect nor send twice."""

    def __init__(self, line: _Line) -> None:
        super().__init__("", retries=0, reconnect_delay=0, timeout=_PATIENCE_SECONDS)
        self.line = line

    def connect(self) -> bool:
        return True

    def send(self, request: bytes, addr: tuple[object, ...] | None = None) -> int:  # noqa: ARG002 - for UDP
        self.line.send(request)
        return len(request)

    def recv(self, size: int | None) -> bytes:  # noqa: ARG002 - whatever has come
        return self.line.receive()


@contextmanager
def _door(name: str) -> Iterator[None]:
    """Errors of the system and of pymodbus become ours."""
    try:
        yield
    except OSError as error:
        raise Unreachable(name, f"connection lost: {_reason(error)}") from error
    except ModbusException as error:
        raise Garbled(name, f"what it answered is not Modbus ({error.string})") from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _wait(deadline: Deadline) -> float:
    """A time-out of zero would mean "do not wait at all" to a socket."""
    return max(deadline.remaining(), 0.001)
