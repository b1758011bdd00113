"""The page of the simulated bench: order what shall go wrong, and do what an operator's hands do.

There is no such page at a real line: it is registered only where a simulation is given. What is
done here happens to the simulated devices, and the station records it as if it were real.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Protocol

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station import wording
from station.core.problem import Problem, problem
from station.web.pages import Pages

LABELS_SHOWN = 24

LONGEST_SCAN = 500
"""Characters; a label holds 48 in GS1-128, and more than that in a Data Matrix."""

LONGEST_NUMBER = 9
"""Digits."""

GS = "\x1d"
_TYPED_GS = ("<GS>", "␝")
"""How a person types the separator, which no keyboard has."""

Text = Annotated[str, Form()]


class FaultOffered(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def device(self) -> str: ...

    @property
    def does(self) -> str: ...

    @property
    def any_time(self) -> bool:
        """Whether it can happen now, without a label."""


class RemedyOffered(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def does(self) -> str: ...


class PaperSeen(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def data(self) -> bytes: ...


class Simulation(Protocol):
    """Hands at the bench. Names and numbers are those it offers; others raise KeyError."""

    scanner: bool

    @property
    def faults(self) -> Sequence[FaultOffered]: ...

    @property
    def remedies(self) -> Sequence[RemedyOffered]: ...

    @property
    def waiting(self) -> Sequence[str]: ...

    def order(self, name: str) -> None: ...

    def strike(self, name: str) -> None: ...

    def cancel(self) -> None: ...

    def mend(self, name: str) -> None: ...

    def papers(self, most: int) -> Sequence[PaperSeen]: ...

    def find(self, text: bytes) -> int | None: ...

    def picture(self, number: int) -> bytes | None: ...

    def lay(self, number: int) -> bool: ...

    def take_away(self) -> None: ...

    def scan(self, number: int) -> bool: ...

    def send(self, data: bytes) -> None: ...


class SimulationPages:
    def __init__(self, *, simulation: Simulation, pages: Pages) -> None:
        self._simulation = simulation
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/simulation", self.page)
        self.router.add_api_route("/simulation/label/{number}.png", self.picture)
        for path, action in (
            ("order", self.order),
            ("cancel", self.cancel),
            ("mend", self.mend),
            ("lay", self.lay),
            ("take-away", self.take_away),
            ("scan", self.scan),
            ("send", self.send),
        ):
            self.router.add_api_route(f"/simulation/{path}", action, methods=["POST"])

    def page(self, request: Request) -> HTMLResponse:
        simulation = self._simulation
        faults = [
            (wording.DEVICES[device], tuple(found))
            for device, found in groupby(simulation.faults, lambda each: str(each.device))
        ]
        return self._pages.page(
            request,
            "simulation.html",
            faults=faults,
            remedies=simulation.remedies,
            waiting=simulation.waiting,
            papers=simulation.papers(LABELS_SHOWN),
            scanner=simulation.scanner,
            longest=LONGEST_SCAN,
        )

    def picture(self, number: int) -> Response:
        found = self._simulation.picture(number)
        if found is None:
            return Response(status_code=404)
        return Response(found, media_type="image/png")

    def order(self, request: Request, *, fault: Text = "", when: Text = "") -> Response:
        """At once where it is asked for, or at the next label."""
        offered = {each.name: each for each in self._simulation.faults}
        if fault not in offered or (when == "now" and not offered[fault].any_time):
            return self._refused(request, _unknown(fault))
        if when == "now":
            self._simulation.strike(fault)
        elif fault not in self._simulation.waiting:
            self._simulation.order(fault)
        return _done()

    def cancel(self) -> Response:
        """Forget the faults whose label has not come."""
        self._simulation.cancel()
        return _done()

    def mend(self, request: Request, *, remedy: Text = "") -> Response:
        if remedy not in {each.name for each in self._simulation.remedies}:
            return self._refused(request, _unknown(remedy))
        self._simulation.mend(remedy)
        return _done()

    def lay(self, request: Request, *, number: Text = "", serial: Text = "") -> Response:
        """A label by its number at the printer, or by what stands in its symbol."""
        found = _number(number) if number else self._find(serial)
        if found is None or not self._simulation.lay(found):
            return self._refused(request, _gone(number or serial))
        return _done()

    def take_away(self) -> Response:
        self._simulation.take_away()
        return _done()

    def scan(self, request: Request, *, number: Text = "") -> Response:
        found = _number(number)
        if found is None or not self._simulation.scan(found):
            return self._refused(request, _gone(number))
        return _done()

    def send(self, request: Request, *, typed: Text = "") -> Response:
        """Any scan, as a person types it."""
        for each in _TYPED_GS:
            typed = typed.replace(each, GS)
        if not 0 < len(typed) <= LONGEST_SCAN:
            wrong = problem(
                "A scan has 1 to {most} characters, got {got}.", most=LONGEST_SCAN, got=len(typed)
            )
            return self._refused(request, wrong)
        self._simulation.send(typed.encode("utf-8", "replace"))
        return _done()

    def _find(self, text: str) -> int | None:
        wanted = text.strip()[:LONGEST_SCAN].encode("utf-8", "replace")
        return self._simulation.find(wanted) if wanted else None

    def _refused(self, request: Request, why: Problem) -> HTMLResponse:
        told = wording.told(why, self._pages.language(request))
        return self._pages.page(request, "told.html", status=422, problems=(told,))


def _done() -> Response:
    return Response(status_code=204, headers={"HX-Refresh": "true"})


def _unknown(name: str) -> Problem:
    return problem("The simulated bench does not know {name!r}.", name=name[:40])


def _gone(wanted: str) -> Problem:
    return problem(
        "None of the labels that are kept is {wanted!r}: only the latest are.", wanted=wanted[:60]
    )


def _number(text: str) -> int | None:
    digits = text.strip()
    whole = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER
    return int(digits) if whole else None
