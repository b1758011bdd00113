"""Work orders that come by the API: each taken once, however often it is sent.

The key of a request becomes the name under which the order stands in the journal. So what was
answered to a key is known for ever, by the same record that holds the order itself; and two
requests with one key cannot both be taken, because the station takes one after the other.
"""

import hashlib
import queue
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from station.core.problem import Refused, problem
from station.line.board import Board, Deliver
from station.line.inbox import MOST_PROBLEMS
from station.records.query import Taken
from station.web.api.problem import Trouble

LONGEST_KEY = 64

ANSWER_SECONDS = 15.0
"""A request waits no longer for the station; a label in hand comes first."""

MOST_WAITING = 8
"""Deliveries that the station has not answered."""

RETRY_SECONDS = "2"

Known = Callable[[str], tuple[str, Taken] | None]


@dataclass(frozen=True, slots=True)
class Waiting:
    sha256: str
    answer: "Future[None]"


class Deliveries:
    """Used by every thread that answers requests."""

    def __init__(self, *, board: Board, known: Known, seconds: float = ANSWER_SECONDS) -> None:
        """`known` says what became of a delivery: (SHA-256, answer)."""
        self._board = board
        self._known = known
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: dict[str, Waiting] = {}

    def take(self, client: str, key: str, data: bytes) -> tuple[str, Taken]:
        """(SHA-256, what became of it). Raises Trouble."""
        name, sha256 = f"api:{client}:{key}.json", hashlib.sha256(data).hexdigest()
        found = self._known(name)
        if found is None:
            self._wait(self._asked(name, sha256, data, actor=f"{client} (API)"))
            found = self._known(name)
        if found is None:
            raise busy()
        if found[0] != sha256:
            raise conflict()
        return found

    def _asked(self, name: str, sha256: str, data: bytes, *, actor: str) -> "Future[None]":
        """Whoever comes while the first one waits, waits with it."""
        with self._lock:
            self._waiting = {
                each: waiting
                for each, waiting in self._waiting.items()
                if not waiting.answer.done()
            }
            before = self._waiting.get(name)
            if before and before.sha256 != sha256:
                raise conflict()
            if before:
                return before.answer
            if len(self._waiting) >= MOST_WAITING:
                raise busy()
            try:
                answer = self._board.ask(Deliver(name, data), actor=actor)
            except queue.Full:
                raise busy() from None
            self._waiting[name] = Waiting(sha256, answer)
            return answer

    def _wait(self, answer: "Future[None]") -> None:
        try:
            answer.result(timeout=self._seconds)
        except Refused as refused:
            raise Trouble("busy", refused.problems[:MOST_PROBLEMS]) from None
        except TimeoutError:
            raise busy() from None


def key_of(given: list[str]) -> str:
    """What an Idempotency-Key header says, as a bare word or as a quoted string. Raises Trouble.

    Source: draft-ietf-httpapi-idempotency-key-header, 2.1.
    """
    text = given[0].strip() if len(given) == 1 else ""
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not re.fullmatch(f"[A-Za-z0-9._~-]{{1,{LONGEST_KEY}}}", bare):
        raise Trouble(
            "misunderstood",
            (
                problem(
                    "Expected a key of 1 to {most} of A-Z a-z 0-9 . _ ~ - that stands for this"
                    " order and no other.",
                    where="Idempotency-Key",
                    most=LONGEST_KEY,
                ),
            ),
        )
    return bare


def conflict() -> Trouble:
    return Trouble(
        "conflict",
        (problem("This key was sent before with another body.", where="Idempotency-Key"),),
    )


def busy() -> Trouble:
    again = problem(
        "The station is at work and has not taken it yet: send the same again, with the same key."
    )
    return Trouble("busy", (again,), {"Retry-After": RETRY_SECONDS})
