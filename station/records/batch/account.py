"""The reconciliation sheet of an order as it stands in its batch record."""

from station.core.batch import Account, ClosingLine, StockLine
from station.core.events import OrderClosed, StockUsed
from station.records.batch.past import Past, entry
from station.records.query import Records


def account(past: Past) -> Account:
    sheet = Records(past.db).sheet(past.order)
    assert sheet is not None, "the order was found"
    balance = sheet.balance
    return Account(
        quantity=balance.quantity,
        issued=balance.issued,
        accepted=balance.accepted,
        released=balance.released,
        samples=balance.samples,
        rejected=balance.rejected,
        voided=balance.voided,
        in_doubt=balance.in_doubt,
        open=balance.open,
        short=balance.short,
        states={str(state): n for state, n in sorted(sheet.states.items())},
        stock=tuple(
            StockLine(entry=entry(each), kind=event.kind, count=event.count, reason=event.reason)
            for each, event in past.every(StockUsed)
        ),
        odometer=sheet.odometer,
        counted=sheet.counted,
        expected=sheet.expected,
        differences=sheet.differences,
        balanced=sheet.balanced,
        closing=_closing(past),
    )


def _closing(past: Past) -> ClosingLine | None:
    for each, event in past.every(OrderClosed):
        return ClosingLine(
            entry=entry(each),
            witness=event.witness,
            justification=event.justification,
            differences=event.differences,
        )
    return None
