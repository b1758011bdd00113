"""Documents have the shape they should, or every difference is a sentence."""

from typing import Literal

import pytest

from station.core.problem import Problem, Refused, refuse
from station.core.shape import Code, Count, Day, Shape, Text, parse, shown


class Inner(Shape):
    text: Text


class Outer(Shape):
    code: Code = "x"
    day: Day | None = None
    count: Count = 1
    kind: Literal["a", "b"] = "a"
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    flag: bool = False


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"inner": {}}, "inner.text: This field is required."),
        ({"inner": {"text": "a", "b": 1}}, "inner.b: Unknown field."),
        ({"inner": 7}, "inner: Expected a mapping of fields, got 7."),
        ({"many": ({"text": 3},)}, "many.0.text: Expected text, got 3."),
        ({"many": "x"}, "many: Expected a list, got 'x'."),
        ({"kind": "c"}, "kind: Expected one of 'a' or 'b', got 'c'."),
        ({"flag": "yes"}, "flag: Expected true or false, got 'yes'."),
        ({"code": None}, "code: Expected text, got nothing."),
        ({"day": 7}, "day: Expected a date as YYYY-MM-DD, got 7."),
        ({"code": "\u202e"}, "code: Character 1 is U+202E, which cannot be printed."),
    ],
)
def test_what_does_not_fit_is_said_with_its_path(
    document: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        parse(Outer, document)
    assert str(refused.value) == sentence


def test_wide_spaces_of_chinese_text_are_printable() -> None:
    assert parse(Inner, {"text": "医用\u3000升温毯"}).text == "医用\u3000升温毯"


def test_long_values_are_cut_to_fit_a_sentence() -> None:
    assert len(shown("x" * 1000)) == 58
    assert shown(None) == "nothing"


def test_nothing_to_refuse_refuses_nothing() -> None:
    refuse([])
    with pytest.raises(Refused, match="bad"):
        refuse([Problem("bad")])
