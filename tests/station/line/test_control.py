import json
import os
import pwd
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.core.problem import Refused, problem
from station.core.reconciliation import Stock
from station.core.state import LabelState
from station.line.board import (
    Approve,
    ApproveBaseline,
    Asked,
    Board,
    Close,
    Enrol,
    Grant,
    Interrupt,
    Look,
    Prove,
    Reprint,
    Retire,
    Settle,
    Use,
)
from station.line.control import (
    SOCKET,
    Control,
    Decision,
    NoStation,
    actor_of,
    ask,
    served,
    understood,
)

USER = pwd.getpwuid(os.getuid()).pw_name
SETTLE = Settle("WO-1", 5, LabelState.DESTROYED, "found at the printer", "李伟")
DECISIONS: list[Decision] = [
    SETTLE,
    Look("WO-1", 5),
    Reprint("WO-1", 5, "blots", "李伟"),
    Use("WO-1", Stock.ROLL_END, 3, "roll was changed"),
    Close("WO-1", "two were never found", "李伟"),
    Approve("unit", "1", "0" * 64, "李伟", "the pilot run was good"),
    Retire("unit", "1", "the address is wrong"),
    Prove(),
]


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def control(tmp_path: Path, board: Board) -> Iterator[Control]:
    made = Control(tmp_path, board, seconds=10.0)
    made.start()
    yield made
    made.stop()


def answered(
    board: Board, folder: Path, decision: Decision, answering: Callable[[Asked], None]
) -> tuple[Future[bool], Asked]:
    """Ask over the socket while the station answers."""
    with ThreadPoolExecutor() as pool:
        told = pool.submit(ask, folder, decision, by=" 王芳 ")
        asked = board.next_asked(seconds=10.0)
        assert asked
        answering(asked)
    return told, asked


def done(asked: Asked) -> None:
    asked.answer.set_result(None)


def raw(folder: Path, sent: bytes) -> bytes:
    """What the socket answers to these bytes; nothing if it hangs up."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10.0)
        connection.connect(str(folder / SOCKET))
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(4096), b""))
        except (BrokenPipeError, ConnectionResetError):
            return b""


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda each: type(each).__name__)
def test_a_command_asks_what_a_page_would_ask(
    control: Control,  # noqa: ARG001 - it answers
    board: Board,
    tmp_path: Path,
    decision: Decision,
) -> None:
    told, asked = answered(board, tmp_path, decision, done)
    assert told.result() is True
    assert asked.request == decision
    assert asked.actor == f"王芳 (command line, {USER})"


def test_a_refusal_comes_back_with_every_sentence_and_can_be_translated(
    control: Control,  # noqa: ARG001 - it answers
    board: Board,
    tmp_path: Path,
) -> None:
    found = (problem("There is no order {id!r}.", id="x"), problem("Put the line on hold first."))
    told, _ = answered(
        board, tmp_path, SETTLE, lambda asked: asked.answer.set_exception(Refused(*found))
    )
    with pytest.raises(Refused) as refused:
        told.result()
    assert refused.value.problems == found


def test_a_busy_station_says_that_it_will(tmp_path: Path, board: Board) -> None:
    control = Control(tmp_path, board, seconds=0.01)
    control.start()
    assert ask(tmp_path, SETTLE, by="王芳") is False
    assert board.next_asked(seconds=0.0), "the request stays with the station"
    control.stop()


def test_a_station_that_never_answers_is_not_asked_for_ever(
    control: Control,  # noqa: ARG001 - it answers
    board: Board,
    tmp_path: Path,
) -> None:
    for _ in range(100):
        board.ask(SETTLE, actor="Li")
    with pytest.raises(Refused, match="too many requests wait for it"):
        ask(tmp_path, SETTLE, by="王芳")


def test_where_no_station_runs_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoStation, match="No station runs in"):
        ask(tmp_path, SETTLE, by="王芳")
    with pytest.raises(NoStation):
        ask(tmp_path / "nowhere", SETTLE, by="王芳")
    assert not served(tmp_path)


def test_only_the_user_of_the_station_can_open_the_socket(
    control: Control,  # noqa: ARG001 - it made it
    tmp_path: Path,
) -> None:
    mode = (tmp_path / SOCKET).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_a_socket_left_by_a_kill_is_taken_over(tmp_path: Path, board: Board) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET))
    assert not served(tmp_path)
    control = Control(tmp_path, board)
    control.start()
    assert served(tmp_path)
    control.stop()
    control.stop()
    assert not (tmp_path / SOCKET).exists()


def test_a_folder_with_a_long_name_has_a_socket_too(tmp_path: Path, board: Board) -> None:
    """An address holds 107 bytes (unix(7))."""
    folder = tmp_path.joinpath(*["工作站" * 20] * 3)
    folder.mkdir(parents=True)
    control = Control(folder, board, seconds=10.0)
    control.start()
    told, _ = answered(board, folder, SETTLE, done)
    assert told.result() is True
    control.stop()


def test_a_place_that_takes_no_socket_is_refused_in_a_sentence(
    tmp_path: Path, board: Board
) -> None:
    (tmp_path / SOCKET).mkdir()
    with pytest.raises(Refused, match="The socket for commands cannot be made in"):
        Control(tmp_path, board).start()


@pytest.mark.parametrize(
    "decision",
    [
        Settle("WO-1", 2**63, LabelState.DESTROYED, "x", "y"),
        Settle("WO-1", -1, LabelState.DESTROYED, "x", "y"),
        Settle("WO\n1", 1, LabelState.DESTROYED, "x", "y"),
        Settle("WO-1", 1, LabelState.DESTROYED, "x" * 201, "y"),
        Settle("WO-1", 1, LabelState.DESTROYED, " ", "y"),
        Settle("WO-1", 1, LabelState.DESTROYED, "x", "y" * 61),
        Close("WO-1", "x" * 1001, "y"),
    ],
)
def test_what_cannot_be_recorded_is_refused_before_and_behind_the_socket(
    tmp_path: Path, decision: Decision
) -> None:
    with pytest.raises(Refused) as before:
        ask(tmp_path, decision, by="王芳")
    assert not isinstance(before.value, NoStation)


def test_a_name_is_needed(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Say who you are"):
        ask(tmp_path, SETTLE, by=" ")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["ask", "by", "request", "order", "number", "outcome"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_GARBAGE = (
    st.binary(max_size=200)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {
            "ask": st.sampled_from(
                ["settle", "look", "reprint", "measure", "use", "close", "approve", "retire"]
            ),
            "by": st.text(max_size=80),
            "request": st.dictionaries(
                st.sampled_from(
                    ["order", "number", "outcome", "reason", "kind", "count", "template", "author"]
                ),
                st.text(max_size=10) | st.integers(),
            ),
        }
    ).map(lambda value: json.dumps(value).encode())
)


@given(_GARBAGE)
def test_a_line_is_a_request_that_can_be_recorded_or_is_refused(line: bytes) -> None:
    try:
        decision, by = understood(line)
    except Refused:
        return
    assert 0 < len(by.strip()) <= 60
    if isinstance(decision, Approve | Retire):
        assert (decision.template + decision.revision + decision.reason).isprintable()
        return
    if isinstance(decision, Interrupt):
        assert decision.reason.isprintable()
        return
    if isinstance(decision, Prove):
        return
    if isinstance(decision, Enrol | Grant | ApproveBaseline):
        assert decision.reason.isprintable()
        return
    assert decision.order.isprintable()
    if isinstance(decision, Settle | Look | Reprint):
        assert 0 <= decision.number < 2**63


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300).filter(lambda sent: b"settle" not in sent))
def test_no_bytes_at_the_socket_hurt_the_station(
    control: Control,  # noqa: ARG001 - it answers
    tmp_path: Path,
    board: Board,
    sent: bytes,
) -> None:
    answer = raw(tmp_path, sent)
    if answer:
        told = json.loads(answer)
        assert not told["done"]
        assert told["problems"]
    assert board.next_asked(seconds=0.0) is None
    assert served(tmp_path)


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"x" * 100_000, b"[" * 15_000 + b"\n", b"\n", b'"\\ud800"\n']
)
def test_a_line_without_end_or_sense_is_answered_or_hung_up_on(
    control: Control,  # noqa: ARG001 - it answers
    tmp_path: Path,
    sent: bytes,
) -> None:
    assert b'"done":true' not in raw(tmp_path, sent)
    assert served(tmp_path)


def test_many_who_say_nothing_keep_nobody_out_for_long(
    control: Control,  # noqa: ARG001 - it answers
    board: Board,
    tmp_path: Path,
) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _ in range(40)]
    for each in silent:
        each.connect(str(tmp_path / SOCKET))
    for each in silent:
        each.close()
    told = threading.Event()

    def until_heard() -> None:
        while not told.is_set():
            try:
                ask(tmp_path, SETTLE, by="王芳")
            except NoStation:
                raise
            except Refused:
                continue
            told.set()

    with ThreadPoolExecutor() as pool:
        asking = pool.submit(until_heard)
        asked = board.next_asked(seconds=30.0)
        assert asked
        done(asked)
        asking.result()


def test_a_user_the_system_does_not_know_is_called_by_number() -> None:
    assert actor_of("Li", uid=4_000_000_000) == "Li (command line, 4000000000)"


def test_who_hangs_up_takes_nothing_with_it(
    control: Control,  # noqa: ARG001 - it answers
    board: Board,
    tmp_path: Path,
) -> None:
    """The request stands; its answer has nobody to go to."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(tmp_path / SOCKET))
    line = {"ask": "look", "by": "Li", "request": {"order": "WO-1", "number": 5}}
    connection.sendall(json.dumps(line).encode() + b"\n")
    asked = board.next_asked(seconds=10.0)
    # Resets the connection instead of ending it in good order.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    assert asked
    done(asked)
    assert served(tmp_path)
