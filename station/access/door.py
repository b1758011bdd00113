"""The door: who comes in, who is locked out, and who is inside.

A name or a badge, and a secret, open a session; its token is given to the browser once and only its
digest is kept here, in memory: a station that starts anew has nobody inside. Five wrong secrets in
a row lock a person out for a quarter of an hour, or until an admin unlocks them; the journal counts
them, so that a restart does not. A name that nobody has takes as long as a wrong secret and is
refused in the same words.

Source: 21 CFR 11.10(d), 11.300 (b) and (d); Annex 11 12.1.
"""

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from station.access.secret import LONGEST, Secrets
from station.core.events import SignedIn, SignedOut, SignInFailed
from station.core.people import Role
from station.core.problem import Refused, problem
from station.records.people import People, Person

FAILURES = 5
"""Wrong secrets in a row, from which on a person is locked out."""

LOCKED_SECONDS = 900.0

IDLE_SECONDS = 600.0

LONGEST_SECONDS = 12 * 3600.0
"""Of a session, however busy: a shift."""

ADDRESS_FAILURES = 20
"""From one address within ADDRESS_SECONDS; more are not even tried."""

ADDRESS_SECONDS = 60.0

MOST_ADDRESSES = 1000

AT_ONCE = 2
"""Secrets tried at the same time: each takes 64 MiB while it is tried."""

Note = Callable[[SignedIn | SignInFailed | SignedOut], None]
"""Has it written down, without waiting for it."""


@dataclass(frozen=True, slots=True)
class Session:
    name: str
    roles: tuple[Role, ...]
    since: float
    seen: float
    signed: bool = False
    """Whether something was signed in it: the first time takes both components."""


@dataclass(slots=True)
class _Tries:
    """Of one person, as far as this process knows."""

    failures: int = 0
    recorded: int = 0
    """Of those, what was found in the journal; where it is less there by now, an admin has unlocked
    them.
    """

    until: float | None = None
    """When whoever is locked out may try once more."""


@dataclass(slots=True)
class _Address:
    failed: deque[float] = field(default_factory=lambda: deque(maxlen=ADDRESS_FAILURES))


class Door:
    """May be asked from any thread."""

    def __init__(
        self,
        *,
        people: People,
        secrets: Secrets,
        note: Note,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`people` are asked anew each time: rights that were taken away are gone at once."""
        self._people = people
        self.secrets = secrets
        self._note = note
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._hashing = threading.BoundedSemaphore(AT_ONCE)
        self._inside: dict[str, Session] = {}
        self._tries: dict[str, _Tries] = {}
        self._addresses: dict[str, _Address] = {}

    @property
    def guarded(self) -> bool:
        """Whether anybody has to sign in."""
        return self._people.any()

    def enter(self, who: str, secret: str, *, address: str = "") -> str:
        """The token of a new session. `who` is a name, or what a badge says. Raises Refused."""
        meant, badged = self._meant(who)
        person = self._proved(meant, secret, address)
        if person is None:
            raise Refused(problem("The name, the badge or the secret is not right."))
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._inside[_digest(token)] = Session(person.name, person.roles, now, now)
        self._note(SignedIn(name=person.name, badge=badged))
        return token

    def inside(self, token: str, *, busy: bool = True) -> Session | None:
        """Whose session it is; None once it has ended. A page that asks by itself is not `busy`."""
        key, now = _digest(token), self._clock()
        with self._lock:
            session = self._inside.get(key)
        if session is None:
            return None
        person = self._people.called(session.name)
        if person is None:
            self._end(key, "revoked")
            return None
        if now - session.seen > self._idle_seconds or now - session.since > LONGEST_SECONDS:
            self._end(key, "idle")
            return None
        with self._lock:
            session = self._inside.get(key)
            if session:
                seen = now if busy else session.seen
                session = replace(session, roles=person.roles, seen=seen)
                self._inside[key] = session
        return session

    def leave(self, token: str) -> None:
        self._end(_digest(token), "self")

    def revoke(self, name: str) -> None:
        """End every session of a person."""
        with self._lock:
            keys = [key for key, session in self._inside.items() if session.name == name]
        for key in keys:
            self._end(key, "revoked")

    def unlock(self, name: str) -> None:
        with self._lock:
            self._tries.pop(name, None)

    def prove(self, who: str, secret: str, *, address: str = "") -> Person:
        """Somebody signs: their secret once more. `who` is as for `enter`. Raises Refused."""
        meant, _ = self._meant(who)
        person = self._proved(meant, secret, address)
        if person is None:
            raise Refused(problem("The name or the secret of whoever signs is not right."))
        return person

    def _meant(self, who: str) -> tuple[Person | None, bool]:
        """Whom a name or a badge stands for, and whether it is a badge."""
        people = self._people
        badged = people.with_badge(self.secrets.badge(who)) if who else None
        return badged or people.called(who.strip()), badged is not None

    def signed(self, token: str) -> None:
        """Something was signed with both components: from now on the secret does."""
        with self._lock:
            session = self._inside.get(_digest(token))
            if session:
                self._inside[_digest(token)] = replace(session, signed=True)

    def _proved(self, person: Person | None, secret: str, address: str) -> Person | None:
        """The person, if it is their secret. Raises Refused for whoever is locked out, and where
        too many wrong ones came from an address.
        """
        with self._hashing:
            self._check_address(address)
            return self._tried(person, secret, address)

    def _tried(self, person: Person | None, secret: str, address: str) -> Person | None:
        if person:
            self._try(person)
        kept = person.credential if person else None
        if self.secrets.proves(secret[: LONGEST + 1], kept) and person:
            self.unlock(person.name)
            return person
        self._failed(person, address)
        return None

    def _end(self, key: str, why: Literal["self", "idle", "revoked"]) -> None:
        with self._lock:
            session = self._inside.pop(key, None)
        if session:
            self._note(SignedOut(name=session.name, why=why))

    # -- lock-out ---------------------------------------------------------------------------

    def _try(self, person: Person) -> None:
        """Count a try before it is made, so that many at once are no more than one after the other.

        Raises Refused for whoever is locked out.
        """
        now = self._clock()
        with self._lock:
            tries = self._tries.setdefault(person.name, _Tries())
            if person.failures < tries.recorded:
                self._tries[person.name] = tries = _Tries()
            tries.recorded = person.failures
            tries.failures = max(tries.failures, person.failures)
            if tries.failures >= FAILURES and tries.until is None:
                tries.until = now + LOCKED_SECONDS  # from before the station was started
            if tries.until is None or now >= tries.until:
                tries.failures += 1
                tries.until = now + LOCKED_SECONDS if tries.failures >= FAILURES else None
                return
        raise Refused(
            problem(
                "{name} is locked out after {count} wrong secrets: wait {minutes} minutes, or ask"
                " an admin.",
                name=person.name,
                count=FAILURES,
                minutes=round(LOCKED_SECONDS / 60),
            )
        )

    def _failed(self, person: Person | None, address: str) -> None:
        with self._lock:
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses.setdefault(address, _Address()).failed.append(self._clock())
        if person:
            self._note(SignInFailed(name=person.name))

    def _check_address(self, address: str) -> None:
        now = self._clock()
        with self._lock:
            failed = self._addresses.get(address, _Address()).failed
            many = len(failed) == ADDRESS_FAILURES and now - failed[0] < ADDRESS_SECONDS
        if many:
            raise Refused(problem("Too many wrong secrets came from here: wait a minute."))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
