"""Who may sign in, as the journal tells. Read-only, like Records."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path

import apsw

from station.core.people import Role
from station.records.journal import read_only

_COLUMNS = "name, roles, credential, badge, failures, retired"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    roles: tuple[Role, ...]
    credential: str
    badge: str
    """Keyed digest; empty without one."""

    failures: int
    """Wrong secrets in a row."""

    retired: bool


class People:
    """Each question is answered anew from the journal. May be asked from any thread."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._lock = threading.Lock()

    @classmethod
    def at(cls, folder: Path) -> "People":
        """Of the journal in this folder, through a connection of their own that `close` ends."""
        return cls(read_only(folder))

    def close(self) -> None:
        self._db.close()

    def every(self) -> tuple[Person, ...]:
        """By name, the retired ones too."""
        return self._found("ORDER BY name")

    def called(self, name: str) -> Person | None:
        """None also where the person has retired."""
        return next(iter(self._found("WHERE name=? AND retired IS NULL", name)), None)

    def with_badge(self, digest: str) -> Person | None:
        return next(iter(self._found("WHERE badge=? AND retired IS NULL", digest)), None)

    def any(self) -> bool:
        """Whether anybody has to sign in here."""
        return bool(self._found("WHERE retired IS NULL LIMIT 1"))

    def _found(self, which: str, *values: str) -> tuple[Person, ...]:
        """`which` is a text of this module."""
        with self._lock:
            if not self._db.table_exists(None, "person"):
                return ()  # no station of this version has opened the journal yet
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM person {which}",  # noqa: S608
                values,
            )
            return tuple(_person(*row) for row in rows)


def _person(  # noqa: PLR0917 - a row of the table
    name: str, roles: str, credential: str, badge: str | None, failures: int, retired: int | None
) -> Person:
    return Person(
        name,
        tuple(Role(each) for each in json.loads(roles)),
        credential,
        badge or "",
        failures,
        retired is not None,
    )
