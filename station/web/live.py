"""From the station's thread to any number of open pages.

One thread waits for the board and wakes every page's stream through its event loop. A stream
that is woken takes the newest snapshot, whatever it missed; so a slow page holds nobody up and
nothing is ever queued for it.
"""

import asyncio
import threading
from contextlib import suppress

from station.line.board import Board, Snapshot

HEARTBEAT_SECONDS = 2.0
"""Longest silence on a stream; a page that hears nothing for three of these says so."""

_CLOSING_SECONDS = 0.2


class Live:
    def __init__(self, board: Board, *, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._board = board
        self._heartbeat = heartbeat
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def start(self) -> None:
        """Begin to watch the board, for streams of the event loop that runs now."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._watch, name="live pages", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every stream. May be called from any thread, and more than once."""
        self._closing.set()
        self._wake()
        if self._thread:
            self._thread.join()

    async def newer(self, version: int) -> Snapshot | None:
        """The newest snapshot, as soon as there is one after `version` or a heartbeat is due.

        None when the pages are closing.
        """
        changed = self._changed
        if self._board.snapshot.version <= version and not self._closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), self._heartbeat)
        return None if self._closing.is_set() else self._board.snapshot

    def _watch(self) -> None:
        version = self._board.snapshot.version
        while not self._closing.is_set():
            newest = self._board.newer(version, seconds=_CLOSING_SECONDS).version
            if newest > version:
                version = newest
                self._wake()

    def _wake(self) -> None:
        # The loop may have ended before its streams were told to.
        with suppress(RuntimeError):
            if self._loop:
                self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
