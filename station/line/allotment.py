"""Which serials an order gets: asked for and never used, or drawn from those that never were."""

import secrets
from collections.abc import Callable

from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem
from station.core.serials import Serials
from station.records.query import Records

KEY_BYTES = 32


class Allotment:
    """The serials of all orders of one file: each is used once per GTIN, for ever.

    First every order is checked, then the random ones are drawn: so they never take a serial that
    another order of the file asks for.
    """

    def __init__(
        self,
        records: Records,
        *,
        new_key: Callable[[], str] = lambda: secrets.token_hex(KEY_BYTES),
    ) -> None:
        """`new_key` gives a key, hexadecimal, that nobody can guess."""
        self._records = records
        self._new_key = new_key
        self._given: dict[tuple[str, str], str] = {}
        """Serials of this file, by GTIN, and the orders they belong to."""

    def check(self, order: WorkOrder, *, gtin: str) -> None:
        """Raises Refused if serials that it asks for are used, or if it draws some itself."""
        plan = order.serials
        if plan is None:
            return
        if plan.drawn is not None:
            raise Refused(
                problem(
                    "The station draws random serials itself, so that nobody knows them before:"
                    " leave this field out.",
                    where="serials.drawn",
                )
            )
        if plan.random is None:
            self._check_unused(order, plan, gtin)

    def drawn(self, order: WorkOrder, *, gtin: str) -> WorkOrder:
        """The order as it is to be recorded. Raises Refused if too few serials are left."""
        plan = order.serials
        if plan is None or plan.random is None:
            return order
        self._check_remembered(gtin)
        try:
            found = plan.draw(order.quantity, key=self._new_key(), used=self._used(gtin))
        except Refused as refused:
            raise refused.within("serials") from None
        self._give(order, found.planned(order.quantity), gtin)
        return order.model_copy(update={"serials": found})

    def _check_remembered(self, gtin: str) -> None:
        """What was drawn after a backup is lost with the journal that held it. Raises Refused."""
        since = self._records.forgotten(gtin)
        if since:
            raise Refused(
                problem(
                    "The journal was restored on {day}, and nobody knows which random serials of"
                    " GTIN {gtin} were drawn after the backup. Import those that may be on labels"
                    " with `labelstation serials import`, or give serials that were never used as a"
                    " list, a range or a counter.",
                    where="serials",
                    day=since.date().isoformat(),
                    gtin=gtin,
                )
            )

    def _check_unused(self, order: WorkOrder, plan: Serials, gtin: str) -> None:
        planned = plan.planned(order.quantity)
        used = self._records.users_of(gtin, planned)
        for owner, reserved in self._records.reservations(gtin):
            used |= {each: owner for each in planned if reserved.reaches(each)}
        used |= {e: self._given[gtin, e] for e in planned if (gtin, e) in self._given}
        self._give(order, planned, gtin)
        if used:
            raise Refused(self._told(gtin, used))

    def _used(self, gtin: str) -> Callable[[str], bool]:
        reserved = tuple(plan for _, plan in self._records.reservations(gtin))

        def used(serial: str) -> bool:
            return (
                (gtin, serial) in self._given
                or self._records.user_of(gtin, serial) is not None
                or any(plan.reaches(serial) for plan in reserved)
            )

        return used

    def _give(self, order: WorkOrder, serials: tuple[str, ...], gtin: str) -> None:
        self._given.update(((gtin, each), order.id) for each in serials)

    def _told(self, gtin: str, used: dict[str, str]) -> Problem:
        serial, owner = next(iter(used.items()))
        found = None if owner else self._records.imported(gtin, serial)
        if found:
            return problem(
                "{count} of the serials belong to labels already, such as {serial!r}: imported by"
                " {by} from {file} on {day}. A serial is used once per GTIN, for ever.",
                where="serials",
                count=len(used),
                serial=serial,
                by=found.actor,
                file=found.file,
                day=found.at.date().isoformat(),
            )
        return problem(
            "{count} of the serials belong to another order already, such as {serial!r}"
            " of order {owner}. A serial is used once per GTIN, for ever.",
            where="serials",
            count=len(used),
            serial=serial,
            owner=owner,
        )
