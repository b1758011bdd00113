"""The door for commands: a socket in the data folder of a station that runs.

One line of JSON in, one line out, and the talk is over:

    {"ask": "settle", "by": "王芳", "request": {"order": "WO-1", "number": 5, …}}
    {"done": true, "problems": []}

Only the user the station runs as can open the socket, and the system says which user that was; the
name is what they typed, as on the pages. What is asked goes the way every request goes, over the
board, so nothing a command does can come between a print and its verdict.

A station that stands still has no door; what needs no device is then done at the desk: decide().
"""

import os
import pwd
import queue
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from drivers.deadline import Deadline
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import Shape
from station.line.approval import Approvals
from station.line.board import (
    Approve,
    ApproveBaseline,
    AtDesk,
    Board,
    Challenge,
    Clear,
    Close,
    Dispose,
    Enrol,
    Grant,
    Interrupt,
    Look,
    Measure,
    Prove,
    Reprint,
    Retire,
    Settle,
    TakeStep,
    Use,
)
from station.line.desk import Desk
from station.line.spoken import problems_of

SOCKET = "station.sock"

LONGEST_QUESTION = 16_384
"""Bytes; a request has a name and a reason."""

LONGEST_ANSWER = 262_144
"""Bytes; a refusal names up to a hundred differences."""

TALK_SECONDS = 2.0
"""Longest time for either side to send its line."""

ANSWER_SECONDS = 20.0
"""Longest wait for the station; it answers between two labels."""

MOST_TALKS = 16
"""At once; who comes later is turned away."""

Decision = (
    Settle
    | Look
    | Reprint
    | Measure
    | Use
    | Close
    | Approve
    | Retire
    | Prove
    | Challenge
    | Interrupt
    | Clear
    | TakeStep
    | Enrol
    | Dispose
    | Grant
    | ApproveBaseline
)

Kind = Literal[
    "settle",
    "look",
    "reprint",
    "measure",
    "use",
    "close",
    "approve",
    "retire",
    "prove",
    "challenge",
    "interrupt",
    "clear",
    "step",
    "enrol",
    "dispose",
    "grant",
    "baseline",
]


class Question(Shape):
    ask: Kind
    by: str
    request: dict[str, str | int | bool]


class Answer(Shape):
    done: bool = False
    """Whether the station has done it; if not, and nothing is refused, it still will."""

    problems: tuple[Problem, ...] = ()


class NoStation(Refused):
    """No station runs in this folder."""


_KINDS: dict[str, TypeAdapter[Decision]] = {
    "settle": TypeAdapter(Settle),
    "look": TypeAdapter(Look),
    "reprint": TypeAdapter(Reprint),
    "measure": TypeAdapter(Measure),
    "use": TypeAdapter(Use),
    "close": TypeAdapter(Close),
    "approve": TypeAdapter(Approve),
    "retire": TypeAdapter(Retire),
    "prove": TypeAdapter(Prove),
    "challenge": TypeAdapter(Challenge),
    "interrupt": TypeAdapter(Interrupt),
    "clear": TypeAdapter(Clear),
    "step": TypeAdapter(TakeStep),
    "enrol": TypeAdapter(Enrol),
    "dispose": TypeAdapter(Dispose),
    "grant": TypeAdapter(Grant),
    "baseline": TypeAdapter(ApproveBaseline),
}
_NAMES: dict[type, Kind] = {
    Settle: "settle",
    Look: "look",
    Reprint: "reprint",
    Measure: "measure",
    Use: "use",
    Close: "close",
    Approve: "approve",
    Retire: "retire",
    Prove: "prove",
    Challenge: "challenge",
    Interrupt: "interrupt",
    Clear: "clear",
    TakeStep: "step",
    Enrol: "enrol",
    Dispose: "dispose",
    Grant: "grant",
    ApproveBaseline: "baseline",
}


def actor_of(name: str, *, uid: int) -> str:
    """Who decides: the name they gave, and the user the system knows them as."""
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    return f"{name.strip()} (command line, {user})"


def decide(desk: Desk, decision: AtDesk, *, by: str) -> None:
    """Write down, for a station that stands still, what a person decided. Raises Refused."""
    refuse(problems_of(decision, by=by))
    desk.decide(decision, actor=actor_of(by, uid=os.getuid()))


def decide_design(approvals: Approvals, decision: Approve | Retire, *, by: str) -> None:
    """The same for the design of a label. Raises Refused."""
    refuse(problems_of(decision, by=by))
    actor = actor_of(by, uid=os.getuid())
    match decision:
        case Approve():
            approvals.approve(decision, actor=actor)
        case Retire():
            approvals.retire(decision, actor=actor)


def ask(folder: Path, decision: Decision, *, by: str, seconds: float = ANSWER_SECONDS) -> bool:
    """Hand a decision to the station that runs here; whether it has done it already.

    Raises Refused with its reasons, NoStation where none runs.
    """
    refuse(problems_of(decision, by=by))
    question = Question(ask=_NAMES[type(decision)], by=by, request=asdict(decision))
    with _connected(folder) as connection:
        try:
            connection.settimeout(TALK_SECONDS)
            connection.sendall(question.model_dump_json().encode() + b"\n")
            deadline = Deadline.after(seconds + TALK_SECONDS)
            line = _line(connection, deadline=deadline, most=LONGEST_ANSWER)
            answer = Answer.model_validate_json(line)
        except (OSError, ValidationError):
            raise Refused(problem("The station has broken off: it may be stopping.")) from None
    refuse(answer.problems)
    return answer.done


def served(folder: Path) -> bool:
    """Whether a station runs here."""
    try:
        with _connected(folder):
            return True
    except Refused:
        return False


class Control:
    """Answers from start() to stop(), on threads of its own."""

    def __init__(self, folder: Path, board: Board, *, seconds: float = ANSWER_SECONDS) -> None:
        """`seconds` is how long one question waits for the station."""
        self._folder = folder
        self._board = board
        self._seconds = seconds
        self._talks = threading.BoundedSemaphore(MOST_TALKS)
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Whoever starts holds the folder, so a socket left in it is nobody's. Raises Refused."""
        listener = _listening(self._folder)
        self._listener = listener
        self._thread = threading.Thread(
            target=self._serve, args=(listener,), name="control", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Safe to call twice."""
        if self._listener is None or self._thread is None:
            return
        self._stopping.set()
        with suppress(OSError):
            (self._folder / SOCKET).unlink()
        with suppress(OSError):  # it may have been closed from its other side
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        self._listener = None

    def _serve(self, listener: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                # Out of handles, say; it passes, or the station is stopping.
                self._stopping.wait(0.1)
                continue
            if not self._talks.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(
                target=self._talk, args=(connection,), name="control talk", daemon=True
            ).start()

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection:
                answer = self._answer(connection)
                connection.settimeout(TALK_SECONDS)
                connection.sendall(answer.model_dump_json().encode() + b"\n")
        except OSError:
            pass  # whoever asked went away; what they asked for stands in the journal
        finally:
            self._talks.release()

    def _answer(self, connection: socket.socket) -> Answer:
        """Raises OSError when the other side does not speak."""
        deadline = Deadline.after(TALK_SECONDS)
        line = _line(connection, deadline=deadline, most=LONGEST_QUESTION)
        try:
            decision, by = understood(line)
            answer = self._board.ask(decision, actor=actor_of(by, uid=_user_of(connection)))
            answer.result(timeout=self._seconds)
        except Refused as refused:
            return Answer(problems=refused.problems)
        except queue.Full:
            full = problem("The station does not answer: too many requests wait for it.")
            return Answer(problems=(full,))
        except TimeoutError:
            return Answer()
        return Answer(done=True)


def understood(line: bytes) -> tuple[Decision, str]:
    """What a line asks for, and who asks. Raises Refused for everything else."""
    try:
        question = Question.model_validate_json(line)
        decision = _KINDS[question.ask].validate_python(question.request)
    except ValidationError:
        raise Refused(problem("The station does not understand this request.")) from None
    refuse(problems_of(decision, by=question.by))
    return decision, question.by


def _line(connection: socket.socket, *, deadline: Deadline, most: int) -> bytes:
    """Everything up to the first line break. Raises OSError if it is late, too long, or cut off."""
    received = bytearray()
    while b"\n" not in received:
        # A time-out of 0 would mean: do not wait at all.
        connection.settimeout(max(deadline.remaining(), 0.001))
        piece = connection.recv(4096)
        received += piece
        if not piece or len(received) > most or deadline.expired:
            raise ConnectionAbortedError
    return bytes(received.partition(b"\n")[0])


def _user_of(connection: socket.socket) -> int:
    """The user id of the process at the other end (unix(7), SO_PEERCRED: pid, uid, gid)."""
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", found)[1])


def _listening(folder: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Before it has a name: nobody else can open it even for a moment.
        os.fchmod(listener.fileno(), 0o600)
        with _address(folder) as address:
            Path(address).unlink(missing_ok=True)
            listener.bind(address)
        listener.listen(MOST_TALKS)
    except OSError as error:
        listener.close()
        raise Refused(
            problem(
                "The socket for commands cannot be made in {folder}: {why}.",
                folder=str(folder),
                why=error.strerror or str(error),
            )
        ) from None
    return listener


@contextmanager
def _connected(folder: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(TALK_SECONDS)
        try:
            with _address(folder) as address:
                connection.connect(address)
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            raise NoStation(problem("No station runs in {folder}.", folder=str(folder))) from None
        except OSError as error:
            raise Refused(
                problem(
                    "The station in {folder} cannot be reached: {why}.",
                    folder=str(folder),
                    why=error.strerror or str(error),
                )
            ) from None
        yield connection


@contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The socket's name. An address holds 107 bytes (unix(7)) and a path may be longer, so it
    goes through the opened folder.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET}"
    finally:
        os.close(handle)
