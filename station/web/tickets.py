"""Requests the station has not answered yet, so that a page can ask again what came of them."""

import secrets
import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass

from station.web.asking import Answers, Step

MOST = 200
"""Kept; an older one is forgotten, which does not undo it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    step: Step
    answers: Answers
    answer: "Future[None]"


class Tickets:
    """Used by every thread that answers pages."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Ticket] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, ticket: Ticket) -> str:
        """The name to ask for it by."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[name] = ticket
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> Ticket | None:
        with self._lock:
            return self._kept.get(name)
