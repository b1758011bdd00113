"""Whatever is sent, the answer is a problem that says what is wrong; nothing is recorded."""

import json
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.documents import ORDER_LIMIT
from station.web.server import Server

JSON = {"Content-Type": "application/json"}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda each: (
        st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=12), each, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = ("id", "product", "level", "quantity", "template", "revision", "lot", "serials", "reprint")


def problem(answer: httpx.Response, *statuses: int) -> dict[str, object]:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, object] = answer.json()
    assert told["status"] == answer.status_code
    assert told["code"]
    assert told["title"]
    return told


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\xff\xfe{}",
        b'{"id": "\\ud800"}',
        b"[" * 100_000,
        b'{"quantity": 1' + b"0" * 5000 + b"}",
        b'{"a":1,"a":2}',
        b'{"id": "^XZ~JR", "product": "<script>", "lot": "\\u0000"}',
    ],
)
def test_a_body_that_is_no_order_is_refused(
    mes: httpx.Client, numbers: Iterator[int], body: bytes
) -> None:
    key = {"Idempotency-Key": f"hostile-{next(numbers)}"}
    problem(mes.post("/orders", content=body, headers=JSON | key), 422)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6))
def test_no_document_makes_it_stumble(mes: httpx.Client, document: dict[str, object]) -> None:
    body = json.dumps(document).encode()
    key = {"Idempotency-Key": f"any-{hash(body) & 0xFFFFFFFFFFFF:x}"}
    problem(mes.post("/orders", content=body, headers=JSON | key), 422)


def test_a_body_that_is_too_large_is_not_even_read(mes: httpx.Client) -> None:
    headers = JSON | {"Idempotency-Key": "large", "Content-Length": str(ORDER_LIMIT + 1)}
    told = raw(mes, headers, b"{}")
    assert b"413" in told.split(b"\r\n")[0]


def test_a_body_says_how_long_it_is(mes: httpx.Client) -> None:
    headers = JSON | {"Idempotency-Key": "chunked", "Transfer-Encoding": "chunked"}
    told = raw(mes, headers, b"2\r\n{}\r\n0\r\n\r\n")
    assert b"411" in told.split(b"\r\n")[0]


def raw(client: httpx.Client, headers: dict[str, str], body: bytes) -> bytes:
    """What a client gets that counts wrongly on purpose."""
    there = urlsplit(str(client.base_url))
    lines = {"Host": there.netloc, "Authorization": client.headers["authorization"]} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    with socket.create_connection((there.hostname, there.port), timeout=20) as connection:
        connection.sendall(f"POST /api/v1/orders HTTP/1.1\r\n{head}\r\n".encode() + body)
        return connection.recv(65536)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind_is_refused(mes: httpx.Client, kind: str) -> None:
    headers = {"Idempotency-Key": "kind", "Content-Type": kind}
    problem(mes.post("/orders", content=b"{}", headers=headers), 415)


@pytest.mark.parametrize(
    "path",
    [
        "/orders?limit=0",
        "/orders?limit=501",
        "/orders?limit=x",
        "/orders?after=-1",
        "/orders?after=99999999999999999999",
        "/orders?state=lost",
        "/orders/WO-1/labels?after=1e3",
        "/nonconformances?limit=1.5",
    ],
)
def test_a_parameter_out_of_range_is_named(mes: httpx.Client, path: str) -> None:
    told = problem(mes.get(path), 400)
    assert told["errors"]


@pytest.mark.parametrize(
    "path",
    [
        "/orders/a%0Ab",
        "/orders/NONE",
        "/orders/%3Cscript%3E/labels",
        "/orders/%27--/record",
        "/nothing",
        "",
    ],
)
def test_what_is_not_there_is_said(mes: httpx.Client, path: str) -> None:
    problem(mes.get(path), 404)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS"])
def test_no_other_verb_is_understood(mes: httpx.Client, method: str) -> None:
    problem(mes.request(method, "/orders"), 405)


def test_what_is_not_offered_is_said(
    mes: httpx.Client, order: Callable[..., dict[str, object]]
) -> None:
    body = order()
    mes.post("/orders", json=body, headers={"Idempotency-Key": "record"})
    problem(mes.get(f"/orders/{body['id']}/record"), 501)


def test_health_tells_nothing_else(anybody: httpx.Client) -> None:
    assert anybody.get("/health").json() == {"status": "pass"}


def test_whoever_asks_too_often_is_told_when_to_come_back(api_server: Server) -> None:
    """Without a token, so that it takes nothing from anybody."""
    with httpx.Client(base_url=api_server.url) as client:
        answer = client.get("/api/v1/state", headers={"Authorization": "Bearer lst_x"})
    problem(answer, 401, 429)
