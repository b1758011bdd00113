"""A check that breaks has failed, whatever broke it, and the others are made all the same."""

import pytest

from station.core.problem import Problem, Refused, problem
from station.qualification.check import Check, Finding, Outcome, judged, made, met
from station.qualification.requirements import Need


def check(look: object) -> Check[None]:
    return Check("XX-1", (Need.READ_BACK,), problem("Look."), problem("There."), look)  # type: ignore[arg-type] # a look that is none is tried too


def raising(error: BaseException) -> Check[None]:
    def look(_: None) -> Finding:
        raise error

    return check(look)


def test_what_was_found_is_handed_on() -> None:
    found = met(problem("Found."), evidence=b"it")
    assert made(check(lambda _: found), None) is found


def test_what_is_refused_fails_with_its_reasons() -> None:
    one, other = problem("One."), problem("Other.")
    assert made(raising(Refused(one, other)), None) == Finding(Outcome.FAIL, (one, other))


@pytest.mark.parametrize("error", [OSError(5, "I/O error"), KeyError("x"), RuntimeError("{0}")])
def test_what_breaks_fails_and_says_how(error: Exception) -> None:
    found = made(raising(error), None)
    assert found.outcome == Outcome.FAIL
    assert type(error).__name__ in str(found.told[0])


def test_a_look_that_cannot_be_called_fails() -> None:
    assert made(check(None), None).outcome == Outcome.FAIL


def test_the_end_of_the_program_is_no_finding() -> None:
    with pytest.raises(KeyboardInterrupt):
        made(raising(KeyboardInterrupt()), None)


@pytest.mark.parametrize(
    ("wrong", "outcome"), [((), Outcome.PASS), ((problem("Wrong."),), Outcome.FAIL)]
)
def test_a_finding_is_good_where_nothing_is_wrong(
    wrong: tuple[Problem, ...], outcome: Outcome
) -> None:
    assert judged(wrong, problem("Right.")).outcome == outcome
