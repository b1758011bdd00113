from collections.abc import Iterator
from pathlib import Path

import pytest

from station.core.events import (
    OrderAccepted,
    OrderClosed,
    OrderFinished,
    OrderStarted,
    Recipe,
    StockUsed,
)
from station.core.order import WorkOrder
from station.core.problem import problem
from station.core.reconciliation import Stock
from station.records.account import Accounts
from station.records.journal import Journal

ORDER = WorkOrder.model_validate_json(
    '{"id": "WO-1", "product": "X", "level": "unit", "quantity": 1, "template": "unit",'
    ' "revision": "A", "lot": "L"}'
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path)
    recipe = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))
    made.append(
        OrderAccepted(order=ORDER, gtin="06972869182019", file="o", sha256="a"),
        OrderStarted(order="WO-1", recipe=recipe),
    )
    yield made
    made.close()


def test_every_entry_of_label_stock_keeps_who_and_why(journal: Journal) -> None:
    for count in (2, 3):
        journal.append(
            StockUsed(order="WO-1", kind=Stock.BLANK, count=count, reason=f"r{count}"), actor="王芳"
        )
    found = Accounts(journal.db).stock_entries("WO-1")
    assert [(each.kind, each.count, each.actor, each.reason) for each in found] == [
        (Stock.BLANK, 2, "王芳", "r2"),
        (Stock.BLANK, 3, "王芳", "r3"),
    ]
    assert found[0].at.tzinfo is not None
    assert Accounts(journal.db).stock_entries("WO-2") == ()


def test_an_order_is_closed_once_it_is_closed(journal: Journal) -> None:
    accounts = Accounts(journal.db)
    assert accounts.closing("WO-1") is None
    assert accounts.closing("WO-2") is None
    journal.append(OrderFinished(order="WO-1"))
    assert accounts.closing("WO-1") is None
    differs = problem("Label {number} is open: {state}.", number=2, state="in doubt")
    journal.append(
        OrderClosed(
            order="WO-1",
            differences=(differs,),
            states={},
            stock={},
            odometer=(None, None),
            justification="lost",
            witness="李伟",
        ),
        actor="王芳",
    )
    found = accounts.closing("WO-1")
    assert found
    assert (found.actor, found.witness, found.justification) == ("王芳", "李伟", "lost")
    assert found.differences == (differs,)
