"""The body of a request, read within limits of size and time."""

import asyncio
import re

from starlette.requests import ClientDisconnect, Request

from station.core.problem import problem
from station.documents import ORDER_LIMIT
from station.web.api.problem import Trouble

SECONDS = 30.0
"""Longest time for all of it to arrive."""


async def json_body(request: Request, *, most: int = ORDER_LIMIT) -> bytes:
    """The bytes, as they came. Raises Trouble."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Trouble("media")
    _check_length(request.headers.get("content-length", ""), most)
    try:
        async with asyncio.timeout(SECONDS):
            return await request.body()
    except (TimeoutError, ClientDisconnect):
        raise Trouble("slow") from None


def _check_length(said: str, most: int) -> None:
    """The server holds a client to the length it gave."""
    if not re.fullmatch("[0-9]{1,12}", said):
        raise Trouble("length")
    if int(said) > most:
        limit = problem("The file is too large: at most {limit} bytes are accepted.", limit=most)
        raise Trouble("large", (limit,))
