"""The API on a real port, with a journal, an inbox, and somebody who answers like the station."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path

import httpx
import pytest

from station.access.bearer import new_token
from station.access.secret import Secrets
from station.app import Workshop
from station.config import Config
from station.core.events import TokenIssued
from station.core.problem import Refused
from station.core.scope import Scope
from station.line.board import Asked, Board, Deliver
from station.line.inbox import Inbox, Intake
from station.line.job import make_order
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.web.api.api import Api, bearers_of
from station.web.server import Server
from torture.approved import approve

SECRETS = Secrets(b"k" * 32)


class Clerk:
    """Answers deliveries on a thread of its own, as the station does between two labels."""

    def __init__(self, board: Board, inbox: Inbox) -> None:
        self._board = board
        self._inbox = inbox
        self._stopping = threading.Event()
        self.busy = threading.Lock()
        """Held by whoever wants the station to be at work."""

        self.taken: list[str] = []
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            asked = self._board.next_asked(seconds=0.05)
            if asked:
                with self.busy:
                    self._answer(asked)

    def _answer(self, asked: Asked) -> None:
        assert isinstance(asked.request, Deliver)
        self.taken.append(asked.request.name)
        try:
            self._inbox.deliver(asked.request.name, asked.request.data, actor=asked.actor)
        except Refused as refused:
            asked.answer.set_exception(refused)
        else:
            asked.answer.set_result(None)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="session")
def tokens() -> dict[str, str]:
    """By what they may do."""
    return {name: new_token() for name in ("mes", "nothing-much", *Scope)}


@pytest.fixture(scope="session")
def api_journal(place: Path, tokens: dict[str, str]) -> Iterator[Journal]:
    journal = Journal(place)
    for name, token in tokens.items():
        scopes = tuple(Scope) if name == "mes" else tuple(each for each in Scope if each == name)
        journal.append(
            TokenIssued(
                name=name.replace(":", "-"),
                scopes=scopes,
                digest=SECRETS.token(token),
                reason="tests",
            )
        )
    yield journal
    journal.close()


@pytest.fixture(scope="session")
def api_board() -> Board:
    return Board()


@pytest.fixture(scope="session")
def clerk(place: Path, api_journal: Journal, api_board: Board) -> Iterator[Clerk]:
    workshop = Workshop.open(Config())
    approve(api_journal, place, workshop.library)
    intake = Intake(
        journal=api_journal,
        library=workshop.library,
        check=lambda document: make_order(
            document,
            library=workshop.library,
            font=workshop.font,
            dots_per_mm=8,
            today=date(2026, 11, 22),
        ),
    )
    made = Clerk(api_board, Inbox(place / "orders", intake=intake))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def api_server(place: Path, api_board: Board, clerk: Clerk) -> Iterator[Server]:  # noqa: ARG001 - somebody has to answer
    bearers = bearers_of(place, SECRETS, burst=10_000)
    api = Api(
        board=api_board,
        folder=place,
        station_name="Line 3",
        language="en",
        bearers=bearers,
        seconds=0.5,
    )
    made = Server(
        board=api_board,
        folder=place,
        evidence=Evidence(place / "evidence"),
        language="en",
        station_name="Line 3",
        api=api.app(),
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def anybody(api_server: Server) -> Iterator[httpx.Client]:
    """Whoever has no token."""
    with httpx.Client(base_url=f"{api_server.url}/api/v1", timeout=20) as client:
        yield client


@pytest.fixture
def mes(anybody: httpx.Client, tokens: dict[str, str]) -> httpx.Client:
    """Whoever may do everything."""
    anybody.headers["Authorization"] = f"Bearer {tokens['mes']}"
    return anybody


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def order(numbers: Iterator[int]) -> Callable[..., dict[str, object]]:
    """A work order that nobody has sent yet."""

    def made(**changed: object) -> dict[str, object]:
        number = next(numbers)
        return {
            "id": f"WO-{number}",
            "product": "HAS-MHB-HC",
            "level": "unit",
            "quantity": 3,
            "production_date": "2026-11-20",
            "serials": {"prefix": "CN", "start": f"{number * 10:06}"},
            "template": "has-mhb-hc-unit",
            "revision": "1",
            **changed,
        }

    return made
