"""A scanner is believed when the challenge card came through it as it is, and not for ever.

Who scans in with a keyboard's habits can lose what tells two labels apart, and nothing that is
scanned afterwards shows it. So an order neither starts nor goes on before the proof is there.

>>> must_prove("wedge", every_hours=0), must_prove("serial", every_hours=0)
(True, False)
>>> must_prove("serial", every_hours=12)
True
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from drivers.deadline import Deadline
from drivers.interface import DriverError, Scanner, Silent, Symbol
from station.core.challenge_card import CARD, problems
from station.core.events import ScannerProved, SymbolRead
from station.core.problem import Problem, Refused, problem, refuse
from station.records.journal import Journal
from station.records.proofs import Proof, Proofs

ScannerKind = Literal["serial", "wedge"]
"""What it pretends to be: a serial line, or a keyboard."""

_CARD = CARD.encode().hex()


def must_prove(kind: ScannerKind, *, every_hours: float) -> bool:
    """Whether a scanner has to be proved before it is believed.

    A keyboard always; a serial line where the setting asks for it (0: never).
    """
    return kind == "wedge" or every_hours > 0


class ScannerProof:
    """How long a proof holds. Asked by one thread, whose connection `proofs` has."""

    def __init__(
        self, proofs: Proofs, *, scanner: str, kind: ScannerKind, every_hours: float
    ) -> None:
        """`scanner` is its address: another one has to be proved anew. With `every_hours` 0 the
        proof of a keyboard holds until it fails.
        """
        self._proofs = proofs
        self._scanner = scanner
        self._asked = must_prove(kind, every_hours=every_hours)
        self._holds = timedelta(hours=every_hours)

    def due(self, now: datetime) -> Problem | None:
        """Why the scanner is not believed; None if it is."""
        return self._doubt(now) if self._asked else None

    def check(self, now: datetime) -> None:
        """Raises Refused with what to do, where the scanner is not believed."""
        found = self.due(now)
        refuse((found,) if found else ())

    def _doubt(self, now: datetime) -> Problem | None:
        last = self._proofs.last(self._scanner)
        if last is None or last.card != _CARD:
            return problem(
                "The scanner was never checked: press Check the scanner, and scan the challenge"
                " card."
            )
        if not last.good:
            return problem(
                "The scanner changed what the challenge card says when it was scanned last. Set the"
                " scanner up again, press Check the scanner, and scan the card."
            )
        if not self._is_fresh(last, now):
            return problem(
                "The scanner was checked last on {day}: expected within {hours} hours. Press Check"
                " the scanner, and scan the challenge card.",
                day=last.at.astimezone().isoformat(sep=" ", timespec="minutes"),
                hours=f"{self._holds / timedelta(hours=1):g}",
            )
        return None

    def _is_fresh(self, last: Proof, now: datetime) -> bool:
        """A proof from the future is none: the clock was set."""
        return not self._holds or timedelta(0) <= now - last.at <= self._holds


class Prover:
    """Waits for the card and writes down what came of it. For the thread that owns the scanner."""

    def __init__(
        self,
        scanner: Scanner,
        *,
        address: str,
        journal: Journal,
        policy: ScannerProof,
        seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        """`seconds` is the longest wait for the card."""
        self._scanner = scanner
        self._address = address
        self._journal = journal
        self._policy = policy
        self._seconds = seconds
        self._now = now

    def due(self) -> Problem | None:
        """Why the scanner is not believed; None if it is."""
        return self._policy.due(self._now())

    def check(self) -> None:
        """Raises Refused with what to do, where the scanner is not believed."""
        self._policy.check(self._now())

    def prove(self, *, actor: str) -> None:
        """Wait for one scan of the card and record it. Raises Refused with all that it changes."""
        symbol = self._scanned()
        found = problems(symbol)
        self._journal.append(
            ScannerProved(
                scanner=self._address,
                card=_CARD,
                symbol=SymbolRead(
                    identifier=symbol.identifier, data=symbol.data.hex(), engine=symbol.engine
                ),
                problems=found,
            ),
            actor=actor,
        )
        self._answer(good=not found)
        refuse(found)

    def _scanned(self) -> Symbol:
        """The next scan; what lay there before is forgotten. Raises Refused."""
        try:
            self._scanner.discard()
            return self._scanner.read(Deadline.after(self._seconds))
        except Silent:
            raise Refused(
                problem(
                    "No card was scanned within {seconds} seconds. Have the challenge card in your"
                    " hand, and try again.",
                    seconds=round(self._seconds),
                )
            ) from None
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None

    def _answer(self, *, good: bool) -> None:
        # What was recorded stands, whether the scanner could tell it or not.
        with suppress(DriverError):
            self._scanner.answer(good=good)
