"""One line in the log when a device goes, and one when it returns; none while it stays away."""

import logging

from drivers.interface import DriverError


class Presence:
    def __init__(self, log: logging.Logger, name: str) -> None:
        self._log = log
        self._name = name
        self._away = False

    def gone(self, fault: DriverError) -> None:
        if not self._away:
            self._log.warning("%s is gone: %s", self._name, fault.detail)
        self._away = True

    def here(self) -> None:
        if self._away:
            self._log.info("%s is back", self._name)
        self._away = False
