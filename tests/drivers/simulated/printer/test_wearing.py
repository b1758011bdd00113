"""A printer wears out, and goes on wearing until somebody mends it."""

from collections.abc import Iterator

import numpy as np
import pytest

from drivers.deadline import Deadline
from drivers.interface import print_one
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.wearing import Wearing
from drivers.simulated.wear import WEAR, Picture, Wear
from drivers.zebra import Zebra

LABEL = b"^XA^PW200^LL120^FO20,10^GB100,80,80^FS^XZ"


class Bench:
    def __init__(self) -> None:
        self.papers: list[Picture] = []
        self.printer = SimulatedPrinter(on_label=lambda label: self.papers.append(label.picture))
        self.zebra = Zebra(self.printer.serve_tcp(), poll_seconds=0.002)

    def print(self) -> Picture:
        print_one(self.zebra, LABEL, Deadline.after(20))
        assert self.printer.wait_printed(len(self.papers), seconds=20)
        return self.papers[-1]

    def close(self) -> None:
        self.zebra.close()
        self.printer.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


def test_a_worn_head_prints_every_label_alike_until_it_is_changed(bench: Bench) -> None:
    whole = bench.print()
    bench.printer.wear_out("dead-dots")
    worn = bench.print()
    columns = np.flatnonzero((worn != whole).any(axis=0))
    assert columns.size == 3
    assert (worn[:, columns] == 255).all()
    assert np.array_equal(bench.print(), worn)
    bench.printer.mend_wear("dead-dots", "faint")
    assert np.array_equal(bench.print(), whole)


def test_what_befalls_one_label_spares_the_next(bench: Bench) -> None:
    whole = bench.print()
    bench.printer.wear_out("void", labels=1)
    assert (bench.print() != whole).any()
    assert bench.printer.worn == ()
    assert np.array_equal(bench.print(), whole)


def test_one_kind_of_wear_adds_to_another(bench: Bench) -> None:
    bench.printer.wear_out("faint", strength=0.5)
    bench.printer.wear_out("offset")
    assert bench.printer.worn == ("faint", "offset")
    paper = bench.print()
    assert (paper[:18, :32] == 255).all()
    assert 0 < np.median(paper[30:80, 50:120]) < 120


def test_the_power_mends_no_head(bench: Bench) -> None:
    bench.printer.wear_out("dead-dots")
    bench.printer.power_cycle()
    assert bench.printer.worn == ("dead-dots",)


def test_nobody_knows_how_to_wear_a_printer_out_otherwise(bench: Bench) -> None:
    with pytest.raises(KeyError):
        bench.printer.wear_out("sulking")


def test_the_same_wear_spoils_labels_in_the_same_places_whatever_came_before() -> None:
    black = np.zeros((90, 90), np.uint8)
    fresh, old = Wearing(), Wearing()
    for _ in range(5):
        old.paper(black)
    papers = []
    for wearing in (fresh, old):
        wearing.add("dust", WEAR["dust"])
        papers.append([wearing.paper(black).tobytes() for _ in range(3)])
    assert papers[0] == papers[1]
    assert len(set(papers[0])) == 3


def test_a_ghost_is_that_of_the_label_before() -> None:
    wearing = Wearing()
    wearing.add("ghost", WEAR["ghost"])
    black, blank = np.zeros((9, 9), np.uint8), np.full((9, 9), 255, np.uint8)
    assert np.array_equal(wearing.paper(blank), blank)
    assert np.array_equal(wearing.paper(black), black)
    assert (wearing.paper(blank) < 200).all()
    assert np.array_equal(wearing.paper(blank), blank)


def test_wear_under_the_same_name_is_replaced_and_no_more_than_that_is_kept() -> None:
    wearing = Wearing()
    for labels in (5, 2):
        wearing.add("faint", Wear(faintness=0.5), labels=labels)
    black = np.zeros((9, 9), np.uint8)
    seen = [int(wearing.paper(black)[4, 4]) for _ in range(4)]
    assert seen == [pytest.approx(128, abs=1)] * 2 + [0, 0]
    assert wearing.names == ()
