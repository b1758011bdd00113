"""Whatever is thrown in the middle of a verb, the gate is shut before it gets out.

>>> from drivers.interface import Silent
>>> rest = Rest("gate", shut=lambda deadline: print("off"))
>>> with rest.after(Deadline.after(2.0)) as work:
...     rest.maybe_open = True
...     raise Silent("gate", "no answer in time")
Traceback (most recent call last):
    ...
drivers.interface.Silent: gate: no answer in time
>>> rest.maybe_open
False
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, NotReady
from drivers.presence import Presence

REST_SECONDS = 1.0
"""At the end of each verb's time, kept back for coming to rest."""

RETRY_SECONDS = 0.05

_log = logging.getLogger(__name__)


class Rest:
    """Shuts a gate. "Off" may be said again and again: it is the one thing that does no harm."""

    def __init__(
        self, name: str, *, shut: Callable[[Deadline], None], answer_seconds: float = 0.5
    ) -> None:
        """`shut` writes off, and raises DriverError where that is not known to be done.

        answer_seconds: how long one try may take.
        """
        self._shut = shut
        self._answer_seconds = answer_seconds
        self._presence = Presence(_log, name)
        self._pause = threading.Event()
        self.maybe_open = False
        """It was told to open, and is not known to be shut since."""

    def shut(self, deadline: Deadline) -> None:
        """Once. Raises DriverError."""
        self._shut(deadline)
        self.maybe_open = False

    @contextmanager
    def after(self, deadline: Deadline) -> Iterator[Deadline]:
        """Gives the time for the work: the rest of the deadline is kept for coming to rest.

        A gate that could not be shut says GATE_NOT_AT_REST beside what went wrong before.
        """
        left = deadline.remaining()
        try:
            yield deadline.at_most(left - min(REST_SECONDS, left / 2))
        except DriverError as fault:
            if not isinstance(fault, NotReady):
                self._presence.gone(fault)
            still = self.come(deadline)
            if still:
                raise _worse(fault, still) from fault
            raise
        except BaseException:
            self.come(deadline)
            raise
        self._presence.here()

    def come(self, deadline: Deadline) -> str:
        """Off, until it is known to be. Why it is not; empty where all is well."""
        why = ""
        while self.maybe_open:
            try:
                self.shut(deadline.at_most(self._answer_seconds))
            except DriverError as fault:
                why = why or fault.detail
                if deadline.expired:
                    return why
                self._pause.wait(min(RETRY_SECONDS, deadline.remaining()))
        return ""


def _worse(fault: DriverError, still: str) -> DriverError:
    """The same fault of a gate that could not be shut after it."""
    detail = f"{fault.detail}; it could not be shut after that ({still}) and may stand open"
    conditions = dict.fromkeys((*fault.conditions, Condition.GATE_NOT_AT_REST))
    return type(fault)(fault.device, detail, *conditions)
