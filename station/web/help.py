"""Help pages: the daily work of each role in pictures, and a page for every fault there is.

What a fault means and what to do is said once, in `station.web.advice`; here is the same text with
room around it, for whoever does not stand at the line.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from drivers.interface import Condition
from station import wording
from station.core.problem import Refused, problem
from station.web import advice, handbook
from station.web.handbook import Role
from station.web.pages import Pages


class HelpPages:
    """Nothing here depends on what the station does, so it answers whatever state that is in."""

    def __init__(self, *, pages: Pages) -> None:
        self._pages = pages
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/help", self.start)
        self.router.add_api_route("/help/faults", self.faults)
        self.router.add_api_route("/help/faults/{condition}", self.fault)
        self.router.add_api_route("/help/{role}", self.role)

    async def start(self, request: Request) -> HTMLResponse:
        """Whoever asks for help most often stands at the line."""
        return await self.role(request, Role.OPERATOR)

    async def role(self, request: Request, role: str) -> HTMLResponse:
        """The daily work of one role. Raises Refused for one that there is not."""
        if role not in handbook.ROLES:
            raise Refused(problem("There is nothing at this address."))
        return self._pages.page(
            request,
            "help.html",
            roles=handbook.ROLES,
            role=role,
            work=handbook.WORK[Role(role)],
        )

    async def faults(self, request: Request) -> HTMLResponse:
        """All of them by device, and why the line can hold."""
        language = self._pages.language(request)
        groups = tuple(
            (each, tuple((one, advice.for_condition(one, language)) for one in each.conditions))
            for each in handbook.GROUPS
        )
        holds = tuple(advice.for_hold(cause, language) for cause in advice.HOLDS)
        return self._pages.page(
            request,
            "help_faults.html",
            roles=handbook.ROLES,
            role="faults",
            groups=groups,
            holds=holds,
        )

    async def fault(self, request: Request, condition: str, device: str = "") -> HTMLResponse:
        """`device` is one that people have a word for, where the fault can be of several."""
        if condition not in advice.FAULTS:
            raise Refused(problem("There is no fault of this name."))
        found = Condition(condition)
        known = device if device in wording.DEVICES else ""
        group = handbook.group_of(found)
        return self._pages.page(
            request,
            "help_fault.html",
            roles=handbook.ROLES,
            role="faults",
            condition=found,
            advice=advice.for_condition(found, self._pages.language(request), device=known),
            group=group,
            picture=known if known in handbook.PICTURED else group.picture,
        )
