"""A disk that forgets: what was written and not synced may be there after a power loss, or not.

POSIX promises nothing about a write before fsync has returned: it may be kept, dropped, or half
of it kept, in any order and for each write alone. The same goes for names: a file that was just
made, or deleted, is or is not in its folder until the folder itself is synced.

>>> disk = Disk()
>>> disk.create("a"); disk.write("a", 0, b"old"); disk.sync("a"); disk.sync_folder()
>>> disk.write("a", 0, b"new!")
>>> [fate.after(disk.moment())["a"] for fate in (KEPT, DROPPED, TORN)]
[b'new!', b'old', b'ned']
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum


class Share(Enum):
    """How much of one write survives."""

    WHOLE = "whole"
    HALF = "half"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Write:
    offset: int
    data: bytes

    def on(self, content: bytes, share: Share) -> bytes:
        data = self.data if share == Share.WHOLE else self.data[: len(self.data) // 2]
        if share == Share.NONE or not data:
            return content
        end = self.offset + len(data)
        return content[: self.offset].ljust(self.offset, b"\0") + data + content[end:]


@dataclass(frozen=True, slots=True)
class Truncate:
    size: int

    def on(self, content: bytes, share: Share) -> bytes:
        return content[: self.size] if share == Share.WHOLE else content


@dataclass(frozen=True, slots=True)
class Inode:
    """One file: what is on the platter, and what is only said to be."""

    platter: bytes = b""
    pending: tuple[Write | Truncate, ...] = ()

    def after(self, choose: Callable[[int, int], Share]) -> bytes:
        """`choose` says of the i-th of n pending changes how much survives."""
        content = self.platter
        for place, change in enumerate(self.pending):
            content = change.on(content, choose(place, len(self.pending)))
        return content


@dataclass(frozen=True, slots=True)
class Moment:
    """The disk when the power fails."""

    inodes: tuple[Inode, ...]
    names: tuple[tuple[str, int], ...]
    """The folder as programs see it: name and place among the inodes."""

    platter: tuple[tuple[str, int], ...]
    """The folder as it was synced last."""


@dataclass(slots=True)
class Disk:
    """One folder of files."""

    _inodes: list[Inode] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _platter: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, files: dict[str, bytes]) -> "Disk":
        """With these files on the platter."""
        places = {name: place for place, name in enumerate(files)}
        return cls([Inode(each) for each in files.values()], dict(places), dict(places))

    def create(self, name: str) -> None:
        if name not in self._names:
            self._names[name] = len(self._inodes)
            self._inodes.append(Inode())

    def delete(self, name: str) -> None:
        self._names.pop(name, None)

    def write(self, name: str, offset: int, data: bytes) -> None:
        self._change(name, Write(offset, data))

    def truncate(self, name: str, size: int) -> None:
        self._change(name, Truncate(size))

    def sync(self, name: str) -> None:
        place = self._names[name]
        self._inodes[place] = Inode(self._inodes[place].after(lambda _, __: Share.WHOLE))

    def sync_folder(self) -> None:
        self._platter = dict(self._names)

    def moment(self) -> Moment:
        return Moment(tuple(self._inodes), tuple(self._names.items()), tuple(self._platter.items()))

    def _change(self, name: str, change: Write | Truncate) -> None:
        place = self._names[name]
        inode = self._inodes[place]
        self._inodes[place] = Inode(inode.platter, (*inode.pending, change))


@dataclass(frozen=True, slots=True)
class Fate:
    """One way in which the power loss can turn out."""

    name: str
    choose: Callable[[random.Random, int, int], Share]
    keep_names: Callable[[random.Random], bool]
    seed: int = 0

    def after(self, moment: Moment) -> dict[str, bytes]:
        """The files when the power is back; the same ones every time."""
        chance = random.Random(self.seed)  # noqa: S311 - a repeatable one is wanted
        names, platter = dict(moment.names), dict(moment.platter)
        found: dict[str, bytes] = {}
        for name in sorted(names | platter):
            place = (names if self.keep_names(chance) else platter).get(name)
            if place is not None:
                found[name] = moment.inodes[place].after(
                    lambda nth, of: self.choose(chance, nth, of)
                )
        return found


def _torn(_: random.Random, nth: int, of: int) -> Share:
    """The disk died in its last write."""
    return Share.HALF if nth == of - 1 else Share.WHOLE


KEPT = Fate("kept", lambda *_: Share.WHOLE, lambda _: True)
DROPPED = Fate("dropped", lambda *_: Share.NONE, lambda _: False)
TORN = Fate("torn", _torn, lambda _: True)


def mixed(seed: int) -> Fate:
    """Each write and each name by chance."""
    return Fate(
        f"mixed {seed}",
        lambda chance, _, __: chance.choice(tuple(Share)),
        lambda chance: chance.random() < 0.5,
        seed,
    )


def fates(*, mixtures: int) -> Iterator[Fate]:
    yield from (KEPT, DROPPED, TORN)
    yield from (mixed(seed) for seed in range(mixtures))
