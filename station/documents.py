r"""Documents from outside: YAML, JSON and CSV, read strictly and within limits.

What comes back is made of dicts, tuples, text, whole numbers, floats, booleans, dates and None.
Anchors, tags, repeated keys and deep nesting are refused: a work order needs none of them, and
each has been used to make a parser work for an attacker.

>>> read_yaml(b'lot: "20200331"\nserials: [a, b]\n')
{'lot': '20200331', 'serials': ('a', 'b')}
>>> read_csv("id;lot\n7;A1\n".encode("utf-8-sig"))
({'id': '7', 'lot': 'A1'},)
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePath
from typing import Any

import yaml

from station.core.problem import Problem, Refused, problem

ORDER_LIMIT = 4_000_000
"""Bytes; ten thousand listed serials are a fifth of it."""

DEPTH_LIMIT = 20
ROW_LIMIT = 500
"""Orders of one table."""

LARGEST_NUMBER = 2**63 - 1


def read(path: Path, *, limit: int = ORDER_LIMIT) -> object:
    """The document in a file. Raises Refused; reads no more than `limit` bytes."""
    return parse(path.name, load(path, limit=limit), limit=limit)


def load(path: Path, *, limit: int = ORDER_LIMIT) -> bytes:
    """The bytes of a file. Raises Refused when it cannot be read or is too large."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise Refused(problem("{path} is not a file but a device or a pipe.", path=str(path)))
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Refused(
            problem("Cannot read {path}: {why}.", path=str(path), why=error.strerror or "?")
        ) from None


def parse(name: str, data: bytes, *, limit: int = ORDER_LIMIT) -> object:
    """The document in these bytes; the file's name says which language they are in."""
    suffix = PurePath(name).suffix.lower()
    readers: dict[str, Callable[[bytes], object]] = {
        ".yaml": read_yaml,
        ".yml": read_yaml,
        ".json": read_json,
        ".csv": read_csv,
    }
    if suffix not in readers:
        raise Refused(
            problem(
                "A file ending in {got!r} is not understood. Expected .yaml, .yml, .json or .csv.",
                got=suffix,
            )
        )
    if len(data) > limit:
        raise Refused(
            problem("The file is too large: at most {limit} bytes are accepted.", limit=limit)
        )
    found = readers[suffix](data)
    if isinstance(found, tuple) and suffix != ".csv":
        raise Refused(problem("Expected a mapping of fields, got a list."))
    return found


def read_yaml(data: bytes) -> object:
    text = _decoded(data)
    try:
        return _Builder(yaml.parse(text, Loader=yaml.CSafeLoader)).document()
    except yaml.YAMLError as error:
        raise Refused(_yaml_problem(error)) from None
    except (ValueError, RecursionError, OverflowError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(problem("This is not valid YAML: {why}.", why=str(error)[:200])) from None


def read_json(data: bytes) -> object:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                raise Refused(problem("The field {key!r} is given twice.", key=key[:60]))
            seen[key] = value
        return seen

    def constant(name: str) -> None:
        raise Refused(problem("{name} is not a number that can be used here.", name=name))

    try:
        found = json.loads(_decoded(data), object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise Refused(
            problem(
                "This is not valid JSON at line {line}, column {column}: {why}.",
                line=error.lineno,
                column=error.colno,
                why=error.msg,
            )
        ) from None
    except RecursionError:
        raise Refused(_too_deep()) from None
    except ValueError as error:
        if isinstance(error, Refused):
            raise
        raise Refused(problem("This is not valid JSON: {why}.", why=str(error)[:200])) from None
    return _frozen(found)


def rows(document: object) -> tuple[object, ...]:
    """The parts of a document that holds several, such as a table; otherwise the document."""
    return document if isinstance(document, tuple) else (document,)


def read_csv(data: bytes, *, rows: int = ROW_LIMIT) -> tuple[dict[str, object], ...]:
    """One dict per row, keyed by the header; empty cells are left out.

    A column such as `serials.first` is the field `first` of `serials`; a cell of `….list` is
    split at spaces.
    """
    text = _decoded(data)
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Refused(problem("This is not a valid CSV table: {why}.", why=str(error))) from None
    names, *body = [[cell.strip(" ") for cell in row] for row in lines if any(row)] or [[]]
    if not body:
        raise Refused(problem("The table needs a header line and at least one row."))
    if len(body) > rows:
        raise Refused(
            problem("A table has at most {limit} rows, got {got}.", limit=rows, got=len(body))
        )
    if len(set(names)) != len(names) or "" in names:
        raise Refused(problem("Every column needs a name of its own."))
    table = []
    for number, row in enumerate(body, start=1):
        if len(row) != len(names):
            raise Refused(
                problem(
                    "Row {row} has {got} cells, expected {expected} as in the header.",
                    row=number,
                    got=len(row),
                    expected=len(names),
                )
            )
        table.append(_nested(zip(names, row, strict=True)))
    return tuple(table)


def _nested(cells: Iterable[tuple[str, str]]) -> dict[str, object]:
    found: dict[str, object] = {}
    groups: dict[str, dict[str, object]] = {}
    for name, cell in cells:
        outer, _, inner = name.partition(".")
        if not cell:
            continue
        if not inner:
            found[name] = cell
            continue
        group = groups.setdefault(outer, {})
        group[inner] = tuple(cell.split(" ")) if inner == "list" else cell
    return found | groups


class _Builder:
    """A document from its events, in one pass: what a plain document never has is refused before
    anything is built from it.
    """

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._loader = yaml.SafeLoader("")
        self._known: dict[str, object] = {}
        """Plain scalars read before, by how they are written."""

    def document(self) -> object:
        found = [
            self._value(event, depth=0)
            for event in self._events
            if isinstance(event, yaml.NodeEvent)
        ]
        if len(found) != 1:
            raise Refused(problem("Expected one document, got {got}.", got=len(found)))
        return found[0]

    def _value(self, event: yaml.Event, *, depth: int) -> object:
        _refuse_reference(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth >= DEPTH_LIMIT:
            raise Refused(_too_deep())
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth=depth + 1)
        return self._sequence(depth=depth + 1)

    def _mapping(self, *, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in iter(self._events.__next__, None):
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, line = self._value(event, depth=depth), _line(event)
            if not isinstance(key, str):
                raise Refused(
                    problem(
                        "The field name {key} at line {line} is not text: quote it.",
                        key=str(key)[:60],
                        line=line,
                    )
                )
            if key in found:
                raise Refused(
                    problem(
                        "The field {key!r} is given twice, again at line {line}.",
                        key=key[:60],
                        line=line,
                    )
                )
            found[key] = self._value(next(self._events), depth=depth)
        return found

    def _sequence(self, *, depth: int) -> tuple[object, ...]:
        found: list[object] = []
        for event in iter(self._events.__next__, None):
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, depth=depth))
        return tuple(found)

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        text: str = event.value
        if not event.implicit[0]:
            return _frozen(text)
        if text not in self._known:
            tag = self._loader.resolve(  # type: ignore[no-untyped-call]  # no types are shipped
                yaml.ScalarNode, text, (True, False)
            )
            node = yaml.ScalarNode(tag, text)
            self._known[text] = _frozen(self._loader.construct_object(node))
        return self._known[text]


def _refuse_reference(event: yaml.Event) -> None:
    if isinstance(event, yaml.NodeEvent) and event.anchor:
        raise Refused(
            problem("Anchors and aliases are not accepted (line {line}).", line=_line(event))
        )
    if isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent) and event.tag:
        raise Refused(problem("Tags are not accepted (line {line}).", line=_line(event)))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise Refused(problem("The file is empty."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            problem("The file is not UTF-8: byte {place} cannot be read.", place=error.start + 1)
        ) from None


def _check_text(text: str) -> None:
    """JSON can spell half a surrogate pair, which is no text."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused(
            problem(
                "Character {place} of {text!r} is half of one.",
                place=error.start + 1,
                text=text[:40],
            )
        ) from None


def _yaml_problem(error: yaml.YAMLError) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return problem(
            "This is not valid YAML at line {line}, column {column}: {why}.",
            line=error.problem_mark.line + 1,
            column=error.problem_mark.column + 1,
            why=error.problem or "?",
        )
    return problem("This is not valid YAML: {why}.", why=" ".join(str(error).split())[:200])


def _too_deep() -> Problem:
    return problem("The document is nested deeper than {limit} levels.", limit=DEPTH_LIMIT)


def _frozen(value: object, depth: int = 0) -> object:
    if depth > DEPTH_LIMIT:
        raise Refused(_too_deep())
    match value:
        case dict():
            return {key: _frozen(each, depth + 1) for key, each in value.items()}
        case list():
            return tuple(_frozen(each, depth + 1) for each in value)
        case int() if abs(value) > LARGEST_NUMBER:
            raise Refused(problem("A number in this document is too large to mean anything."))
        case str() if not value.isascii():
            _check_text(value)
    return value
