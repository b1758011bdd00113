"""How a receiver knows that a message is ours, and not an old one: Standard Webhooks 1.0.

>>> key = Key.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
>>> key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at=1614265330, body=b'{"test": 2432232314}')
'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

Source: https://www.standardwebhooks.com, "Signature scheme"; the example is of its test vectors.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path

from station.core.problem import Refused, problem

PREFIX = "whsec_"
LEAST, MOST = 24, 64
"""Bytes of a key."""

_LONGEST_FILE = 1000


@dataclass(frozen=True, slots=True)
class Key:
    secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Of `whsec_` and base64. Raises Refused."""
        try:
            secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if not text.startswith(PREFIX) or not LEAST <= len(secret) <= MOST:
            raise Refused(
                problem(
                    "Expected whsec_ and {least} to {most} bytes in base64.", least=LEAST, most=MOST
                )
            )
        return cls(secret)

    @classmethod
    def load(cls, path: Path) -> "Key":
        """From a file that only the station's own user can read. Raises Refused."""
        try:
            with path.open("rb") as file:
                text = file.read(_LONGEST_FILE)
            public = path.stat().st_mode & 0o077
        except OSError as error:
            why = error.strerror or str(error)
            raise Refused(problem("Cannot read {path}: {why}.", path=str(path), why=why)) from None
        if public:
            raise Refused(
                problem("{path} can be read by others: expected mode 600.", path=str(path))
            )
        try:
            return cls.parse(text.decode("utf-8", "replace").strip())
        except Refused as refused:
            raise refused.within(str(path)) from None

    def sign(self, identity: str, *, at: int, body: bytes) -> str:
        """The value of the header webhook-signature; `at` in seconds since 1970."""
        signed = f"{identity}.{at}.".encode() + body
        digest = hmac.digest(self.secret, signed, hashlib.sha256)
        return f"v1,{base64.b64encode(digest).decode()}"
