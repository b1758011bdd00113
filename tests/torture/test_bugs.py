"""The harness is believed because it catches bugs that are put in on purpose."""

import pytest

from station.records import projections
from station.records.evidence import Evidence
from station.records.journal import Journal
from torture.bugs import BUGS, Bug
from torture.deaths import sweep
from torture.memory import MemoryGate, MemoryPrinter, Mishap
from torture.storage import power_losses


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.name}: {bug.invariant.name}")
def test_each_bug_is_caught_by_the_invariant_it_breaks(bug: Bug) -> None:
    assert bug.caught()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.name}: {bug.invariant.name}")
def test_each_bug_is_taken_out_again(bug: Bug) -> None:
    before = _seams()
    with bug.breaks():
        assert _seams() != before
    assert _seams() == before


def test_without_a_bug_the_same_searches_find_nothing() -> None:
    searched = (None, Mishap.DEAF, Mishap.MUTE, Mishap.SMUDGED)
    assert not sweep(every=20, mishaps=searched).found
    assert power_losses(mixtures=0, go_on=50)[1] == ()


def _seams() -> tuple[object, ...]:
    return (
        Journal.append,
        Journal.__init__,
        projections.apply,
        Evidence.keep,
        MemoryPrinter.begin,
        MemoryGate.reject,
    )
