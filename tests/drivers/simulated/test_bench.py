"""Faults ordered from the bench: how many labels come out, and what the odometer says of it."""

from contextlib import closing

import pytest

from drivers.deadline import Deadline
from drivers.interface import print_one
from drivers.simulated.bench import Bench, BenchFault
from drivers.simulated.label import PrintedLabel
from drivers.zebra import Zebra

LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.mark.parametrize(
    ("fault", "left_the_head", "seen"),
    [
        (None, 1, 1),
        (BenchFault.DAMAGED, 1, 1),
        (BenchFault.LOST, 0, 0),
        (BenchFault.TAKEN, 1, 0),
        (BenchFault.TWIN, 2, 2),
    ],
)
def test_a_fault_happens_at_its_label_and_the_next_is_whole(
    monkeypatch: pytest.MonkeyPatch, fault: BenchFault | None, left_the_head: int, seen: int
) -> None:
    places: list[int] = []
    with closing(Bench(faults={2: fault} if fault else {})) as bench:
        place = bench.camera.place

        def count(label: PrintedLabel) -> None:
            places.append(label.number)
            place(label)

        monkeypatch.setattr(bench.camera, "place", count)
        zebra = Zebra(bench.printer_url, poll_seconds=0.002)
        zebra.store(b"~DGR:A.GRF,1,1,F0^XA^JZN^XZ", soon())
        counts, views = [], []
        for _ in range(3):
            print_one(zebra, LABEL, soon())
            counts.append(zebra.odometer(soon()))
            views.append(len(places))
        zebra.close()
    assert counts == [1, 1 + left_the_head, 2 + left_the_head]
    assert views == [1, 1 + seen, 2 + seen]


def test_a_blank_that_is_fed_lies_under_the_camera_and_is_no_label_of_the_order() -> None:
    with closing(Bench(faults={2: BenchFault.TAKEN})) as bench:
        zebra = Zebra(bench.printer_url, poll_seconds=0.002)
        for _ in range(2):
            print_one(zebra, LABEL, soon())
        bench.take_away()
        empty = bench.camera._scene
        bench.printer.feed_blank()
        assert bench.printer.wait_printed(3, seconds=20)
        assert bench.camera._scene is not empty
        zebra.close()
