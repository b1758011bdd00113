"""Every refusal of the API, as RFC 9457 wants it, with all that is wrong at once.

`code` and the codes of `errors` stay the same in every language and are for programs; `title`,
`detail` and the texts of `errors` are for people, in the language that was asked for.

>>> code_of(problem("A lot has at most 20 characters, got {length}.", where="lot", length=21))
'a-lot-has-at-most-20-characters-got'
"""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from station import wording
from station.core.problem import Problem, Refused, problem
from station.language import LANGUAGES, say, sentence

MEDIA = "application/problem+json"
DOCS = "/docs"


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    each.code: each
    for each in (
        Kind("misunderstood", 400, sentence("The request cannot be understood.")),
        Kind("unknown", 401, sentence("A token that holds is needed.")),
        Kind("forbidden", 403, sentence("This token may not do that.")),
        Kind("missing", 404, sentence("There is nothing at this address.")),
        Kind("method", 405, sentence("This address is not asked in this way.")),
        Kind("slow", 408, sentence("The request did not arrive in time.")),
        Kind("conflict", 409, sentence("This key stands for another request.")),
        Kind("length", 411, sentence("The request does not say how long it is.")),
        Kind("large", 413, sentence("The request is too large.")),
        Kind("media", 415, sentence("Expected JSON.")),
        Kind("refused", 422, sentence("This was refused.")),
        Kind("often", 429, sentence("This is asked too often.")),
        Kind("absent", 501, sentence("This station does not offer that.")),
        Kind("busy", 503, sentence("The station has not answered yet.")),
    )
}
"""By code."""


@dataclass(eq=False)
class Trouble(Exception):
    """A request that is not answered as it hoped to be."""

    code: str
    """Of KINDS."""

    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def told(request: Request, trouble: Trouble, *, language: str) -> Response:
    """The answer, in the language of whoever asks."""
    kind, spoken = KINDS[trouble.code], language_of(request, language)
    content: dict[str, Any] = {
        "type": f"{DOCS}#{kind.code}",
        "title": say(kind.title, spoken),
        "status": kind.status,
        "code": kind.code,
    }
    if trouble.problems:
        content["detail"] = " ".join(_text(each, spoken) for each in trouble.problems[:1])
        content["errors"] = [shown(each, spoken) for each in trouble.problems]
    headers = dict(trouble.headers) | {"Content-Language": spoken}
    return JSONResponse(content, kind.status, headers, MEDIA)


def shown(found: Problem, language: str) -> dict[str, str]:
    """One problem, for programs and for people."""
    return {"code": code_of(found), "field": found.where, "text": _text(found, language)}


def code_of(found: Problem) -> str:
    """The fixed words of its sentence: the same in every language and for all values."""
    fixed = " ".join(part for part, *_ in string.Formatter().parse(found.template))
    return "-".join(re.findall("[a-z0-9]+", fixed.lower()))[:80].rstrip("-")


def language_of(request: Request, otherwise: str) -> str:
    """What Accept-Language prefers among the station's languages (RFC 9110, 12.5.4)."""
    weighed: list[tuple[float, int, str]] = []
    parts = request.headers.get("accept-language", "")[:200].split(",")
    for place, part in enumerate(parts):
        tag, _, weight = part.partition(";q=")
        name = tag.strip().lower().partition("-")[0]
        if name in LANGUAGES and re.fullmatch(r"(0|1)(\.[0-9]{0,3})?", weight.strip() or "1"):
            weighed.append((-float(weight.strip() or "1"), place, name))
    best = min(weighed, default=(0.0, 0, otherwise))
    return best[2] if best[0] else otherwise


def unheard(found: Mapping[str, Any]) -> Problem:
    """What the framework says about a parameter."""
    where = ".".join(str(each) for each in found["loc"][1:])
    return problem(
        "{why}: got {got}.", where=where, why=str(found["msg"]), got=repr(found["input"])[:60]
    )


def refused(error: Refused) -> Trouble:
    return Trouble("refused", error.problems)


def _text(found: Problem, language: str) -> str:
    return wording.told(replace(found, where=""), language)
