"""A camera that begins to lag shows labels of before, and those of a lot are all alike."""

from datetime import timedelta
from pathlib import Path

from drivers.deadline import Deadline
from drivers.simulated.faults import Step
from station.app import local_today, records_of
from station.core.state import LabelState
from station.line.board import Mode, Start
from tests.faults.shift import SECONDS, Shift, shift

MADE = local_today() - timedelta(days=2)
LOT_ORDER = f"""\
id: L-1
product: HAS-MHB-X2
level: primary
quantity: 5
lot: "{MADE:%Y%m%d}"
production_date: {MADE}
template: has-mhb-x2-primary
revision: "1"
"""


def test_a_bad_label_of_a_lot_is_not_accepted_for_the_picture_of_the_one_before(
    tmp_path: Path,
) -> None:
    with shift(tmp_path) as line:
        line.bench.order("camera-lagging", at=2, step=Step.READY)
        for number in (2, 3, 4):
            line.bench.order("damaged", at=number)
        work(line)
        labels = {each.number: each.state for each in records_of(line.station.config).labels("L-1")}
    released = [n for n in (2, 3, 4) if labels.get(n) == LabelState.RELEASED]
    assert released == []


def work(line: Shift) -> None:
    """Until the line stands, for whatever reason."""
    board = line.station.board
    inbox = line.station.config.data / "orders" / "inbox"
    (inbox / ".lot.yaml").write_text(LOT_ORDER)
    (inbox / ".lot.yaml").rename(inbox / "lot.yaml")
    deadline = Deadline.after(SECONDS)
    while "L-1" not in board.snapshot.waiting:
        assert not deadline.expired, f"not taken in: {board.snapshot.refused}"
        board.newer(board.snapshot.version, seconds=0.2)
    board.ask(Start("L-1"), actor="operator").result(timeout=SECONDS)
    while board.snapshot.mode == Mode.RUNNING:
        assert not deadline.expired, "the line hangs"
        board.newer(board.snapshot.version, seconds=0.2)
