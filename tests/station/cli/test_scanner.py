"""The challenge card on the command line: printed, drawn, scanned, with a station and without."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from drivers.interface import Symbol
from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.scanner import SimulatedScanner
from station.__main__ import app
from station.core.challenge_card import CARD, problems
from station.core.events import ScannerProved, StationStarted, SymbolRead
from station.core.problem import Refused
from station.line.board import Asked, Board, Prove
from station.line.control import Control
from station.records.journal import Journal, read_only, recorded
from station.records.proofs import Proofs
from station.vision.decode import decode

RUN = CliRunner(env={"LC_ALL": "C.UTF-8"})
LOST = CARD.encode().replace(b"\x1d", b"")
CHANGED = problems(Symbol("]d2", LOST, "scanner"))


@pytest.fixture
def device() -> Iterator[SimulatedScanner]:
    simulated = SimulatedScanner()
    yield simulated
    simulated.close()


@pytest.fixture
def config_file(tmp_path: Path, device: SimulatedScanner) -> Path:
    """A station that stands still, and has records."""
    path = tmp_path / "station.yaml"
    path.write_text(
        f"data: data\nreader: {{scanner: '{device.url}', scan_seconds: 5}}\n"
        "printer: {url: simulated, seconds: 5}\n"
    )
    journal = Journal(tmp_path / "data")
    journal.append(StationStarted(version="1", configuration="c"))
    journal.close()
    return path


def command(config_file: Path, *words: str, language: str = "C.UTF-8") -> Result:
    arguments = ["scanner", *words, "--config", str(config_file)]
    return RUN.invoke(app, arguments, env={"LC_ALL": language})


@contextmanager
def scanning(device: SimulatedScanner, data: bytes) -> Iterator[None]:
    """Somebody who scans the card again and again until it is taken."""
    done = threading.Event()

    def scan() -> None:
        while not done.wait(0.05):
            device.scan("]d2", data)

    with ThreadPoolExecutor() as pool:
        pool.submit(scan)
        try:
            yield
        finally:
            done.set()


def proofs(config_file: Path) -> list[ScannerProved]:
    db = read_only(config_file.parent / "data")
    found = [each.event for each in recorded(db) if isinstance(each.event, ScannerProved)]
    db.close()
    return found


def test_the_card_is_drawn_and_can_be_read(config_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "card.png"
    assert command(config_file, "card", "--out", str(out)).exit_code == 0
    read = decode(np.asarray(Image.open(out).convert("L"))).symbols
    assert {each.identifier for each in read} == {"]d2", "]C1"}
    (square,) = [each for each in read if each.identifier == "]d2"]
    assert problems(square) == ()


def test_the_card_is_one_format_for_any_printer(config_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "card.ZPL"
    assert command(config_file, "card", "-o", str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"^XA")
    assert out.read_bytes().rstrip().endswith(b"^XZ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Say where the card goes"),
        (("--out", "card.pdf"), "Expected a file that ends in .zpl or .png, got 'card.pdf'."),
        (("--print",), "printer.url: There is no such device"),
        (("--out", "/nowhere/card.png"), "No such file or directory"),
    ],
)
def test_a_card_that_cannot_be_made_is_refused_in_a_sentence(
    config_file: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = command(config_file, "card", *words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_the_card_is_printed_once(config_file: Path) -> None:
    labels: list[PrintedLabel] = []
    printer = SimulatedPrinter(dots_per_mm=8, on_label=labels.append)
    try:
        url = printer.serve_tcp()
        config_file.write_text(config_file.read_text().replace("simulated", url))
        assert command(config_file, "card", "--print").exit_code == 0
    finally:
        printer.close()
    (label,) = labels
    read = {each.identifier: each for each in decode(label.picture).symbols}
    assert problems(read["]d2"]) == ()


def test_a_printer_that_does_not_answer_says_that_it_may_have_printed(config_file: Path) -> None:
    text = config_file.read_text().replace("simulated, seconds: 5", "'tcp://127.0.0.1:9'")
    config_file.write_text(text)
    result = command(config_file, "card", "--print")
    assert result.exit_code == 2
    assert "The card was perhaps not printed" in result.stderr


def test_a_station_that_runs_keeps_its_printer_and_its_scanner(config_file: Path) -> None:
    text = config_file.read_text().replace("simulated, seconds: 5", "'tcp://127.0.0.1:9'")
    config_file.write_text(text)
    control = Control(config_file.parent / "data", Board())
    control.start()
    try:
        result = command(config_file, "card", "--print")
    finally:
        control.stop()
    assert "A station runs here, and the device is its own" in result.stderr


def test_a_scanner_that_changes_nothing_is_written_down(
    config_file: Path, device: SimulatedScanner
) -> None:
    with scanning(device, CARD.encode()):
        result = command(config_file, "prove", "--by", "王芳")
    assert result.exit_code == 0, result.output
    assert "The scanner changes nothing." in result.output
    (event,) = proofs(config_file)
    assert (event.scanner, event.problems) == (device.url, ())
    last = Proofs(read_only(config_file.parent / "data")).last(device.url)
    assert last
    assert last.actor.startswith("王芳 (command line")


def test_a_scanner_that_changes_something_is_told_in_the_language_of_the_terminal(
    config_file: Path, device: SimulatedScanner
) -> None:
    with scanning(device, LOST):
        result = command(config_file, "prove", "--by", "Li", language="zh_CN.UTF-8")
    assert result.exit_code == 1
    assert "分隔符（GS）丢失" in result.stderr
    assert len(proofs(config_file)) == 1


@pytest.mark.parametrize("by", ["", " ", "a\nb", "x" * 61])
def test_whoever_scans_gives_a_name(config_file: Path, by: str) -> None:
    assert command(config_file, "prove", "--by", by).exit_code == 1
    assert proofs(config_file) == []


def answering(config_file: Path, board: Board, answer: str, scanner: str) -> None:
    """A station that is asked: it refuses, does it, or does it when its visitor is gone."""
    asked = board.next_asked(seconds=30.0)
    assert isinstance(asked, Asked)
    assert asked.request == Prove()
    if answer == "refused":
        asked.answer.set_exception(Refused(*CHANGED))
        return
    if answer == "done":
        asked.answer.set_result(None)
        return
    found = CHANGED if answer == "late and lost" else ()
    journal = Journal(config_file.parent / "data")
    journal.append(
        ScannerProved(
            scanner=scanner,
            card=CARD.encode().hex(),
            symbol=SymbolRead(identifier="]d2", data="00", engine="scanner"),
            problems=found,
        )
    )
    journal.close()


@pytest.mark.parametrize(
    ("answer", "code"), [("done", 0), ("refused", 1), ("late", 0), ("late and lost", 1)]
)
def test_a_station_that_runs_is_asked_and_waited_for(
    config_file: Path, device: SimulatedScanner, answer: str, code: int
) -> None:
    board = Board()
    control = Control(config_file.parent / "data", board, seconds=0.2)
    control.start()
    try:
        with ThreadPoolExecutor() as pool:
            station = pool.submit(answering, config_file, board, answer, device.url)
            result = command(config_file, "prove", "--by", "王芳")
            station.result()
    finally:
        control.stop()
    assert result.exit_code == code, result.output
    if code:
        assert "separators (GS) are lost" in result.stderr
