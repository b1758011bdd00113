"""A picture that hangs or breaks what looks at it costs a fault, and nothing else."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.interface import Condition, NotReady
from station.core.problem import Refused
from station.core.quality import Limits
from station.vision.see import see
from station.vision.worker import Worker, kept_beside
from tests.station.vision.seen import sheet, taken

BAD = 7
"""The level of all pixels of a picture that a broken worker cannot look at."""

BROKEN = f"""
import os, signal, sys
from station.vision.worker import Question, main
from station.vision.see import see

def look(asked: Question):
    if (asked.pixels == {BAD}).all():
        {{}}
    return see(asked.pixels, expected=asked.expected, sheet=asked.sheet, limits=asked.limits)

main(look)
"""

FRAME = np.full((48, 64), BAD, np.uint8)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(seconds=60) as started:
        yield started


def test_it_sees_what_is_seen_without_it(worker: Worker) -> None:
    good = sheet()
    frame = taken(good.picture)
    here = see(frame, expected=("]d2",), sheet=good, limits=Limits())
    there = worker(frame, expected=("]d2",), sheet=good, limits=Limits())
    assert there == here


def test_what_is_no_picture_is_refused_in_the_same_words(worker: Worker) -> None:
    nothing = np.zeros((0, 0), np.uint8)
    with pytest.raises(Refused) as here:
        see(nothing)
    with pytest.raises(Refused) as there:
        worker(nothing)
    assert there.value.problems == here.value.problems


def test_large_pictures_pass_as_well_as_small_ones(worker: Worker) -> None:
    for size in ((8, 8), (1944, 2592)):
        assert worker(np.zeros(size, np.uint8)).decoding.symbols == ()


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGFPE)", "SIGFPE"),
        ("os._exit(3)", "ended with 3"),
        ("raise KeyError", "ended with 1"),
        ("bytearray(1 << 40)", "ended with 1"),
        ("signal.pause()", "was killed"),
    ],
)
def test_a_worker_that_breaks_is_a_fault_and_the_next_picture_is_looked_at(
    trouble: str, told: str, tmp_path: Path
) -> None:
    seconds = 1.0 if "pause" in trouble else 60.0
    with Worker(
        seconds=seconds, program=BROKEN.format(trouble), keep=kept_beside(tmp_path / "unseen")
    ) as broken:
        with pytest.raises(NotReady) as fault:
            broken(FRAME)
        assert told in fault.value.detail
        assert fault.value.conditions == (Condition.SEEING_FAILED,)
        assert broken(np.zeros((8, 8), np.uint8)).decoding.symbols == ()
    (kept,) = (tmp_path / "unseen").iterdir()
    assert np.array_equal(np.asarray(cv2.imread(str(kept), cv2.IMREAD_GRAYSCALE)), FRAME)


def test_a_worker_that_cannot_start_is_a_fault() -> None:
    with Worker(program="raise SystemExit(4)") as none, pytest.raises(NotReady) as fault:
        none(FRAME)
    assert "no worker can be started: it ended with 4" in fault.value.detail


def test_a_worker_that_has_died_between_two_pictures_is_replaced() -> None:
    with Worker(seconds=60) as worker:
        first = worker.pid
        worker(FRAME)
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        assert worker(FRAME).decoding.symbols == ()
        assert worker.pid != first


def test_closing_leaves_no_process_and_may_be_done_twice() -> None:
    worker = Worker()
    pid = worker.pid
    worker.close()
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


STATION = """
import numpy as np
from station.vision.worker import Worker
worker = Worker(seconds=60)
worker(np.zeros((8, 8), np.uint8))
print(worker.pid, flush=True)
input()
"""


def test_a_worker_dies_with_its_station() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STATION], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as station:
        assert station.stdout
        worker = int(station.stdout.readline())
        gone = os.pidfd_open(worker)
        station.kill()
        station.wait()
    assert select.select([gone], [], [], 30)[0], "the worker has ended"
    os.close(gone)


def test_only_the_last_pictures_are_kept(tmp_path: Path) -> None:
    keep = kept_beside(tmp_path / "unseen", most=3)
    assert [keep(FRAME) for _ in range(5)][-1] == "(000005.png)"
    assert sorted(each.name for each in (tmp_path / "unseen").iterdir()) == [
        "000003.png",
        "000004.png",
        "000005.png",
    ]
