"""One label of each kind, tried: what becomes of it, and what is kept of it."""

import numpy as np
import pytest

from drivers.simulated.optics import MILD, NO_TROUBLE, Trouble, developed, empty_table, scene
from station.core.judge import NothingIssued
from station.line.sheet import sheet_of
from station.study.families import BY_NAME
from station.study.labels import Subject
from station.study.limits import limits_of
from station.study.trial import BUILT_IN, LeftOut, Outcome, Trial, Tried, judged, made, tried
from tests.station.study.studied import BARS, UNIT, label


def trial(family: str, subject: Subject = UNIT, *, number: int = 1) -> Trial:
    (found,) = made(label(subject, number=number), (family,), number=number, seed=1)
    assert isinstance(found, Tried), found
    return tried(found, template=subject.template, number=number, seed=1, optics="mild")


@pytest.mark.parametrize(
    "family",
    [
        "wrong-serial",
        "duplicate",
        "missing-line",
        "worn-blank",
        "any-line-missing",
        "other-label",
        "other-symbol",
    ],
)
def test_a_bad_label_is_rejected_for_what_is_wrong_with_it(family: str) -> None:
    found = trial(family)
    assert (found.outcome, found.wrong, found.picture) == (Outcome.RIGHT, False, b"")


@pytest.mark.parametrize("family", ["good", "good-but-ugly"])
def test_a_good_label_passes(family: str) -> None:
    found = trial(family)
    assert (found.outcome, found.codes, found.wrong) == (Outcome.PASSED, (), False)


def test_a_readable_label_says_how_many_pixels_a_dot_has() -> None:
    assert 2.0 < trial("good").scale < 3.0
    assert trial("worn-blank").scale == 0.0


def test_calibrated_limits_are_never_wider_than_the_built_in_ones() -> None:
    tight = limits_of("calibrated", UNIT, optics="mild", seed=1)
    assert limits_of("built-in", UNIT, optics="mild", seed=1) == BUILT_IN
    assert tight.residual <= BUILT_IN.residual
    assert tight.residual_elsewhere < BUILT_IN.residual_elsewhere


def test_a_label_is_tried_the_same_way_again() -> None:
    assert trial("any-look-alike", BARS) == trial("any-look-alike", BARS)


def test_chance_does_the_same_to_a_label_whatever_is_tried_beside_it() -> None:
    alone = list(made(label(), ("worn-void",), number=1, seed=1))
    beside = list(made(label(), ("any-character", "worn-void", "good"), number=1, seed=1))
    assert isinstance(alone[0], Tried)
    assert isinstance(beside[1], Tried)
    assert np.array_equal(alone[0].paper, beside[1].paper)


def test_a_family_that_does_not_apply_is_left_out_with_the_reason() -> None:
    (found,) = made(label(UNIT), ("wrong-lot",), number=1, seed=1)
    assert isinstance(found, LeftOut)
    assert "(10)" in str(found.why)


def view(trouble: Trouble = NO_TROUBLE) -> np.ndarray:
    picture = sheet_of(label().job.first.artwork).picture
    return developed(
        scene(picture, dots_per_mm=8, optics=MILD, seed=1), optics=MILD, seed=1, trouble=trouble
    )


def test_a_picture_of_no_use_is_a_fault_and_says_nothing_of_the_label() -> None:
    dark = view(Trouble(light=0.02))
    family = BY_NAME["wrong-serial"]
    seen = judged(dark, label().job.first, family, ledger=NothingIssued())
    assert (seen.outcome, seen.codes) == (Outcome.FAULT, ())


def test_nothing_in_view_is_no_label() -> None:
    table = empty_table(optics=MILD, seed=1)
    seen = judged(table, label().job.first, BY_NAME["blank"], ledger=NothingIssued())
    assert seen.outcome == Outcome.RIGHT
    assert "PROCESS.none" in seen.codes


def test_a_missed_label_and_a_false_reject_are_wrong_and_the_others_are_not() -> None:
    def of(family: str, outcome: Outcome) -> bool:
        return Trial(family, "design", 1, "(01)", outcome).wrong

    assert of("wrong-lot", Outcome.PASSED)
    assert of("good", Outcome.OTHER)
    for outcome in (Outcome.RIGHT, Outcome.OTHER, Outcome.WARNED, Outcome.FAULT):
        assert not of("wrong-lot", outcome)
    assert not of("good", Outcome.PASSED)
    assert not of("good", Outcome.FAULT)
