"""A whole station with its pages, and the hands of whoever stands at the simulated bench.

Labels come out only as fast as they are let out, so that every state of the line stays as long as
somebody looks at it:

    with floor(folder) as at_work:
        at_work.drop(ORDER.format(id="HC-1", quantity=4))
        at_work.ask(Start("HC-1"))
        at_work.let(1)                          # one label, and the next one waits in the printer
        at_work.until(lambda seen: seen.label)
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from drivers.deadline import Deadline
from drivers.simulated.bench import Bench
from drivers.simulated.faults import REMEDIES
from drivers.simulated.label import prints
from station.app import Station
from station.config import ChallengeConfig, Config, PrinterConfig, ReaderConfig, WebConfig
from station.line.board import Hold, Mode, Request, Snapshot
from station.records.clock import Clock, now
from torture.approved import approve

PATIENCE_SECONDS = 60.0
"""How long anything is waited for: far longer than it ever takes."""

UNHURRIED_SECONDS = 600.0
"""The station's patience with a printer that is kept back."""

SEEING_SECONDS = 3.0
"""How long the station looks for a label that does not come."""

ENOUGH = 1_000_000
"""Labels: as many as anybody asks for."""


class Turnstile:
    """What the printer receives waits here until it is let through. Thread-safe."""

    def __init__(self, let: int) -> None:
        self._free = let
        self._waits = False
        self._changed = threading.Condition()

    def let(self, labels: int) -> None:
        with self._changed:
            self._free += labels
            self._changed.notify_all()

    def stop(self) -> None:
        """Whatever comes next waits."""
        with self._changed:
            self._free = 0

    def wait(self) -> None:
        with self._changed:
            self._waits = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._free > 0)
            self._waits = False
            self._free -= 1

    def until_kept(self) -> bool:
        """Wait until something waits here; False if nothing came."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._waits and not self._free, timeout=PATIENCE_SECONDS
            )


class Floor:
    def __init__(self, station: Station, turnstile: Turnstile) -> None:
        assert station.bench is not None, "there are hands at the simulated bench only"
        self.station = station
        self.bench: Bench = station.bench
        self._turnstile = turnstile

    @property
    def url(self) -> str:
        return self.station.server.url

    @property
    def seen(self) -> Snapshot:
        return self.station.board.snapshot

    def let(self, labels: int = ENOUGH) -> None:
        """So many labels more come out of the printer."""
        self._turnstile.let(labels)

    def stop_printing(self) -> None:
        """From now on each label is waited for again."""
        self._turnstile.stop()

    def until_kept(self) -> None:
        """The next label is in the printer, and waits. Raises TimeoutError."""
        if not self._turnstile.until_kept():
            raise TimeoutError(f"nothing waits in the printer; the line shows {_brief(self.seen)}")

    def drop(self, text: str, *, name: str = "order") -> None:
        """An order file into the inbox."""
        inbox = self.station.config.data / "orders" / "inbox"
        (inbox / ".part").write_text(text, encoding="utf-8")
        (inbox / ".part").rename(inbox / f"{name}.yaml")

    def ask(self, request: Request, *, by: str = "王芳") -> None:
        """What a person asks on a page. Raises Refused."""
        self.station.board.ask(request, actor=by).result(timeout=PATIENCE_SECONDS)

    def hold(self, reason: str, *, by: str = "王芳") -> None:
        """On hold when the label that waits in the printer has come out."""
        self.until_kept()
        held = self.station.board.ask(Hold(reason), actor=by)
        self.let(1)
        held.result(timeout=PATIENCE_SECONDS)
        self.until_mode(Mode.HELD)

    def spoil(self, *faults: str) -> None:
        """Order faults of the labels that come next, one each."""
        at = self.bench.received + 1
        for number, fault in enumerate(faults, start=at):
            self.bench.order(fault, at=number)

    def mend(self, *remedies: str) -> None:
        for each in remedies:
            REMEDIES[each].act(self.bench)

    def until(self, wanted: Callable[[Snapshot], object]) -> Snapshot:
        """The next snapshot that is so. Raises TimeoutError with what is shown instead."""
        deadline = Deadline.after(PATIENCE_SECONDS)
        snapshot = self.seen
        while not wanted(snapshot):
            if deadline.expired or snapshot.mode == Mode.STOPPED:
                raise TimeoutError(f"the line shows {_brief(snapshot)}")
            snapshot = self.station.board.newer(snapshot.version, seconds=1.0)
        return snapshot

    def until_mode(self, *modes: Mode) -> Snapshot:
        return self.until(lambda seen: seen.mode in modes)

    def until_judged(self, number: int) -> Snapshot:
        """Label `number` of the order has its verdict, and the gate has moved."""
        return self.until(
            lambda seen: seen.label is not None and seen.label.number >= number and _settled(seen)
        )


@contextmanager
def floor(
    folder: Path,
    *,
    free: bool = False,
    clock: Clock = now,
    settings: Mapping[str, object] | None = None,
) -> Iterator[Floor]:
    """`folder` is empty; `free`: labels come out by themselves; `settings` of the station that
    are others than those of a bench whose orders are started by a person.
    """
    config = Config(
        name="LINE-3",
        challenge=ChallengeConfig(families="quick"),
        data=folder / "data",
        web=WebConfig(port=0),
        printer=PrinterConfig(seconds=UNHURRIED_SECONDS),
        reader=ReaderConfig(seconds=SEEING_SECONDS),
        start="operator",
    ).model_copy(update=dict(settings or {}))
    with Station(config, clock=clock) as station:
        approve(station.journal, config.data, station.workshop.library)
        at_work = Floor(station, _keep_back(station, ENOUGH if free else 0))
        worker = threading.Thread(target=station.daemon.run, name="line")
        worker.start()
        try:
            yield at_work
        finally:
            station.daemon.stop()
            at_work.let()
            worker.join()


def _keep_back(station: Station, let: int) -> Turnstile:
    """Put a turnstile into the printer, before whatever spoils a label."""
    assert station.bench is not None, "it is the simulated one"
    printer = station.bench.printer
    turnstile, onwards = Turnstile(let), printer.rewrite

    def rewrite(number: int, zpl: bytes) -> bytes:
        if prints(zpl):
            turnstile.wait()
        return onwards(number, zpl) if onwards else zpl

    printer.rewrite = rewrite
    return turnstile


def _settled(seen: Snapshot) -> bool:
    return seen.label is not None and seen.label.state in {"released", "rejected"}


def _brief(snapshot: Snapshot) -> str:
    order, label = snapshot.order, snapshot.label
    return (
        f"{snapshot.mode}, order {order.order.id if order else '-'}"
        f" {order.state if order else ''} {order.cause if order else ''},"
        f" label {label.number if label else '-'} {label.state if label else ''},"
        f" in doubt {snapshot.in_doubt}, fault {snapshot.fault}, refused {snapshot.refused}"
    )
