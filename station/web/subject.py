"""What a form is about where it is about no order: a design, or the settings of the station.

It carries the digest of what the person has looked at, so that nothing else is ever approved.

>>> Subject("unit", "1", "ab" * 32).address()
'template=unit&revision=1&digest=abababababababababababababababababababababababababababababababab'
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query

Text = Annotated[str, Form()]
Asked = Annotated[str, Query()]


@dataclass(frozen=True, slots=True)
class Subject:
    template: str = ""
    """Name of a design."""

    revision: str = ""
    digest: str = ""
    """SHA-256 of what was looked at."""

    def address(self) -> str:
        """As parameters of an address."""
        given = {"template": self.template, "revision": self.revision, "digest": self.digest}
        return urlencode({name: value for name, value in given.items() if value})


NO_SUBJECT = Subject()
"""Of every form that is about something else."""


def from_form(*, template: Text = "", revision: Text = "", digest: Text = "") -> Subject:
    return Subject(template, revision, digest)


def from_address(*, template: Asked = "", revision: Asked = "", digest: Asked = "") -> Subject:
    return Subject(template, revision, digest)
