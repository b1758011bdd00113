"""The second place: another disk, or better another machine, where the journal's heads are kept.

What was signed last is also noted beside the key. So a share that is not mounted, an older copy of
it, or a file that was cut off is noticed, and never taken for a place that is still empty.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from drivers.interface import Condition, NotReady
from station.core.problem import Problem, Refused, problem
from station.core.shape import parse
from station.records import place
from station.records.signed import private
from station.records.signed.head import NAME, NOTHING, Head, Line, canonical, document
from station.records.signed.heads import Chain, Key
from station.records.signed.lines import Lines

FILE = "heads.jsonl"


class Heads:
    """The single writer of the heads. Whoever opens it holds the lock of the journal."""

    def __init__(self, folder: Path, *, key: Key, station: str) -> None:
        """`station` is its name, which every line carries.

        Raises Refused when the place cannot be read, when a line in it is not right or not of
        this station, or when the line that was signed last is not in it; nothing in it is changed
        then. A place without any line is good if nothing was ever signed: the first head begins
        the file.
        """
        self._station = station[:NAME]
        self._note, self._lost = _notes(key)
        self._lines = Lines(folder / FILE)
        self._chain = Chain()
        self._heads: list[Head] = []
        self._missing = private.read(self._note)
        """The line that was signed last, until it is found."""

        with _refusing(self._lines.path):
            self._read_on()
            chain = self._with_piece()
            if chain is not self._chain and self._lines.piece == self._missing:
                self._missing = None
            if self._missing is not None:
                raise Refused(_not_there(self._missing))
            self._key = _holder(key, chain)
            self._mend(chain)

    @property
    def path(self) -> Path:
        return self._lines.path

    @property
    def key(self) -> Key:
        """The one that signs now."""
        return self._key

    @property
    def heads(self) -> tuple[Head, ...]:
        """All there are, in the order they were signed."""
        return tuple(self._heads)

    @property
    def last(self) -> Head | None:
        """The last one; None where no event was ever signed."""
        last = self._chain.last
        return last if last and last.seq else None

    def sign(self, *, seq: int, hash: str, at: str, why: str, order: str = "") -> Head:  # noqa: A002 - the name of the field
        """Write down that the journal ends with this event now. It is durable on return.

        Raises NotReady when the place does not take it, and Refused when it cannot be true: an
        event before the last one that was signed, or the same one with another hash.
        """
        self._ready(at)
        return self._append({"seq": seq, "hash": hash, "at": at, "why": why, "order": order})

    def sign_restore(self, *, seq: int, hash: str, at: str, lost_after: int) -> Head:  # noqa: A002 - the name of the field
        """Write down that the journal was restored, and ends with event `seq` again.

        `lost_after` is the last event known to have been. Raises as `sign` does.
        """
        self._ready(at)
        known = max(lost_after, seq, self.last.seq if self.last else 0)
        fields = {"seq": seq, "hash": hash, "at": at, "why": "restore", "lost_after": known}
        return self._append(fields)

    def rotate(self, new_key: Key, *, at: str) -> Head:
        """Let another key sign from here on. It takes the file of the one before, which is gone.

        Power may fail at any point of it: the next opening ends what was begun. Raises NotReady.
        """
        self._ready(at)
        old, last = self._key, self.last
        head = self._bring(new_key, at=at, last=last, endorsed_by=old)
        self._key = new_key
        with _kept(self.path):
            self._key = new_key.take_over(old.path)
        return head

    def _ready(self, at: str) -> None:
        """The place is there, and is what it was; a new one gets its first line."""
        with _kept(self.path):
            self._read_on()
            self._mend(self._with_piece())
            lost = None if self._chain.count else private.read(self._lost)
        if not self._chain.count:
            self._chain = Chain(prev=sha256(lost).hexdigest() if lost else NOTHING)
            self._bring(self._key, at=at, last=_head_of(lost) if lost else None)

    def _bring(
        self, key: Key, *, at: str, last: Head | None, endorsed_by: Key | None = None
    ) -> Head:
        """Append a line that brings a key, and says again what was said last."""
        with _kept(self.path):
            _publish(key, self.path.parent)
        seq, known = (last.seq, last.hash) if last else (0, NOTHING)
        fields = {"seq": seq, "hash": known, "at": at, "why": "key", "public": key.public.hex()}
        return self._append(fields, by=key, endorsed_by=endorsed_by)

    def _append(
        self, fields: dict[str, Any], *, by: Key | None = None, endorsed_by: Key | None = None
    ) -> Head:
        """Sign the line, check it as everybody else will, and write it down in both places."""
        key = by or self._key
        whole = {"order": "", "station": self._station, "key": key.id, "prev": self._chain.prev}
        whole |= fields
        if endorsed_by:
            whole["endorsement"] = endorsed_by.endorse(whole)
        raw = canonical(whole | {"signature": key.sign(whole)})
        chain = self._chain.follow(raw)
        with _kept(self.path):
            self._lines.append(raw)
            self._know(chain)
            private.replace(self._note, raw)
        return self._heads[-1]

    def _read_on(self) -> None:
        """Follow the whole lines that were not read yet. Raises OSError, Refused."""
        try:
            for raw in self._lines.unread():
                self._know(self._chain.follow(raw))
                self._missing = None if raw == self._missing else self._missing
        except FileNotFoundError:
            if self._chain.count:
                raise

    def _with_piece(self) -> Chain:
        """The chain with the piece at the end of the file, if that is a line but for its end."""
        try:
            return self._chain.follow(self._lines.piece) if self._lines.piece else self._chain
        except Refused:
            return self._chain

    def _mend(self, chain: Chain) -> None:
        """A line that power cut off gets its end, or goes: nobody was told that it was kept."""
        if chain is not self._chain:
            self._lines.complete()
            self._know(chain)
        elif self._lines.piece:
            self._lines.cut()

    def _know(self, chain: Chain) -> None:
        self._chain = chain
        if chain.last:
            self._heads.append(chain.last)


def set_aside(folder: Path, *, key: Key) -> None:
    """Let the heads begin anew, because their place is lost or spoilt and people decided so.

    A file that is still there is kept under another name. The first line of the next one goes on
    from what was signed last, as far as the note beside the key tells. Raises Refused.
    """
    path = folder / FILE
    note, lost = _notes(key)
    with _refusing(path):
        if path.exists():
            free = (folder / f"heads-{number}.jsonl" for number in count(1))
            path.rename(next(each for each in free if not each.exists()))
            place.sync(folder)
        if note.exists():
            private.move(note, lost)


def public_key(folder: Path, key: Key) -> Path:
    """Where the public key lies beside the heads, in PEM: with it any copy can be checked."""
    return folder / f"{key.id}.pub"


def same_disk(one: Path, other: Path) -> bool:
    """Whether two places are lost together when a disk is. Raises Refused."""
    with _refusing(one):
        return _existing(one).stat().st_dev == _existing(other).stat().st_dev


def _existing(path: Path) -> Path:
    whole = path.absolute()
    return next(each for each in (whole, *whole.parents) if each.exists())


def _notes(key: Key) -> tuple[Path, Path]:
    """Beside the key: the line that was signed last, and the last one of a place that is lost."""
    name = key.path.name
    return key.path.with_name(f"{name}.signed"), key.path.with_name(f"{name}.lost")


def _holder(key: Key, chain: Chain) -> Key:
    """The key that signs this file: the one given, or the next one, if power failed in between."""
    if not chain.count or chain.public == key.public:
        return key
    if key.next_path.exists():
        successor = Key.load(key.next_path)
        if successor.public == chain.public:
            return successor.take_over(key.path)
    raise Refused(
        problem(
            "These heads are signed by key {got}, but the key of this station is {expected}:"
            " this is not its folder, or its key was lost.",
            got=chain.key,
            expected=key.id,
        )
    )


def _head_of(raw: bytes) -> Head | None:
    """What a line says that was noted here; None if it cannot be told any more."""
    try:
        return parse(Line, document(raw)).head
    except Refused:
        return None


def _not_there(noted: bytes) -> Problem:
    head = _head_of(noted)
    return problem(
        "The line that was signed last, of event {seq} on {at}, is not in it. Is the right place"
        " mounted?",
        seq=head.seq if head else "?",
        at=head.at if head else "?",
    )


def _publish(key: Key, folder: Path) -> None:
    path = public_key(folder, key)
    if not path.exists() or path.read_bytes() != key.pem:
        private.make(folder)
        with path.open("wb") as file:
            file.write(key.pem)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise refused.within(str(path)) from None
    except OSError as error:
        raise Refused(
            problem("Cannot use {path}: {why}.", path=str(path), why=error.strerror or "?")
        ) from None


@contextmanager
def _kept(path: Path) -> Iterator[None]:
    """What the place does not take, or no longer is, is a fault of the machine."""
    try:
        yield
    except OSError as error:
        detail = f"{path}: {error.strerror or error}"
        raise NotReady("second place", detail, Condition.HEAD_NOT_KEPT) from None
    except Refused as refused:
        raise NotReady("second place", str(refused), Condition.HEAD_NOT_KEPT) from None
