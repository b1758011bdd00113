"""Who may ask what: every address of the API asks here first, before it looks at anything else."""

import math
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from station.access.bearer import Bearers, TooMany
from station.core.problem import problem
from station.core.scope import Scope
from station.records.tokens import Token
from station.web.api.problem import Trouble

_SCHEME = HTTPBearer(auto_error=False, description="A token of `labelstation token add`.")

Header = Annotated[HTTPAuthorizationCredentials | None, Depends(_SCHEME)]
"""Only so that the scheme stands in the description; the header itself is read below."""


class Needs:
    """A dependency: whoever asks holds a token with this scope."""

    def __init__(self, bearers: Bearers, scope: Scope) -> None:
        self._bearers = bearers
        self._scope = scope

    def __call__(self, request: Request, _: Header) -> None:
        token = self._holder(request)
        if token is None:
            raise Trouble("unknown", headers={"WWW-Authenticate": "Bearer"})
        if self._scope not in token.scopes:
            told = f'Bearer error="insufficient_scope", scope="{self._scope}"'
            lacks = problem(
                "The token {name} lacks the scope {scope}.", name=token.name, scope=self._scope
            )
            raise Trouble("forbidden", (lacks,), {"WWW-Authenticate": told})
        request.state.token = token

    def _holder(self, request: Request) -> Token | None:
        given = request.headers.getlist("authorization")
        try:
            return self._bearers.holder(given[0] if len(given) == 1 else "")
        except TooMany as many:
            seconds = str(math.ceil(many.seconds))
            raise Trouble("often", headers={"Retry-After": seconds}) from None
