"""Whatever a receiver does, it is told of everything at least once, in order, and signed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.events import FaultCleared, FaultRaised, StationStarted
from station.core.news import KINDS
from station.exchange.address import Target, Undelivered
from station.exchange.outbox import IDLE_SECONDS, LONGEST_SECONDS, Hook, Outbox
from station.exchange.signature import Key
from station.records.journal import Journal
from station.records.outgoing import Outgoing

HOOK = Hook(Target.parse("https://mes.example/hook"), KINDS, Key(b"k" * 32))
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Make = Callable[..., Outbox]


def fault(number: int) -> FaultRaised:
    return FaultRaised(device="printer", conditions=("head-open",), detail=f"fault {number}")


@pytest.fixture
def make(hook: Hook, tmp_path: Path, journal: Journal) -> Make:  # noqa: ARG001 - something to read
    def made(**changed: Any) -> Outbox:
        given: dict[str, Any] = {
            "place": tmp_path / "webhooks" / "one.json",
            "random": lambda: 1.0,
        } | changed
        return Outbox(
            replace(hook, kinds=given.pop("kinds", hook.kinds)),
            journal=Outgoing(tmp_path),
            station="Line 1",
            now=lambda: AT,
            **given,
        )

    return made


def details(receiver: Any) -> list[str]:
    return [json.loads(body)["data"]["detail"] for _, body in receiver.got]


def test_whoever_is_new_is_not_told_of_the_past(
    make: Make, journal: Journal, receiver: Any
) -> None:
    journal.append(fault(1))
    outbox = make()
    assert outbox.step() == IDLE_SECONDS
    journal.append(fault(2))
    outbox.step()
    assert details(receiver) == ["fault 2"]


def test_a_message_is_signed_and_says_what_happened(
    make: Make, journal: Journal, receiver: Any, hook: Hook
) -> None:
    outbox = make()
    outbox.step()
    seq = journal.append(fault(1))
    outbox.step()
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert told["type"] == "fault"
    assert told["data"] == {
        "station": "Line 1",
        "seq": seq,
        "device": "printer",
        "conditions": ["head-open"],
        "detail": "fault 1",
    }
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(hook.key.secret, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"


def test_a_message_that_is_not_taken_is_sent_again_before_any_other(
    make: Make, journal: Journal, receiver: Any
) -> None:
    outbox = make()
    outbox.step()
    receiver.answers = [500, 404, 307]
    journal.append(fault(1))
    journal.append(fault(2))
    pauses = [outbox.step() for _ in range(4)]
    assert details(receiver) == ["fault 1", "fault 1", "fault 1", "fault 1", "fault 2"]
    assert pauses == [1.0, 2.0, 4.0, IDLE_SECONDS]
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(set(ids)) == 2
    assert not outbox.standing.failing


def test_pauses_grow_up_to_a_limit_and_are_never_in_step(make: Make, journal: Journal) -> None:
    def dead(*_: object) -> None:
        raise Undelivered("nobody is there")

    outbox = make(send=dead)
    outbox.step()
    journal.append(fault(1))
    assert max(outbox.step() for _ in range(40)) == LONGEST_SECONDS
    half = make(send=dead, random=lambda: 0.0)
    assert [half.step() for _ in range(3)] == [0.5, 1.0, 2.0]


def test_how_far_it_is_behind_can_be_seen(make: Make, journal: Journal, receiver: Any) -> None:
    outbox = make()
    outbox.step()
    receiver.answers = [503]
    journal.append(fault(1), fault(2), StationStarted(version="1", configuration="c"))
    outbox.step()
    standing = outbox.standing
    assert (standing.behind, standing.failing, standing.why) == (3, AT, "answered 503")
    outbox.step()
    assert (outbox.standing.behind, outbox.standing.failing, outbox.standing.why) == (0, None, "")


def test_only_what_was_asked_for_is_told(make: Make, journal: Journal, receiver: Any) -> None:
    outbox = make(kinds=("fault-cleared",))
    outbox.step()
    journal.append(
        fault(1), FaultCleared(reason="closed it"), StationStarted(version="1", configuration="c")
    )
    outbox.step()
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["fault-cleared"]


def test_after_a_restart_it_goes_on_where_it_was(
    make: Make, journal: Journal, receiver: Any
) -> None:
    make().step()
    journal.append(fault(1))
    make().step()
    journal.append(fault(2))
    make().step()
    assert details(receiver) == ["fault 1", "fault 2"]


def test_a_death_between_taking_and_writing_it_down_tells_once_more(
    make: Make, journal: Journal, receiver: Any, tmp_path: Path
) -> None:
    make().step()
    place = tmp_path / "webhooks" / "one.json"
    before = place.read_bytes()
    journal.append(fault(1))
    make().step()
    place.write_bytes(before)
    make().step()
    assert details(receiver) == ["fault 1", "fault 1"]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_place_that_cannot_be_read_stops_it_and_is_said(
    make: Make, journal: Journal, receiver: Any, tmp_path: Path
) -> None:
    """Nothing is skipped and nothing told anew behind anybody's back."""
    make().step()
    (tmp_path / "webhooks" / "one.json").write_bytes(b"{")
    journal.append(fault(1))
    outbox = make()
    outbox.step()
    assert outbox.standing.failing
    assert receiver.got == []


@settings(max_examples=25, deadline=None)
@given(answers=st.lists(st.booleans(), max_size=12), count=st.integers(1, 5), data=st.data())
def test_whatever_fails_and_whenever_it_restarts_nothing_is_lost_or_overtaken(
    tmp_path_factory: pytest.TempPathFactory,
    answers: list[bool],
    count: int,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("outbox")
    got: list[int] = []
    left = list(answers)

    def send(_target: object, body: bytes, _headers: object) -> None:
        if left and not left.pop(0):
            raise Undelivered("no")
        got.append(json.loads(body)["data"]["seq"])

    def outbox() -> Outbox:
        return Outbox(
            HOOK,
            place=folder / "place.json",
            journal=Outgoing(folder),
            station="s",
            now=lambda: AT,
            send=send,
        )

    journal = Journal(folder)
    try:
        running = outbox()
        running.step()
        told = [journal.append(fault(number)) for number in range(count)]
        for _ in range(len(answers) + 1):
            running = outbox() if data.draw(st.booleans()) else running
            running.step()
    finally:
        journal.close()
    assert got == told


def test_in_a_journal_that_was_brought_back_it_begins_at_the_end(
    make: Make, journal: Journal, receiver: Any, tmp_path: Path
) -> None:
    """What the lost one told is not told again, and nothing new is passed over."""
    make().step()
    place = tmp_path / "webhooks" / "one.json"
    place.write_text(json.dumps({"seq": 999, "hash": "0" * 64}))
    journal.append(fault(1))
    outbox = make()
    outbox.step()
    journal.append(fault(2))
    outbox.step()
    assert details(receiver) == ["fault 2"]
