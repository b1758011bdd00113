"""Which designs of labels people approved, as the journal tells. Read-only, like Records."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import apsw

from station.core.approval import Approval, Retirement

_COLUMNS = (
    "name, revision, digest, author, approver, reason, at, seq, retired, retired_by, retired_reason"
)

_IS_THERE = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='template'"
"""A journal that no station of this version has opened yet has no such table."""


class Templates:
    """Each thread opens its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def approval(self, name: str, revision: str) -> Approval | None:
        """The last one, retired or not; None for a design that nobody ever approved."""
        found = self._approvals(
            "WHERE name=? AND revision=? ORDER BY seq DESC LIMIT 1", name, revision
        )
        return next(found, None)

    def approvals(self) -> tuple[Approval, ...]:
        """The last one of every name and revision, by name and revision."""
        return tuple(
            self._approvals(
                "t WHERE seq = (SELECT max(seq) FROM template u"
                " WHERE u.name = t.name AND u.revision = t.revision) ORDER BY name, revision"
            )
        )

    def _approvals(self, which: str, *values: str) -> Iterator[Approval]:
        if not self._db.execute(_IS_THERE).get:
            return
        sql = f"SELECT {_COLUMNS} FROM template {which}"  # noqa: S608 - constants of this class
        for row in self._db.execute(sql, values):
            yield _approval(*row)


def _approval(  # noqa: PLR0917 - a row, in the order of its columns
    name: str,
    revision: str,
    digest: str,
    author: str,
    approver: str,
    reason: str,
    at: str,
    seq: int,
    retired: str | None,
    *end: Any,
) -> Approval:
    by, why = end
    return Approval(
        name,
        revision,
        digest=digest,
        author=author,
        approver=approver,
        reason=reason,
        at=datetime.fromisoformat(at),
        seq=seq,
        retired=Retirement(by, why, datetime.fromisoformat(retired)) if retired else None,
    )
