import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core import calibration
from station.core.calibration import Calibration, Margin, Setting, calibrated, void_because
from station.core.problem import Refused
from station.core.quality import Limits, Quality

SETTING = Setting(
    template="has-mhb-hc-unit", revision="1", digest="d", font="f", dots_per_mm=8, camera="c",
    width=1280, height=960,
)  # fmt: skip

levels = st.integers(min_value=1, max_value=1000)


def good(paper: int = 800, registration: int = 200) -> Quality:
    return Quality(paper=paper, registration=registration)


def made(*labels: Quality) -> Calibration:
    return calibrated(SETTING, labels or (good(),) * 10)


@pytest.mark.parametrize("labels", [(), (good(),) * 9, (*(good(),) * 20, Quality())])
def test_too_few_labels_or_one_that_was_not_compared_set_no_limits(
    labels: tuple[Quality, ...],
) -> None:
    with pytest.raises(Refused, match="needs at least 10 good labels"):
        calibrated(SETTING, labels)


def test_a_camera_that_is_too_coarse_for_the_label_is_not_calibrated() -> None:
    coarse = good().model_copy(update={"sampling": 1240})
    with pytest.raises(Refused, match=r"expected 1\.5 pixels for each dot .* got 1\.2"):
        made(*(good(),) * 10, coarse)


@given(st.lists(levels, min_size=10, max_size=40))
def test_a_limit_is_never_looser_than_the_one_built_in(values: list[int]) -> None:
    built_in = Limits().model_dump()
    limits = made(*(good(registration=each) for each in values)).limits.model_dump()
    for name in calibration.MARGINS:
        assert limits[name] <= built_in[name]


@given(worst=levels, built_in=levels, margin=st.builds(Margin, st.integers(1000, 3000), levels))
def test_a_limit_leaves_its_margin_above_the_worst_good_label(
    worst: int, built_in: int, margin: Margin
) -> None:
    found = calibration.spread([worst])
    limit = calibration._limit(found, margin, built_in)
    assert limit == built_in or limit >= worst * margin.times // 1000


@pytest.mark.parametrize(
    ("name", "value"), [("digest", "e"), ("font", "g"), ("camera", "k"), ("width", 1920)]
)
def test_whatever_changes_makes_it_void(name: str, value: object) -> None:
    assert void_because(made(), SETTING) is None
    why = void_because(made(), SETTING.model_copy(update={name: value}))
    assert why is not None
    assert name in str(why)


@pytest.mark.parametrize(
    ("paper", "changed"), [(800, False), (570, False), (550, True), (1000, False), (None, False)]
)
def test_light_that_changed_is_known_by_the_paper(paper: int | None, *, changed: bool) -> None:
    assert made().light_changed(Quality(paper=paper)) == changed


def test_light_that_became_brighter_is_known_too() -> None:
    assert made(*(good(paper=500),) * 10).light_changed(Quality(paper=660))
