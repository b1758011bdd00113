"""The API keeps to its own description, whatever it is asked: OpenAPI, tried by Schemathesis."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from station.web.api.shapes import SCOPES
from station.web.server import Server

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
BUSY = 503
"""The station is at work: an answer like any other, and no error of the server."""


@pytest.fixture(scope="session")
def described(api_server: Server) -> OpenApiSchema:
    """As the station itself describes it; asked over the wire."""
    found = httpx.get(f"{api_server.url}/openapi.json", timeout=20).raise_for_status().json()
    schema = schemathesis.openapi.from_dict(found)
    schema.config.update(base_url=f"{api_server.url}/api/v1")
    return schema


@pytest.mark.parametrize(("method", "path"), SCOPES)
def test_every_answer_is_one_that_the_description_has(
    described: OpenApiSchema, tokens: dict[str, str], method: str, path: str
) -> None:
    headers = {"Authorization": f"Bearer {tokens['mes']}"}

    @settings(max_examples=25, deadline=None)
    @given(case=described[path][method].as_strategy())
    def asked(case: "schemathesis.Case[Any]") -> None:
        answer = case.call(headers=headers)
        if answer.status_code != BUSY:
            case.validate_response(answer, checks=CHECKS)

    asked()
