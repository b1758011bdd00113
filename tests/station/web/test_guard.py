import httpx
import pytest

from station.line.board import Board

HOLD = {"person": "Li Wei", "reason": "Reject bin is full"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:9", "[::1]:8080", "127.0.0.2"]
)
def test_the_names_of_this_machine_are_answered(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "attacker.example:8080",
        "127.0.0.1.attacker.example",
        "localhost.attacker.example",
        "192.0.2.7",
        "[2001:db8::1]",
        "127.0.0.1:8080@attacker.example",
        "127.0.0.1 attacker.example",
        "[::1",
        "0x7f000001",
        "",
    ],
)
def test_another_name_for_this_machine_is_refused(client: httpx.Client, host: str) -> None:
    """A name that somebody else points at this machine would open the pages to their scripts."""
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "Line 3" not in answer.text


def test_a_form_of_our_own_page_passes(
    client: httpx.Client, board: Board, own: dict[str, str]
) -> None:
    client.post("/ask/hold", data=HOLD | {"person": ""}, headers=own)
    assert board.next_asked(seconds=0.0) is None, "the person was missing, nothing else"


@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", None]
)
def test_a_form_of_another_page_is_refused(
    client: httpx.Client, board: Board, own: dict[str, str], origin: str | None
) -> None:
    headers = {name: value for name, value in own.items() if name != "Origin"}
    headers |= {"Origin": origin} if origin else {}
    answer = client.post("/ask/hold", data=HOLD, headers=headers)
    assert answer.status_code == 403
    assert "This request came from another page." in answer.text
    assert "此请求来自其他页面。" in answer.text
    assert board.next_asked(seconds=0.0) is None


@pytest.mark.parametrize("token", ["", "guessed", "ü" * 43])
def test_a_form_without_the_token_of_this_process_is_refused(
    client: httpx.Client, board: Board, own: dict[str, str], token: str
) -> None:
    headers = httpx.Headers(own | {"X-Station-Token": token}, encoding="latin-1")
    answer = client.post("/ask/hold", data=HOLD, headers=headers)
    assert answer.status_code == 403
    assert "Load it again." in answer.text
    assert board.next_asked(seconds=0.0) is None


def test_a_form_that_is_too_large_is_refused(client: httpx.Client, own: dict[str, str]) -> None:
    answer = client.post("/ask/hold", data=HOLD | {"written": "x" * 20_000}, headers=own)
    assert answer.status_code == 413


def test_a_form_that_does_not_say_how_large_it_is_is_refused(
    client: httpx.Client, own: dict[str, str]
) -> None:
    answer = client.post("/ask/hold", content=iter([b"person=x"]), headers=own)
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(client: httpx.Client, method: str) -> None:
    assert client.request(method, "/").status_code == 405


@pytest.mark.parametrize("path", ["/", "/rejects", "/static/page.css", "/nothing", "/ask/hold"])
def test_every_answer_forbids_what_is_not_ours(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_nothing_that_changes_the_station_can_be_done_by_a_link(
    client: httpx.Client, board: Board
) -> None:
    for path in ("/ask/hold?person=x&reason=y", "/ask/start?order=WO-2", "/language/zh"):
        client.get(path)
    assert board.next_asked(seconds=0.0) is None
    assert "language" not in client.cookies


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_there_is_no_generated_documentation(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
