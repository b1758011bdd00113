"""Every address that a station answers, from the routes of its application.

A page whose path has nothing variable in it is found by itself; what is variable is filled by a
day at the line (see `bench.day`).
"""

import re

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def paths(app: FastAPI) -> tuple[str, ...]:
    """Paths that can be asked for with GET, such as "/orders/{order_id}", in the order of routes.

    >>> app = FastAPI(openapi_url=None)
    >>> app.add_api_route("/orders/{order_id}", lambda: None)
    >>> app.add_api_route("/orders", lambda: None, methods=["POST"])
    >>> paths(app)
    ('/orders/{order_id}',)
    """
    routes = iter_route_contexts(app.routes)
    return tuple(each.path for each in routes if each.path and "GET" in (each.methods or ()))


def matches(path: str, address: str) -> bool:
    """Whether an address is one of a path.

    >>> matches("/orders/{order_id}", "/orders/HC-1?x=1"), matches("/orders", "/orders/HC-1")
    (True, False)
    """
    pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
    return re.fullmatch(pattern, address.partition("?")[0]) is not None
