"""The example configuration is the reference: every setting, why it is there, and its default."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from station import documents
from station.config import Config, load, shipped
from station.readiness import of_file

EXAMPLE = Path(__file__).parents[1] / "config" / "station.example.yaml"

LEAST_WORDS = 2
"""Of an explanation, its default not counted."""

IN_WORDS = {
    "heads.folder": "heads in the data folder",
    "heads.key": "keys/station.pem in the data folder",
}
"""Defaults that are made of other settings."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting of the example with the comment before it."""

    path: str
    explanation: str
    default: str
    """What stands in the last brackets of the comment."""


@dataclass(slots=True)
class _Reader:
    group: str = ""
    comment: list[str] = field(default_factory=list)

    def line(self, line: str) -> Iterator[Entry]:
        found = re.fullmatch(r"( *)([a-z_]+):(.*)", line)
        if line.lstrip().startswith("#"):
            self.comment.append(line.lstrip(" #"))
        elif found:
            yield from self._setting(found)
            self.comment = []
        else:
            self.comment = []

    def _setting(self, found: re.Match[str]) -> Iterator[Entry]:
        indent, name, value = found.groups()
        if not value:
            self.group = f"{name}."
            return
        explanation, _, default = " ".join(self.comment).rpartition("[")
        path = f"{self.group}{name}" if indent else name
        yield Entry(path, explanation.strip(), default.removesuffix("]"))


def entries() -> list[Entry]:
    reader = _Reader()
    lines = EXAMPLE.read_text(encoding="utf-8").split("\n")
    return [entry for line in lines for entry in reader.line(line)]


def settings(model: type[BaseModel] = Config, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every field with its dotted path, those of the groups included."""
    for name, each in model.model_fields.items():
        if isinstance(each.annotation, type) and issubclass(each.annotation, BaseModel):
            yield from settings(each.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, each


def in_words(path: str, setting: FieldInfo) -> str:
    """How the example writes a default, up to a remark after a comma or a colon."""
    default = setting.get_default(call_default_factory=True)
    if path in IN_WORDS:
        return IN_WORDS[path]
    if default in {None, ()}:
        return "none"
    if isinstance(default, Path) and default.is_relative_to(shipped("labels").parent):
        return "those that come with the station"
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, float):
        return f"{default:g}"
    return str(default) or "empty"


def test_the_example_has_every_setting_there_is_and_no_other() -> None:
    assert [each.path for each in entries()] == [path for path, _ in settings()]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.path)
def test_a_setting_is_explained_and_its_default_is_the_real_one(entry: Entry) -> None:
    setting = dict(settings())[entry.path]
    assert len(entry.explanation.split()) >= LEAST_WORDS
    expected = in_words(entry.path, setting)
    assert entry.default.startswith(expected)
    assert re.fullmatch(r"([,:] .+)?", entry.default.removeprefix(expected))


def test_what_is_not_explained_before_a_setting_is_missed() -> None:
    reader = _Reader()
    lines = ("# Explained here. [7]", "one: 1", "two: 2", "", "# [3]", "  three: 3")
    found = [entry for line in lines for entry in reader.line(line)]
    assert found == [
        Entry("one", "Explained here.", "7"),
        Entry("two", "", ""),
        Entry("three", "", "3"),
    ]


def test_the_example_gives_each_setting_once_in_the_order_of_the_groups() -> None:
    document = documents.read(EXAMPLE)
    assert isinstance(document, dict)
    assert list(document) == list(Config.model_fields)


def test_only_places_of_the_example_are_wrong_with_it_on_another_machine() -> None:
    assert load(EXAMPLE).gate.url.startswith("modbus:")
    places = {each.where.partition(".")[0] for each in of_file(EXAMPLE).problems}
    assert places <= {
        "data",
        "catalogue",
        "labels",
        "profiles",
        "reader",
        "heads",
        "backup",
        "web",
        "webhooks",
    }
