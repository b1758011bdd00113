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


def _first_arguments(tree: ast.Module, *functions: str) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in functions and node.args:
            yield node.args[0]


def _named(tree: ast.Module) -> dict[str, list[str]]:
    """Texts by the variables they are given to."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(str(text))):
                found.setdefault(name, []).append(text)
    return found


def _in_python(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    named = _named(tree)
    for argument in _first_arguments(tree, *SPEAKERS):
        match argument:
            case ast.Constant(str(text)):
                yield text
            case ast.Name(name):
                yield from named.get(name, ())


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
    wrong = [text for text, zh in translations().items() if text.endswith(".") != zh.endswith("。")]
    assert not wrong


def test_a_problem_is_written_out_in_the_module_that_finds_it() -> None:
    """A sentence put together at run time could not be translated."""
    computed = []
    for path in _sources():
        tree = ast.parse(path.read_text("utf-8"))
        texts = _named(tree)
        for argument in _first_arguments(tree, "problem", "sentence"):
            match argument:
                case ast.Constant(str()):
                    continue
                case ast.Name(name) if name in texts:
                    continue
            computed.append(f"{path.relative_to(ROOT)}:{argument.lineno}")
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
