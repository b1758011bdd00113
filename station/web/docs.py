"""The API described: once for programs, as OpenAPI, and once for people, as a page.

The page is drawn here from the same description, so it needs no script from elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from station.core.scope import Scope
from station.web.api.api import PREFIX, description
from station.web.api.problem import KINDS, Kind
from station.web.api.shapes import SCOPES
from station.web.pages import Pages


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter of an address, or a field of a shape."""

    name: str
    kind: str
    required: bool
    says: str


@dataclass(frozen=True, slots=True)
class Address:
    method: str
    path: str
    scope: Scope | None
    says: str
    given: tuple[Given, ...]
    takes: str
    """Name of the shape of its body; empty without one."""

    answers: str
    """Name of the shape of its answer; empty where it is said elsewhere."""


class DocsPages:
    def __init__(self, api: FastAPI, *, pages: Pages) -> None:
        self._api = api
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/openapi.json", self.openapi)
        self.router.add_api_route("/docs", self.docs)

    def openapi(self) -> JSONResponse:
        return JSONResponse(description(self._api))

    def docs(self, request: Request) -> HTMLResponse:
        found = description(self._api)
        schemas = found["components"]["schemas"]
        return self._pages.page(
            request,
            "docs.html",
            prefix=PREFIX,
            addresses=tuple(_addresses(found)),
            shapes=tuple((name, tuple(_fields(schemas[name]))) for name in sorted(schemas)),
            kinds=_kinds(),
        )


def _kinds() -> tuple[Kind, ...]:
    return tuple(KINDS.values())


def _addresses(found: Mapping[str, Any]) -> Iterator[Address]:
    for (method, path), scope in SCOPES.items():
        told = found["paths"][path][method.lower()]
        yield Address(
            method=method,
            path=path,
            scope=scope,
            says=told["description"],
            given=tuple(_parameter(each) for each in told.get("parameters", ())),
            takes=_name(told.get("requestBody", {})),
            answers=_name(next(iter(told["responses"].values()))),
        )


def _parameter(told: Mapping[str, Any]) -> Given:
    says = str(told.get("description", ""))
    return Given(told["name"], _kind(told["schema"]), bool(told.get("required")), says)


def _fields(schema: Mapping[str, Any]) -> Iterator[Given]:
    required = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        yield Given(name, _kind(told), name in required, str(told.get("description", "")))


def _name(content: Mapping[str, Any]) -> str:
    """Which shape a body or an answer has."""
    for kind in content.get("content", {}).values():
        return _last(kind.get("schema", {}).get("$ref", ""))
    return ""


def _kind(schema: Mapping[str, Any]) -> str:
    """The type of a value, in one line."""
    match schema:
        case {"$ref": str(ref)}:
            return _last(ref)
        case {"anyOf": list(choices)}:
            return " | ".join(_kind(each) for each in choices)
        case {"type": "array"}:
            return f"[{_kind(schema.get('items', {}))}]"
        case {"enum": list(values)}:
            return " | ".join(f'"{each}"' for each in values)
        case {"type": str(kind)}:
            return str(schema.get("format", kind))
        case _:
            return "any"


def _last(ref: str) -> str:
    return ref.rpartition("/")[2]
