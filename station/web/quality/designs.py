"""The pages of designs: what may be printed from, who let it, what waits, and what differs.

A design is looked at as a picture of the same specimen label, beside the one that prints now. The
designs are those the running station has read: a file changed since is seen after a restart.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station import wording
from station.artwork.design import Design, from_canonical
from station.artwork.difference import Difference, difference, overlay
from station.artwork.picture import expected_picture, to_png
from station.core.approval import Approval, DesignState, state_of
from station.core.problem import Problem, Refused, problem
from station.language import sentence
from station.line.specimen import Press, some_specimen
from station.records.evidence import Evidence
from station.records.journal import read_only
from station.records.templates import Templates
from station.web.pages import YEAR_SECONDS, Pages
from station.web.subject import Subject

STATES = {
    DesignState.DRAFT: sentence("draft"),
    DesignState.CHANGED: sentence("draft: changed since it was approved"),
    DesignState.APPROVED: sentence("approved"),
    DesignState.RETIRED: sentence("retired"),
}

OPEN = frozenset({DesignState.DRAFT, DesignState.CHANGED})
"""What waits for two people."""

KEPT = 8
"""Comparisons that are kept: each takes a tenth of a second or more."""

LARGEST = 8_000_000
"""Bytes of a design kept with the records that are read."""

Which = Literal["design", "approved", "overlay"]

_KEPT_LONG = {"Cache-Control": f"private, max-age={YEAR_SECONDS}, immutable"}


@dataclass(frozen=True, slots=True)
class Row:
    """A design on file, an approval, or both."""

    name: str
    revision: str
    state: DesignState
    design: Design | None
    """None where the file is gone."""

    approval: Approval | None

    @property
    def waits(self) -> bool:
        return self.design is not None and self.state in OPEN


@dataclass(frozen=True, slots=True)
class Compared:
    """A design as it is drawn, beside the one that it replaces."""

    product: str
    level: str
    picture: bytes
    """PNG."""

    before: bytes = b""
    """PNG; empty where nothing was approved before."""

    over: bytes = b""
    difference: Difference | None = None


def rows_of(
    designs: dict[tuple[str, str], Design], approvals: tuple[Approval, ...]
) -> tuple[Row, ...]:
    """What waits first, then by name and revision."""
    known = {(each.name, each.revision): each for each in approvals}
    keys = sorted({*designs, *known})
    found = (_row(key, designs.get(key), known.get(key)) for key in keys)
    return tuple(sorted(found, key=lambda each: not each.waits))


def _row(key: tuple[str, str], design: Design | None, approval: Approval | None) -> Row:
    digest = design.digest if design else approval.digest if approval else ""
    return Row(*key, state_of(digest, approval), design, approval)


def waiting(press: Press, approvals: tuple[Approval, ...]) -> int:
    """How many designs wait for two people."""
    return sum(each.waits for each in rows_of(press.library.templates, approvals))


class DesignPages:
    def __init__(
        self, *, folder: Path, evidence: Evidence, press: Callable[[], Press] | None, pages: Pages
    ) -> None:
        """`folder` holds the journal; `evidence` the designs that were approved; `press` gives what
        the station prints with. Without it only approvals are shown.
        """
        self._folder = folder
        self._evidence = evidence
        self._press = press
        self._pages = pages
        self._drawn: OrderedDict[tuple[str, str], Compared] = OrderedDict()
        self._drawing = Lock()
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality/designs", self.every)
        self.router.add_api_route("/quality/design", self.one)
        self.router.add_api_route("/quality/design/{which}.png", self.picture)

    def every(self, request: Request) -> HTMLResponse:
        library = self._press().library if self._press else None
        rows = rows_of(library.templates if library else {}, self._approvals())
        return self._pages.page(
            request,
            "quality/designs.html",
            rows=rows,
            states=STATES,
            kinds=KINDS,
            products=len(library.catalogue) if library else 0,
            levels=sum(len(each.levels) for each in library.catalogue.values()) if library else 0,
            profiles=len(library.profiles) if library else 0,
        )

    def one(self, request: Request, name: str = "", revision: str = "") -> HTMLResponse:
        """A design beside the approved one that it replaces."""
        row, before = self._found(name, revision)
        problems: tuple[Problem, ...] = ()
        compared = None
        try:
            compared = self._compared(row, before)
        except Refused as refused:
            problems = refused.problems
        language = self._pages.language(request)
        design = row.design
        subject = Subject(name, revision, design.digest if design else "")
        return self._pages.page(
            request,
            "quality/design.html",
            row=row,
            before=before,
            compared=compared,
            subject=subject,
            states=STATES,
            kinds=KINDS,
            problems=tuple(wording.told(each, language) for each in problems),
        )

    def picture(self, which: Which, name: str = "", revision: str = "") -> Response:
        row, before = self._found(name, revision)
        compared = self._compared(row, before)
        shown = {"design": compared.picture, "approved": compared.before, "overlay": compared.over}
        if not shown[which]:
            raise HTTPException(404)
        # The address has the digests of both designs, so what it shows never changes.
        return Response(shown[which], media_type="image/png", headers=_KEPT_LONG)

    def _approvals(self) -> tuple[Approval, ...]:
        with closing(read_only(self._folder)) as db:
            return Templates(db).approvals()

    def _found(self, name: str, revision: str) -> tuple[Row, Approval | None]:
        """The design, and the approval it is compared with."""
        approvals = self._approvals()
        designs = self._press().library.templates if self._press else {}
        row = next(
            (each for each in rows_of(designs, approvals) if (each.name, each.revision)
             == (name, revision)),
            None,
        )  # fmt: skip
        if row is None:
            raise HTTPException(404)
        return row, replaced(row, approvals)

    def _compared(self, row: Row, before: Approval | None) -> Compared:
        """Drawn once, as long as it is among the last ones. Raises Refused."""
        digest = row.design.digest if row.design else row.approval.digest if row.approval else ""
        key = (digest, before.digest if before else "")
        with self._drawing:
            found = self._drawn.pop(key, None) or self._draw(row, before)
            self._drawn[key] = found
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return found

    def _draw(self, row: Row, before: Approval | None) -> Compared:
        if self._press is None:
            raise Refused(problem("These pages are served without a station: nothing is drawn."))
        press = self._press()
        design = row.design or self._kept(row.approval)
        mine = some_specimen(design, press=press)
        label = mine.label.artwork
        picture = to_png(expected_picture(label))
        if before is None:
            return Compared(mine.product, mine.level, picture)
        earlier = self._kept(before)
        other = some_specimen(earlier, press=press, product=mine.product, level=mine.level)
        return Compared(
            mine.product,
            mine.level,
            picture,
            to_png(expected_picture(other.label.artwork)),
            overlay(other.label.artwork, label),
            difference(earlier, design, labels=(other.label.artwork, label)),
        )

    def _kept(self, approval: Approval | None) -> Design:
        """The design as it was approved. Raises Refused where it is not there any more."""
        if approval is None:
            raise HTTPException(404)
        path = self._evidence.path(approval.digest, suffix=".json")
        try:
            with path.open("rb") as file:
                return from_canonical(file.read(LARGEST))
        except OSError:
            raise Refused(
                problem(
                    "The design that was approved is not with the records any more: {digest}.",
                    digest=approval.digest,
                )
            ) from None


def replaced(row: Row, approvals: tuple[Approval, ...]) -> Approval | None:
    """What a design is compared with: its own approval where it was changed since, or the newest
    one of another revision that prints; None where there is none.
    """
    own = row.approval
    if own and row.design and own.digest != row.design.digest:
        return own
    return max(_others(row, approvals), key=lambda each: each.seq, default=None)


def _others(row: Row, approvals: tuple[Approval, ...]) -> Iterator[Approval]:
    before = row.approval.seq if row.approval else None
    for each in approvals:
        if each.name != row.name or each.revision == row.revision:
            continue
        if before is None or each.seq < before:
            yield each


KINDS = {
    DesignState.DRAFT: ("in-doubt", "!"),
    DesignState.CHANGED: ("in-doubt", "!"),
    DesignState.APPROVED: ("released", "✓"),
    DesignState.RETIRED: ("voided", "–"),
}
"""How a state is coloured, and its shape."""
