"""What is asked about the tokens of machines, held against the rules before it is recorded."""

from datetime import datetime, timedelta

from station.core.events import TokenIssued, TokenRevoked
from station.core.problem import Refused, problem, refuse
from station.core.scope import scopes_in, token_problems
from station.line.board import Grant
from station.records.tokens import Tokens


def granted(request: Grant, tokens: Tokens, *, now: datetime) -> TokenIssued | TokenRevoked:
    """The event to record. Raises Refused with all that is wrong."""
    if request.change == "revoke":
        found = tokens.called(request.token)
        if found is None or found.revoked:
            raise Refused(problem("There is no token {name} that holds.", name=request.token[:60]))
        return TokenRevoked(name=found.name, reason=request.reason)
    names = (each.name for each in tokens.every())
    refuse(token_problems(request.token, days=request.days, taken=names))
    return TokenIssued(
        name=request.token,
        scopes=tuple(scopes_in(request.scopes)),
        digest=request.kept,
        expires=now + timedelta(days=request.days) if request.days else None,
        reason=request.reason,
    )
