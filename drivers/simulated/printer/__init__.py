"""A label printer without paper: it listens like a real one, and its labels are pictures.

>>> import socket
>>> labels = []
>>> with SimulatedPrinter(on_label=labels.append) as printer:
...     url = printer.serve_tcp()
...     with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as client:
...         client.sendall(b"^XA^PW400^LL200^FO10,10^GB50,50,50^FS^XZ")
...     printer.wait_printed(1, seconds=10)
True
>>> labels[0].number, labels[0].picture.shape
(1, (200, 400))

Faults are ordered by method and happen at a known label, never at a known time. The printer
goes on like a real one: it keeps a format that could not start, it loses its memory with the
power, and with reprint-after-error on it prints a twin of a label that was cut.

It tells its odometer, which the power does not touch: every label that left the head counts,
twins, cut ones and those that somebody took away among them. A label that was lost does not.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from drivers.interface import PrinterStatus, PrintMode
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer.engine import Engine
from drivers.simulated.printer.mechanics import Mechanics
from drivers.simulated.printer.ports import Port, TcpPort, TtyPort
from drivers.simulated.printer.receiver import Knows, Receiver
from drivers.simulated.printer.voice import Voice


def _ignore(_problem: str) -> None:
    return


class SimulatedPrinter(Mechanics):
    """Thread-safe. `on_label` is called on the printer's own thread, one label at a time, before
    the printer reports the label done; it must not raise.
    """

    def __init__(
        self,
        *,
        on_label: Callable[[PrintedLabel], None],
        dots_per_mm: int = 8,
        width_mm: int = 104,
        seconds_per_label: float = 0.0,
        mode: PrintMode = PrintMode.TEAR,
        odometer: bool = True,
        directory: bool = True,
        identity: bool = True,
        health: bool = True,
        variables: bool = True,
        counts_feeds: bool = True,
        on_problem: Callable[[str], None] = _ignore,
    ) -> None:
        """mode: the print mode that is saved in it. odometer: False for a printer that answers "?"
        when it is asked for one; directory, identity, health, variables: False for one that says
        nothing when it is asked (^HW, ~HI, ~HQES, getvar). counts_feeds: ~PH moves the odometer.
        """
        self.voice = Voice()
        """How it answers: silently, slowly, late, garbled, interrupted."""
        engine = Engine(
            dots_per_mm=dots_per_mm,
            width_mm=width_mm,
            on_label=on_label,
            on_problem=self._complain,
            hang_up=self._hang_up,
            seconds_per_label=seconds_per_label,
            mode=mode,
        )
        super().__init__(engine)
        self._receiver = Receiver(
            engine,
            dots_per_mm=dots_per_mm,
            knows=Knows(
                odometer=odometer,
                directory=directory,
                identity=identity,
                health=health,
                variables=variables,
            ),
            counts_feeds=counts_feeds,
            voice=self.voice,
            on_problem=on_problem,
            hang_up=self._hang_up,
        )
        self._ports: list[Port] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Connections

    def serve_tcp(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; port 0 takes a free one. Returns "tcp://host:port". Raises OSError."""
        return self._serve(TcpPort(host, port, self._receiver.ear()))

    def serve_tty(self, *, baud: int = 9600, flow: str = "none") -> str:
        """Open a pseudo terminal. Returns "serial:///dev/pts/N?baud=9600&flow=none"."""
        return self._serve(TtyPort(baud, flow, self._receiver.ear()))

    def close(self) -> None:
        self.voice.close()
        for port in self._ports:
            port.close()
        self._ports.clear()
        self._engine.close()

    def _serve(self, port: Port) -> str:
        self._ports.append(port)
        return port.url

    def _hang_up(self) -> None:
        for port in self._ports:
            port.drop()

    def _complain(self, problem: str) -> None:
        self._receiver.complain(problem)

    # What it shows

    @property
    def status(self) -> PrinterStatus:
        return self._receiver.status

    @property
    def mode(self) -> PrintMode:
        return self._engine.mode

    @property
    def printed(self) -> int:
        """Labels that ever came out."""
        with self._engine.changed:
            return self._engine.state.printed

    @property
    def odometer(self) -> int:
        """Labels that ever left the head, as it counts them; known here even if it tells nobody."""
        return self._engine.odometer

    @property
    def reprint(self) -> bool:
        """^JZ: would a label that was cut be printed again?"""
        return self._engine.interpreter.settings.reprint

    @property
    def stored(self) -> frozenset[str]:
        """Full names of the graphics and formats that it keeps, such as "R:LOGO.GRF"."""
        return frozenset(name for name, _ in self._engine.memory.sizes())

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with bytes that made no label, the latest thousand: see also
        PrintedLabel.unknown.
        """
        return self._receiver.problems

    def wait_printed(self, count: int, *, seconds: float) -> bool:
        """Wait until so many labels came out and were handed over; False if they did not."""
        return self._wait(lambda: self._engine.state.printed >= count, seconds)

    def wait_idle(self, *, seconds: float) -> bool:
        """Wait until nothing is left to print; False if something is."""
        return self._wait(lambda: self._engine.state.formats == 0, seconds)

    def _wait(self, reached: Callable[[], bool], seconds: float) -> bool:
        with self._engine.changed:
            return self._engine.changed.wait_for(reached, timeout=seconds)

    @property
    def seconds_per_label(self) -> float:
        """How long one label takes from the beginning of its format to its end."""
        return self._engine.seconds

    @seconds_per_label.setter
    def seconds_per_label(self, seconds: float) -> None:
        self._engine.seconds = seconds

    # What happens to its power and its lines

    def power_cycle(self) -> None:
        """Connections, buffer, stored objects and settings are lost; what is open stays open."""
        self._hang_up()
        self._receiver.power_off()

    def power_cycle_mid_format(self, *, after_bytes: int) -> None:
        """The same in the middle of a format: the next one that is longer than so many bytes,
        counted from its ^XA, of which the power leaves no more. A format that ends earlier is
        printed and the order stands; at least the three bytes of ^XA are always taken.

        A serial line cannot be cut: what the client still sends there is lost or stray text.
        """
        self._receiver.blow_fuse(after_bytes=after_bytes)

    def go_half_open(self) -> None:
        """Read and answer nothing more, as behind a cable that was pulled; connections stay."""
        for port in self._ports:
            port.hold(on=True)

    def come_back(self) -> None:
        """Read on, beginning with what a connection has kept that the other side has not torn
        down.
        """
        for port in self._ports:
            port.hold(on=False)

    def say_stop(self) -> None:
        """XOFF on every serial line."""
        for port in self._ports:
            port.say_stop(on=True)

    def say_go(self) -> None:
        """XON on every serial line."""
        for port in self._ports:
            port.say_stop(on=False)

    def drop_bytes(self, count: int, *, after: int) -> None:
        """Lose so many of the bytes that are sent to it when so many more have arrived, as where
        the two ends of a serial line disagree about flow control.
        """
        self._receiver.drop_bytes(count, after=after)

    def fall_silent(self) -> None:
        """See Voice.fall_silent."""
        self.voice.fall_silent()

    def answer_again(self) -> None:
        """See Voice.answer_again."""
        self.voice.answer_again()
