"""The installation that is looked at: its configuration, and what was asked of it only once."""

from functools import cached_property
from pathlib import Path

from station import probes, readiness
from station.config import Config
from station.core.problem import Refused, problem
from station.line.control import served
from station.probes import Probed
from station.readiness import Readiness


class Installation:
    """What several checks look at is looked at once."""

    def __init__(self, config: Config, *, path: Path | None) -> None:
        """`path` is the file the configuration was read from; None for the defaults."""
        self.config = config
        self.path = path

    @cached_property
    def readiness(self) -> Readiness:
        return readiness.of_file(self.path) if self.path else readiness.of(self.config)

    @cached_property
    def probed(self) -> tuple[Probed, ...]:
        """Every device there is. Raises Refused while a station has them."""
        if served(self.config.data):
            raise Refused(
                problem("The station is running and uses its devices: stop it to ask them.")
            )
        return probes.probe(self.config)
