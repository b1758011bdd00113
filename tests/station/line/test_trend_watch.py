from station.core.quality import Quality, SymbolQuality
from station.core.trend import LEARNT, Baseline, State, baselines_of
from station.line.trend_watch import TrendWatch
from station.wording import told


def label(contrast: int = 880, growth: int = 30) -> Quality:
    indices = {"contrast_index": contrast, "print_growth_x_index": growth}
    return Quality(registration=100, symbols=(SymbolQuality(identifier="]d2", indices=indices),))


def calibrated() -> tuple[Baseline, ...]:
    return baselines_of([label()] * 10)


def watched(watch: TrendWatch, *labels: Quality | None) -> TrendWatch:
    for each in labels:
        watch.take(each)
    return watch


def test_good_labels_give_no_notice() -> None:
    assert watched(TrendWatch(calibrated), *(label(),) * 50).notice is None


def test_fading_print_is_told_with_what_to_do_and_told_louder_where_it_goes_on() -> None:
    watch = watched(TrendWatch(calibrated), *(label(820),) * 10)
    assert "becomes fainter" in str(watch.notice)
    assert "GS1 DataMatrix" in str(watch.notice)
    assert watch.worst is not None
    assert watch.worst.state == State.DRIFTING
    assert "far fainter" in str(watched(watch, *(label(600),) * 20).notice)


def test_ink_that_spreads_has_its_own_advice_in_both_languages() -> None:
    notice = watched(TrendWatch(calibrated), *(label(growth=200),) * 20).notice
    assert notice is not None
    assert "darkness and speed" in told(notice, "en")
    assert "印刷增量指数" in told(notice, "zh")


def test_whoever_was_at_the_machine_begins_anew() -> None:
    watch = watched(TrendWatch(calibrated), *(label(600),) * 20)
    watch.renew()
    assert watch.notice is None
    assert watched(watch, *(label(),) * 5).notice is None


def test_a_design_that_is_not_calibrated_is_measured_by_its_own_first_labels() -> None:
    watch = watched(TrendWatch(), *(label(700),) * LEARNT)
    assert watch.notice is None
    assert watched(watch, *(label(600),) * 20).notice is not None


def test_labels_that_were_not_compared_say_nothing() -> None:
    assert watched(TrendWatch(calibrated), None, Quality(), *(None,) * 30).worst is None
