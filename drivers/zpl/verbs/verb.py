"""What a command does to the run of a format."""

from collections.abc import Callable

from drivers.zpl.commands import Command
from drivers.zpl.state import Run

Verb = Callable[[Run, Command], None]
"""Raises Complaint when the command cannot be obeyed."""
