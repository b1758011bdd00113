"""What systemd wants to know (sd_notify(3)): ready, alive, stopping. Silent where not asked."""

import os
import socket


class Service:
    def __init__(self, address: str | None = None) -> None:
        """`address` is systemd's NOTIFY_SOCKET; nothing is sent without one."""
        self._address = address if address is not None else os.environ.get("NOTIFY_SOCKET", "")

    def ready(self) -> None:
        self._say("READY=1")

    def alive(self) -> None:
        """Called by the loop that does the work, so that a hung line is restarted."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, message: str) -> None:
        if not self._address:
            return
        # An address beginning with "@" is in the abstract namespace.
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(message.encode(), address)
