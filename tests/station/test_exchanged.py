"""A whole station and another system: orders in by the API, facts out by a webhook."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from station.access.bearer import new_token
from station.access.secret import Secrets
from station.app import Station, people_key
from station.config import Config, WebConfig, WebhookConfig
from station.core.batch import BatchRecord
from station.core.news import KINDS
from station.core.problem import Refused
from station.line.board import Grant, Mode, Request
from torture.approved import approve

ROOT = Path(__file__).parents[2]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ORDER = {
    "id": "MES-1",
    "product": "HAS-MHB-HC",
    "level": "unit",
    "quantity": 3,
    "production_date": "2026-03-20",
    "serials": {"prefix": "CN", "start": "000001"},
    "template": "has-mhb-hc-unit",
    "revision": "1",
}


@contextmanager
def running(folder: Path, *hooks: WebhookConfig) -> Iterator[tuple[Station, httpx.Client]]:
    settings = Config(data=folder / "data", web=WebConfig(port=0), webhooks=hooks)
    with Station(settings) as station:
        approve(station.journal, settings.data, station.workshop.library)
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            with httpx.Client(
                base_url=f"{station.server.url}/api/v1",
                headers={"Authorization": f"Bearer {granted(station)}"},
                timeout=30,
            ) as client:
                yield station, client
        finally:
            station.daemon.stop()
            worker.join()


def granted(station: Station) -> str:
    token = new_token()
    kept = Secrets.open(people_key(station.config)).token(token)
    scopes = "orders:read,orders:write,records:read"
    ask(station, Grant("issue", "mes", "tests", scopes, kept))
    return token


def ask(station: Station, request: Request) -> None:
    station.board.ask(request, actor="tester").result(timeout=30)


def idle(station: Station) -> None:
    """Until the order is finished; the test's own time limit ends a hang."""
    snapshot = station.board.snapshot
    while snapshot.mode != Mode.IDLE or snapshot.order is None:
        assert snapshot.mode != Mode.STOPPED, "the line has died"
        snapshot = station.board.newer(snapshot.version, seconds=1.0)


def sent(client: httpx.Client, key: str = "erp-1") -> httpx.Response:
    return client.post("/orders", json=ORDER, headers={"Idempotency-Key": key})


@contextmanager
def receiver(answer: Callable[[], int]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Its URL, and the messages it took."""
    taken: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = answer()
            if status == 204:
                taken.append(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "mes.whsec"
    path.write_text(SECRET)
    path.chmod(0o600)
    return path


def test_an_order_from_another_system_is_printed_and_can_be_followed(tmp_path: Path) -> None:
    with running(tmp_path) as (station, client):
        first = sent(client)
        assert first.status_code == 201, first.text
        idle(station)
        assert sent(client).content == first.content
        order = client.get("/orders/MES-1").json()
        assert (order["state"], order["counts"]["released"]) == ("finished", 3)
        labels = client.get("/orders/MES-1/labels").json()["items"]
        assert [(each["number"], each["serial"], each["state"]) for each in labels] == [
            (1, "CN000001", "released"),
            (2, "CN000002", "released"),
            (3, "CN000003", "released"),
        ]
        state = client.get("/state").json()
        assert (state["mode"], state["webhooks"]) == ("idle", [])
        assert client.get("/nonconformances").json() == {"items": [], "next": None}
        record = BatchRecord.model_validate_json(client.get("/orders/MES-1/record").content)
        assert (record.order.id, record.account.issued) == ("MES-1", 3)


def test_a_key_means_the_same_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as (station, client):
        first = sent(client)
        idle(station)
        token = client.headers["authorization"]
    settings = Config(data=tmp_path / "data", web=WebConfig(port=0))
    with Station(settings) as station:
        answer = httpx.post(
            f"{station.server.url}/api/v1/orders",
            json=ORDER,
            headers={"Idempotency-Key": "erp-1", "Authorization": token},
            timeout=30,
        )
    assert (answer.status_code, answer.content) == (201, first.content)


def test_a_revoked_token_opens_nothing_from_the_next_request_on(tmp_path: Path) -> None:
    with running(tmp_path) as (station, client):
        assert client.get("/state").status_code == 200
        ask(station, Grant("revoke", "mes", "tests"))
        assert client.get("/state").status_code == 401


def test_a_receiver_that_hangs_holds_up_no_label(tmp_path: Path, secret: Path) -> None:
    """It has not answered the first message when the last label is through the gate."""
    asked, let_go = threading.Event(), threading.Event()

    def hang() -> int:
        asked.set()
        let_go.wait(60)
        return 204

    with receiver(hang) as (url, taken):
        hook = WebhookConfig(url=url, events=KINDS, secret_file=secret)
        with running(tmp_path, hook) as (station, client):
            assert sent(client).status_code == 201
            assert asked.wait(30)
            idle(station)
            assert taken == []
            order = client.get("/orders/MES-1").json()
            assert order["counts"]["released"] == 3
            let_go.set()


def test_what_happens_is_told_in_its_order(tmp_path: Path, secret: Path) -> None:
    finished = threading.Semaphore(0)

    def take() -> int:
        finished.release()
        return 204

    with receiver(take) as (url, taken):
        hook = WebhookConfig(
            url=url,
            events=("order-accepted", "order-started", "order-finished"),
            secret_file=secret,
        )
        with running(tmp_path, hook) as (_, client):
            sent(client)
            for _ in range(3):
                assert finished.acquire(timeout=60)
    assert [each["type"] for each in taken] == ["order-accepted", "order-started", "order-finished"]
    assert {each["data"]["order"] for each in taken} == {"MES-1"}


def test_webhooks_that_cannot_work_are_refused_at_the_start(tmp_path: Path, secret: Path) -> None:
    hooks = (
        WebhookConfig(url="ftp://mes.example/", events=("reject",), secret_file=secret),
        WebhookConfig(url="https://mes.example/", events=("reject",), secret_file=tmp_path / "no"),
    )
    with pytest.raises(Refused) as refused:
        Station(Config(data=tmp_path / "data", web=WebConfig(port=0), webhooks=hooks))
    places = [".".join(each.where.split(".")[:3]) for each in refused.value.problems]
    assert places == ["webhooks.0.url", "webhooks.1.secret_file"]


def test_the_examples_of_the_readme_do_what_they_say(tmp_path: Path) -> None:
    """As a shell runs them, with a running station; only its port is another one."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    config = tmp_path / "station.yaml"
    config.write_text(f"data: {tmp_path / 'data'}\nweb: {{port: 0}}\n", encoding="utf-8")
    (tmp_path / "order.json").write_text(_block("docs/api.md", "## Work orders", "json"))
    with running(tmp_path) as (station, _):
        example = _block("README.md", "## From another system", "sh")
        script = example.replace("http://127.0.0.1:8080", station.server.url)
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", script],
            cwd=tmp_path,
            env=os.environ
            | {
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "LABELSTATION_CONFIG": str(config),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    taken, order, labels, rejects, record, state = _documents(done.stdout)
    assert taken["orders"] == ["WO-2026-0142"]
    assert order["id"] == "WO-2026-0142"
    assert {"items", "next"} <= labels.keys() & rejects.keys()
    assert record["order"]["id"] == "WO-2026-0142"
    assert state["station"]


def _block(name: str, heading: str, kind: str) -> str:
    """The first block of code of this kind behind the heading."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return text.partition(f"{heading}\n")[2].partition(f"```{kind}\n")[2].partition("```")[0]


def _documents(text: str) -> Iterator[dict[str, Any]]:
    """JSON documents, one behind the other."""
    reader = json.JSONDecoder()
    while text := text.lstrip():
        found, end = reader.raw_decode(text)
        yield found
        text = text[end:]
