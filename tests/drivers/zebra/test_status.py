"""What ~HS answers, whatever it comes in."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import DriverError, Garbled, PrinterStatus, Silent
from drivers.simulated.printer.replies import host_status
from drivers.zebra.status import StatusAnswer

flags = st.booleans()
statuses = st.builds(
    PrinterStatus,
    paper_out=flags,
    ribbon_out=flags,
    head_open=flags,
    paused=flags,
    buffer_full=flags,
    over_temperature=flags,
    under_temperature=flags,
    corrupt_memory=flags,
    partial_format=flags,
    label_waiting=flags,
    formats_in_buffer=st.integers(0, 999),
    labels_remaining=st.integers(0, 99_999_999),
    graphics_stored=st.integers(0, 999),
)


@given(statuses, st.lists(st.integers(1, 40), max_size=10))
def test_every_status_is_understood_in_whatever_pieces_it_comes(
    status: PrinterStatus, cuts: list[int]
) -> None:
    data = host_status(status, length=320)
    answer = StatusAnswer("printer")
    for cut in (*cuts, len(data)):
        answer.add(data[:cut])
        data = data[cut:]
    assert answer.complete
    assert answer.status() == status


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_no_answer_whatever_makes_it_fail_otherwise(pieces: list[bytes]) -> None:
    answer = StatusAnswer("printer")
    try:
        for piece in pieces:
            answer.add(piece)
        error: DriverError = answer.missing()
    except Garbled as garbled:
        error = garbled
    assert isinstance(error, Garbled | Silent)
    assert len(answer._heard.pending) < 400
    assert all(len(frame) < 400 for frame in answer._frames)
