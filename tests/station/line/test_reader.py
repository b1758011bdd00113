"""One look at one label: fresh, complete, and nothing that was read is forgotten."""

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Condition, Frame, Garbled, NotReady, Silent, Symbol
from drivers.simulated.optics import MILD, empty_table, photograph
from station.app import Workshop
from station.artwork.picture import expected_picture
from station.config import Config
from station.core.judge import Code, Expected, NothingIssued, judge
from station.documents import read_yaml
from station.line.job import Job, Label
from station.line.reader import BothReaders, CameraReader, HandheldReader, Look

Picture = NDArray[np.uint8]

ORDER = b"""\
id: WO-1
product: HAS-MHB-HC
level: unit
quantity: 3
production_date: 2026-03-20
serials: {prefix: CN, start: "010123"}
template: has-mhb-hc-unit
revision: "1"
"""


class Pictures:
    """A camera that shows these pictures one after the other, the last one for ever."""

    def __init__(self, pictures: Iterable[Picture], *, age: float = 0.0) -> None:
        self._pictures = list(pictures)
        self._age = age
        self.looks = 0

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:
        if deadline.expired:
            raise Silent("camera", "no picture")
        place = min(self.looks, len(self._pictures) - 1)
        self.looks += 1
        return Frame(self._pictures[place], newer_than + 0.25 - self._age)

    def close(self) -> None:
        """Nothing is open."""


class Scans:
    """A scanner that has these scans waiting."""

    def __init__(self, *scans: Symbol) -> None:
        self._scans = list(scans)

    def discard(self) -> int:
        return 0

    def read(self, deadline: Deadline) -> Symbol:  # noqa: ARG002 - what is there comes at once
        if not self._scans:
            raise Silent("scanner", "nothing was scanned in time")
        return self._scans.pop(0)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(scope="module")
def job() -> Job:
    workshop = Workshop.open(Config())
    return workshop.job(workshop.order(read_yaml(ORDER)))


def photo(label: Label, *, damaged: bool = False) -> Picture:
    picture = expected_picture(label.artwork).copy()
    if damaged:
        area = label.artwork.symbols[0].area
        picture[area.y : area.y + area.height // 2] = 255
    return photograph(picture, dots_per_mm=8, optics=MILD, seed=label.number)


def table() -> Picture:
    return empty_table(optics=MILD, seed=1)


def look(*pictures: Picture, seconds: float = 5.0, age: float = 0.0) -> tuple[Look, int]:
    camera = Pictures(pictures, age=age)
    found = CameraReader(camera, seconds=seconds).look(("]d2",), printed_at=100.0)
    return found, camera.looks


def codes(found: Look, label: Label, carriers: tuple[str, ...] = ("]d2",)) -> list[Code]:
    expected = Expected(label.elements, carriers)
    verdicts = [judge(expected, each, NothingIssued()) for each in found.readings]
    return [reason.code for verdict in verdicts for reason in verdict.reasons]


def test_a_good_label_takes_one_picture(job: Job) -> None:
    found, looks = look(photo(job.first))
    assert (codes(found, job.first), looks, found.missing) == ([], 1, None)


def test_a_wrong_label_takes_one_picture_too(job: Job) -> None:
    """Looking again until it fits would be asking for the answer one likes."""
    other = job.label(2, serial="CN010124")
    found, looks = look(photo(other), photo(job.first))
    assert (codes(found, job.first), looks) == ([Code.SERIAL], 1)


def test_what_a_poor_picture_showed_is_judged_with_what_a_better_one_shows(job: Job) -> None:
    """A second symbol is missing, so the camera looks again; the wrong first one is kept."""
    other = job.label(2, serial="CN010124")
    camera = Pictures([photo(other), photo(job.first)])
    found = CameraReader(camera, seconds=5.0).look(("]d2", "]C1"), printed_at=100.0)
    assert Code.SERIAL in codes(found, job.first, ("]d2",))


def test_an_unreadable_label_is_looked_at_three_times(job: Job) -> None:
    found, looks = look(photo(job.first, damaged=True))
    assert (codes(found, job.first), looks, found.missing) == ([Code.NO_READ], 3, None)
    assert found.picture is not None


def test_a_label_that_comes_late_is_waited_for(job: Job) -> None:
    found, _ = look(table(), table(), photo(job.first))
    assert (codes(found, job.first), found.missing) == ([], None)


def test_nothing_in_view_until_the_end_is_no_label() -> None:
    found, _ = look(table(), seconds=0.2)
    assert found.missing == Code.NONE
    assert found.picture is not None


def test_a_picture_older_than_the_print_is_a_fault(job: Job) -> None:
    with pytest.raises(NotReady) as fault:
        look(photo(job.first), age=5.0)
    assert fault.value.conditions == (Condition.STALE_PICTURE,)


def test_a_picture_that_is_none_is_a_fault_of_the_camera() -> None:
    with pytest.raises(Garbled, match="Expected a picture"):
        look(np.zeros((1, 1), np.uint8))


def test_a_label_lying_there_before_the_print_is_seen(job: Job) -> None:
    assert CameraReader(Pictures([photo(job.first)]), seconds=1.0).in_view()
    assert not CameraReader(Pictures([table()]), seconds=1.0).in_view()


def test_a_fixture_with_edges_is_empty_when_it_looks_as_it_always_does(job: Job) -> None:
    fixture = table()
    fixture[100:120] = 255
    assert CameraReader(Pictures([fixture]), seconds=1.0).in_view()
    assert not CameraReader(Pictures([fixture]), seconds=1.0, empty=fixture).in_view()
    shown = Pictures([photo(job.first)])
    assert CameraReader(shown, seconds=1.0, empty=fixture).in_view()


def test_a_scan_is_one_symbol_of_the_label(job: Job) -> None:
    scan = Symbol("]d2", job.first.elements.encode(), "scanner")
    found = HandheldReader(Scans(scan), seconds=1.0).look(("]d2",), printed_at=0.0)
    assert codes(found, job.first) == []
    assert HandheldReader(Scans(), seconds=1.0).look(("]d2",), printed_at=0.0).missing == Code.LATE


def both(job: Job, *scans: Symbol) -> Look:
    camera = CameraReader(Pictures([photo(job.first)]), seconds=1.0)
    readers = BothReaders(camera, HandheldReader(Scans(*scans), seconds=1.0))
    return readers.look(("]d2",), printed_at=100.0)


def test_of_two_readers_both_have_to_be_right(job: Job) -> None:
    right = Symbol("]d2", job.first.elements.encode(), "scanner")
    wrong = Symbol("]d2", b"0106972869182019112603202" + b"1CN010124", "scanner")
    assert codes(both(job, right), job.first) == []
    assert codes(both(job, wrong), job.first) == [Code.SERIAL]
    assert both(job).missing == Code.LATE


def test_each_symbol_of_a_label_has_to_be_scanned(job: Job) -> None:
    data = job.first.elements.encode()
    matrix, bars = Symbol("]d2", data, "scanner"), Symbol("]C1", data, "scanner")
    both_kinds = ("]d2", "]C1")

    def scanned(*scans: Symbol) -> Look:
        return HandheldReader(Scans(*scans), seconds=1.0).look(both_kinds, printed_at=0.0)

    assert codes(scanned(matrix, matrix, bars), job.first, both_kinds) == []
    assert scanned(matrix, matrix).missing == Code.LATE


def test_a_wrong_label_that_was_taken_away_too_early_stays_wrong(job: Job) -> None:
    """One symbol was read and differs; then nothing lies there any more."""
    other = job.label(2, serial="CN010124")
    camera = Pictures([photo(other), table()])
    found = CameraReader(camera, seconds=0.2).look(("]d2", "]C1"), printed_at=100.0)
    assert found.missing is None
    assert Code.SERIAL in codes(found, job.first, ("]d2", "]C1"))
