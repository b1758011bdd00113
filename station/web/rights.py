"""What a person needs to see a page or to ask for something: one table of routes, one of requests.

A route that is not in the table is shown to nobody who has to sign in.

>>> route_right("GET", "/orders/{order_id}"), route_right("POST", "/simulation/print")
(<Right.LOOK: 'look'>, <Right.RUN: 'run'>)
>>> may_ask("close", {Role.OPERATOR}), may_ask("close", {Role.SUPERVISOR})
(False, True)

Source: 21 CFR 11.10(d) and (g).
"""

from collections.abc import Collection, Mapping

from station.core import workflow
from station.core.people import RIGHTS, Right, Role, may

OPEN = frozenset({"/sign-in", "/language/{language}"})
"""Answered to everybody: nobody is inside before they came in."""

OPEN_BELOW = ("/static/", "/api/")
"""The same for all that is below; whoever asks the interface for machines has a token of its own.
"""

ROUTES: Mapping[tuple[str, str], Right] = {
    ("GET", "/"): Right.LOOK,
    ("GET", "/live"): Right.LOOK,
    ("GET", "/live/expected.png"): Right.LOOK,
    ("GET", "/live/picture.jpg"): Right.LOOK,
    ("GET", "/ask/{step}"): Right.LOOK,
    ("POST", "/ask/{step}"): Right.LOOK,
    ("GET", "/asked/{name}"): Right.LOOK,
    ("GET", "/rejects"): Right.LOOK,
    ("GET", "/rejects.csv"): Right.LOOK,
    ("GET", "/rejects/{number}"): Right.LOOK,
    ("GET", "/rejects/{number}/marked.jpg"): Right.LOOK,
    ("GET", "/evidence/{name}.jpg"): Right.LOOK,
    ("GET", "/evidence/{name}/{width}.jpg"): Right.LOOK,
    ("GET", "/orders"): Right.LOOK,
    ("GET", "/orders/{order_id}"): Right.LOOK,
    ("GET", "/orders/{order_id}/traveller"): Right.LOOK,
    ("GET", "/orders/{order_id}/traveller.png"): Right.LOOK,
    ("GET", "/orders/{order_id}/record.json"): Right.LOOK,
    ("GET", "/orders/{order_id}/record.pdf"): Right.LOOK,
    ("GET", "/figures"): Right.LOOK,
    ("GET", "/trace"): Right.LOOK,
    ("GET", "/verify"): Right.LOOK,
    ("GET", "/challenge"): Right.LOOK,
    ("GET", "/challenge/report.html"): Right.LOOK,
    ("GET", "/trends"): Right.LOOK,
    ("GET", "/help"): Right.LOOK,
    ("GET", "/help/faults"): Right.LOOK,
    ("GET", "/help/faults/{condition}"): Right.LOOK,
    ("GET", "/help/{role}"): Right.LOOK,
    ("GET", "/docs"): Right.LOOK,
    ("GET", "/openapi.json"): Right.LOOK,
    ("POST", "/sign-out"): Right.LOOK,
    ("GET", "/simulation"): Right.LOOK,
    ("GET", "/simulation/label/{number}.png"): Right.LOOK,
    ("GET", "/quality"): Right.LOOK,
    ("GET", "/quality/audit"): Right.LOOK,
    ("GET", "/quality/audit.csv"): Right.LOOK,
    ("GET", "/quality/audit/{seq}"): Right.LOOK,
    ("GET", "/quality/proof"): Right.LOOK,
    ("GET", "/quality/proof/{seq}.html"): Right.LOOK,
    ("GET", "/quality/studies/{name}.pdf"): Right.LOOK,
    ("GET", "/quality/designs"): Right.LOOK,
    ("GET", "/quality/design"): Right.LOOK,
    ("GET", "/quality/design/{which}.png"): Right.LOOK,
    ("GET", "/quality/configuration"): Right.LOOK,
    ("GET", "/quality/backups"): Right.LOOK,
    ("GET", "/quality/exports"): Right.LOOK,
    ("GET", "/people"): Right.PEOPLE,
    ("POST", "/people"): Right.PEOPLE,
}
"""Method and route. What is asked for at /ask has its own right, below."""

_SIMULATION = "/simulation/"
"""Whoever plays with the simulated devices works at the line."""

REQUESTS: Mapping[str, Right] = {
    "start": Right.RUN,
    "call": Right.RUN,
    "came": Right.RUN,
    "hold": Right.RUN,
    "resume": Right.RUN,
    "end": Right.END,
    "scan": Right.RUN,
    "destroyed": Right.SETTLE,
    "not-printed": Right.SETTLE,
    "released": Right.SETTLE,
    "scan-scrap": Right.RUN,
    "scrapped": Right.SETTLE,
    "reprint": Right.REPRINT,
    "sample": Right.SETTLE,
    "withdrawn": Right.SETTLE,
    "use": Right.RUN,
    "close": Right.CLOSE,
    "close-unbalanced": Right.CLOSE,
    "prove": Right.RUN,
    "challenge": Right.RUN,
    "interrupt": Right.RUN,
    "clear": Right.CLEAR,
    "clear-one": Right.CLEAR,
    "scrap": Right.DISPOSE,
    "scrap-reprint": Right.DISPOSE,
    "concession": Right.SIGN_QUALITY,
    "return": Right.DISPOSE,
    "reinspect": Right.DISPOSE,
    "approve-design": Right.APPROVE_TEMPLATES,
    "retire-design": Right.APPROVE_TEMPLATES,
    "baseline": Right.SIGN_QUALITY,
}
"""By the names of `station.web.asking.Step`. Who takes a step of an order is said by its rule."""

_AUTHORED = frozenset({"approve-design"})
"""Requests whose second person is the author of a design."""

_STEPS: Mapping[str, workflow.Rule] = {each.step.value: each for each in workflow.RULES}


def is_open(path: str) -> bool:
    """Whether a route, or the path of a request, is answered to everybody."""
    return path in OPEN or path.startswith((*OPEN_BELOW, "/language/"))


def route_right(method: str, route: str) -> Right | None:
    """What it takes; None for a route that the table does not know."""
    asked = "GET" if method == "HEAD" else method
    if asked == "POST" and route.startswith(_SIMULATION):
        return Right.RUN
    return ROUTES.get((asked, route))


def who_may(request: str) -> frozenset[str]:
    """Roles of whoever may ask for it; empty for what nobody may."""
    rule = _STEPS.get(request)
    if rule:
        return rule.by
    right = REQUESTS.get(request)
    return frozenset(each.value for each in RIGHTS[right]) if right else frozenset()


def who_may_witness(request: str) -> frozenset[str]:
    """Roles of the second person, who has to know the line: what they vouch for is there."""
    rule = _STEPS.get(request)
    if rule and rule.witness:
        return rule.witness
    if request in _AUTHORED:
        return frozenset(each.value for each in RIGHTS[Right.WRITE_TEMPLATES])
    return who_may(request) | {each.value for each in RIGHTS[Right.SETTLE]}


def may_ask(request: str, roles: Collection[Role]) -> bool:
    return not who_may(request).isdisjoint(roles)


def may_witness(request: str, roles: Collection[Role]) -> bool:
    return not who_may_witness(request).isdisjoint(roles)


def may_see(method: str, route: str, roles: Collection[Role]) -> bool:
    right = route_right(method, route)
    return right is not None and may(roles, right)
