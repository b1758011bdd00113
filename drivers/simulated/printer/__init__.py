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

from drivers.interface import PrinterStatus
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer.engine import Engine, Rewrite, Transform
from drivers.simulated.printer.ports import Port, TcpPort, TtyPort
from drivers.simulated.printer.receiver import Receiver


def _ignore(_problem: str) -> None:
    return


class SimulatedPrinter:
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
        odometer: bool = True,
        directory: bool = True,
        on_problem: Callable[[str], None] = _ignore,
    ) -> None:
        """odometer: False for a printer that answers "?" when it is asked for one. directory: False
        for one that says nothing when it is asked what it keeps.
        """
        self._engine = Engine(
            dots_per_mm=dots_per_mm,
            width_mm=width_mm,
            on_label=on_label,
            on_problem=self._complain,
            hang_up=self._hang_up,
            seconds_per_label=seconds_per_label,
        )
        self._receiver = Receiver(
            self._engine,
            dots_per_mm=dots_per_mm,
            odometer=odometer,
            directory=directory,
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

    def serve_tty(self, *, baud: int = 9600) -> str:
        """Open a pseudo terminal. Returns "serial:///dev/pts/N?baud=9600&flow=none"."""
        return self._serve(TtyPort(baud, self._receiver.ear()))

    def close(self) -> None:
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

    # What happens to it

    @property
    def seconds_per_label(self) -> float:
        """How long one label takes from the beginning of its format to its end."""
        return self._engine.seconds

    @seconds_per_label.setter
    def seconds_per_label(self, seconds: float) -> None:
        self._engine.seconds = seconds

    @property
    def transform(self) -> Transform | None:
        """Applied to every label that came out; None from it makes the label vanish, counted."""
        return self._engine.transform

    @transform.setter
    def transform(self, transform: Transform | None) -> None:
        self._engine.transform = transform

    @property
    def rewrite(self) -> Rewrite | None:
        """Applied to every format before it is interpreted, with the number its label will get."""
        return self._engine.rewrite

    @rewrite.setter
    def rewrite(self, rewrite: Rewrite | None) -> None:
        self._engine.rewrite = rewrite

    def run_out_of_paper(self, *, after_labels: int = 0, mid_label: bool = True) -> None:
        """The paper ends after so many more whole labels.

        mid_label: the label after those comes out cut: its upper half, then blank paper. With
        ^JZN it counts as printed; with ^JZY it is printed again, whole, once there is paper: a
        twin. Otherwise the printer stops between labels and keeps the format that waits.
        """
        self._engine.end_paper(after_labels=after_labels, cut_last=mid_label)

    def load_paper(self, *, resume: bool = True) -> None:
        """New paper. A real printer stays paused until its key is pressed: resume=False."""
        self._engine.set(paper_out=False, paused=False if resume else None)

    def run_out_of_ribbon(self) -> None:
        self._engine.set(ribbon_out=True)

    def load_ribbon(self, *, resume: bool = True) -> None:
        self._engine.set(ribbon_out=False, paused=False if resume else None)

    def open_head(self) -> None:
        """A label that is moving still comes out."""
        self._engine.set(head_open=True)

    def close_head(self, *, resume: bool = True) -> None:
        self._engine.set(head_open=False, paused=False if resume else None)

    def pause(self) -> None:
        self._engine.set(paused=True)

    def resume(self) -> None:
        self._engine.set(paused=False)

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

    def die_after_taking(self, *, prints: bool) -> None:
        """The connections die when the next format that makes a label has been taken in whole,
        before the printer says that it is done. prints: does its label come out?

        A serial line cannot die: the printer goes on answering there.
        """
        self._engine.die_at_next(prints=prints)

    def print_twin_next(self) -> None:
        """The next label comes out twice by itself, before the printer says that it is done."""
        self._engine.double_next()

    def feed_blank(self, *, counted: bool = True) -> None:
        """Somebody presses FEED: a label without ink comes out, before the next one that waits.
        Nothing comes while the paper or the ribbon is out or the head is open.

        counted: the odometer moves. Zebra's guide says that form feeds do not count (SGD Printer
        Commands, odometer.total_label_count): a station must not rely on either.
        """
        self._engine.feed(counted=counted)

    def lose_next(self) -> None:
        """The next label never comes out, takes no number, and the printer says nothing."""
        self._engine.lose_next()

    def fall_silent(self) -> None:
        """Obey, and answer nothing: some printers do when paper is out or the head is open."""
        self._receiver.mute = True

    def answer_again(self) -> None:
        self._receiver.mute = False
