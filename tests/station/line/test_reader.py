"""One look at one label: fresh, complete, and nothing that was read is forgotten."""

from collections.abc import Iterable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.deadline import Deadline
from drivers.interface import Condition, Frame, Garbled, NotReady, Silent, Symbol
from drivers.simulated.optics import MILD, empty_table, photograph
from station.app import Workshop
from station.artwork.layout import layout
from station.artwork.picture import expected_picture
from station.artwork.template import Template
from station.artwork.text import Font
from station.config import Config
from station.core.gs1 import ElementString
from station.core.judge import Code, Expected, Meant, NothingIssued, judge
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

    def answer(self, *, good: bool) -> None:
        pass

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
    data = label.elements.encode()
    expected = Expected(label.elements, tuple(Meant(each, data) for each in carriers))
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


PARTS = """
name: parts
revision: "1"
size: {width: 60, height: 40}
elements:
  - {kind: gs1_128, part: di, x: 6, y: 2, module: 0.25, height: 12.7}
  - {kind: gs1_128, part: pi, x: 6, y: 17, module: 0.25, height: 12.7}
  - {kind: hri, x: 2, y: 31, width: 56, height: 8, size: 2, flow: flowing}
"""

STICKERS = """
name: stickers
revision: "1"
size: {width: 30, height: 25}
repeat: {across: 3, pitch: 32}
elements:
  - {kind: datamatrix, x: 2, y: 2, module: 0.375}
  - {kind: hri, x: 2, y: 12, width: 26, height: 12, size: 2}
"""


def label_of(text: str, elements: ElementString) -> tuple[Expected, Picture]:
    template = Template.parse(read_yaml(text.encode()))
    artwork = layout(template, {}, elements, dots_per_mm=8, font=Font.load())
    return Expected(elements, artwork.meant), expected_picture(artwork)


def taken(picture: Picture) -> Picture:
    return photograph(picture, dots_per_mm=8, optics=MILD, seed=3)


def verdict(found: Look, expected: Expected) -> list[Code]:
    reasons = [judge(expected, each, NothingIssued()).reasons for each in found.readings]
    return [reason.code for each in reasons for reason in each]


ELEMENTS = ElementString.of(("01", "06972869182019"), ("11", "260320"), ("21", "CN010123"))
DI, PI = Symbol("]C1", b"0106972869182019", "s"), Symbol("]C1", b"1126032021CN010123", "s")


def test_a_camera_reads_both_parts_of_the_data() -> None:
    expected, picture = label_of(PARTS, ELEMENTS)
    found = CameraReader(Pictures([taken(picture)]), seconds=5.0).look(
        expected.carriers, printed_at=100.0
    )
    assert verdict(found, expected) == []
    assert expected.carriers == ("]C1", "]C1")


def test_a_camera_that_sees_one_part_looks_for_the_other() -> None:
    """The first part is in every picture; the label is not complete without the second."""
    expected, picture = label_of(PARTS, ELEMENTS)
    half = picture.copy()
    half[130:245] = 255
    shown = Pictures([taken(half), taken(picture)])
    found = CameraReader(shown, seconds=5.0).look(expected.carriers, printed_at=100.0)
    assert (verdict(found, expected), shown.looks) == ([], 2)
    never = CameraReader(Pictures([taken(half)]), seconds=5.0)
    assert verdict(never.look(expected.carriers, printed_at=100.0), expected) == [Code.NO_READ]


def test_a_camera_counts_the_labels_on_the_web() -> None:
    expected, picture = label_of(STICKERS, ELEMENTS)
    assert expected.carriers == ("]d2",) * 3
    spoilt = picture.copy()
    spoilt[:90, 256:] = 255
    for shown, reasons in ((picture, []), (spoilt, [Code.NO_READ])):
        camera = CameraReader(Pictures([taken(shown)]), seconds=5.0)
        found = camera.look(expected.carriers, printed_at=100.0)
        assert verdict(found, expected) == reasons


def test_both_parts_have_to_be_scanned() -> None:
    expected, _ = label_of(PARTS, ELEMENTS)

    def scanned(*scans: Symbol) -> Look:
        reader = HandheldReader(Scans(*scans), seconds=1.0)
        return reader.look(expected.carriers, printed_at=0.0)

    for complete in ((DI, PI), (PI, DI), (DI, DI, PI)):
        assert (verdict(scanned(*complete), expected), scanned(*complete).missing) == ([], None)
    for one in ((DI,), (DI, DI), (PI, PI)):
        assert scanned(*one).missing == Code.LATE
    wrong = Symbol("]C1", b"1126032021CN010124", "s")
    assert verdict(scanned(DI, wrong), expected) == [Code.SERIAL]
    assert verdict(scanned(wrong, PI), expected) != []


def test_copies_are_counted_by_the_camera_and_one_of_them_is_scanned() -> None:
    """A scanner that is pulled three times may have read one sticker three times."""
    expected, picture = label_of(STICKERS, ELEMENTS)
    right = Symbol("]d2", ELEMENTS.encode(), "s")
    alone = HandheldReader(Scans(right, right, right), seconds=1.0)
    assert alone.look(expected.carriers, printed_at=0.0).missing == Code.LATE

    def read(*scans: Symbol) -> Look:
        camera = CameraReader(Pictures([taken(picture)]), seconds=5.0)
        readers = BothReaders(camera, HandheldReader(Scans(*scans), seconds=1.0))
        return readers.look(expected.carriers, printed_at=100.0)

    assert (verdict(read(right), expected), read(right).missing) == ([], None)
    assert read().missing == Code.LATE
    wrong = Symbol("]d2", ELEMENTS.encode().replace(b"123", b"124"), "s")
    assert verdict(read(wrong), expected) == [Code.SERIAL]


def test_parts_seen_by_the_camera_are_scanned_too() -> None:
    expected, picture = label_of(PARTS, ELEMENTS)

    def read(*scans: Symbol) -> Look:
        camera = CameraReader(Pictures([taken(picture)]), seconds=5.0)
        readers = BothReaders(camera, HandheldReader(Scans(*scans), seconds=1.0))
        return readers.look(expected.carriers, printed_at=100.0)

    assert (verdict(read(PI, DI), expected), read(PI, DI).missing) == ([], None)
    assert read(PI, PI).missing == Code.LATE
    assert verdict(read(PI, Symbol("]C1", b"0106972869182026", "s")), expected) == [Code.GTIN]


def lit(picture: Picture, share: float) -> Picture:
    return np.asarray(cv2.convertScaleAbs(picture, alpha=share), np.uint8)


@pytest.mark.parametrize("there", [True, False], ids=["label", "no label"])
@pytest.mark.parametrize(
    ("share", "condition"),
    [(0.02, Condition.BLACK_PICTURE), (20.0, Condition.BLOWN_OUT_PICTURE)],
)
def test_bad_light_is_a_fault_before_the_print_and_after_it(
    job: Job, share: float, condition: Condition, *, there: bool
) -> None:
    picture = lit(photo(job.first) if there else table(), share)
    for act in (
        lambda: CameraReader(Pictures([picture]), seconds=0.2).in_view(),
        lambda: look(picture, seconds=0.2),
    ):
        with pytest.raises(NotReady) as caught:
            act()
        assert caught.value.conditions == (condition,)


def test_a_label_out_of_focus_is_a_fault_and_a_damaged_one_a_verdict(job: Job) -> None:
    soft = cv2.GaussianBlur(photo(job.first), (0, 0), 8.0)
    with pytest.raises(NotReady) as caught:
        look(np.asarray(soft, np.uint8))
    assert caught.value.conditions == (Condition.BLURRED_PICTURE,)
    damaged, _ = look(photo(job.first, damaged=True))
    assert codes(damaged, job.first) == [Code.NO_READ]


class _Deaf(Scans):
    """Nobody scans, and it cannot be told anything."""

    def answer(self, *, good: bool) -> None:  # noqa: ARG002 - it is never reached
        raise Silent("scanner", "does not take the answer")


def test_while_a_scan_is_waited_for_others_get_their_turn() -> None:
    turns: list[None] = []
    reader = HandheldReader(_Deaf(), seconds=0.05, idle=lambda: turns.append(None))
    assert reader.look(("]d2",), printed_at=0.0).missing == Code.LATE
    assert turns


def test_a_scanner_that_cannot_be_told_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    HandheldReader(_Deaf(), seconds=1.0).answer(good=True)
    assert "was not told" in caplog.text
