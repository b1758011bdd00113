"""What the form of a disposition asks for besides who and why, and how it arrives.

>>> Disposal(requirement="lot", read="]d2010697").request_for("WO-1", 5, Disposition.SCRAP,
...     reason="wrong lot", witness="Wang").requirement
'lot'
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Form

from station import wording
from station.core.nonconformance import Disposition
from station.core.problem import Refused
from station.language import sentence
from station.line.board import Dispose
from station.line.disposing import allowed, case_of
from station.records.dispositions import Dispositions
from station.records.journal import read_only
from station.records.query import Nonconformance, Records

Text = Annotated[str, Form()]

CONTAINMENT = (
    sentence("The label lies in the locked reject bin; the labels before it were looked at"),
    sentence("The roll was taken out and marked; the labels since its start were looked at"),
    sentence("The order is on hold; nothing of it leaves"),
)
"""Offered for what was done so that nothing else is affected."""

_STEPS: Mapping[Disposition, str] = {
    Disposition.SCRAP: "scrap",
    Disposition.REPRINT: "scrap-reprint",
    Disposition.CONCESSION: "concession",
    Disposition.RETURN: "return",
    Disposition.REINSPECT: "reinspect",
}


@dataclass(frozen=True, slots=True)
class Disposal:
    """The fields of the form as they were filled in."""

    requirement: str = ""
    containment: str = ""
    capa: str = ""
    supply: str = ""
    reader: str = ""
    read: str = ""

    def request_for(
        self, order: str, number: int, disposition: Disposition, *, reason: str, witness: str
    ) -> Dispose:
        return Dispose(
            order=order,
            number=number,
            disposition=disposition,
            reason=reason,
            witness=witness,
            requirement=self.requirement,
            containment=self.containment,
            capa=self.capa,
            supply=self.supply,
            reader=self.reader,
            read=self.read,
        )


NOTHING_SAID = Disposal()
"""Of every form that is about something else."""


def disposal(
    *,
    requirement: Text = "",
    containment: Text = "",
    capa: Text = "",
    supply: Text = "",
    reader: Text = "",
    read: Text = "",
) -> Disposal:
    """Out of a form. What was scanned stays as it is: a separator at its end is data."""
    return Disposal(
        requirement=requirement.strip(),
        containment=containment.strip(),
        capa=capa.strip(),
        supply=supply.strip(),
        reader=reader.strip(),
        read=read.replace("\r\n", "\n"),
    )


def violated(found: Nonconformance, language: str) -> str:
    """The requirement in words, from the reasons: what the label had to be and was not."""
    titles = (
        wording.title(each["code"], language, ai=each.get("ai", "")) for each in found.reasons
    )
    return "; ".join(dict.fromkeys(titles))


def violated_by(folder: Path, order: str, number: int, language: str) -> str:
    """Of a label's latest nonconformance; empty where there is none. `folder` has the journal."""
    with closing(read_only(folder)) as db:
        found = Records(db).nonconformances(order=order, number=number, limit=1)
    return violated(found[0], language) if found else ""


def steps_for(
    dispositions: Dispositions, records: Records, order: str, number: int
) -> tuple[str, ...]:
    """What may be decided about a label now, the default first; nothing where it is decided."""
    row, label = records.order(order), records.label(order, number)
    if row is None or label is None:
        return ()
    try:
        case = case_of(dispositions, records, row, label)
    except Refused:
        return ()
    return tuple(_STEPS[each] for each in allowed(case))
