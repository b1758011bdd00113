"""Each receiver has a thread of its own; people see one that takes nothing."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from station.core.events import FaultRaised
from station.exchange.address import Undelivered
from station.exchange.outbox import Hook
from station.exchange.webhooks import Webhooks
from station.records.journal import Journal

FAULT = FaultRaised(device="printer", conditions=(), detail="it is open")


class Clock:
    at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def two(hook: Hook) -> tuple[Hook, Hook]:
    """The second one is dead."""
    return hook, replace(hook, target=replace(hook.target, path="/dead"))


def test_a_dead_receiver_holds_up_no_other(
    two: tuple[Hook, Hook], journal: Journal, tmp_path: Path
) -> None:
    told, tried = threading.Event(), threading.Event()

    def send(target: Any, _body: bytes, _headers: object) -> None:
        if target.path == "/dead":
            tried.set()
            raise Undelivered("nobody is there")
        told.set()

    clock = Clock()
    hooks = Webhooks(two, folder=tmp_path, station="Line 1", now=clock, send=send)
    begun = Webhooks(two, folder=tmp_path, station="Line 1", now=clock, send=send)
    for outbox in begun._outboxes:
        outbox.step()
    journal.append(FAULT)
    hooks.start()
    try:
        assert told.wait(20)
        assert tried.wait(20)
    finally:
        hooks.stop(seconds=20)
    good, dead = hooks.standings
    assert (good.failing, dead.failing) == (None, clock.at)
    early = hooks.notice
    assert early is None, "not yet"
    clock.at += timedelta(minutes=2)
    assert hooks.notice
    assert "has taken no message since" in str(hooks.notice)


def test_what_was_not_sent_before_a_stop_is_sent_after_it(
    hook: Hook, journal: Journal, tmp_path: Path, receiver: Any
) -> None:
    first = Webhooks((hook,), folder=tmp_path, station="Line 1", now=Clock())
    first._outboxes[0].step()
    journal.append(FAULT)
    second = Webhooks((hook,), folder=tmp_path, station="Line 1", now=Clock())
    second.start()
    assert receiver.arrived.acquire(timeout=20)
    second.stop(seconds=20)
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["fault"]


def test_stopping_twice_or_never_started_is_nothing(hook: Hook, tmp_path: Path) -> None:
    hooks = Webhooks((hook,), folder=tmp_path, station="Line 1", now=Clock())
    hooks.stop()
    hooks.stop()
