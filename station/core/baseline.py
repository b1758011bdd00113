"""The validated baseline: all that a station was validated with, and what differs from it now.

It is one JSON document without secrets: the configuration, the version of the program, and the
digests of everything labels are made with. Two of them are compared setting by setting.

>>> before = canonical({"configuration": {"gate": {"url": "operator"}, "spare": 500}})
>>> after = canonical({"configuration": {"gate": {"url": "modbus://192.0.2.3"}, "spare": 500}})
>>> changes(before, after)
(Change(path='configuration.gate.url', before='operator', after='modbus://192.0.2.3'),)

Source: ISO 13485:2016 7.5.6; 21 CFR 820.70(i); EU GMP Annex 11, 10.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ABSENT = "–"
"""Where a setting is in one of two documents only."""

HIDDEN = "…"

_USER = re.compile(r"(?<=://)\S*@")
"""Up to the last one: a password may hold a slash that nobody has encoded."""

_GIVEN = re.compile(
    r"([?&;][^=&;]*(?:pass|pwd|secret|token|key|auth)[^=&;]*=)[^&;#\s]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that is not as it was."""

    path: str
    """Dotted."""

    before: str
    after: str


def without_secrets(text: str) -> str:
    """An address without the name and password in it, and any other text as it is.

    >>> without_secrets("rtsp://admin:hunter2@192.0.2.8/live?token=abc&x=1")
    'rtsp://…@192.0.2.8/live?token=…&x=1'
    """
    return _GIVEN.sub(rf"\1{HIDDEN}", _USER.sub(f"{HIDDEN}@", text))


def canonical(document: Mapping[str, object]) -> str:
    """The one way to write a document, its secrets taken out."""
    return json.dumps(_clean(document), sort_keys=True, ensure_ascii=False)


def digest_of(text: str) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def changes(before: str, after: str) -> tuple[Change, ...]:
    """Every setting that differs between two documents, by its path."""
    one, other = settings_of(before), settings_of(after)
    paths = sorted({*one, *other})
    return tuple(
        Change(each, one.get(each, ABSENT), other.get(each, ABSENT))
        for each in paths
        if one.get(each) != other.get(each)
    )


def settings_of(text: str) -> dict[str, str]:
    """Every setting of a document by its dotted path; of a text that is none, the text itself."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {"": text}
    return dict(_flat(document, ""))


def _clean(value: object) -> object:
    match value:
        case str():
            return without_secrets(value)
        case Mapping():
            return {str(name): _clean(each) for name, each in value.items()}
        case list() | tuple():
            return [_clean(each) for each in value]
        case _:
            return value


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else name)
    elif isinstance(value, str):
        yield path, value
    else:
        yield path, json.dumps(value, ensure_ascii=False)
