"""From templates to pages, in the language of whoever looks.

Everything from outside (orders, labels, scanners, names) is escaped on its way into a page;
nothing is ever marked as safe.
"""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from station import wording
from station.core.judge import shown
from station.core.problem import Refused, problem
from station.core.udi import CARRIERS, LOOK_ALIKES
from station.language import LANGUAGES, say
from station.web.difference import controls, marked
from station.web.gate import visit_of
from station.web.guard import SESSION_COOKIE, cookie, token_for

FOLDER = Path(__file__).parent
LANGUAGE_COOKIE = "language"
YEAR_SECONDS = 31_536_000


class Pages:
    def __init__(
        self, *, language: str, station_name: str, token: str, simulated: bool = False
    ) -> None:
        """`language` is shown to whoever has not chosen one."""
        self._language = language
        self._token = token
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            station_name=station_name,
            languages=LANGUAGES,
            carriers={**CARRIERS, **LOOK_ALIKES},
            controls=controls,
            marked=marked,
            shown=shown,
            simulated=simulated,
            wording=wording,
        )

    def language(self, request: Request) -> str:
        """Chosen on this machine, or configured."""
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        return chosen if chosen in LANGUAGES else self._language

    def choose(self, language: str) -> Response:
        """Show this browser the pages in one language from now on. Raises Refused."""
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise Refused(
                problem("Expected one of {expected}, got {got}.", expected=known, got=language[:20])
            )
        answer = Response(status_code=204, headers={"HX-Refresh": "true"})
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="strict"
        )
        return answer

    def render(self, template: str, language: str, **values: object) -> str:
        return self._environment.get_template(template).render(
            **values, _=_speaker(language), language=language
        )

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        html = self.render(
            template,
            self.language(request),
            path=request.url.path,
            token=self.token(request),
            inside=visit_of(request).session,
            **values,
        )
        return HTMLResponse(html, status)

    def token(self, request: Request) -> str:
        """What a page has to carry for whoever it is drawn for; see Guard."""
        return token_for(self._token, cookie(request.headers, SESSION_COOKIE))

    def refusal(self, request: Request, refused: Refused, *, status: int = 400) -> HTMLResponse:
        """Every problem as one sentence, on a page of its own."""
        language = self.language(request)
        problems = tuple(wording.told(each, language) for each in refused.problems)
        return self.page(request, "refused.html", status=status, problems=problems)

    def denial(self, request: Request, refused: Refused) -> HTMLResponse:
        """The same for what somebody may not do: as a form that was to be opened, or as a page."""
        part = "hx-request" in request.headers
        language = self.language(request)
        problems = tuple(wording.told(each, language) for each in refused.problems)
        template = "denied.html" if part else "refused.html"
        return self.page(request, template, status=403, problems=problems)


def _speaker(language: str) -> Callable[..., str]:
    def speak(text: str, /, **values: object) -> str:
        return say(text, language, **values)

    return speak
