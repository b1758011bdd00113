"""The same labels looked at again."""

from station.study.agreement import BAD, agreements, parts
from station.study.run import Wanted
from tests.station.study.studied import BARS, UNIT, Here

WANTED = Wanted((), 1, 2, "mild")


def test_half_of_the_labels_are_good_and_every_design_and_defect_has_its_turn() -> None:
    of = parts((UNIT, BARS), BAD, labels=40, wanted=WANTED)
    assert [each.truth for each in of[:4]] == ["bad", "good", "bad", "good"]
    assert {each.subject for each in of} == {UNIT, BARS}
    assert {each.families[0] for each in of if each.truth == "bad"} == set(BAD)


def test_looks_at_clear_labels_agree_with_each_other_and_with_zbar() -> None:
    left: list[int] = []
    found = agreements((UNIT, BARS), Here(), labels=8, wanted=WANTED, tell=left.append)
    assert left == [7, 6, 5, 4, 3, 2, 1, 0]
    assert found.between_looks.labels == 8
    assert found.between_looks.agreed >= 7
    assert found.with_truth.agreed >= 7
    assert found.with_zbar.kappa == 1.0
    assert found.with_zbar.labels == 16, "two linear symbols on each"
