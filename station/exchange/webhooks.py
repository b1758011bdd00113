"""All receivers, each on a thread of its own: a dead one holds up nobody else, and no label."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from station.core.problem import Problem, problem
from station.exchange.outbox import Hook, Outbox, Standing
from station.exchange.post import Post, post
from station.records.outgoing import Outgoing

PATIENCE = timedelta(minutes=1)
"""A receiver that takes nothing for longer is shown to people."""


class Webhooks:
    """Tells from start() to stop()."""

    def __init__(
        self,
        hooks: tuple[Hook, ...],
        *,
        folder: Path,
        station: str,
        now: Callable[[], datetime],
        send: Post = post,
    ) -> None:
        """`folder` holds the journal; how far each receiver is stands in `webhooks` beside it."""
        self._now = now
        self._stopping = threading.Event()
        self._outboxes = tuple(
            Outbox(
                hook,
                place=folder / "webhooks" / f"{_name(hook)}.json",
                journal=Outgoing(folder),
                station=station,
                now=now,
                send=send,
            )
            for hook in hooks
        )
        self._threads: tuple[threading.Thread, ...] = ()

    def start(self) -> None:
        self._threads = tuple(
            threading.Thread(target=self._tell, args=(each,), name="webhook", daemon=True)
            for each in self._outboxes
        )
        for thread in self._threads:
            thread.start()

    def stop(self, *, seconds: float = 1.0) -> None:
        """A message on its way is not waited for longer: it is sent again at the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(seconds)
        self._threads = ()

    @property
    def standings(self) -> tuple[Standing, ...]:
        return tuple(each.standing for each in self._outboxes)

    @property
    def notice(self) -> Problem | None:
        """Of the first receiver that has taken nothing for a while."""
        for each in self.standings:
            if each.failing and self._now() - each.failing > PATIENCE:
                return problem(
                    "{url} has taken no message since {since}: {why}.",
                    url=each.url,
                    since=each.failing.astimezone().strftime("%Y-%m-%d %H:%M"),
                    why=each.why,
                )
        return None

    def _tell(self, outbox: Outbox) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(outbox.step())


def _name(hook: Hook) -> str:
    """Of its file: the whole address, and nothing that could not be a name."""
    target = hook.target
    whole = f"{target.scheme}://{target.host}:{target.port}{target.path}"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
