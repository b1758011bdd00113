import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from station.core.problem import problem
from station.language import say, tell

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "station" / "locale" / "zh.po"
SPEAKERS = ("problem", "say", "sentence")
"""Functions whose first argument is a sentence somebody will read."""


def _sources() -> Iterator[Path]:
    for package in ("station", "drivers"):
        yield from sorted((ROOT / package).rglob("*.py"))


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) in SPEAKERS and node.args:
            match node.args[0]:
                case ast.Constant(str(text)):
                    yield text


def _in_template(source: str) -> Iterator[str]:
    parsed = Environment(autoescape=True).parse(source)
    for _, _, found in extract_from_ast(parsed, gettext_functions=("_",)):
        text = found[0] if isinstance(found, tuple) else found  # its values follow a sentence
        if text:
            yield text


def sentences() -> dict[str, str]:
    """Every sentence of the station, and the file it stands in."""
    found = {
        text: str(path.relative_to(ROOT))
        for path in _sources()
        for text in _in_python(path.read_text("utf-8"))
    }
    for path in sorted((ROOT / "station" / "web" / "templates").rglob("*.html")):
        for text in _in_template(path.read_text("utf-8")):
            found.setdefault(text, str(path.relative_to(ROOT)))
    return found


def translations() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id}


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_sentence_has_a_chinese_one() -> None:
    known = translations()
    missing = {text: place for text, place in sentences().items() if not known.get(text)}
    assert not missing


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    assert not set(translations()) - set(sentences())


def test_every_sentence_stands_in_the_catalogue_once() -> None:
    entries = re.findall(r"^msgid ", CATALOGUE.read_text("utf-8"), re.MULTILINE)
    assert len(entries) == len(translations()) + 1, "the header is an entry too"


def test_a_translation_speaks_of_the_same_values() -> None:
    wrong = [text for text, zh in translations().items() if _fields(text) != _fields(zh)]
    assert not wrong


def test_a_translation_ends_as_its_sentence_does() -> None:
    wrong = [
        text for text, zh in translations().items() if text.endswith(".") != zh.endswith("。")
    ]
    assert not wrong


def test_a_problem_is_written_out_where_it_is_found() -> None:
    """A sentence put together at run time could not be translated."""
    computed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and _called(node) in {"problem", "sentence"}
        and node.args
        and not isinstance(node.args[0], ast.Constant)
    ]
    assert not computed


def test_a_problem_is_told_in_the_language_of_whoever_reads_it() -> None:
    found = problem("There is no order at the line.", where="order")
    assert tell(found, "en") == "order: There is no order at the line."
    assert tell(found, "zh") == "order: 生产线上没有工单。"


def test_what_has_no_translation_is_said_in_english() -> None:
    assert say("Nobody translated {this}.", "zh", this="one") == "Nobody translated one."


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    assert say("Lot", "en") == "Lot"
    found = problem("Unknown field. Expected one of: {known}.", known="{evil} {0}")
    assert "{evil} {0}" in tell(found, "zh")
