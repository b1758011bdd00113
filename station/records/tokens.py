"""Which machines hold a token, as the journal tells. Read-only, like Records."""

import json
from dataclasses import dataclass
from datetime import datetime

import apsw

from station.core.scope import Scope

_COLUMNS = "name, scopes, expires, revoked, at, actor"


@dataclass(frozen=True, slots=True)
class Token:
    name: str
    scopes: tuple[Scope, ...]
    expires: datetime | None
    """None where it holds until it is revoked."""

    revoked: datetime | None
    issued: datetime
    actor: str
    """Who issued it."""

    def holds(self, now: datetime) -> bool:
        return self.revoked is None and (self.expires is None or now < self.expires)


class Tokens:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def every(self) -> tuple[Token, ...]:
        """Oldest first, revoked ones too."""
        return self._found("ORDER BY seq")

    def called(self, name: str) -> Token | None:
        return next(iter(self._found("WHERE name=?", name)), None)

    def with_digest(self, digest: str) -> Token | None:
        return next(iter(self._found("WHERE digest=?", digest)), None)

    def _found(self, which: str, *values: str) -> tuple[Token, ...]:
        """`which` is a text of this module."""
        if not self._db.table_exists(None, "token"):
            return ()  # no station of this version has opened the journal yet
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM token {which}", values)  # noqa: S608 - see above
        return tuple(
            Token(
                name,
                tuple(Scope(each) for each in json.loads(scopes)),
                datetime.fromisoformat(expires) if expires else None,
                datetime.fromisoformat(revoked) if revoked else None,
                datetime.fromisoformat(at),
                actor,
            )
            for name, scopes, expires, revoked, at, actor in rows
        )
