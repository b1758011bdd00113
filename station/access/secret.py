"""What people prove themselves with, and how it is kept: never as they typed it.

A PIN or password is kept as an argon2id hash (RFC 9106) of its HMAC with a pepper, a key in a file
of its own beside the journal's: whoever takes the journal alone cannot try PINs on it. A badge is
kept as its HMAC with the same key: it has to be found by what was scanned, so it has no salt.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from station.core.problem import Problem, Refused, problem

KEY_BYTES = 32

LEAST_PIN = 6
"""Digits, of whoever has a badge as well."""

LEAST_PASSWORD = 12
"""Characters, of whoever types a name."""

LONGEST = 128

LEAST_BADGE = 4

_HASHER = PasswordHasher()
"""argon2id with the library's parameters: 64 MiB, three passes."""

_NOBODY = _HASHER.hash("nobody has this one")


class Secrets:
    """What is kept of people's secrets can be made and tried with the station's key only."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def open(cls, path: Path) -> "Secrets":
        """The key in this file; one is made where there is none. Raises Refused."""
        try:
            if not path.exists():
                _make(path)
            key = path.read_bytes()
            mode = path.stat().st_mode & 0o077
        except OSError as error:
            raise Refused(
                problem(
                    "The key of people's secrets cannot be read: {why}.",
                    where=str(path),
                    why=error.strerror or str(error),
                )
            ) from None
        if len(key) != KEY_BYTES or mode:
            raise Refused(
                problem(
                    "Expected the key of people's secrets: {count} bytes that only the station's"
                    " own user can read.",
                    where=str(path),
                    count=KEY_BYTES,
                )
            )
        return cls(key)

    def hashed(self, secret: str) -> str:
        return _HASHER.hash(self._digest("secret", secret))

    def proves(self, secret: str, kept: str | None) -> bool:
        """Whether it is that one. Without one it takes as long, and is not."""
        try:
            _HASHER.verify(kept or _NOBODY, self._digest("secret", secret))
        except (VerificationError, InvalidHashError):
            return False
        return bool(kept)

    def badge(self, scanned: str) -> str:
        """What is kept of a badge."""
        return self._digest("badge", scanned)

    def token(self, text: str) -> str:
        """What is kept of a machine's token: so long and random that it needs no salt."""
        return self._digest("token", text)

    def _digest(self, what: str, text: str) -> str:
        return hmac.new(self._key, f"{what}\0{text}".encode(), hashlib.sha256).hexdigest()


def secret_problem(secret: str, *, badge: bool, name: str) -> Problem | None:
    """Why it is no PIN or password for this person; `badge`: they have one as well."""
    if badge and secret.isascii() and secret.isdigit():
        found = len(secret) >= LEAST_PIN and len(set(secret)) > 1 and secret not in _STAIRS
    else:
        found = LEAST_PASSWORD <= len(secret) <= LONGEST and len(set(secret)) > LEAST_BADGE
    if found and name.casefold() not in secret.casefold():
        return None
    return problem(
        "Expected a password of {password} characters or more; with a badge, a PIN of {pin} digits"
        " or more is enough. Neither holds the name, or one thing again and again.",
        password=LEAST_PASSWORD,
        pin=LEAST_PIN,
    )


_STAIRS = frozenset(
    part
    for row in ("0123456789", "9876543210")
    for start in range(len(row))
    for end in range(start, len(row) + 1)
    if (part := row[start:end])
)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
