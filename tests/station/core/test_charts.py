"""Shares of rejects between their limits, and the gaps between rare rejects."""

from hypothesis import given
from hypothesis import strategies as st

from station.core.charts import chart, gaps

orders = st.lists(
    st.integers(0, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), max_size=12
)


@given(orders)
def test_every_order_is_a_point_and_is_out_only_above_its_limit(
    found: list[tuple[int, int]],
) -> None:
    drawn = chart(found)
    assert [(each.rejected, each.judged) for each in drawn.points] == found
    for each in drawn.points:
        assert not each.out or each.upper is not None
        if each.upper is not None:
            assert each.out == (each.rejected / each.judged > each.upper)


def test_where_nothing_was_rejected_there_is_no_chart() -> None:
    assert chart([(0, 200), (0, 0)]).kind == "none"
    assert chart([]).mean == 0.0


def test_rare_rejects_have_a_chart_of_gaps() -> None:
    drawn = chart([(1, 500), (0, 500)])
    assert (drawn.kind, [each.upper for each in drawn.points]) == ("g", [None, None])


def test_an_order_without_labels_says_nothing() -> None:
    drawn = chart([(50, 500), (0, 0)])
    assert drawn.kind == "p"
    assert drawn.points[1].upper is None


def test_less_than_two_rejects_have_no_gap() -> None:
    assert gaps([]) == gaps([7])
    assert gaps([7]).mean is None


@given(st.lists(st.integers(1, 10_000), unique=True, min_size=2).map(sorted))
def test_the_mean_gap_is_what_lies_between_the_first_and_the_last(places: list[int]) -> None:
    found = gaps(places)
    assert found.count == len(places) - 1
    assert found.mean is not None
    total = places[-1] - places[0] - found.count
    assert abs(found.mean * found.count - total) < 1e-6
