"""A head of the journal: how far it went at some time, and whether it still says so.

>>> kept = (Head(120, "ab" * 32, "2026-11-22T08:00:00+00:00", "hour"),
...         Head(170, "cd" * 32, "2026-11-22T09:00:00+00:00", "hour"))
>>> journal = {120: "ab" * 32}
>>> for found in check_against(kept, journal.get, last_seq=120):
...     print(found)  # doctest: +NORMALIZE_WHITESPACE
The journal ends at event 120, but event 170 was signed on 2026-11-22T09:00:00+00:00:
its end is missing.

A head is kept in a line of canonical JSON: sorted keys, no spaces, ASCII. There is one way to
write a line, so that a bit more or less is always another line.

>>> canonical({"why": "hour", "seq": 170})
b'{"seq":170,"why":"hour"}'
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from station.core.problem import Problem, Refused, problem
from station.core.shape import Shape, Text

Why = Literal[
    "start", "hour", "order", "stop", "close", "backup", "restore", "key", "template", "people"
]

NOTHING = "0" * 64
"""What stands for the line before the first."""

NAME = 200
"""Characters of a name at most, so that every line is one that is read again."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far the journal went, and why that was written down."""

    seq: int
    hash: str
    """Of event `seq`, hexadecimal; it stands for all events up to this one."""

    at: str
    """When it was signed: ISO 8601, UTC."""

    why: str
    order: str = ""
    lost_after: int | None = None
    """Of a "restore": the last event known to have been; those after `seq` are lost."""


def canonical(document: dict[str, Any]) -> bytes:
    """The one way to write a document: sorted keys, no spaces, ASCII."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def document(raw: bytes) -> dict[str, Any]:
    """The line, if it is written in the one way there is. Raises Refused."""
    try:
        found = json.loads(raw)
        if isinstance(found, dict) and canonical(found) == raw:
            return found
    except (ValueError, RecursionError):
        pass
    raise Refused(problem("It is not a line as stations write them: canonical JSON, in ASCII."))


def _utc(value: str) -> str:
    try:
        offset = datetime.fromisoformat(value).utcoffset()
    except ValueError:
        offset = None
    if offset != timedelta(0):
        raise Refused(problem("Expected a time in UTC, got {got!r}.", got=value[:40]))
    return value


Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Signature = Annotated[str, Field(pattern="^[0-9a-f]{128}$")]
Seq = Annotated[int, Field(ge=0, lt=2**63)]


class Line(Shape):
    """The fields of a line, as they stand in the file."""

    seq: Seq
    hash: Digest
    at: Annotated[str, AfterValidator(_utc)]
    why: Why
    order: Annotated[Text, Field(max_length=NAME)]
    station: Annotated[Text, Field(max_length=NAME)]
    """The name of the station that signed."""

    key: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    """The id of the key that signed."""

    prev: Digest
    """SHA-256 of the whole line before; of a first line, of the line that was lost, if one was."""

    signature: Signature
    lost_after: Seq | None = None
    public: Digest | None = None
    """Of a line that brings a key: its 32 bytes."""

    endorsement: Signature | None = None
    """Of a line that brings a later key: the signature of the key before."""

    @property
    def head(self) -> Head:
        return Head(self.seq, self.hash, self.at, self.why, self.order, self.lost_after)


def check_against(
    heads: Iterable[Head], hash_of: Callable[[int], str | None], last_seq: int
) -> tuple[Problem, ...]:
    """Whether a journal that ends at `last_seq` still is the one whose heads were signed.

    `hash_of` gives the hash of an event, None where there is no such event. Of many heads that
    are contradicted, the first event that was changed and the last that is missing are named.
    """
    valid = standing(heads)
    missing = max((each for each in valid if each.seq > last_seq), key=_seq, default=None)
    changed = min(
        (each for each in valid if each.seq <= last_seq and hash_of(each.seq) != each.hash),
        key=_seq,
        default=None,
    )
    found = []
    if changed:
        found.append(
            problem(
                "Event {seq} is not the one that was signed on {at}: the journal was rewritten.",
                seq=changed.seq,
                at=changed.at,
            )
        )
    if missing:
        found.append(
            problem(
                "The journal ends at event {last}, but event {seq} was signed on {at}: its end is"
                " missing.",
                last=last_seq,
                seq=missing.seq,
                at=missing.at,
            )
        )
    return tuple(found)


def standing(heads: Iterable[Head]) -> tuple[Head, ...]:
    """Those the journal has to agree with: not of event 0, nor of one that a restore gave up."""
    found: list[Head] = []
    given_up = 2**63
    for each in reversed(tuple(heads)):
        if 0 < each.seq <= given_up:
            found.append(each)
        if each.why == "restore":
            given_up = min(given_up, each.seq)
    return tuple(reversed(found))


def _seq(head: Head) -> int:
    return head.seq
