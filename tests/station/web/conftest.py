"""A station's pages on a real port: a board fed by hand, and a journal with an order in it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from station.core.events import (
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    LabelReleased,
    LabelSettled,
    OrderAccepted,
    OrderStarted,
    Recipe,
    SymbolRead,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.reconciliation import reconcile
from station.core.state import LabelState, OrderState
from station.line.board import Board, LabelSeen, Mode, Snapshot
from station.records.clock import Instant
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.records.query import OrderRow
from station.web.server import Server

GTIN = "06972869182019"
HOSTILE = "<script>alert('x')</script>&\"'"
DATA = b"01069728691820191120033110A1\x1d21CN010102"
FIRST_DAY = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
ORDER = WorkOrder.model_validate_json(
    '{"id": "WO-1", "product": "ABS-012", "level": "unit", "quantity": 24, "template": "unit",'
    ' "revision": "A", "lot": "20200331", "production_date": "2020-03-31",'
    ' "expiry_date": "2025-03-30"}'
)


class Clock:
    """One day later at every question."""

    def __init__(self) -> None:
        self.at = FIRST_DAY

    def __call__(self) -> Instant:
        self.at += timedelta(days=1)
        return Instant(self.at, offset=480, monotonic=0, steered=True)


def record(journal: Journal, evidence: Evidence) -> None:
    """An order with six labels: one accepted, three rejected, one destroyed, one in doubt."""
    recipe = Recipe(template="", font="", product="", dots_per_mm=8, carriers=("]d2",))
    journal.append(
        OrderAccepted(order=ORDER, gtin=GTIN, file="o.yaml", sha256="a"),
        OrderStarted(order="WO-1", recipe=recipe, printer="tcp://192.0.2.7:9100"),
    )
    picture = evidence.keep(b"\xff\xd8 a picture")
    for number in range(1, 7):
        serial = f"CN01010{number}"
        journal.append(
            LabelIssued(
                order="WO-1", number=number, gtin=GTIN, serial=serial, data=DATA.hex(), zpl=""
            )
        )
        if number in {5, 6}:
            journal.append(
                LabelInDoubt(order="WO-1", number=number, cause="fault", detail="printer: silent")
            )
        else:
            journal.append(judged(number, picture))
    journal.append(LabelReleased(order="WO-1", number=1))
    journal.append(
        LabelSettled(
            order="WO-1", number=5, outcome=LabelState.DESTROYED, reason="found at the printer"
        ),
        actor="王芳",
    )


def judged(number: int, picture: str) -> LabelJudged:
    reasons = {
        2: (Reason(Code.SERIAL, "21", "CN010102", "CN010103"),),
        3: (Reason(Code.OTHER_SYSTEM, expected="GS1 DataMatrix ]d2", read=HOSTILE),),
        4: (Reason(Code.NO_READ, expected="GS1 DataMatrix ]d2"), Reason(Code.LATE)),
    }
    return LabelJudged(
        order="WO-1",
        number=number,
        accepted=number not in reasons,
        reasons=reasons.get(number, ()),
        symbols=(
            SymbolRead(identifier="]d2", data=DATA.hex(), engine="zxing"),
            SymbolRead(identifier="]?9", data="not hexadecimal", engine="zbar"),
        ),
        evidence=picture,
    )


@pytest.fixture(scope="session")
def shared_board() -> Board:
    return Board()


@pytest.fixture(scope="session")
def server(shared_board: Board, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("station")
    evidence = Evidence(folder / "evidence")
    journal = Journal(folder, clock=Clock())
    record(journal, evidence)
    made = Server(
        board=shared_board,
        folder=folder,
        evidence=evidence,
        language="en",
        station_name="Line 3",
        port=0,
    )
    made.start()
    yield made
    made.stop()
    journal.close()


@pytest.fixture
def hostile() -> str:
    """What a label, a scanner or an order may say."""
    return HOSTILE


@pytest.fixture
def running() -> Snapshot:
    """An order in the middle, its last label accepted."""
    balance = reconcile({LabelState.RELEASED: 13, LabelState.REJECTED: 4}, quantity=24)
    hri = f"(01){GTIN}(21)CN010117"
    return Snapshot(
        mode=Mode.RUNNING,
        order=OrderRow(ORDER, GTIN, OrderState.RUNNING, FIRST_DAY, "", "", 0, None, balance),
        label=LabelSeen("WO-1", 17, "CN010117", hri, LabelState.RELEASED),
        expected=b"\x89PNG as it should be",
        picture=b"\xff\xd8 as it was seen",
    )


@pytest.fixture
def board(shared_board: Board, running: Snapshot) -> Iterator[Board]:
    """What the pages show; nothing asked of it is left to the next test."""
    shared_board.publish(running)
    yield shared_board
    while shared_board.next_asked(seconds=0.0):
        pass


@pytest.fixture
def client(server: Server, board: Board) -> Iterator[httpx.Client]:  # noqa: ARG001 - something to show
    """A browser on this machine that has never been here."""
    with httpx.Client(base_url=server.url) as browser:
        yield browser


@pytest.fixture
def own(client: httpx.Client) -> dict[str, str]:
    """The headers our own page sends with a form."""
    found = re.search(r'data-token="([^"]+)"', client.get("/").text)
    assert found
    return {"Origin": str(client.base_url).rstrip("/"), "X-Station-Token": found[1]}
