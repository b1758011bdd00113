"""A label printer that speaks ZPL, asked with ~HS what it is doing, and how many labels it made.

Nothing is ever sent twice. After any failure the connection is dropped, so that a late answer
cannot be taken for the answer to a later question, and the next verb connects again. Only a
printer that has answered, and says why it cannot work, keeps its connection.

A label that is peeled, or waits on an applicator, is printed: `finish` returns, and who takes it is
the line's business. The next one is not begun while it waits. A cutter or a tear bar need nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from drivers.address import SerialAddress, parse_address
from drivers.deadline import Deadline
from drivers.interface import (
    Condition,
    DriverError,
    Garbled,
    NotReady,
    PrinterIdentity,
    PrinterStatus,
    PrintMode,
    Silent,
    Unreachable,
    Warn,
)
from drivers.zebra import preparation, proof
from drivers.zebra.directory import LIST_STORED, DirectoryAnswer
from drivers.zebra.health import HOST_QUERY, HealthAnswer
from drivers.zebra.identity import HOST_IDENTIFICATION, IdentityAnswer
from drivers.zebra.odometer import GET_COUNT, CountAnswer
from drivers.zebra.opener import Opener, Presence
from drivers.zebra.settling import settle, wait_fed
from drivers.zebra.talk import Talk, not_ready, require_ready

_NEXT_LABEL = b"~PH"

_ANY = frozenset(Condition)
_MEMORY = frozenset({Condition.CORRUPT_MEMORY})


class Zebra:
    """Implements drivers.interface.Printer. For one thread at a time."""

    def __init__(
        self,
        url: str,
        *,
        dots_per_mm: int | None = None,
        mode: PrintMode | None = None,
        answer_seconds: float = 2.0,
        poll_seconds: float = 0.02,
        feed_seconds: float = 2.0,
        proof_seconds: float = 3.0,
    ) -> None:
        """dots_per_mm: of the print head the labels are laid out for; None: any. mode: None leaves
        the plant's choice. answer_seconds: how long an answer may take. poll_seconds: the longest
        pause between two ~HS. feed_seconds: in which a blank label has surely moved, on a printer
        that does not count it. proof_seconds: how long a serial line is tried, once for each
        connection; 0: not at all.
        """
        self._url = url
        self._name = f"printer {url}"
        self._dots_per_mm = dots_per_mm
        self._mode = mode
        self._answer_seconds = answer_seconds
        self._poll_seconds = poll_seconds
        self._feed_seconds = feed_seconds
        self._proof_seconds = proof_seconds
        self._opener = Opener(url)
        self._presence = Presence(self._name)
        self._talk: Talk | None = None
        self._begun_on: Talk | None = None
        """The connection that the label in hand was sent on."""

        self._told: set[bytes] = set()
        """Questions it ever had an answer to: from then on silence is a fault."""

    def prepare(self, deadline: Deadline) -> None:
        """Start clean: nothing of an earlier session is left to be printed or to be read, and the
        printer is set up as it has to be, as far as it can tell.

        Raises Silent when the printer does not become idle in time, NotReady when it is another
        one, keeps another setting, or sits on a line that loses bytes.
        """
        self._begun_on = None
        with self._connected(deadline) as talk:
            talk.knock(deadline)
            talk.send(preparation.clean_start(self._mode), deadline)
            talk.hush(deadline)
            self._settle(talk, deadline, fatal=frozenset())
            self._check(talk, deadline)
            self._prove(talk, deadline)

    def status(self, deadline: Deadline) -> PrinterStatus:
        """Ask once. Raises Silent, Garbled or Unreachable."""
        with self._connected(deadline) as talk:
            return talk.status(deadline)

    def identity(self, deadline: Deadline) -> PrinterIdentity | None:
        """See drivers.interface.Printer. Asked once on a connection where there is no answer."""
        with self._connected(deadline) as talk:
            answer = IdentityAnswer(self._name)
            told = HOST_IDENTIFICATION in self._told
            if not talk.asked(HOST_IDENTIFICATION, answer, deadline, told=told):
                return None
            self._told.add(HOST_IDENTIFICATION)
            return answer.identity()

    def warnings(self, deadline: Deadline) -> frozenset[Warn]:
        """See drivers.interface.Printer. Asked once on a connection where there is no answer.

        Raises NotReady for every error that is told along with them, also for one without a name.
        """
        with self._connected(deadline) as talk:
            answer = HealthAnswer(self._name)
            told = HOST_QUERY in self._told
            if not talk.asked(HOST_QUERY, answer, deadline, told=told):
                return frozenset()
            health = answer.health()
            self._told.add(HOST_QUERY)
            if health.conditions:
                words = str(not_ready(self._name, health.conditions).detail)
                detail = f"{words} ({health.detail})" if health.detail else words
                raise NotReady(self._name, detail, *health.conditions)
            return health.warnings

    def store(self, zpl: bytes, deadline: Deadline) -> None:
        """Send graphics or formats to keep, and wait until the printer has taken them in.

        Paper, ribbon and head do not matter here. Raises NotReady when its memory is bad.
        """
        with self._connected(deadline) as talk:
            talk.knock(deadline)
            self._store(talk, zpl, deadline)

    def stored(self, deadline: Deadline) -> frozenset[str] | None:
        """See drivers.interface.Printer. Asked once on a connection where there is no listing."""
        with self._connected(deadline) as talk:
            return self._stored(talk, deadline)

    def begin(self, zpl: bytes, deadline: Deadline) -> None:
        """See drivers.interface.Printer. NotReady also while a label waits to be taken."""
        with self._connected(deadline) as talk:
            self._require_free(talk, deadline)
            self._begun_on = talk
            talk.send(zpl, deadline)

    def finish(self, deadline: Deadline) -> None:
        """See drivers.interface.Printer. A connection that was lost since `begin` is a fault: an
        idle printer on a new one says nothing about the label. Without `begin` nothing is waited
        for but an idle printer.
        """
        begun, self._begun_on = self._begun_on, None
        if begun is not None and begun is not self._talk:
            raise Unreachable(self._name, "the connection was lost after the label was begun")
        with self._connected(deadline) as talk:
            self._settle(talk, deadline, fatal=_ANY, peeled=True)

    def feed(self, deadline: Deadline) -> None:
        """~PH: one blank label (ZPL II Programming Guide, ~PH Slew to Home Position).

        No status tells a printer that has yet to move from one that has: it has when the odometer
        says so, or else after `feed_seconds`. Raises Silent when the deadline comes before.
        """
        with self._connected(deadline) as talk:
            self._require_free(talk, deadline)
            before = self._odometer(talk, deadline)
            talk.send(_NEXT_LABEL, deadline)
            wait_fed(
                lambda: before is not None and self._odometer(talk, deadline) != before,
                deadline,
                surely=Deadline.after(self._feed_seconds, clock=deadline.clock),
                pause=self._poll_seconds,
                late=Silent(self._name, "did not say in time that it fed a label"),
            )
            self._settle(talk, deadline, fatal=_ANY, peeled=True)

    def odometer(self, deadline: Deadline) -> int | None:
        """See drivers.interface.Printer. Asked once on a connection where there is none."""
        with self._connected(deadline) as talk:
            return self._odometer(talk, deadline)

    def close(self) -> None:
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    @contextmanager
    def _connected(self, deadline: Deadline) -> Iterator[Talk]:
        """The connection, opened if need be; dropped by whatever goes wrong on it.

        A connection that the printer closed while nobody spoke is reported, not mended: the
        printer may have been switched off, and has then forgotten what `prepare` told it.
        """
        try:
            if self._talk is None:
                self._talk = self._opened(deadline)
            yield self._talk
        except NotReady:
            self._presence.here()
            if self._talk is not None and self._talk.asking:
                self.close()
            raise
        except DriverError as error:
            error.device = self._name
            self._presence.gone(error)
            self.close()
            raise
        except BaseException:
            self.close()
            raise
        self._presence.here()

    def _opened(self, deadline: Deadline) -> Talk:
        wire = self._opener.open(deadline)
        address = parse_address(self._url)
        baud = address.baud if isinstance(address, SerialAddress) else None
        return Talk(wire, name=self._name, answer_seconds=self._answer_seconds, baud=baud)

    def _check(self, talk: Talk, deadline: Deadline) -> None:
        if self._dots_per_mm is not None:
            preparation.check_resolution(talk, self._dots_per_mm, deadline)
        preparation.check_reprint(talk, deadline)
        if self._mode is not None:
            preparation.check_mode(talk, self._mode, deadline)

    def _prove(self, talk: Talk, deadline: Deadline) -> None:
        """Once for each connection, on a serial line. See drivers.zebra.proof."""
        address = parse_address(self._url)
        if talk.proven or not self._proof_seconds or not isinstance(address, SerialAddress):
            return
        graphic = proof.graphic(baud=address.baud, seconds=self._proof_seconds)
        self._store(talk, proof.FORGET, deadline)
        before = talk.status(deadline).graphics_stored
        self._store(talk, graphic, deadline)
        listed = self._stored(talk, deadline)
        counted = talk.status(deadline).graphics_stored == before + 1
        if not (counted if listed is None else proof.NAME in listed):
            raise proof.not_carried(self._name, len(graphic), baud=address.baud, flow=address.flow)
        self._store(talk, proof.FORGET, deadline)
        talk.proven = True

    def _store(self, talk: Talk, zpl: bytes, deadline: Deadline) -> None:
        talk.send(zpl, deadline)
        self._settle(talk, deadline, fatal=_MEMORY)

    def _stored(self, talk: Talk, deadline: Deadline) -> frozenset[str] | None:
        answer = DirectoryAnswer(self._name)
        if not talk.asked(LIST_STORED, answer, deadline, told=LIST_STORED in self._told):
            return None
        self._told.add(LIST_STORED)
        # The question was a format of its own: no label may find it in the buffer.
        self._settle(talk, deadline, fatal=_MEMORY)
        return answer.names()

    def _odometer(self, talk: Talk, deadline: Deadline) -> int | None:
        answer = CountAnswer(self._name)
        told = GET_COUNT in self._told
        count = answer.count() if talk.asked(GET_COUNT, answer, deadline, told=told) else None
        if count is None and told:
            raise Garbled(self._name, "told its odometer before, and now says it has none")
        if count is None:
            talk.forgo(GET_COUNT)
        else:
            self._told.add(GET_COUNT)
        return count

    def _require_free(self, talk: Talk, deadline: Deadline) -> None:
        status = talk.status(deadline)
        require_ready(self._name, status)
        if status.label_waiting:
            raise not_ready(self._name, (Condition.LABEL_WAITING,))

    def _settle(
        self,
        talk: Talk,
        deadline: Deadline,
        *,
        fatal: frozenset[Condition],
        peeled: bool = False,
    ) -> None:
        pause = self._poll_seconds
        settle(talk, deadline, pause=pause, fatal=fatal, peeled=peeled)
