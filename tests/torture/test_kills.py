from itertools import pairwise
from pathlib import Path

import pytest

from torture import kills, tracer
from torture.invariant import Invariant
from torture.seeded import moves_the_gate_before_it_commits, prints_before_it_commits
from torture.stage import Stage
from torture.station import LABELS, Make
from torture.tracer import Point

TRACE = """\
4711 openat(AT_FDCWD</work>, "/data/journal.db", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 7</data/journal.db>
4711 openat(AT_FDCWD</work>, "/data/journal.db", O_RDONLY) = 8</data/journal.db>
4711 pwrite64(7</data/journal.db>, "SQLite format 3", 4096, 0) = 4096
4711 pwrite64(7</data/journal.db>, "\\r\\0", 4096, 4096) = 4096
4711 rename("/data/a.part", "/data/a") = 0
4711 sendto(9<TCP:[1]>, "~HS", 3, 0, NULL, 0) = 3
"""  # noqa: E501 - as strace writes it

tracing = pytest.mark.skipif(bool(tracer.missing()), reason=tracer.missing() or "can be traced")


def test_every_call_that_changes_something_is_a_point_and_is_counted_by_its_kind(
    tmp_path: Path,
) -> None:
    log = tmp_path / "calls"
    log.write_text(TRACE)
    assert [str(each) for each in tracer.points(log)] == [
        "openat 1 (journal.db)",
        "pwrite64 1 (journal.db)",
        "pwrite64 2 (journal.db)",
        "rename 1 (a)",
        "sendto 1",
    ]


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
def test_a_sample_is_even_and_never_larger_than_wanted(most: int) -> None:
    points = [Point("write", nth) for nth in range(1, 41)]
    chosen = tracer.sample(points, most)
    assert len(chosen) == min(most, 40)
    assert len(set(chosen)) == len(chosen)
    assert chosen[0] == points[0]


def test_pages_of_the_database_take_a_third_of_a_sample() -> None:
    points = [Point("pwrite64", n) for n in range(1, 91)] + [Point("fsync", n) for n in range(9)]
    calls = [each.call for each in kills.spread(points, 9)]
    assert calls.count("pwrite64") == 3
    assert calls.count("fsync") == 6


def test_a_line_that_nobody_disturbs_works_off_its_order(tmp_path: Path) -> None:
    with Stage(tmp_path, faults=kills.FAULTS) as stage:
        life = stage.live()
        assert (life.code, life.said) == (0, "")
        assert stage.wrong() == tuple(stage.unfinished(life)) == ()
        truth = stage.line.truth()
    assert len(truth.passed) == LABELS
    assert len(truth.printed) == LABELS + len(kills.FAULTS)


@tracing
def test_a_station_dies_at_the_point_it_was_told_to(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        life = stage.live(tracer.killing(Point("mkdir", 1)))
        assert life.killed
        assert not stage.data.joinpath("journal.db").exists()


@tracing
def test_a_station_killed_twice_loses_nothing() -> None:
    dead = (Point("sendto", 9), Point("fdatasync", 2))
    assert tuple(kills.killed_at(dead)) == ()


@tracing
@pytest.mark.parametrize(
    ("defect", "call", "broken"),
    [
        (prints_before_it_commits, "mkdir", Invariant.ISSUED),
        (moves_the_gate_before_it_commits, "pwrite64", Invariant.PASSED),
    ],
)
def test_a_station_that_acts_before_it_writes_is_found_out(
    defect: Make, call: str, broken: Invariant
) -> None:
    """Without this the harness would prove nothing."""
    points = kills.counted((), make_cycle=defect)
    behind = [
        after for sent, after in pairwise(points) if (sent.call, after.call) == ("sendto", call)
    ]
    late = tracer.sample(behind[len(behind) // 3 :], 4)
    found = (each for point in late for each in kills.killed_at((point,), make_cycle=defect))
    assert any(each.startswith(broken) for each in found)
