import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import DriverError, NotReady, Unreachable, print_one
from drivers.zebra import Zebra
from station.core.judge import Code
from torture.answers import WorldServer, _Answers, _Clients
from torture.line import Line, WorldGate, WorldReader
from torture.truth import Truth
from torture.world import Fault, Place, World

Made = Callable[..., World]


@pytest.fixture
def made() -> Iterator[Made]:
    with ExitStack() as opened:

        def make(faults: dict[int, Fault] | None = None) -> World:
            world = World(faults or {})
            opened.callback(world.close)
            return world

        yield make


@pytest.fixture
def line(made: Made) -> Iterator[Line]:
    server = WorldServer(made())
    line = Line(server.port)
    yield line
    line.close()
    server.close()


def label(serial: str) -> bytes:
    data = f"_101069728691820191126112021{serial}"
    return f"^XA^PW400^LL200^FO40,40^BXN,4,200,,,,_,1^FH\\^FD{data}^FS^XZ".encode()


def sent(world: World, *serials: str) -> list[DriverError]:
    """Print with the real driver; what it raised."""
    printer = Zebra(world.printer_url, answer_seconds=0.3, poll_seconds=0.005)
    raised = []
    for serial in serials:
        try:
            print_one(printer, label(serial), Deadline.after(2.0))
        except DriverError as error:
            raised.append(error)
    printer.close()
    return raised


def places(world: World, *serials: str) -> list[tuple[str, ...]]:
    return [world.where(each) for each in serials]


def test_a_label_that_came_out_is_known_by_what_is_on_it(made: Made) -> None:
    world = made()
    assert sent(world, "CN000001") == []
    assert world.truth() == Truth(printed=("CN000001",))
    assert world.look()[0].symbols == (("]d2", b"01069728691820191126112021CN000001"),)


def test_half_a_label_is_known_by_the_bytes_that_made_it(made: Made) -> None:
    world = made({1: Fault.HALF_PRINTED})
    assert [type(each) for each in sent(world, "CN000001")] == [NotReady]
    assert world.truth().printed == ("CN000001",)
    assert world.look()[0].symbols == ()


def test_the_gate_takes_what_lies_there_first_and_only_that(made: Made) -> None:
    world = made({1: Fault.TWIN})
    sent(world, "CN000001", "CN000002")
    world.release()
    world.reject()
    assert world.truth() == Truth(
        printed=("CN000001", "CN000001", "CN000002"), passed=("CN000001",), doubled=("CN000001",)
    )
    assert places(world, "CN000001", "CN000002") == [(Place.PASSED, Place.BIN), (Place.VIEW,)]


def test_a_twin_of_which_no_copy_passed_is_scrap_and_no_more(made: Made) -> None:
    world = made({1: Fault.TWIN})
    sent(world, "CN000001")
    assert places(world, "CN000001") == [(Place.VIEW, Place.VIEW)]
    world.destroy("CN000001")
    assert world.truth() == Truth(printed=("CN000001",))
    assert world.twins() == (Place.DESTROYED,)


def test_the_label_laid_before_the_reader_lies_there_alone(made: Made) -> None:
    world = made()
    sent(world, "CN000001", "CN000002")
    world.lay("CN000002")
    assert places(world, "CN000001", "CN000002") == [(Place.BIN,), (Place.VIEW,)]


def test_a_gate_with_nothing_before_it_lets_nothing_through(made: Made) -> None:
    world = made()
    world.release()
    assert world.truth() == Truth()


def test_a_late_twin_lies_in_view_when_the_first_label_is_gone(made: Made) -> None:
    world = made({1: Fault.LATE_TWIN})
    sent(world, "CN000001")
    assert world.twins() == ()
    world.release()
    assert world.twins() == (Place.VIEW,)
    assert world.truth() == Truth(printed=("CN000001",), passed=("CN000001",))


def test_what_has_passed_the_gate_cannot_be_destroyed_any_more(made: Made) -> None:
    world = made()
    sent(world, "CN000001", "CN000002")
    world.release()
    world.destroy("CN000001")
    world.destroy("CN000002")
    assert places(world, "CN000001", "CN000002") == [(Place.PASSED,), (Place.DESTROYED,)]


@pytest.mark.parametrize(
    ("fault", "raised", "printed"),
    [
        (Fault.CUT_OFF, "Unreachable", 1),
        (Fault.SWITCHED_OFF, "Unreachable", 0),
        (Fault.HALF_SENT, "Unreachable", 0),
        (Fault.SILENT, "Silent", 1),
        (Fault.LOST, None, 0),
    ],
)
def test_the_driver_sees_what_it_would_of_a_real_printer(
    made: Made, fault: Fault, raised: str | None, printed: int
) -> None:
    world = made({1: fault})
    assert [type(each).__name__ for each in sent(world, "CN000001")] == ([raised] if raised else [])
    world.mend()
    assert len(world.truth().printed) == printed


def test_a_printer_that_was_switched_off_half_way_prints_the_next_label_whole(made: Made) -> None:
    world = made({1: Fault.HALF_SENT})
    assert len(sent(world, "CN000001")) == 1
    assert sent(world, "CN000002") == []
    assert world.truth().printed == ("CN000002",)


def test_the_world_rests_only_when_everything_sent_by_the_dead_is_printed(made: Made) -> None:
    world = made()
    host, _, port = world.printer_url.removeprefix("tcp://").rpartition(":")
    with socket.create_connection((host, int(port))) as station:
        station.sendall(label("CN000001") + label("CN000002"))
    assert world.quiet()
    assert world.truth().printed == ("CN000001", "CN000002")


@given(st.binary(max_size=60) | st.sampled_from([b"{}", b"[1]", b'{"do": []}', b'{"do": "x"}']))
def test_whatever_is_asked_gets_one_line_back(asked: bytes) -> None:
    """No world is needed to see that it is no request."""
    world = _NOWHERE
    assert _Answers(world, _Clients()).line(asked) == b'{"error": "not a request"}\n'


_NOWHERE = World.__new__(World)


def test_reader_and_gate_reach_the_world_over_its_port(line: Line) -> None:
    assert not WorldReader(line).in_view()
    assert WorldReader(line).look(("]d2",), printed_at=0.0).missing == Code.NONE
    WorldGate(line).release(Deadline.after(1.0))
    assert line.truth() == Truth()
    assert line.where("CN000001") == ()


def test_the_world_rests_when_only_the_one_who_asks_is_left(line: Line) -> None:
    assert line.quiet()


def test_a_world_that_is_gone_is_a_device_that_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match="world: Connection refused"):
        Line(port).truth()
