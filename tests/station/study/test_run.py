"""Rounds of labels until there are enough of each family, the same ones every time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.problem import problem
from station.study.labels import Subject
from station.study.run import AGREED_OUT, Study, Task, Wanted, run
from station.study.trial import LeftOut, Outcome, Trial
from tests.station.study.studied import UNIT, Here

DESIGNS = tuple(Subject(name, "1") for name in ("a", "b", "c"))


def study(*families: str, labels: int = 5, kept: list[Trial] | None = None) -> Study:
    keep = [] if kept is None else kept
    return Study(Wanted(families, labels, 1, "mild"), DESIGNS, keep=keep.append)


def passed(
    task: Task, *, out: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Trial | LeftOut, ...]:
    return tuple(
        LeftOut(each, problem("The label does not carry ({ai}).", ai="10"))
        if (each, task.subject.template) in out
        else Trial(each, task.subject.template, task.number, "", Outcome.PASSED)
        for each in task.families
    )


def to_the_end(of: Study, out: frozenset[tuple[str, str]] = frozenset()) -> int:
    """How many labels were made."""
    labels = 0
    while tasks := of.round():
        labels += len(tasks)
        for task in tasks:
            of.take(task, passed(task, out=out))
        assert labels < 1000
    return labels


@settings(deadline=None)
@given(
    st.integers(1, 60),
    st.frozensets(st.tuples(st.sampled_from(("x", "y")), st.sampled_from(("a", "b", "c")))),
)
def test_each_family_that_applies_somewhere_gets_exactly_as_many_labels_as_wanted(
    labels: int, out: frozenset[tuple[str, str]]
) -> None:
    of = study("x", "y", labels=labels)
    to_the_end(of, out)
    assert of.missing == 0
    for name, tally in of.tallies.items():
        nowhere = all((name, each.template) in out for each in DESIGNS)
        assert tally.labels == (0 if nowhere else labels)
        assert set(tally.left_out) <= {design for family, design in out if family == name}


def test_a_design_to_which_nothing_applies_is_asked_no_more() -> None:
    out = frozenset({("x", "a")})
    of = study("x", labels=40)
    to_the_end(of, out)
    assert AGREED_OUT <= 8
    assert all(each.subject.template != "a" for each in of.round())


def test_every_label_has_a_number_of_its_own() -> None:
    of = study("x", labels=50)
    numbers = [task.number for task in of.round()] + [task.number for task in of.round()]
    assert len(set(numbers)) == len(numbers)


def test_misses_are_kept_and_good_labels_that_pass_are_not() -> None:
    kept: list[Trial] = []
    of = study("good", "wrong-lot", labels=2, kept=kept)
    to_the_end(of)
    assert [each.family for each in kept] == ["wrong-lot"] * 2


def test_a_study_is_the_same_again() -> None:
    def outcomes() -> list[dict[Outcome, int]]:
        of = Study(Wanted(("good", "any-character"), 2, 5, "mild"), (UNIT,), keep=lambda _: None)
        run(of, Here(), tell=lambda _: None)
        return [dict(each.outcomes) for each in of.tallies.values()]

    assert outcomes() == outcomes()
    assert sum(outcomes()[0].values()) == 2
