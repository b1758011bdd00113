"""A label that a person lays before the reader: one in doubt is judged, a rejected one voided."""

import time
from collections.abc import Callable

from drivers.interface import DriverError
from station.artwork.items import Artwork
from station.core.events import LabelSettled
from station.core.judge import Code, shown
from station.core.problem import Refused, problem
from station.core.state import LabelState
from station.line.job import Job, Label
from station.line.reader import Reader
from station.line.sheet import compared_with
from station.line.verdicts import Outcome, Seen, Verdicts, symbols
from station.line.window import Printed
from station.records.journal import Journal
from station.vision.sheet import Sheet


class SecondLook:
    def __init__(
        self,
        *,
        journal: Journal,
        reader: Reader,
        verdicts: Verdicts,
        compare: bool,
        sheet: Callable[[Artwork], Sheet | None] = compared_with,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._reader = reader
        self._verdicts = verdicts
        self._compare = compare
        self._sheet = sheet
        self._clock = clock

    def look(self, job: Job, label: Label, *, rejected_as: frozenset[bytes], actor: str) -> Outcome:
        """Steps 3 to 6 for a label that a person lays before the reader.

        One in doubt is judged now; a rejected one is voided, and `rejected_as` is what was read on
        it then. Raises Refused when it cannot be read, or when another label lies there.
        """
        if not label.serial:
            raise Refused(
                problem(
                    "A label without a serial looks like all others of its lot: reading it proves"
                    " nothing. Destroy it, and let a second person confirm it."
                )
            )
        try:
            self._reader.forget()
            look = self._reader.look(
                label.expected.carriers,
                printed_at=self._clock(),
                sheet=self._sheet(label.artwork) if self._compare else None,
            )
            picture = self._verdicts.keep(look)
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None
        verdict = self._verdicts.verdict(label, look)
        read = [symbol for reading in look.readings for symbol in reading.symbols]
        if look.missing:
            raise Refused(
                problem("Nothing lies before the reader. Lay the label there, and try again.")
            )
        if not read:
            raise Refused(
                problem(
                    "No label could be read there. If it is this one, destroy it, and let a second"
                    " person confirm it."
                )
            )
        mine = label.expected.own_data(rejected_as)
        foreign = any(reason.code == Code.DUPLICATE for reason in verdict.reasons)
        if foreign or not any(each.data in mine for each in read):
            raise Refused(
                problem(
                    "This is another label: expected serial {serial}, read {got}.",
                    serial=label.serial,
                    got=", ".join(dict.fromkeys(shown(each.data) for each in read)),
                )
            )
        seen = Seen(Printed(job, label), look, picture)
        if rejected_as:
            return self._void(seen, actor=actor)
        return self._verdicts.sort(seen, verdict, actor=actor)

    def _void(self, seen: Seen, *, actor: str) -> Outcome:
        self._journal.append(
            LabelSettled(
                order=seen.printed.job.order.id,
                number=seen.printed.label.number,
                outcome=LabelState.VOIDED,
                reason="scanned into the scrap",
                symbols=symbols(seen.look),
                evidence=seen.picture.digest,
            ),
            actor=actor,
        )
        return Outcome(LabelState.VOIDED, picture=seen.picture.jpeg)
