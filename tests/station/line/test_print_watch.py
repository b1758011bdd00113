from station.core.quality import Quality
from station.line.print_watch import LAST, PrintWatch


def watched(*labels: Quality | None) -> PrintWatch:
    watch = PrintWatch()
    for each in labels:
        watch.take(each)
    return watch


def label(*dead: int, passes: int = 1) -> Quality:
    return Quality(registration=100, dead_dots=dead, passes=passes)


def test_one_scratched_label_is_no_dead_dot() -> None:
    assert watched(label(317), label(), label(12), None).notice is None


def test_a_dot_that_is_missing_on_label_after_label_is_told_by_its_number() -> None:
    watch = watched(label(317), label(317, 40), label(317))
    assert watch.dead == (317,)
    assert "317" in str(watch.notice)


def test_a_head_that_was_cleaned_is_believed_again() -> None:
    assert watched(*(label(317),) * 5, *(label(),) * LAST).notice is None


def test_labels_that_were_not_compared_say_nothing() -> None:
    assert watched(*(Quality(dead_dots=(317,)),) * 9).dead == ()


def test_codes_that_need_a_second_look_too_often_are_told_before_they_are_unreadable() -> None:
    assert watched(*(label(),) * 6, *(label(passes=3),) * 2).notice is None
    assert "hard to read" in str(watched(*(label(),) * 5, *(label(passes=3),) * 3).notice)
