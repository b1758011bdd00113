"""What one receiver has still to be told of: the journal after the place it has come to.

There is no queue that could be lost: the journal is the queue, and how far a receiver is stands in
a file of its own, written when a message was taken. A station that dies in between tells it once
more; a receiver knows it again by its id. A message that is not taken is sent again, later and
later, and nothing overtakes it.
"""

import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from station.core.news import Kind
from station.core.problem import Refused
from station.exchange.address import Target, Undelivered
from station.exchange.message import Message, message_of
from station.exchange.post import Post, post
from station.exchange.signature import Key
from station.records.journal import Head
from station.records.outgoing import Outgoing
from station.records.place import write_whole

log = logging.getLogger(__name__)

PIECE = 200
"""Events that are read at once."""

IDLE_SECONDS = 1.0
"""Between two looks into a journal in which nothing is new."""

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 300.0
"""Pause after the first failure, and the longest one."""

FAR = 5000
"""Events nobody is told of that are passed before the place is written down again."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Who is told, and of what."""

    target: Target
    kinds: tuple[Kind, ...]
    key: Key


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a receiver is."""

    url: str
    seq: int = 0
    """The last event it was told of, or that does not concern it."""

    behind: int = 0
    """Events after that one."""

    failing: datetime | None = None
    """Since when it has taken nothing; None while it does."""

    why: str = ""


_RANDOM = secrets.SystemRandom()


class Outbox:
    """Of one receiver. One thread calls step(); any thread may look at `standing`."""

    def __init__(
        self,
        hook: Hook,
        *,
        place: Path,
        journal: Outgoing,
        station: str,
        now: Callable[[], datetime],
        send: Post = post,
        random: Callable[[], float] = _RANDOM.random,
    ) -> None:
        """`place` is the file that says how far it is. `random` gives numbers from 0 to 1."""
        self._hook = hook
        self._place = place
        self._journal = journal
        self._station = station
        self._now = now
        self._send = send
        self._random = random
        self._failures = 0
        self._kept = -1
        self.standing = Standing(hook.target.shown)

    def step(self) -> float:
        """Send what comes next. Returns seconds until it is worth trying again."""
        try:
            if self._kept < 0:
                self._begin()
            return self._step()
        except (Refused, OSError, ValueError, LookupError, TypeError) as error:
            # The place or the journal cannot be used now; the line finds out by itself.
            return self._failed(str(error))
        except Undelivered as error:
            return self._failed(str(error))

    def _begin(self) -> None:
        """Go on where it was; whoever is told for the first time is not told of the past.

        Nor is anybody told it anew where a backup was brought back and the journal is another one.
        """
        head = self._journal.head()
        if self._place.exists():
            kept = json.loads(self._place.read_bytes())
            place = Head(int(kept["seq"]), str(kept["hash"]))
            if self._journal.holds(place):
                self._at(place)
                return
            log.warning("%s: the journal is not the one it was told of", self.standing.url)
        self._keep(head)
        self._at(head)

    def _at(self, place: Head) -> None:
        self._kept = place.seq
        self.standing = replace(self.standing, seq=place.seq)

    def _step(self) -> float:
        recorded = self._journal.after(self.standing.seq, limit=PIECE)
        for each in recorded:
            message = message_of(each, station=self._station)
            told = message is not None and message.kind in self._hook.kinds
            if message and told:
                self._deliver(message)
            if told or each.seq - self._kept > FAR:
                self._keep(Head(each.seq, each.hash))
            self.standing = replace(self.standing, seq=each.seq, behind=0)
        self._recovered()
        return 0.0 if len(recorded) == PIECE else IDLE_SECONDS

    def _deliver(self, message: Message) -> None:
        """Raises Undelivered."""
        at = int(self._now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "labelstation",
            "webhook-id": message.id,
            "webhook-timestamp": str(at),
            "webhook-signature": self._hook.key.sign(message.id, at=at, body=message.body),
        }
        self._send(self._hook.target, message.body, headers)
        self._recovered()

    def _recovered(self) -> None:
        if self.standing.failing:
            log.info("%s: takes messages again", self.standing.url)
        self._failures = 0
        self.standing = replace(self.standing, failing=None, why="")

    def _keep(self, place: Head) -> None:
        kept = {"url": self.standing.url, "seq": place.seq, "hash": place.hash}
        write_whole(self._place, json.dumps(kept).encode())
        self._kept = place.seq

    def _failed(self, why: str) -> float:
        """How long to wait: twice as long each time, up to a limit, never in step with others."""
        if self.standing.failing is None:
            log.warning("%s: does not take messages: %s", self.standing.url, why)
        since = self.standing.failing or self._now()
        behind = max(self._head() - self.standing.seq, 0)
        self.standing = replace(self.standing, failing=since, why=why[:200], behind=behind)
        pause: float = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self._failures, 20))
        self._failures += 1
        return pause * (0.5 + 0.5 * self._random())

    def _head(self) -> int:
        try:
            return self._journal.head().seq
        except Refused:
            return self.standing.seq
