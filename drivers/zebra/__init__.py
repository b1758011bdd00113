"""A label printer that speaks ZPL, asked with ~HS what it is doing, and how many labels it made.

Nothing is ever sent twice. After any failure the connection is dropped, so that a late answer
cannot be taken for the answer to a later question; the next verb connects again.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from drivers.deadline import Deadline
from drivers.interface import (
    Condition,
    Garbled,
    NotReady,
    PrinterIdentity,
    PrinterStatus,
    Silent,
    Warn,
)
from drivers.wire import Wire, open_wire
from drivers.zebra.answer import Answer
from drivers.zebra.directory import LIST_STORED, DirectoryAnswer
from drivers.zebra.odometer import GET_COUNT, CountAnswer
from drivers.zebra.status import HOST_STATUS, StatusAnswer

_CLEAN_START = b"~JX~JA^XA^JZN^XZ"
"""End a half-sent format, cancel what waits, never print a label again after an error. The print
mode is the plant's choice and stays as it is."""

_NEXT_LABEL = b"~PH"

_HUSH_SECONDS = 0.2

# They come and go while the printer is still taking a format in.
_PASSING = frozenset({Condition.BUFFER_FULL, Condition.PARTIAL_FORMAT})


class Zebra:
    """Implements drivers.interface.Printer. For one thread at a time."""

    def __init__(
        self, url: str, *, answer_seconds: float = 2.0, poll_seconds: float = 0.02
    ) -> None:
        """answer_seconds: how long an answer may take. poll_seconds: the pause between two ~HS."""
        self._url = url
        self._name = f"printer {url}"
        self._answer_seconds = answer_seconds
        self._poll_seconds = poll_seconds
        self._wire: Wire | None = None
        self._quiet = False
        """No answer to a question of an earlier connection can still arrive on this one."""
        self._uncounted = False
        """On this connection it was found that the printer has no odometer."""
        self._unlisted = False
        """On this connection it was found that the printer does not list what it keeps."""
        self._counts = self._lists = False
        """It told its odometer, or a listing, once: from then on silence is a fault."""

    def prepare(self, deadline: Deadline) -> None:
        """Start clean: nothing of an earlier session is left to be printed or to be read.

        Raises Silent when the printer does not become idle in time.
        """
        with self._connected(deadline) as wire:
            wire.write(_CLEAN_START, deadline)
            self._hush(wire, deadline)
            self._settle(wire, deadline, fatal=frozenset())

    def status(self, deadline: Deadline) -> PrinterStatus:
        """Ask once. Raises Silent, Garbled or Unreachable."""
        with self._connected(deadline) as wire:
            return self._ask(wire, deadline)

    def store(self, zpl: bytes, deadline: Deadline) -> None:
        """Send graphics or formats to keep, and wait until the printer has taken them in.

        Paper, ribbon and head do not matter here. Raises NotReady when its memory is bad.
        """
        with self._connected(deadline) as wire:
            wire.write(zpl, deadline)
            self._settle(wire, deadline, fatal=frozenset({Condition.CORRUPT_MEMORY}))

    def identity(self, deadline: Deadline) -> PrinterIdentity | None:  # noqa: ARG002 - not asked yet
        """See drivers.interface.Printer."""
        return None

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:  # noqa: ARG002 - not asked yet
        """See drivers.interface.Printer."""
        return frozenset()

    def begin(self, zpl: bytes, deadline: Deadline) -> None:
        """See drivers.interface.Printer."""
        with self._connected(deadline) as wire:
            self._require_ready(self._ask(wire, deadline))
            wire.write(zpl, deadline)

    def finish(self, deadline: Deadline) -> None:
        """See drivers.interface.Printer. A connection that was lost since `begin` is a fault."""
        with self._connected(deadline) as wire:
            self._settle(wire, deadline, fatal=frozenset(Condition) - _PASSING)

    def feed(self, deadline: Deadline) -> None:
        """~PH: the web moves to the next label's beginning (ZPL II Programming Guide, ~PH)."""
        with self._connected(deadline) as wire:
            self._require_ready(self._ask(wire, deadline))
            wire.write(_NEXT_LABEL, deadline)
            self._settle(wire, deadline, fatal=frozenset(Condition) - _PASSING)

    def stored(self, deadline: Deadline) -> frozenset[str] | None:
        """See drivers.interface.Printer. Asked once on a connection where there is no listing.

        As with the odometer, a printer has none when it lets `answer_seconds` pass, says in ~HS
        that all is well, and never told it.
        """
        with self._connected(deadline) as wire:
            if self._unlisted:
                return None
            if not self._quiet:
                self._hush(wire, deadline)
            answer = DirectoryAnswer(self._name)
            self._unlisted = not self._answered(
                wire, LIST_STORED, answer, deadline, told=self._lists
            )
            self._lists = self._lists or not self._unlisted
            if self._unlisted:
                return None
            # The question was a format of its own: no label may find it in the buffer.
            self._settle(wire, deadline, fatal=frozenset({Condition.CORRUPT_MEMORY}))
            return answer.names()

    def odometer(self, deadline: Deadline) -> int | None:
        """See drivers.interface.Printer. Asked once on a connection where there is none.

        Nothing but time tells a printer without odometer from one that does not answer: it has
        none when it lets `answer_seconds` pass, says in ~HS that all is well, and never told it.
        """
        with self._connected(deadline) as wire:
            if self._uncounted:
                return None
            if not self._quiet:
                self._hush(wire, deadline)
            count = self._count(wire, deadline)
            if count is None and self._counts:
                raise Garbled(self._name, "told its odometer before, and now says it has none")
            self._uncounted = count is None
            self._counts = count is not None
            return count

    def close(self) -> None:
        self._quiet = self._uncounted = self._unlisted = False
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    @contextmanager
    def _connected(self, deadline: Deadline) -> Iterator[Wire]:
        """The wire, opened if need be; dropped by whatever goes wrong on it.

        A connection that the printer closed while nobody spoke is reported, not mended: the
        printer may have been switched off, and has then forgotten what `prepare` told it.
        """
        if self._wire is None:
            self._wire = open_wire(self._url, deadline=deadline)
        with ExitStack() as on_error:
            on_error.callback(self.close)
            yield self._wire
            on_error.pop_all()

    def _hush(self, wire: Wire, deadline: Deadline) -> None:
        """Read away the late answers to questions of an earlier session, until none comes."""
        enough = deadline.at_most(self._answer_seconds)
        while not enough.expired:
            try:
                wire.read(enough.at_most(_HUSH_SECONDS))
            except Silent:
                if enough.remaining() > 0:
                    self._quiet = True
                    return
                break  # cut off by the time allowed: no pause
        raise Garbled(self._name, "does not stop talking")

    def _require_ready(self, status: PrinterStatus) -> None:
        conditions = status.conditions
        if not status.idle:
            conditions += (Condition.JOB_LEFT,)
        if conditions:
            raise self._not_ready(conditions)

    def _settle(self, wire: Wire, deadline: Deadline, *, fatal: frozenset[Condition]) -> None:
        """Ask until the printer is idle and has nothing half received."""
        status = self._ask(wire, deadline)
        while not self._done(status, fatal):
            if deadline.remaining() <= self._poll_seconds:
                raise self._not_finished(status)
            time.sleep(self._poll_seconds)
            try:
                status = self._ask(wire, deadline)
            except (Silent, Garbled) as cut_off:
                if deadline.expired:
                    raise self._not_finished(status) from cut_off
                raise

    def _done(self, status: PrinterStatus, fatal: frozenset[Condition]) -> bool:
        if fatal.intersection(status.conditions):
            raise self._not_ready(status.conditions)
        return status.idle and not _PASSING.intersection(status.conditions)

    def _ask(self, wire: Wire, deadline: Deadline) -> PrinterStatus:
        answer = StatusAnswer(self._name)
        self._listen(wire, answer, self._put(wire, HOST_STATUS, deadline))
        return answer.status()

    def _count(self, wire: Wire, deadline: Deadline) -> int | None:
        answer = CountAnswer(self._name)
        answered = self._answered(wire, GET_COUNT, answer, deadline, told=self._counts)
        return answer.count() if answered else None

    def _answered(
        self, wire: Wire, question: bytes, answer: Answer, deadline: Deadline, *, told: bool
    ) -> bool:
        """Ask what not every printer answers; `told`: this one did before."""
        soon = self._put(wire, question, deadline)
        try:
            self._listen(wire, answer, soon)
        except Silent:
            if told or deadline.expired:
                raise
            self._require_ready(self._ask(wire, deadline))
            return False
        return True

    def _put(self, wire: Wire, question: bytes, deadline: Deadline) -> Deadline:
        """Ask; returns until when the answer may take."""
        wire.drain()
        soon = deadline.at_most(self._answer_seconds)
        wire.write(question, soon)
        return soon

    @staticmethod
    def _listen(wire: Wire, answer: Answer, soon: Deadline) -> None:
        while not answer.complete:
            try:
                answer.add(wire.read(soon))
            except Silent as silent:
                raise answer.missing() from silent

    def _not_ready(self, conditions: tuple[Condition, ...]) -> NotReady:
        return NotReady(self._name, _words(conditions), *conditions)

    def _not_finished(self, status: PrinterStatus) -> NotReady | Silent:
        if status.idle:
            return self._not_ready(status.conditions)
        return Silent(
            self._name,
            f"not done in time: {status.formats_in_buffer} formats in the buffer, "
            f"{status.labels_remaining} labels remaining",
        )


def _words(conditions: tuple[Condition, ...]) -> str:
    return ", ".join(condition.replace("-", " ") for condition in conditions)
