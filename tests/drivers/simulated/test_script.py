"""Scripts: read strictly, the same every time, and everything wrong with one told at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulated.faults import FAULTS, REMEDIES, Step
from drivers.simulated.script import LARGEST, MOST_LINES, NoScript, Script

SOME = {"at": 5, "fault": "head-open"}


def strikes(document: dict[str, Any], *, most: int, step: Step = Step.PRINT) -> list[int]:
    script = Script.parse(document)
    return [number for number in range(1, most + 1) if any(script.strikes(step, number))]


def complaints(document: object) -> list[str]:
    with pytest.raises(NoScript) as refused:
        Script.parse(document)
    return [str(each) for each in refused.value.complaints]


def of(**line: object) -> dict[str, Any]:
    return {"faults": [line]}


def test_a_fault_at_a_label_strikes_there_once_at_its_own_first_step() -> None:
    assert strikes(of(at=5, fault="twin"), most=20) == [5]
    assert strikes(of(at=5, fault="head-open"), most=20, step=Step.READY) == [5]
    assert strikes(of(at=5, fault="head-open"), most=20) == []


def test_a_line_names_another_step() -> None:
    document = of(at=5, fault="head-open", step="look")
    assert strikes(document, most=20, step=Step.LOOK) == [5]
    assert strikes(document, most=20, step=Step.READY) == []


def test_every_so_many_labels_counts_from_where_it_begins() -> None:
    assert strikes(of(every=5, fault="lost"), most=20) == [5, 10, 15, 20]
    assert strikes(of(every=5, fault="lost", **{"from": 7}), most=20) == [7, 12, 17]


def test_what_lasts_until_a_label_is_mended_there_by_its_own_remedy() -> None:
    script = Script.parse(of(at=9, step="look", fault="head-open", until=11))
    mended = {(step, n): tuple(script.ends(step, n)) for step in Step for n in range(1, 20)}
    assert {where: found for where, found in mended.items() if found} == {
        (Step.LOOK, 11): (REMEDIES["close-head"],)
    }


def test_a_chance_is_drawn_from_the_seed_and_from_the_label_alone() -> None:
    document = of(chance="1/20", fault="damaged") | {"seed": 7}
    found = strikes(document, most=4000)
    assert found == strikes(document, most=4000)
    assert [n for n in found if n <= 500] == strikes(document, most=500)
    assert found != strikes(document | {"seed": 8}, most=4000)
    assert 140 < len(found) < 260


def test_two_lines_with_one_chance_are_drawn_apart() -> None:
    lines = [{"chance": "1/2", "fault": "damaged"}, {"chance": "1/2", "fault": "twin"}]
    script = Script.parse({"faults": lines})
    found = [tuple(each.name for each in script.strikes(Step.PRINT, n)) for n in range(1, 100)]
    assert len(set(found)) == 4


@pytest.mark.parametrize(("chance", "most"), [(1, 1), ("1", 1), ("0.5", 1), (0.25, 1)])
def test_a_chance_is_written_as_people_write_it(chance: object, most: int) -> None:
    assert Script.parse(of(chance=chance, fault="damaged")).lines[0].first == most


def test_a_certain_chance_strikes_always() -> None:
    assert strikes(of(chance=1, fault="lost", **{"from": 3}), most=5) == [3, 4, 5]


def test_an_empty_script_is_one() -> None:
    assert Script.parse({}) == Script() == Script.parse({"seed": 0, "faults": ()})


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("faults", "Expected a mapping of fields, got 'faults'."),
        (None, "Expected a mapping of fields, got nothing."),
        ({"fault": 1}, "fault: Unknown field. Expected one of: seed, faults."),
        ({"seed": -1}, "seed: Expected a whole number of at least 0, got -1."),
        ({"seed": True}, "seed: Expected a whole number of at least 0, got True."),
        ({"seed": 10**5000}, f"seed: Expected a whole number of at most {LARGEST}."),
        ({"faults": "twin"}, "faults: Expected a list, got 'twin'."),
        (
            {"faults": [SOME] * (MOST_LINES + 1)},
            "faults: Expected at most 1000 lines, got 1001.",
        ),
        ({"faults": ["twin"]}, "faults.0: Expected a mapping of fields, got 'twin'."),
        (of(fault="twin"), "faults.0: Expected one of at, every, chance; got none of them."),
        (
            of(at=1, every=2, fault="twin"),
            "faults.0: Expected one of at, every, chance; got at, every.",
        ),
        (of(at=1), "faults.0.fault: This field is required."),
        (
            of(at="5", fault="twin"),
            "faults.0.at: Expected a whole number of at least 1, got '5'.",
        ),
        (
            of(chance="1/0", fault="twin"),
            "faults.0.chance: Expected a chance such as 1/200, got '1/0'.",
        ),
        (
            of(chance=2, fault="twin"),
            "faults.0.chance: Expected a chance such as 1/200, got 2.",
        ),
        (
            of(chance="1e-999999999", fault="twin"),
            "faults.0.chance: Expected a chance such as 1/200, got '1e-999999999'.",
        ),
        (
            of(at=5, fault="twin", **{"from": 2}),
            "faults.0.from: Only `every` and `chance` begin at a label.",
        ),
        (
            of(every=5, fault="head-open", until=9),
            "faults.0.until: Only a fault `at` a label is mended at another.",
        ),
        (
            of(at=5, fault="head-open", until=5),
            "faults.0.until: Expected a label after 5, got 5.",
        ),
        (
            of(at=5, fault="twin", until=9),
            "faults.0.until: Nothing is left to mend after twin.",
        ),
        (of(at=5, fault="twin", step="look"), "faults.0.step: twin strikes at print, got 'look'."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(document: object, why: str) -> None:
    assert complaints(document) == [why]


def test_everything_wrong_is_told_at_once() -> None:
    found = complaints({"seed": "x", "faults": [{"at": 0, "fault": "twin"}, {"every": 1, "a": 2}]})
    assert [each.partition(":")[0] for each in found] == [
        "seed",
        "faults.0.at",
        "faults.1.a",
        "faults.1.fault",
    ]


_WORDS = st.sampled_from(
    [*FAULTS, *Step, "at", "every", "chance", "fault", "step", "until", "from", "seed", "faults"]
)
_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(_DOCUMENTS)
def test_a_document_is_a_script_or_is_refused(document: object) -> None:
    try:
        script = Script.parse(document)
    except NoScript:
        return
    for line in script.lines:
        assert line.step in line.fault.steps
        assert [line.at, line.every, line.chance].count(None) == 2
    for number in (1, 2, 100):
        assert all(set(script.strikes(step, number)) <= set(FAULTS.values()) for step in Step)
