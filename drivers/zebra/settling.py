"""Waiting until a printer has done what it was told."""

import time
from collections.abc import Callable

from drivers.deadline import Deadline
from drivers.interface import Condition, Garbled, NotReady, PrinterStatus, Silent
from drivers.zebra.talk import Talk, not_ready

# They come and go while the printer is still taking a format in.
_PASSING = frozenset({Condition.BUFFER_FULL, Condition.PARTIAL_FORMAT})


FIRST_WAIT = 0.2
"""Of the pause between two questions; each one is twice as long as the one before."""


def settle(
    talk: Talk, deadline: Deadline, *, pause: float, fatal: frozenset[Condition], peeled: bool
) -> None:
    """Ask until the printer is idle and has nothing half received.

    pause: seconds between two questions, at most: the first come sooner, for a short label is done
    sooner. fatal: conditions that end the wait at once, but those
    that pass by themselves. peeled: a label that waits to be taken is done, whatever the printer
    still counts of it. Raises DriverError.
    """
    status, waits = talk.status(deadline), FIRST_WAIT * pause
    while not _done(talk.name, status, fatal - _PASSING, peeled=peeled):
        if deadline.remaining() <= pause:
            raise _not_finished(talk.name, status)
        time.sleep(waits)
        waits = min(pause, 2 * waits)
        try:
            status = talk.status(deadline)
        except (Silent, Garbled) as cut_off:
            if deadline.expired:
                raise _not_finished(talk.name, status) from cut_off
            raise


def wait_fed(
    counted: Callable[[], bool],
    deadline: Deadline,
    *,
    surely: Deadline,
    pause: float,
    late: Silent,
) -> None:
    """Return when the odometer counted the blank label, or when it has surely moved uncounted.

    Raises `late` at the deadline, and any other DriverError.
    """
    try:
        while not counted() and not surely.expired:
            if deadline.expired:
                raise late
            time.sleep(min(pause, surely.remaining(), deadline.remaining()))
    except (Silent, Garbled) as cut_off:
        if deadline.expired and cut_off is not late:
            raise late from cut_off
        raise


def _done(name: str, status: PrinterStatus, fatal: frozenset[Condition], *, peeled: bool) -> bool:
    if fatal.intersection(status.conditions):
        raise not_ready(name, status.conditions)
    finished = status.idle or (peeled and status.label_waiting)
    return finished and not _PASSING.intersection(status.conditions)


def _not_finished(name: str, status: PrinterStatus) -> NotReady | Silent:
    if status.idle:
        return not_ready(name, status.conditions)
    return Silent(
        name,
        f"not done in time: {status.formats_in_buffer} formats in the buffer, "
        f"{status.labels_remaining} labels remaining",
    )
