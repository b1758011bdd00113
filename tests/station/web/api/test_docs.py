"""The API is described for programs and for people, and the two agree."""

import re

import httpx

from station.web.api.problem import KINDS
from station.web.server import Server


def test_the_description_is_complete_in_itself(api_server: Server) -> None:
    found = httpx.get(f"{api_server.url}/openapi.json")
    assert found.json()["openapi"].startswith("3.1")
    assert found.json()["servers"] == [{"url": "/api/v1"}]
    schemas = found.json()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', found.text))
    assert named <= set(schemas)
    assert {"WorkOrder", "Serials", "Wrong"} <= set(schemas)
    assert "#/$defs" not in found.text


def test_what_takes_a_token_says_so(api_server: Server) -> None:
    paths = httpx.get(f"{api_server.url}/openapi.json").json()["paths"]
    assert "security" not in paths["/health"]["get"]
    assert paths["/orders"]["post"]["security"] == [{"HTTPBearer": []}]
    key = next(each for each in paths["/orders"]["post"]["parameters"])
    assert (key["name"], key["required"]) == ("Idempotency-Key", True)


def test_the_page_shows_all_of_it_without_a_script_of_its_own(api_server: Server) -> None:
    page = httpx.get(f"{api_server.url}/docs")
    assert "POST /api/v1/orders" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    for code in KINDS:
        assert f'id="{code}"' in page.text
    ids = set(re.findall(r'id="([^"]+)"', page.text))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= ids
