"""Every address takes its scope, and nothing but the scope."""

import httpx
import pytest

from station.core.scope import Scope
from station.web.api.shapes import SCOPES
from station.web.server import Server

Walked = tuple[str, str, Scope | None]
WALK: list[Walked] = [(*address, scope) for address, scope in SCOPES.items()]


def asked(client: httpx.Client, method: str, path: str, token: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.request(method, path.replace("{order}", "NONE"), headers=headers)


@pytest.mark.parametrize("walked", WALK)
@pytest.mark.parametrize("given", Scope)
def test_a_token_opens_what_its_scope_says(
    anybody: httpx.Client, tokens: dict[str, str], given: Scope, walked: Walked
) -> None:
    method, path, scope = walked
    answer = asked(anybody, method, path, tokens[given])
    if scope in {None, given}:
        assert answer.status_code not in {401, 403}
    else:
        assert answer.status_code == 403
        assert f'scope="{scope}"' in answer.headers["www-authenticate"]
        assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize(("method", "path", "scope"), WALK)
def test_without_a_token_only_health_answers(
    anybody: httpx.Client, method: str, path: str, scope: Scope | None
) -> None:
    for token in ("", "lst_guess", "x"):
        answer = asked(anybody, method, path, token)
        assert (answer.status_code == 401) == (scope is not None)
        if scope:
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_without_scopes_opens_nothing(
    anybody: httpx.Client, tokens: dict[str, str]
) -> None:
    for method, path, scope in WALK:
        if scope:
            assert asked(anybody, method, path, tokens["nothing-much"]).status_code == 403


def test_every_address_that_is_served_is_in_the_table(api_server: Server) -> None:
    found = httpx.get(f"{api_server.url}/openapi.json").json()["paths"]
    served = {(method.upper(), path) for path, methods in found.items() for method in methods}
    assert served == set(SCOPES)


def test_a_page_of_this_station_opens_nothing_of_the_api(api_server: Server) -> None:
    """What a browser has, cookies and the token of the pages, is no token of a machine."""
    with httpx.Client(base_url=api_server.url) as browser:
        browser.get("/")
        assert browser.get("/api/v1/orders").status_code == 401


@pytest.mark.parametrize("host", ["attacker.example", "192.0.2.7", ""])
def test_the_api_is_served_under_the_name_of_this_machine_only(
    mes: httpx.Client, host: str
) -> None:
    assert mes.get("/state", headers={"Host": host}).status_code == 400
