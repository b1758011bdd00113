"""What printers say is understood in whatever pieces it comes, by the whole driver."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import DriverError, Garbled, NotReady, PrinterStatus, Silent
from drivers.simulated.printer.replies import host_status
from drivers.zebra import Zebra
from drivers.zebra.directory import LIST_STORED
from drivers.zebra.health import HOST_QUERY, HealthAnswer
from drivers.zebra.identity import HOST_IDENTIFICATION
from drivers.zebra.odometer import GET_COUNT
from drivers.zebra.status import HOST_STATUS, MODES, StatusAnswer
from drivers.zebra.talk import Talk
from tests.drivers.zebra.captures import CAPTURES, Capture

IDLE = host_status(PrinterStatus(), length=100)
PATIENCE = 20.0


class Player:
    """A wire on which a captured answer comes in the pieces it is cut into."""

    def __init__(self, capture: Capture, cuts: list[int]) -> None:
        self._capture = capture
        self._cuts = cuts
        self._arriving: list[bytes] = []

    def write(self, data: bytes, deadline: Deadline) -> None:
        assert not deadline.expired
        if data == self._capture.asked:
            self._arriving = cut(self._capture.answer, self._cuts)
        elif data == HOST_STATUS:
            self._arriving = [IDLE]

    def read(self, deadline: Deadline) -> bytes:
        if deadline.expired or not self._arriving:
            raise Silent("player", "no answer in time")
        return self._arriving.pop(0)

    def drain(self) -> bytes:
        return b""

    def close(self) -> None: ...


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    pieces = []
    for size in cuts:
        pieces.append(data[:size])
        data = data[size:]
    return [piece for piece in (*pieces, data) if piece]


def played(capture: Capture, cuts: list[int]) -> Zebra:
    zebra = Zebra("serial:///dev/null")
    wire = Player(capture, cuts)
    zebra._talk = Talk(wire, name=zebra._name, answer_seconds=0.5, baud=9600)
    zebra._talk._quiet = True
    return zebra


def status(zebra: Zebra, capture: Capture) -> object:
    told = zebra.status(Deadline.after(PATIENCE))
    answer = StatusAnswer("printer")
    answer.add(capture.answer)
    assert told == answer.status()
    return {
        "conditions": [str(each) for each in told.conditions],
        "formats": told.formats_in_buffer,
        "remaining": told.labels_remaining,
        "graphics": told.graphics_stored,
        "waiting": told.label_waiting,
        "mode": str(MODES.get(answer.mode, "")),
    }


def identity(zebra: Zebra, _capture: Capture) -> object:
    told = zebra.identity(Deadline.after(PATIENCE))
    assert told is not None
    return [told.model, told.firmware, told.dots_per_mm]


def health(zebra: Zebra, capture: Capture) -> object:
    try:
        warnings, stopped = zebra.warnings(Deadline.after(PATIENCE)), False
    except NotReady as error:
        stopped = bool(error.conditions)
    answer = HealthAnswer("printer")
    answer.add(capture.answer)
    parsed = answer.health()
    assert stopped == bool(parsed.conditions)
    assert stopped or warnings == parsed.warnings
    return {
        "conditions": [str(each) for each in parsed.conditions],
        "warnings": sorted(str(each) for each in parsed.warnings),
    }


def odometer(zebra: Zebra, _capture: Capture) -> object:
    return zebra.odometer(Deadline.after(PATIENCE))


def directory(zebra: Zebra, _capture: Capture) -> object:
    return sorted(zebra.stored(Deadline.after(PATIENCE)) or ())


VERBS: dict[bytes, Callable[[Zebra, Capture], object]] = {
    HOST_STATUS: status,
    HOST_IDENTIFICATION: identity,
    HOST_QUERY: health,
    GET_COUNT: odometer,
    LIST_STORED: directory,
}


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
@given(cuts=st.lists(st.integers(0, 60), max_size=12))
def test_an_answer_means_the_same_in_whatever_pieces_it_comes(
    capture: Capture, cuts: list[int]
) -> None:
    zebra = played(capture, cuts)
    if capture.garbled:
        with pytest.raises(Garbled, match=capture.garbled):
            VERBS[capture.asked](zebra, capture)
    else:
        assert VERBS[capture.asked](zebra, capture) == capture.means


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
@given(place=st.integers(0, 500), byte=st.integers(0, 255), cuts=st.lists(st.integers(1, 60)))
def test_an_answer_with_a_wrong_byte_is_understood_or_a_fault_and_nothing_else(
    capture: Capture, place: int, byte: int, cuts: list[int]
) -> None:
    at = place % len(capture.answer)
    spoilt = capture.answer[:at] + bytes([byte]) + capture.answer[at + 1 :]
    wrong = Capture(capture.name, capture.source, capture.asked, spoilt, None)
    zebra = played(wrong, cuts)
    told = fault_of(zebra, wrong)
    assert told is None or told.device == zebra._name
    assert len(str(told)) < 600


def fault_of(zebra: Zebra, capture: Capture) -> DriverError | None:
    verbs = {
        HOST_STATUS: zebra.status,
        HOST_IDENTIFICATION: zebra.identity,
        HOST_QUERY: zebra.warnings,
        GET_COUNT: zebra.odometer,
        LIST_STORED: zebra.stored,
    }
    try:
        verbs[capture.asked](Deadline.after(PATIENCE))
    except DriverError as error:
        return error
    return None


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
def test_every_capture_says_where_it_comes_from(capture: Capture) -> None:
    assert capture.source.startswith(("from the guide", "synthetic"))
