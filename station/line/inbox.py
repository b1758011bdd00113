"""Work orders come in as files. Each is taken exactly once, and answered with a receipt.

    inbox/order.yaml            somebody drops a file
    claimed/order.yaml          the station has it: one atomic rename
    accepted/order.yaml         … and order.yaml.receipt.json beside it
    refused/order.yaml          … and the receipt names every reason

A file is left alone until it is whole: nobody has it open for writing, and its size and time have
not moved between two looks. Names beginning with a dot or ending in .part or .tmp are never taken.
"""

import fcntl
import hashlib
import json
import logging
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from station import documents
from station.core.events import OrderAccepted, OrderRefused
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem, refuse
from station.core.serials import MOST
from station.language import LANGUAGES, tell
from station.line.allotment import Allotment
from station.line.approval import check_approved
from station.line.library import Library
from station.records.journal import Journal
from station.records.place import usable, write_whole
from station.records.query import Records, Taken
from station.records.templates import Templates

log = logging.getLogger(__name__)

FOLDERS = ("inbox", "claimed", "accepted", "refused")
MOST_PROBLEMS = 100
"""Named in one receipt."""

_UNFINISHED = (".part", ".tmp", ".crdownload", "~")


@dataclass(frozen=True, slots=True)
class Receipt:
    file: str
    sha256: str
    orders: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def accepted(self) -> bool:
        return not self.problems

    def as_json(self) -> str:
        return json.dumps(
            {
                "file": self.file,
                "sha256": self.sha256,
                "status": "accepted" if self.accepted else "refused",
                "orders": list(self.orders),
                "reasons": [
                    {"field": each.where, **{lang: tell(each, lang) for lang in LANGUAGES}}
                    for each in self.problems
                ],
            },
            ensure_ascii=False,
            indent=1,
        )


def receipt(name: str, sha256: str, found: Taken) -> Receipt:
    """The receipt of a file that is in the records."""
    return Receipt(name, sha256, found.orders, found.problems)


class Intake:
    """The one path on which a document becomes work orders, wherever it came from."""

    def __init__(
        self,
        *,
        journal: Journal,
        library: Library,
        check: Callable[[object], WorkOrder],
    ) -> None:
        """`check` turns one document into an order whose labels can be printed, or raises."""
        self._journal = journal
        self._library = library
        self._check = check
        self._records = Records(journal.db)
        self._templates = Templates(journal.db)

    def take(self, name: str, data: bytes, *, actor: str = "station") -> Receipt:
        """Accept all orders of a file, or refuse the file with every reason; both are recorded."""
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            orders = self._orders(name, data, sha256)
        except Refused as refused:
            return self.refuse(name, data, *refused.problems, actor=actor)
        self._journal.append(
            *(
                OrderAccepted(order=order, gtin=self._gtin(order), file=name, sha256=sha256)
                for order in orders
            ),
            actor=actor,
        )
        return Receipt(name, sha256, tuple(order.id for order in orders), ())

    def refuse(self, name: str, data: bytes, *problems: Problem, actor: str) -> Receipt:
        """Written down with every reason."""
        sha256 = hashlib.sha256(data).hexdigest()
        event = OrderRefused(file=name, sha256=sha256, problems=problems)
        self._journal.append(event, actor=actor)
        return Receipt(name, sha256, (), problems)

    def answered(self, name: str, data: bytes) -> Receipt | None:
        """The receipt of a file that was recorded already, if the station died before giving it."""
        sha256 = hashlib.sha256(data).hexdigest()
        found = self._records.taken(sha256)
        return receipt(name, sha256, found) if found else None

    def delivered(self, name: str) -> Receipt | None:
        """The receipt of what was taken under this name, if anything was."""
        found = self._records.delivered(name)
        return receipt(name, *found) if found else None

    def _orders(self, name: str, data: bytes, sha256: str) -> tuple[WorkOrder, ...]:
        before = self._records.accepted_as(sha256)
        if before:
            raise Refused(
                problem(
                    "This file was taken before, at {at}, as order {order}.",
                    at=before[0],
                    order=before[1],
                )
            )
        rows = documents.rows(documents.parse(name, data))
        orders: list[WorkOrder] = []
        problems: list[Problem] = []
        allotment = Allotment(self._records)
        for place, row in enumerate(rows, start=1):
            where = _row(place, rows)
            try:
                order = self._check(row)
                problems.extend(each.within(where) for each in self._unapproved(order))
                self._check_new(order, orders)
                allotment.check(order, gtin=self._gtin(order))
                orders.append(order)
            except Refused as refused:
                problems.extend(refused.within(where).problems)
        refuse(problems[:MOST_PROBLEMS])
        if sum(order.quantity for order in orders) > MOST:
            raise Refused(problem("All orders of a file have at most {most} labels.", most=MOST))
        return tuple(
            self._drawn(allotment, order, where=_row(place, rows))
            for place, order in enumerate(orders, start=1)
        )

    def _drawn(self, allotment: Allotment, order: WorkOrder, *, where: str) -> WorkOrder:
        try:
            return allotment.drawn(order, gtin=self._gtin(order))
        except Refused as refused:
            raise refused.within(where) from None

    def _unapproved(self, order: WorkOrder) -> tuple[Problem, ...]:
        """Why nothing is printed from the order's design, if it is so."""
        template = self._library.template(order.template, order.revision)
        try:
            check_approved(template, self._templates.approval(order.template, order.revision))
        except Refused as refused:
            return refused.problems
        return ()

    def _check_new(self, order: WorkOrder, earlier: list[WorkOrder]) -> None:
        """An order's id is used once."""
        if self._records.order(order.id) or any(each.id == order.id for each in earlier):
            raise Refused(problem("There is an order {id!r} already.", where="id", id=order.id))
        if self._records.lost(order.id):
            raise Refused(
                problem(
                    "Order {id!r} was printed before this journal was restored, and its labels are"
                    " not in it: expected another id, and serials that were never used.",
                    where="id",
                    id=order.id,
                )
            )

    def _gtin(self, order: WorkOrder) -> str:
        level = self._library.catalogue[order.product].level(order.level)
        assert level is not None, "an order that exists agrees with the catalogue"
        return level.gtin


def _row(place: int, rows: Sequence[object]) -> str:
    return f"row {place}" if len(rows) > 1 else ""


class Inbox:
    """The hot folder."""

    def __init__(
        self,
        folder: Path,
        *,
        intake: Intake,
        settle_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at = {name: folder / name for name in FOLDERS}
        with usable(folder):
            for path in self._at.values():
                path.mkdir(parents=True, exist_ok=True)
        self._intake = intake
        self._settle_seconds = settle_seconds
        self._clock = clock
        self._seen: dict[str, tuple[int, int, float]] = {}
        """Name → size, time of change, and since when both have not moved."""

    def recover(self) -> tuple[Receipt, ...]:
        """Finish what an earlier run of the station had claimed and not answered."""
        return tuple(
            self._answer(path, recovered=True) for path in sorted(self._at["claimed"].iterdir())
        )

    def deliver(self, name: str, data: bytes, *, actor: str) -> Receipt:
        """Take what came without a file, once for each name, however often it is asked for.

        It is kept like a file afterwards; what counts is in the records by then.
        """
        known = self._intake.delivered(name)
        if known:
            return known
        try:
            receipt = self._intake.take(name, data, actor=actor)
        except _UNFORESEEN as error:
            log.exception("%s: cannot be taken", name)
            receipt = self._intake.refuse(name, data, _unforeseen(error), actor=actor)
        try:
            self._keep(receipt, data)
        except OSError as error:
            log.warning("%s: recorded, but no copy is kept: %s", name, error)
        return receipt

    def _keep(self, receipt: Receipt, data: bytes) -> None:
        target = _free(self._at["accepted" if receipt.accepted else "refused"], receipt.file)
        write_whole(target.with_name(f"{target.name}.receipt.json"), receipt.as_json().encode())
        write_whole(target, data)

    def poll(self) -> tuple[Receipt, ...]:
        """Take every file that is whole."""
        self._at["inbox"].mkdir(parents=True, exist_ok=True)
        with os.scandir(self._at["inbox"]) as entries:
            names = [entry.name for entry in entries if _wanted(entry)]
        self._seen = {name: seen for name, seen in self._seen.items() if name in names}
        whole = [name for name in sorted(names) if self._is_whole(name)]
        return tuple(receipt for name in whole for receipt in self._taken(name))

    def _taken(self, name: str) -> Iterator[Receipt]:
        """A file that cannot be moved now, or is gone again, is looked at again later."""
        try:
            yield self._answer(self._claim(name))
        except OSError as error:
            log.warning("%s: not taken: %s", name, error)

    def _is_whole(self, name: str) -> bool:
        path = self._at["inbox"] / name
        try:
            now = path.stat(follow_symlinks=False)
        except FileNotFoundError:
            return False
        size, changed, since = self._seen.get(name, (-1, -1, 0.0))
        if (size, changed) != (now.st_size, now.st_mtime_ns):
            self._seen[name] = (now.st_size, now.st_mtime_ns, self._clock())
            return False
        return self._clock() - since >= self._settle_seconds and not _being_written(path)

    def _claim(self, name: str) -> Path:
        target = _free(self._at["claimed"], name)
        (self._at["inbox"] / name).rename(target)
        self._seen.pop(name, None)
        return target

    def _answer(self, claimed: Path, *, recovered: bool = False) -> Receipt:
        try:
            data = documents.load(claimed)
        except Refused as refused:
            receipt = Receipt(claimed.name, "", (), refused.problems)
        else:
            receipt = self._receipt(claimed.name, data, recovered=recovered)
        target = _free(self._at["accepted" if receipt.accepted else "refused"], claimed.name)
        write_whole(target.with_name(f"{target.name}.receipt.json"), receipt.as_json().encode())
        claimed.rename(target)
        return receipt

    def _receipt(self, name: str, data: bytes, *, recovered: bool) -> Receipt:
        """No file stops the line, now or at the next start: what nobody foresaw is refused."""
        try:
            known = self._intake.answered(name, data) if recovered else None
            return known or self._intake.take(name, data)
        except _UNFORESEEN as error:
            log.exception("%s: cannot be taken", name)
            return Receipt(name, "", (), (_unforeseen(error),))


_UNFORESEEN = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)


def _unforeseen(error: Exception) -> Problem:
    return problem("The file cannot be taken: {why}.", why=type(error).__name__)


def _wanted(entry: os.DirEntry[str]) -> bool:
    """Plain files only: a link or a pipe could make the station read, or wait for, anything."""
    if entry.name.startswith(".") or entry.name.endswith(_UNFINISHED):
        return False
    try:
        return stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _being_written(path: Path) -> bool:
    """Whether somebody has the file open for writing; the kernel refuses a read lease then."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        return False  # taken, and refused because it cannot be read
    except OSError:
        return True
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # leases are not offered here: the two looks have to do
    finally:
        os.close(handle)
    return False


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that nothing has yet, with a name that is safe everywhere."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[-100:] or "order"
    for attempt in range(1, 100_000):
        path = folder / (safe if attempt == 1 else f"{attempt}-{safe}")
        if not path.exists() and not path.with_name(f"{path.name}.receipt.json").exists():
            return path
    raise Refused(problem("There are too many files named {name!r}.", name=name))
