"""A span of events, looked at once: the chain, the usual life of labels, the pictures they name.

Almost every event belongs to a label that was issued, judged good and released. For these the
three facts and the rows they left are compared here, without building a model of each: a million
labels are audited while somebody waits. Whatever is not exactly that, to the last byte of its
body, is handed on by number to whoever applies the real projections to it (see audit_tables.py).

Several processes look at spans side by side, so this module imports nothing that starts slowly.
"""

import re
from array import array
from binascii import hexlify
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import apsw

from station.core.problem import Refused, problem
from station.records import database
from station.records.audit.pictures import Missing, look_at

AT_ONCE = 20_000
"""Labels remembered before they are compared with their rows."""

JUMP = timedelta(seconds=2)
DRIFT = 0.001
"""Far more than a quartz drifts, so that a long pause is no jump."""

_MINUTE = 16
"""Characters of a time up to its minute."""

_COLUMNS = (
    "seq, CAST(type AS BLOB), CAST(at AS BLOB), monotonic, steered,"
    " CAST(concat_ws(char(31), seq, at, offset, monotonic, steered, type, actor, '') AS BLOB),"
    " CAST(body AS BLOB), prev, hash"
)

_TEXT = rb"[ !#-\[\]-~]*"
"""Printable ASCII that JSON does not escape."""

_LABEL = rb'("order":"(%b)","number":(0|[1-9][0-9]{0,8}))' % _TEXT

_ISSUED = re.compile(
    rb'\{"type":"LabelIssued",%b,"gtin":"(%b)","serial":"(%b)","data":"%b","zpl":"%b",'
    rb'"reprint_of":0(?:,"recipe":"%b")?\}' % (_LABEL, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT)
)

_SYMBOL = rb'\{"identifier":"%b","data":"%b","engine":"%b"\}' % (_TEXT, _TEXT, _TEXT)

_NUMBER = rb"(?:0|-?[1-9][0-9]{0,8})"
_NUMBERS = rb"\[(?:%b(?:,%b)*)?\]" % (_NUMBER, _NUMBER)
_INDICES = rb'"indices":\{(?:"[a-z_]+":%b(?:,"[a-z_]+":%b)*)?\}' % (_NUMBER, _NUMBER)
_SYMBOL_QUALITY = rb'\{"identifier":"%b",%b\}' % (_TEXT, _INDICES)

_FACT = rb'"[a-z_]+":(?:null|%b|%b|\[(?:%b(?:,%b)*)?\])' % (
    _NUMBER,
    _NUMBERS,
    _SYMBOL_QUALITY,
    _SYMBOL_QUALITY,
)
_QUALITY = rb"\{(?:%b(?:,%b)*)?\}" % (_FACT, _FACT)
"""Whole numbers under names; which ones there are, the model says."""

_POINTS = rb"\[(?:\[%b,%b\](?:,\[%b,%b\])*)?\]" % ((_NUMBER,) * 4)
_MARK = rb'\{"code":"%b","outline":%b,"rejects":false\}' % (_TEXT, _POINTS)

_ACCEPTED = re.compile(
    rb'\{"type":"LabelJudged",("order":"%b","number":[0-9]{1,9}),"accepted":true,"reasons":\[\],'
    rb'"symbols":\[(?:%b(?:,%b)*)?\],"evidence":"([0-9a-f]*)","rescued":(?:true|false)'
    rb'(?:,"quality":(?:null|%b),"marks":\[(?:%b(?:,%b)*)?\])?\}'
    % (_TEXT, _SYMBOL, _SYMBOL, _QUALITY, _MARK, _MARK)
)

_RELEASED = b'{"type":"LabelReleased",'

_ANY_LABEL = re.compile(rb'\{"type":"[A-Za-z]+",%b[,}]' % _LABEL)

_PICTURE = re.compile(rb',"evidence":"([^"]+)"')
"""Inside a text its quotes would be escaped."""

_DESIGN = re.compile(rb'"(?:template|product|printer|digest)":"([0-9a-f]{64})"')
"""Of a recipe, or of an approval: what labels were, or may be, made from."""

_PICTURED = {
    b"LabelJudged",
    b"LabelInDoubt",
    b"LabelSettled",
    b"ChallengeSpecimen",
    b"StepSigned",
}
_DESIGNED = {b"OrderStarted", b"TemplateApproved"}


@dataclass(frozen=True, slots=True)
class Span:
    path: Path
    first: int
    last: int
    evidence: Path | None = None
    """Where the pictures are; None if they are not looked at."""

    ends: int = 0
    """The last event of the journal: if another one is there, somebody is writing."""


@dataclass(slots=True)
class Times:
    """What the clock did. It is told; no record is wrong for it."""

    unsteered: int = 0
    """Records written while no time source steered the clock."""

    backwards: int = 0
    jumps: int = 0
    """Times that went on by more or less than the machine's own counter, beyond drift."""

    first: int = 0
    """The first event whose time is before that of the event before it; 0 if there is none."""


@dataclass(slots=True)
class Seen:
    """What was found in a span."""

    events: int = 0
    broken: int | None = None
    """The first event whose hash does not follow from what is before it."""

    moved: bool = False
    """The journal was written to meanwhile."""

    usual: dict[str, int] = field(default_factory=dict)
    """By order: labels of the usual life, whose rows are right."""

    serials: int = 0
    """How many of these carry a serial."""

    others: "array[int]" = field(default_factory=lambda: array("q"))
    """Events that the projections have to be applied to, in order."""

    marks: list[tuple[int, str]] = field(default_factory=list)
    """(event, order): a label was issued, the first one since any other event. The order has to
    be running there."""

    times: Times = field(default_factory=Times)
    pictures: int = 0
    named: bytes = b""
    """Digests of the pictures that are there, 32 bytes each."""

    missing: Missing | None = None
    """The first picture that is not there, or not as it was."""

    missed: int = 0
    """How many are not."""


def look(span: Span) -> Seen:
    """Everything about these events that can be said without the others.

    Raises Refused where there is no journal to read, apsw.Error where it cannot be read on.
    """
    with closing(database.reader(span.path)) as db:
        db.execute("BEGIN")
        try:
            return _Look(db, span).run()
        except (TypeError, ValueError, OverflowError):
            # Columns that hold what the table's own rules forbid: the file was written by others.
            raise Refused(
                problem(
                    "Between events {first} and {last} stands what no station writes.",
                    first=span.first,
                    last=span.last,
                )
            ) from None


def follows(db: apsw.Connection, seq: int) -> bool:
    """Whether an event's hash follows from the event before it."""
    before = db.execute("SELECT hash FROM event WHERE seq=?", (seq - 1,)).get
    row = db.execute(f"SELECT {_COLUMNS} FROM event WHERE seq=?", (seq,)).fetchone()  # noqa: S608 - a constant
    prev = database.GENESIS if seq == 1 else before
    if row is None or prev is None:
        return False
    *_, header, body, said, stored = row
    return bool(said == prev and _chained(header, body, hexlify(prev)) == stored)


def pictures_named(db: apsw.Connection, events: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """(event, digest) of every picture that these events name."""
    for seq in events:
        row = db.execute(
            "SELECT CAST(type AS BLOB), CAST(body AS BLOB) FROM event WHERE seq=?", (seq,)
        ).fetchone()
        if row:
            for name in _files(*row):
                yield seq, name


def _files(kind: bytes, body: bytes) -> tuple[bytes, ...]:
    """Digests of the files that an event rests on."""
    if kind in _PICTURED:
        return tuple(_PICTURE.findall(body))
    return tuple(_DESIGN.findall(body)) if kind in _DESIGNED else ()


def _chained(header: bytes, body: bytes, prev: bytes) -> bytes:
    """The hash of an event; the same as journal.digest, from what SQLite gives at once."""
    inner = hexlify(sha256(body).digest())
    return sha256(b"%b%b\x1f%b" % (header, inner, prev)).digest()


class _Life:
    """A label on its usual way."""

    __slots__ = ("gtin", "issued", "judged", "number", "order", "serial")

    def __init__(self, issued: int, order: bytes, number: int, gtin: bytes, serial: bytes) -> None:
        self.issued, self.order, self.number = issued, order, number
        self.gtin, self.serial, self.judged = gtin, serial, 0


class _Look:
    def __init__(self, db: apsw.Connection, span: Span) -> None:
        self._db, self._span, self._seen = db, span, Seen()
        self._others: list[int] = []
        self._open: dict[bytes, _Life] = {}
        self._done: dict[int, tuple[int, bytes, int, int, int]] = {}
        self._of: tuple[bytes, bytes] = (b"", b"")
        """Order and GTIN of those that are done."""

        self._marked = b""
        """The order that issued last, if nothing else has happened since."""

        self._named: list[bytes] = []
        self._restarted = False
        """The station was started since the clock was looked at; its machine perhaps as well."""

    def run(self) -> Seen:
        self._events()
        for life in self._open.values():
            self._hand_on(life)
        self._flush()
        seen = self._seen
        seen.others = array("q", sorted(self._others))
        seen.named = b"".join(self._named)
        ends = self._db.execute("SELECT max(seq) FROM event").get
        seen.moved = bool(self._span.ends) and ends != self._span.ends
        return seen

    def _events(self) -> None:
        """The chain and the clock, event by event."""
        seen, times, steps = self._seen, self._seen.times, self._steps()
        before, was, looked_at, counter = self._before()
        minute = looked_at[:_MINUTE]
        expected, prev = self._span.first, hexlify(before)
        for seq, kind, at, monotonic, steered, header, body, said, stored in self._rows():
            inner = hexlify(sha256(body).digest())
            chained = sha256(b"%b%b\x1f%b" % (header, inner, prev))
            if seq != expected or said != before or chained.digest() != stored:
                seen.broken = seen.broken or seq
            before, prev, expected = stored, hexlify(stored), seq + 1
            if not steered:
                times.unsteered += 1
            if at < was:
                times.backwards += 1
                times.first = times.first or seq
            was = at
            if at[:_MINUTE] != minute:
                times.jumps += not self._restarted and _jumped(looked_at, counter, at, monotonic)
                looked_at, counter, self._restarted = at, monotonic, False
                minute = at[:_MINUTE]
            step = steps.get(kind)
            if step is None or not step(seq, body):
                self._other(seq, kind, body)
        seen.events = expected - self._span.first

    def _rows(self) -> Iterator[tuple[int, bytes, bytes, int, int, bytes, bytes, bytes, bytes]]:
        sql = f"SELECT {_COLUMNS} FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq"  # noqa: S608 - a constant
        return self._db.execute(sql, (self._span.first, self._span.last))

    def _before(self) -> tuple[bytes, bytes, bytes, int]:
        """Hash and time of the event before the span."""
        if self._span.first == 1:
            return database.GENESIS, b"", b"", 0
        row = self._db.execute(
            "SELECT hash, CAST(at AS BLOB), monotonic FROM event WHERE seq=?",
            (self._span.first - 1,),
        ).fetchone()
        return (b"", b"", b"", 0) if row is None else (row[0], row[1], row[1], row[2])

    def _steps(self) -> dict[bytes, "_Step"]:
        return {
            b"LabelIssued": self._issued,
            b"LabelJudged": self._judged,
            b"LabelReleased": self._released,
        }

    def _issued(self, seq: int, body: bytes) -> bool:
        found = _ISSUED.fullmatch(body)
        if found is None:
            return False
        key, order, number, gtin, serial = found.groups()
        if key in self._open:
            return False
        if order != self._marked:
            self._marked = order
            self._seen.marks.append((seq, order.decode()))
        self._open[key] = _Life(seq, order, int(number), gtin, serial)
        return True

    def _judged(self, seq: int, body: bytes) -> bool:
        found = _ACCEPTED.fullmatch(body)
        if found is None:
            return False
        key, picture = found.groups()
        life = self._open.get(key)
        if life is None or life.judged:
            return False
        life.judged = seq
        if picture:
            self._picture(seq, picture)
        return True

    def _released(self, seq: int, body: bytes) -> bool:
        key = body[len(_RELEASED) : -1]
        life = self._open.get(key)
        if life is None or not life.judged or body != _RELEASED + key + b"}":
            return False
        del self._open[key]
        if (life.order, life.gtin) != self._of or len(self._done) >= AT_ONCE:
            self._flush()
            self._of = life.order, life.gtin
        if life.number in self._done:
            self._hand_on(life)
            self._others.append(seq)
        else:
            self._done[life.number] = (life.number, life.serial, life.issued, life.judged, seq)
        return True

    def _other(self, seq: int, kind: bytes, body: bytes) -> None:
        """Not of the usual life; nor is then any label that it is about."""
        self._marked = b""
        self._restarted = self._restarted or kind == b"StationStarted"
        self._others.append(seq)
        found = _ANY_LABEL.match(body)
        life = self._open.pop(found[1], None) if found else None
        if life:
            self._hand_on(life)
        for name in _files(kind, body):
            self._picture(seq, name)

    def _hand_on(self, life: _Life) -> None:
        self._others.append(life.issued)
        if life.judged:
            self._others.append(life.judged)

    def _flush(self) -> None:
        """Compare the labels that are done with their rows; those that differ are handed on."""
        done, (order, gtin) = self._done, self._of
        if not done:
            return
        usual = 0
        for row in self._db.execute(_STORED, (order.decode(), gtin.decode(), min(done), max(done))):
            if done.get(row[0]) == row:
                del done[row[0]]
                usual += 1
                self._seen.serials += bool(row[1])
        counts = self._seen.usual
        counts[order.decode()] = counts.get(order.decode(), 0) + usual
        for _, _, issued, judged, released in done.values():
            self._others += (issued, judged, released)
        done.clear()

    def _picture(self, seq: int, name: bytes) -> None:
        """Look at the file itself: it is there, and its bytes are those of the record."""
        if self._span.evidence is None:
            return
        seen = self._seen
        seen.pictures += 1
        missing = look_at(self._span.evidence, seq, name)
        if missing is None:
            self._named.append(bytes.fromhex(name.decode()))
            return
        seen.missed += 1
        seen.missing = seen.missing or missing


_STORED = """
SELECT l.number, CAST(l.serial AS BLOB), l.issued, l.judged, l.released
FROM label l LEFT JOIN serial s ON s.serial = l.serial AND s.gtin = ?2
WHERE l.order_id = ?1 AND l.number BETWEEN ?3 AND ?4
  AND l.state = 'released' AND l.reprint_of = 0 AND l.doubted IS NULL AND l.settled IS NULL
  AND (l.serial = '' OR (s.order_id = l.order_id AND s.number = l.number))
"""


def _jumped(before: bytes, counter: int, at: bytes, monotonic: int) -> bool:
    """The wall clock went another way than the counter: more than both can drift apart."""
    try:
        went = datetime.fromisoformat(at.decode()) - datetime.fromisoformat(before.decode())
    except (ValueError, TypeError):
        return False
    passed = timedelta(microseconds=(monotonic - counter) // 1000)
    return passed > timedelta(0) and abs(went - passed) > JUMP + passed * DRIFT


_Step = Callable[[int, bytes], bool]
