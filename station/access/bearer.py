"""The door of machines: a token with every request, its scopes, and how often it may ask.

A token is 256 random bits, so it cannot be guessed; what is limited is the load. It is found by its
keyed digest, so how long that takes tells nothing of the token.

Source: RFC 6750 (bearer tokens).
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from station.access.secret import Secrets
from station.records.tokens import Token

PREFIX = "lst_"
"""So that whoever finds one, in a log or a repository, sees what it is."""

PER_SECOND = 20.0
"""Requests of one token, in the long run."""

BURST = 60

UNKNOWN = ""
"""Whoever has no token that holds; all of them share one allowance."""

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Allowance:
    left: float
    at: float


class TooMany(Exception):
    """Asked too often."""

    def __init__(self, seconds: float) -> None:
        """`seconds` until one more is answered."""
        super().__init__(seconds)
        self.seconds = seconds


class Bearers:
    """May be asked from any thread."""

    def __init__(
        self,
        *,
        find: Callable[[str], Token | None],
        secrets: Secrets,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        per_second: float = PER_SECOND,
        burst: int = BURST,
    ) -> None:
        """`find` looks a keyed digest up, anew each time: what was revoked is gone at once. `now`
        is the time of the records, `clock` the monotonic one of the allowance.
        """
        self._find = find
        self._secrets = secrets
        self._now = now
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._lock = threading.Lock()
        self._allowances: dict[str, _Allowance] = {}

    def holder(self, authorization: str) -> Token | None:
        """Whose request it is, by its Authorization header; None where no token of it holds.

        Raises TooMany.
        """
        token = self._token(authorization)
        self._count(token.name if token else UNKNOWN)
        return token

    def _token(self, authorization: str) -> Token | None:
        scheme, _, text = authorization.partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or not text.startswith(PREFIX) or len(text) > _LONGEST:
            return None
        token = self._find(self._secrets.token(text))
        return token if token and token.holds(self._now()) else None

    def _count(self, name: str) -> None:
        """One bucket a name: as many names as there are tokens, and one for everybody else."""
        now = self._clock()
        with self._lock:
            before = self._allowances.get(name, _Allowance(float(self._burst), now))
            left = min(self._burst, before.left + (now - before.at) * self._per_second)
            allowed = left >= 1.0
            self._allowances[name] = _Allowance(left - 1.0 if allowed else left, now)
        if not allowed:
            raise TooMany((1.0 - left) / self._per_second)


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)
