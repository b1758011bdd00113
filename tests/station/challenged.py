"""A whole station on the simulated bench, to be challenged."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.simulated.bench import BenchFault
from station.app import Station
from station.config import ChallengeConfig, Config, WebConfig
from station.core.events import ChallengeSpecimen
from station.core.judge import Verdict
from station.core.state import OrderState
from station.line.board import (
    Mode,
    Request,
    Resume,
    Snapshot,
)
from station.records import challenges
from station.records.journal import read_only
from torture.approved import approve

ORDER = """\
id: C-{number}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {{prefix: CN, start: "{number}0001"}}
template: has-mhb-hc-unit
revision: "1"
"""


@contextmanager
def running(
    folder: Path,
    faults: dict[int, BenchFault] | None = None,
    *,
    compared: bool = False,
    devices: Mapping[str, object] | None = None,
    **asked: object,
) -> Iterator[Station]:
    """`compared`: the print is compared as well. What the line does with a challenge does not
    depend on it. `devices` are settings of those that are not the simulated camera and gate.
    """
    settings = Config(
        data=folder / "data",
        web=WebConfig(port=0),
        challenge=ChallengeConfig().model_copy(update=asked),
        hold_after_rejects=1000,
    ).model_copy(update=devices or {})
    with Station(settings, faults=faults) as station:
        if not compared:
            only_read(station)
        approve(station.journal, settings.data, station.workshop.library)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            yield station
        finally:
            station.daemon.stop()
            worker.join()


def only_read(station: Station) -> None:
    """Nothing compares the print."""
    interlock = station.daemon._challenging._interlock
    assert interlock
    interlock._challenger.compare = False
    interlock._kits._compared = False


def drop(station: Station, *, number: int = 1, quantity: int = 2) -> None:
    inbox = station.config.data / "orders" / "inbox"
    (inbox / ".o.yaml").write_text(ORDER.format(number=number, quantity=quantity))
    (inbox / ".o.yaml").rename(inbox / f"o-{number}.yaml")


def until(station: Station, wanted: Callable[[Snapshot], bool]) -> Snapshot:
    """The next snapshot that is so; the test's own time limit ends a hang."""
    snapshot = station.board.snapshot
    while not wanted(snapshot):
        assert snapshot.mode != Mode.STOPPED, "the line has died"
        assert snapshot.refused is None, snapshot.refused
        snapshot = station.board.newer(snapshot.version, seconds=1.0)
    return snapshot


def state(station: Station, wanted: OrderState, *, order: str = "C-1") -> Snapshot:
    return until(
        station,
        lambda seen: (
            seen.order is not None
            and seen.order.order.id == order
            and seen.order.state == wanted
            and seen.challenging is None
        ),
    )


def held(station: Station, cause: str, *, order: str = "C-1") -> Snapshot:
    return until(
        station,
        lambda seen: (
            seen.order is not None
            and seen.order.order.id == order
            and seen.order.cause == cause
            and seen.challenging is None
        ),
    )


def ask(station: Station, request: Request) -> None:
    station.board.ask(request, actor="王芳").result(timeout=60.0)


def resume(station: Station) -> None:
    ask(station, Resume("checked", station.board.snapshot.stop))


def tried(station: Station) -> dict[str, ChallengeSpecimen]:
    last = history(station).last()
    assert last
    return {each.family: each for each in last.specimens}


def history(station: Station) -> challenges.Challenges:
    return challenges.Challenges(read_only(station.config.data))


def accept_everything(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that has gone blind."""
    verdicts = station.daemon._cycle.challenger._verdicts
    monkeypatch.setattr(verdicts, "verdict", lambda _label, _look: Verdict())
