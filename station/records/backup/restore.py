"""Bringing a backup back: the record goes on, and no serial that may be on a label is used again.

What happened after the backup is lost, and paper is not. Two things are known of it all the same:
the signed heads in the second place tell how far the journal went, and which orders were started.
So a restore is of one of two kinds.

Nothing was lost: the station had stopped before the backup, and no later head was signed. It goes
on as it is.

Anything may have been lost: every order that could print more is ended, and prints no more; its
serials stay taken. Labels on the way are in doubt. Orders that were started since, and that the
journal knows nothing of, are named in it and not taken in again.
See docs/decisions/0013-a-restored-station-prints-nothing-twice.md.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Protocol

from station.core.events import (
    Event,
    JournalRestored,
    LabelInDoubt,
    OdometerRead,
    OrderEnded,
    OrderHeld,
)
from station.core.problem import Problem, Refused, problem, refuse
from station.core.state import LabelState, OrderState
from station.records import place
from station.records.backup import copying, manifest
from station.records.backup.backup import EVIDENCE, HEADS
from station.records.backup.drill import drill
from station.records.backup.manifest import Manifest
from station.records.clock import Clock, now
from station.records.journal import FILE, Journal, hash_of
from station.records.query import OrderRow, Records
from station.records.signed import heads
from station.records.signed.head import Head, check_against, standing

REASON = (
    "The journal was restored from a backup; labels printed since may be lost from it."
    " 日志由备份恢复，此后打印的标签记录可能丢失。"
)
"""Recorded with every order that is ended by it."""

_COULD_PRINT = (OrderState.RUNNING, OrderState.HELD, OrderState.WAITING)


class Signer(Protocol):
    """The second place of the heads, if it can be written to."""

    @property
    def heads(self) -> tuple[Head, ...]: ...

    def sign_restore(self, *, seq: int, hash: str, at: str, lost_after: int) -> object: ...  # noqa: A002 - the field's name

    def sign(self, *, seq: int, hash: str, at: str, why: str) -> object: ...  # noqa: A002 - the field's name


@dataclass(frozen=True, slots=True)
class Known:
    """What is known, from elsewhere, of the time after the backup."""

    heads: tuple[Head, ...] = ()
    sure: bool = False
    """The heads are whole and of this journal; otherwise nobody knows what they do not say."""

    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    folder: Path
    seq: int
    """The last event of the backup."""

    lost_after: int
    """The last event known to have been."""

    whole: bool
    """Nothing can have been lost."""

    ended: tuple[str, ...]
    """Orders that could have printed more, and do not."""

    unknown: tuple[str, ...]
    """Orders that were started since, and of which the journal knows nothing. Their serials are
    on labels."""

    notes: tuple[Problem, ...]


def known_from(path: Path | None) -> Known:
    """What a file of signed heads tells; without one, nothing is sure."""
    if path is None or not path.exists():
        return Known(problems=(problem("There are no signed heads to tell what was lost."),))
    found = heads.read(path)
    return Known(found.heads, not found.problems, found.problems)


def restore(
    backup: Path,
    into: Path,
    *,
    known: Known,
    signer: Signer | None,
    actor: str,
    clock: Clock = now,
) -> Restored:
    """Make a data folder of a backup. Raises Refused, DriverError; nothing is left then.

    `signer` is the second place of this station, which learns of the restore.
    """
    made = manifest.read(backup)
    refuse(manifest.differences(backup, made))
    _check_free(into)
    part = into.absolute().with_name(f".{into.name}.part")
    try:
        _copy(backup, part, made)
        with closing(Journal(part, clock=clock)) as journal:
            restored = _Restore(journal, made, known).record(backup, into, signer, actor=actor)
        part.rename(into)
        place.sync(into.absolute().parent)
    except OSError as error:
        why = error.strerror or str(error)
        raise Refused(
            problem("Cannot restore into {folder}: {why}.", folder=str(into), why=why)
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return restored


def _check_free(into: Path) -> None:
    """Nothing is ever written over: a record that is in the way may be the only one."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Refused(
            problem("{folder} is not empty, and nothing in it is written over.", folder=str(into))
        )


def _copy(backup: Path, part: Path, made: Manifest) -> None:
    """The data folder as it was, looked at as far as anybody can. Raises Refused, OSError."""
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    copying.file(backup / FILE, part / FILE)
    for name in made.files:
        group, _, rest = name.partition("/")
        if group == "orders":
            copying.file(backup / name, part / "orders" / "accepted" / rest)
    spoilt = copying.pictures(backup.parent / EVIDENCE, part / EVIDENCE)
    refuse((*spoilt, *drill(part / FILE, signed=backup / HEADS, evidence=part / EVIDENCE)))


class _Restore:
    """What a restored journal has to say about itself."""

    def __init__(self, journal: Journal, made: Manifest, known: Known) -> None:
        self._journal = journal
        self._records = Records(journal.db)
        self._made = made
        self._known = known
        signed = standing(known.heads)
        # Those that an earlier restore gave up too: their labels are on devices all the same.
        self._later = tuple(each for each in known.heads if each.seq > made.seq)
        last = (max(each.seq, each.lost_after or 0) for each in known.heads)
        self._lost_after = max(made.seq, *last, made.seq)
        self._check_same(signed)

    def _check_same(self, signed: tuple[Head, ...]) -> None:
        """Heads of another journal say nothing of this one. Raises Refused."""
        before = tuple(each for each in signed if each.seq <= self._made.seq)
        refuse(check_against(before, lambda seq: hash_of(self._journal.db, seq), self._made.seq))

    @property
    def whole(self) -> bool:
        """Whether nothing at all can have been lost."""
        sure = self._known.sure and bool(self._known.heads)
        return sure and self._lost_after == self._made.seq and self._records.stopped()

    def record(self, backup: Path, into: Path, signer: Signer | None, *, actor: str) -> Restored:
        """Raises DriverError when the second place does not take it."""
        made, at = self._made, self._at()
        ended = () if self.whole else tuple(self._could_print())
        unknown = tuple(self._unknown())
        event = JournalRestored(
            folder=str(backup),
            seq=made.seq,
            lost_after=self._lost_after,
            orders=unknown,
            ended=tuple(row.order.id for row in ended),
            whole=self.whole,
        )
        following = [each for row in ended for each in self._ending(row)]
        if signer:
            signer.sign_restore(seq=made.seq, hash=made.hash, at=at, lost_after=self._lost_after)
        self._journal.append(event, *following, actor=actor)
        if signer:
            head = self._journal.head
            signer.sign(seq=head.seq, hash=head.hash, at=at, why="start")
        return Restored(
            folder=into,
            seq=made.seq,
            lost_after=self._lost_after,
            whole=self.whole,
            ended=tuple(row.order.id for row in ended),
            unknown=unknown,
            notes=self._known.problems,
        )

    def _at(self) -> str:
        return self._journal.clock().utc.astimezone(UTC).isoformat(timespec="seconds")

    def _could_print(self) -> Iterator[OrderRow]:
        return (row for row in self._records.orders() if row.state in _COULD_PRINT)

    def _unknown(self) -> Iterator[str]:
        """Nothing is printed for an order before a head is signed that names it."""
        for order in dict.fromkeys(each.order for each in self._later if each.order):
            if self._records.order(order) is None:
                yield order

    def _ending(self, row: OrderRow) -> Iterator[Event]:
        order = row.order.id
        for label in self._records.open_labels(order):
            if label.state == LabelState.ISSUED:
                yield LabelInDoubt(order=order, number=label.number, cause="restart")
        if row.state == OrderState.RUNNING:
            yield OrderHeld(order=order, cause="restart", detail=REASON)
        if row.balance.issued:
            # So that no count of a printer that has printed on seems to prove anything.
            yield OdometerRead(order=order, value=None)
        yield OrderEnded(order=order, reason=REASON)
