"""The listing of what a printer keeps: of the simulated printer, of real ones, and of liars."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import (
    Condition,
    DriverError,
    Garbled,
    NotReady,
    PrinterStatus,
    Silent,
    print_one,
)
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.replies import directory, host_status
from drivers.zebra import Zebra
from drivers.zebra.directory import LIST_STORED, DirectoryAnswer, parse_directory
from drivers.zebra.talk import Talk

PATIENCE = 20.0
IDLE = host_status(PrinterStatus(), length=100)
BOTH = frozenset({"A.GRF", "B.ZPL"})
LISTING = directory("R:*.*", (("R:A.GRF", 4), ("R:B.ZPL", 12)), free=8388592)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


@contextmanager
def simulated(
    *, tty: bool = False, directory: bool = True
) -> Iterator[tuple[Zebra, SimulatedPrinter]]:
    with SimulatedPrinter(on_label=lambda _label: None, directory=directory) as printer:
        url = printer.serve_tty(baud=115200) if tty else printer.serve_tcp()
        zebra = Zebra(url, poll_seconds=0.002, answer_seconds=0.5, proof_seconds=0)
        yield zebra, printer
        zebra.close()


@pytest.mark.parametrize("tty", [False, True])
def test_what_was_stored_is_listed_until_the_power_goes(*, tty: bool) -> None:
    with simulated(tty=tty) as (zebra, printer):
        assert zebra.stored(soon()) == frozenset()
        zebra.store(b"~DGR:A.GRF,1,1,F0^XA^DFR:B.ZPL^FS^FO1,1^XGR:A.GRF,1,1^FS^XZ", soon())
        assert zebra.stored(soon()) == BOTH
        printer.power_cycle()
        if not tty:
            with pytest.raises(DriverError):
                zebra.stored(soon())
        assert zebra.stored(soon()) == frozenset()


def test_a_printer_that_lists_nothing_has_no_listing_and_prints_as_ever() -> None:
    with simulated(directory=False) as (zebra, printer):
        assert zebra.stored(soon()) is None
        assert zebra.stored(soon()) is None
        print_one(zebra, b"^XA^FO1,1^GB9,9^FS^XZ", soon())
        assert printer.wait_printed(1, seconds=PATIENCE)


class Line:
    """A wire that answers each question with the next of its answers."""

    def __init__(self, *, listings: list[bytes], statuses: list[bytes]) -> None:
        self._answers = {LIST_STORED: listings, b"~HS": statuses}
        self._arriving: list[bytes] = []
        self.asked: list[bytes] = []

    def write(self, data: bytes, deadline: Deadline) -> None:
        assert not deadline.expired
        self.asked.append(data)
        self._arriving += [self._answers[data].pop(0)] if self._answers[data] else []

    def read(self, deadline: Deadline) -> bytes:
        if deadline.expired or not self._arriving:
            raise Silent("line", "no answer in time")
        return self._arriving.pop(0)

    def drain(self) -> bytes:
        return b""

    def close(self) -> None: ...


def asked(*listings: bytes, statuses: tuple[bytes, ...] = ()) -> tuple[Zebra, Line]:
    zebra = Zebra("serial:///dev/null")
    line = Line(listings=list(listings), statuses=list(statuses))
    zebra._talk = Talk(line, name=zebra._name, answer_seconds=0.5, baud=9600)
    zebra._talk._quiet = True
    return zebra, line


def test_silence_where_all_is_well_means_no_listing_and_is_asked_once() -> None:
    zebra, line = asked(statuses=(IDLE,))
    assert zebra.stored(soon()) is None
    assert zebra.stored(soon()) is None
    assert line.asked == [LIST_STORED, b"~HS"]


def test_silence_of_a_printer_that_cannot_work_proves_nothing() -> None:
    zebra, _ = asked(statuses=(host_status(PrinterStatus(paused=True), length=100),))
    with pytest.raises(NotReady) as caught:
        zebra.stored(soon())
    assert caught.value.conditions == (Condition.PAUSED,)


def test_silence_after_a_listing_is_a_fault() -> None:
    zebra, _ = asked(LISTING, statuses=(IDLE,))
    assert zebra.stored(soon()) == BOTH
    with pytest.raises(Silent, match="no listing of what is stored in time"):
        zebra.stored(soon())


def test_a_listing_that_is_cut_off_is_garbled() -> None:
    zebra, _ = asked(LISTING[:-10])
    with pytest.raises(Garbled, match="expected a listing of what is stored, got b'"):
        zebra.stored(soon())


REAL = (
    (
        b"\r\n- DIR R:*.* \r\n* R:0WX16KDN.TTF     42012          \r\n"
        b"* R:CG_TRIUMVIRATE.TTF     63560   P  \r\n\r\n-   2203648 bytes free R: RAM\r\n"
    ),
    (
        b"\r\nDIR R: \r\n*0WX16KDN.TTF  042012  000\r\n* CG_TRIUMVIRATE.TTF  063560  000\r\n"
        b"\r\n-0794292 bytes free\r\n"
    ),
    b"- DIR R:*.*\n*R:0WX16KDN.TTF 42012\n*R:CG_TRIUMVIRATE.TTF 63560\n-794292 bytes free",
)
"""The columns of Link-OS firmware, of the guide's description, and of its example."""


@pytest.mark.parametrize("listing", REAL)
def test_names_are_found_whatever_the_columns_are(listing: bytes) -> None:
    assert parse_directory(listing) == {"0WX16KDN.TTF", "CG_TRIUMVIRATE.TTF"}


@pytest.mark.parametrize(
    "listing",
    [
        b"",
        b"- DIR R:*.*",
        b"- DIR R:*.*\r\n* R:A.GRF 12",
        b"- DIR E:*.*\r\n- 12 bytes free",
        b"- DIR R:*.*\r\n* E:A.GRF 12\r\n- 12 bytes free",
        b"- DIR R:*.*\r\n* R:A.GRF\r\n- 12 bytes free",
        b"- DIR R:*.*\r\n* R:A GRF 12\r\n- 12 bytes free",
        b"- DIR R:*.*\r\nA.GRF 12\r\n- 12 bytes free",
        b"- DIR R:*.*\r\n* R:A.GRF 12 * R:B.GRF\r\n- many bytes free",
        b"- DIR R:*.*\r\n* R:\xc4.GRF 12\r\n- 12 bytes free",
    ],
)
def test_what_is_no_listing_is_refused_whole(listing: bytes) -> None:
    with pytest.raises(ValueError, match="expected "):
        parse_directory(listing)


NAMES = st.from_regex(r"[A-Z0-9_]{1,16}\.[A-Z]{3}", fullmatch=True)


@given(
    st.frozensets(NAMES, max_size=20),
    st.sampled_from([b"", b"\r\n", IDLE, b"\x02half a frame", b"\x11\x13"]),
    st.lists(st.integers(1, 60), max_size=10),
)
def test_a_listing_is_understood_in_whatever_pieces_and_company_it_comes(
    names: frozenset[str], noise: bytes, cuts: list[int]
) -> None:
    data = noise + directory("R:*.*", ((f"R:{each}", 7) for each in names), free=1)
    answer = DirectoryAnswer("printer")
    for cut in (*cuts, len(data)):
        answer.add(data[:cut])
        data = data[cut:]
    assert answer.complete
    assert answer.names() == names


@given(
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"\x02", b"DIR R:\r\n", b"\x03"])))
)
def test_no_answer_whatever_makes_it_fail_otherwise(pieces: list[bytes]) -> None:
    answer = DirectoryAnswer("printer")
    error: DriverError | None = None
    try:
        for piece in pieces:
            answer.add(piece)
        if answer.complete:
            answer.names()
    except Garbled as garbled:
        error = garbled
    assert isinstance(error or answer.missing(), Garbled | Silent)


def test_a_listing_without_end_is_garbled_in_bounded_memory() -> None:
    answer = DirectoryAnswer("printer")
    answer.add(b"bla bla\r\n" * 100_000)
    assert len(answer._heard.pending) == 0
    answer.add(b"\x02- DIR R:*.*\r\n")
    answer.add(b"* R:A.GRF 1\r\n" * 9000)
    with pytest.raises(Garbled, match="expected a listing"):
        answer.add(b"* R:A.GRF 1\r\n" * 2000)
    assert len(answer._heard.pending) < 200_000
