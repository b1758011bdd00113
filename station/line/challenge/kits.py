"""Which kit an order needs now: its next label, the order before it, and what was accepted."""

from collections.abc import Callable

from station.artwork.items import Artwork
from station.core.challenge import Choice
from station.core.problem import Refused
from station.line.challenge.kit import Kit, kit
from station.line.challenge.values import other_texts
from station.line.job import Job
from station.line.specimen import Press
from station.records.challenges import Challenges
from station.records.query import OrderRow, Records


class Kits:
    def __init__(
        self,
        *,
        records: Records,
        history: Challenges,
        make_job: Callable[[OrderRow], Job],
        press: Callable[[], Press],
        camera: bool,
        compared: bool,
    ) -> None:
        """`camera`: one looks at the labels, `compared`: and it compares the print."""
        self._records = records
        self._history = history
        self._make_job = make_job
        self._press = press
        self._camera = camera
        self._compared = compared

    def of(self, row: OrderRow, choice: Choice) -> Kit:
        """Raises Refused where no specimen of the order can be made."""
        return kit(
            self._make_job(row),
            serial=self._serial(row),
            press=self._press(),
            past=self,
            before=self._before(row),
            choice=choice,
            camera=self._camera,
            compared=self._camera and self._compared,
        )

    def issued(self, gtin: str, serial: str) -> bool:
        return self._records.issued(gtin, serial)

    def accepted(self, gtin: str, *, order: str) -> str:
        return self._history.accepted(gtin, order=order)

    def _serial(self, row: OrderRow) -> str:
        """The next one; where the plan is used up, one like its last that nobody has had."""
        if row.order.serials is None:
            return ""
        following = self._records.next_serial(row.order, row.gtin)
        if following is not None:
            return following
        last = next(reversed(list(self._records.labels(row.order.id)))).serial
        return next(
            each for each in other_texts(last) if self._records.user_of(row.gtin, each) is None
        )

    def _before(self, row: OrderRow) -> Artwork | None:
        """The first label of the order before; None where there is none, or no design of it."""
        before = self._records.order(self._history.before(row.order.id))
        if before is None:
            return None
        try:
            return self._make_job(before).first.artwork
        except Refused:
            return None
