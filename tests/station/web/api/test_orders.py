"""Work orders come in by the API once, however often and however many at once they are sent."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from drivers.deadline import Deadline

Order = Callable[..., dict[str, object]]


def send(client: httpx.Client, key: str, body: object, **headers: str) -> httpx.Response:
    return client.post("/orders", json=body, headers={"Idempotency-Key": key, **headers})


def test_an_order_is_taken_and_can_be_seen(mes: httpx.Client, order: Order, place: Path) -> None:
    body = order()
    sent = send(mes, "first", body)
    assert sent.status_code == 201, sent.text
    assert sent.json()["orders"] == [body["id"]]
    assert sent.headers["location"] == f"/api/v1/orders/{body['id']}"
    seen = mes.get(f"/orders/{body['id']}").json()
    assert (seen["state"], seen["counts"]["wanted"], seen["counts"]["issued"]) == ("waiting", 3, 0)
    kept = list((place / "orders" / "accepted").glob("*first.json"))
    assert [json.loads(each.read_bytes()) for each in kept] == [body]


def test_the_same_key_and_body_get_the_same_answer(
    mes: httpx.Client, order: Order, clerk: Any
) -> None:
    body = order()
    first = send(mes, "again", body)
    taken = len(clerk.taken)
    for key in ("again", '"again"'):
        second = send(mes, key, body)
        assert (second.status_code, second.content) == (201, first.content)
    assert len(clerk.taken) == taken, "the station was not asked again"


def test_the_same_key_with_another_body_is_a_conflict(mes: httpx.Client, order: Order) -> None:
    body = order()
    assert send(mes, "conflict", body).status_code == 201
    other = send(mes, "conflict", body | {"quantity": 2})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


def test_what_was_refused_is_refused_again_in_the_same_words(
    mes: httpx.Client, order: Order
) -> None:
    body = order(quantity=0, product="NONE", colour="red")
    first = send(mes, "refused", body)
    assert first.status_code == 422
    assert first.headers["content-type"] == "application/problem+json"
    assert {each["field"] for each in first.json()["errors"]} == {"quantity", "product", "colour"}
    assert send(mes, "refused", body).content == first.content


def test_reasons_come_in_the_language_that_was_asked_for(mes: httpx.Client, order: Order) -> None:
    body = order(quantity=0)
    told = {
        language: send(mes, "languages", body, **{"Accept-Language": language}).json()
        for language in ("en", "zh-CN,zh;q=0.9,en;q=0.1")
    }
    english, chinese = told.values()
    assert english["errors"][0]["code"] == chinese["errors"][0]["code"]
    assert english["errors"][0]["text"] == "Expected a whole number of at least 1, got 0."
    assert chinese["errors"][0]["text"] != english["errors"][0]["text"]
    assert chinese["title"] == "已被拒绝。"


def test_an_order_that_was_taken_under_another_key_is_refused(
    mes: httpx.Client, order: Order
) -> None:
    body = order()
    assert send(mes, "one-key", body).status_code == 201
    assert send(mes, "other-key", body).status_code == 422
    assert send(mes, "one-key", body).status_code == 201


def test_keys_of_two_machines_are_not_the_same(
    mes: httpx.Client, order: Order, tokens: dict[str, str]
) -> None:
    assert send(mes, "shared", order()).status_code == 201
    mes.headers["Authorization"] = f"Bearer {tokens['orders:write']}"
    assert send(mes, "shared", order()).status_code == 201


def test_many_at_once_with_one_key_are_one_order(
    mes: httpx.Client, order: Order, clerk: Any
) -> None:
    body = order()
    ready = threading.Barrier(8)

    def race(_: int) -> httpx.Response:
        ready.wait(timeout=20)
        return send(mes, "race", body)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(8)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    assert sum(name.endswith(":race.json") for name in clerk.taken) == 1


def test_of_two_bodies_at_once_under_one_key_one_is_taken(mes: httpx.Client, order: Order) -> None:
    bodies = [order() for _ in range(6)]
    ready = threading.Barrier(6)

    def race(body: object) -> int:
        ready.wait(timeout=20)
        return send(mes, "race-of-bodies", body).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(race, bodies))
    assert answers == [201, 409, 409, 409, 409, 409]


def test_a_station_at_work_says_so_and_takes_the_order_later(
    mes: httpx.Client, order: Order, clerk: Any
) -> None:
    body = order()
    with clerk.busy:
        early = send(mes, "busy", body)
        assert (early.status_code, early.json()["code"]) == (503, "busy")
        assert early.headers["retry-after"]
        assert send(mes, "busy", body | {"quantity": 1}).status_code == 409
    deadline = Deadline.after(30)
    while (late := send(mes, "busy", body)).status_code == 503:
        assert not deadline.expired, "the same again is answered at last"
    assert late.status_code == 201


def test_no_more_wait_for_a_busy_station_than_it_can_hold(
    mes: httpx.Client, order: Order, clerk: Any
) -> None:
    bodies = [order() for _ in range(12)]
    with clerk.busy, ThreadPoolExecutor(12) as pool:
        answers = list(
            pool.map(lambda each: send(mes, f"full-{each['id']}", each).status_code, bodies)
        )
    assert answers == [503] * 12
    for each in bodies:
        assert send(mes, f"full-{each['id']}", each).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 65, "../../x", '"', 'a"b', "a:b", "a/b"])
def test_a_key_is_one_plain_word(mes: httpx.Client, order: Order, key: str) -> None:
    sent = mes.post("/orders", json=order(), headers=[(b"Idempotency-Key", key.encode("latin-1"))])
    assert (sent.status_code, sent.json()["code"]) == (400, "misunderstood")
    assert sent.json()["errors"][0]["field"] == "Idempotency-Key"


def test_an_order_needs_a_key(mes: httpx.Client, order: Order) -> None:
    assert mes.post("/orders", json=order()).status_code == 400
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "a")]
    assert mes.post("/orders", json=order(), headers=twice).status_code == 400


def test_orders_are_listed_in_pieces(mes: httpx.Client, order: Order) -> None:
    for number in range(3):
        assert send(mes, f"listed-{number}", order()).status_code == 201
    whole = [each["id"] for each in mes.get("/orders", params={"limit": 500}).json()["items"]]
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        piece = mes.get("/orders", params={"limit": 2, "after": after}).json()
        found += [each["id"] for each in piece["items"]]
        after = piece["next"]
    assert found == whole
    assert mes.get("/orders", params={"state": "closed"}).json() == {"items": [], "next": None}
