"""Questions and answers on one connection to a printer, and what is known while it stands."""

from drivers.deadline import Deadline
from drivers.interface import Condition, Garbled, NotReady, PrinterStatus, Silent
from drivers.wire import Wire
from drivers.zebra.answer import Answer
from drivers.zebra.status import HOST_STATUS, StatusAnswer

_HUSH_SECONDS = 0.2

_HELD = (
    "no answer in time on a new connection: another station or program may hold the printer's"
    " port, which serves one at a time"
)


class Talk:
    """For one thread at a time. After any error but NotReady it is of no more use."""

    def __init__(self, wire: Wire, *, name: str, answer_seconds: float, baud: int | None) -> None:
        """baud: of a serial line; None for a network, where connecting succeeds although the
        printer serves somebody else.
        """
        self.name = name
        self.proven = False
        """The line carries a long graphic whole."""

        self.asking = False
        """A question is open: its answer may still come, and would be taken for a later one's."""

        self._wire = wire
        self._answer_seconds = answer_seconds
        self._baud = baud
        self._busy: Deadline | None = None
        """Until then the line carries what was last sent, though the system has taken it all."""

        self._quiet = False
        """No answer to a question of an earlier connection can still arrive on this one."""

        self._heard = False
        """The printer said anything at all: it serves us."""

        self._unanswered: set[bytes] = set()
        """Questions that this printer was found to have no answer to."""

    def close(self) -> None:
        self._wire.close()

    def knock(self, deadline: Deadline) -> None:
        """Wait for a sign that the printer serves this connection, before it is sent anything that
        would be obeyed as soon as whoever holds it now lets go. Raises DriverError.
        """
        if self._baud is None and not self._heard:
            self.status(deadline)

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Once. Raises DriverError."""
        started = deadline.clock()
        self._wire.write(data, deadline)
        if self._baud is not None:
            self._busy = Deadline(started + len(data) * 10 / self._baud, deadline.clock)

    def status(self, deadline: Deadline) -> PrinterStatus:
        """Ask once. Raises DriverError."""
        return self.status_answer(deadline).status()

    def status_answer(self, deadline: Deadline) -> StatusAnswer:
        answer = StatusAnswer(self.name)
        try:
            self._listen(answer, self._put(HOST_STATUS, deadline))
        except Silent as silent:
            if self._baud is None and not self._heard:
                raise Silent(self.name, _HELD, Condition.SILENT, Condition.IN_USE) from silent
            raise
        return answer

    def asked(self, question: bytes, answer: Answer, deadline: Deadline, *, told: bool) -> bool:
        """Ask what not every printer answers; `told`: this one did before. Is there an answer?

        Nothing but time tells a printer that has none from one that is stuck: it has none when it
        lets the time of an answer pass, says in ~HS that all is well, and never told it. It is not
        asked again then. Raises DriverError.
        """
        if question in self._unanswered:
            return False
        if not self._quiet:
            self.hush(deadline)
        soon = self._put(question, deadline)
        try:
            self._listen(answer, soon)
        except Silent:
            if told or deadline.expired:
                raise
            self._quiet = False  # it may still come
            require_ready(self.name, self.status(deadline))
            self.forgo(question)
            return False
        return True

    def forgo(self, question: bytes) -> None:
        """Do not ask that on this connection any more."""
        self._unanswered.add(question)

    def hush(self, deadline: Deadline) -> None:
        """Read away the late answers to questions of an earlier session, until none comes."""
        enough = deadline.at_most(max(self._answer_seconds, 2 * _HUSH_SECONDS))
        talks = False
        while not enough.expired:
            try:
                self._read(enough.at_most(_HUSH_SECONDS))
                talks = True
            except Silent:
                if enough.remaining() > 0:
                    self._quiet = True
                    return
                break  # cut off by the time allowed: no pause
        if talks:
            raise Garbled(self.name, "does not stop talking")
        raise Silent(self.name, "no time was left to wait for late answers")

    def _put(self, question: bytes, deadline: Deadline) -> Deadline:
        """Ask; returns until when the answer may take."""
        self._heard = bool(self._wire.drain()) or self._heard
        busy = self._busy.remaining() if self._busy else 0.0
        soon = deadline.at_most(busy + self._answer_seconds)
        self.asking = True
        self._wire.write(question, soon)
        return soon

    def _listen(self, answer: Answer, soon: Deadline) -> None:
        while not answer.complete:
            try:
                answer.add(self._read(soon))
            except Silent as silent:
                raise answer.missing() from silent
        self.asking = False

    def _read(self, soon: Deadline) -> bytes:
        data = self._wire.read(soon)
        self._heard = True
        return data


def require_ready(name: str, status: PrinterStatus) -> None:
    """Raises NotReady for a printer that cannot print now, or still has something to print."""
    conditions = status.conditions
    if not status.idle:
        conditions += (Condition.JOB_LEFT,)
    if conditions:
        raise not_ready(name, conditions)


def not_ready(name: str, conditions: tuple[Condition, ...]) -> NotReady:
    words = ", ".join(condition.replace("-", " ") for condition in conditions)
    return NotReady(name, words, *conditions)
