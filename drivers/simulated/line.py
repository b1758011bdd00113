"""A pseudo terminal with somebody at its far end: a device on a serial line, plugged in.

Its address is a link that outlives it, as /dev/serial/by-id/… does: pulled out and plugged in
again it is another terminal under the same name.
"""

import os
import select
import threading
import tty
from collections.abc import Callable
from pathlib import Path


class Line:
    def __init__(self, link: Path, heard: Callable[[bytes], None]) -> None:
        """`heard` is called with what the host writes, on the line's own thread."""
        self._link = link
        self._heard = heard
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        link.symlink_to(os.ttyname(self._far))
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._listen, name=str(link), daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """What nobody reads is lost once the line's buffer is full."""
        try:
            os.write(self._near, data)
        except BlockingIOError:
            return

    def pull_out(self) -> None:
        """Both ends go, and the name with them."""
        os.write(self._wake_write, b"x")
        self._thread.join()
        self._link.unlink()
        for each in (self._near, self._far, self._wake_read, self._wake_write):
            os.close(each)

    def _listen(self) -> None:
        while True:
            ready, _, _ = select.select([self._near, self._wake_read], [], [])
            if self._wake_read in ready:
                return
            self._heard(os.read(self._near, 4096))
