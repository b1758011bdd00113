"""Faults come at their moment, once, whoever gets there first."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from drivers.deadline import Deadline
from drivers.interface import NotReady, Unreachable, print_one
from drivers.simulated.bench import Bench, BenchFault
from drivers.simulated.faults import FAULTS, REMEDIES, Devices, Fault, Step
from drivers.simulated.play import MOST_ORDERS, Order, Play
from drivers.simulated.script import Script
from drivers.zebra import Zebra

LABEL = b"^XA^PW200^LL100^FO0,0^GB20,20,20^FS^XZ"


def soon() -> Deadline:
    return Deadline.after(20)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with closing(Bench()) as made:
        yield made


class Witness:
    """Notes when a fault strikes."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def fault(self, name: str, *steps: Step) -> Fault:
        def strike(_: Devices) -> None:
            self.seen.append(name)

        return replace(FAULTS["head-open"], name=name, strike=strike, steps=steps or tuple(Step))


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
def play(bench: Bench) -> Play:
    return Play(bench)


def test_an_order_waits_for_its_label_and_step_and_is_kept_once(
    play: Play, witness: Witness
) -> None:
    play.order(Order(witness.fault("A"), Step.LOOK, at=2))
    for number in (1, 2, 2, 3):
        play.reached(Step.PRINT, number)
        play.reached(Step.LOOK, number)
    assert witness.seen == ["A"]
    assert play.waiting == ()


def test_an_order_for_the_next_label_comes_with_whichever_is_next(
    play: Play, witness: Witness
) -> None:
    play.reached(Step.PRINT, 7)
    play.order(Order(witness.fault("A"), Step.PRINT))
    play.reached(Step.PRINT, 7)
    assert witness.seen == []
    play.reached(Step.PRINT, 8)
    play.reached(Step.PRINT, 9)
    assert witness.seen == ["A"]


def test_before_the_first_label_its_ready_moment_has_come_already(
    play: Play, witness: Witness
) -> None:
    play.order(Order(witness.fault("A"), Step.READY, at=1))
    assert witness.seen == ["A"]


def test_a_label_that_is_printed_was_ready_even_if_nobody_saw_it(
    play: Play, witness: Witness
) -> None:
    """The label before never came, so nothing was taken away."""
    play.reached(Step.PRINT, 1)
    play.order(Order(witness.fault("A"), Step.PRINT, at=2))
    play.order(Order(witness.fault("B"), Step.READY, at=2))
    play.reached(Step.PRINT, 2)
    assert witness.seen == ["B", "A"]


def test_a_moment_that_has_passed_never_comes(play: Play, witness: Witness) -> None:
    play.reached(Step.PRINT, 5)
    play.order(Order(witness.fault("A"), Step.PRINT, at=5))
    play.order(Order(witness.fault("B"), Step.JUDGE, at=4))
    play.reached(Step.PRINT, 5)
    play.reached(Step.PRINT, 6)
    play.reached(Step.JUDGE, 5)
    assert (witness.seen, play.waiting) == ([], ())


def test_a_fault_is_not_ordered_where_it_cannot_strike(play: Play, witness: Witness) -> None:
    with pytest.raises(ValueError, match="A cannot strike at gate"):
        play.order(Order(witness.fault("A", Step.LOOK), Step.GATE))


def test_only_so_many_orders_wait(play: Play, witness: Witness) -> None:
    fault = witness.fault("A")
    for number in range(2, MOST_ORDERS + 2):
        play.order(Order(fault, Step.LOOK, at=number))
    with pytest.raises(ValueError, match="1000 faults wait already"):
        play.order(Order(fault, Step.GATE))
    play.cancel()
    assert play.waiting == ()


def test_whoever_comes_first_to_a_moment_brings_the_fault_and_nobody_else(
    play: Play, witness: Witness
) -> None:
    play.order(Order(witness.fault("A"), Step.LOOK, at=1))
    threads = [threading.Thread(target=play.reached, args=(Step.LOOK, 1)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=10)
    assert witness.seen == ["A"]


def test_every_fault_mends_with_a_remedy_that_is_offered() -> None:
    assert {each.remedy.name for each in FAULTS.values() if each.remedy} <= set(REMEDIES)
    assert {each.value for each in BenchFault} <= set(FAULTS)
    assert all(each.steps for each in FAULTS.values())


def test_a_script_plays_on_the_bench() -> None:
    """Label 2 meets an open head, which is closed before label 3; label 4 breaks the line."""
    script = Script.parse(
        {
            "faults": (
                {"at": 2, "fault": "head-open", "until": 3},
                {"at": 4, "fault": "power-cycle", "step": "look"},
            )
        }
    )
    with closing(Bench()) as bench:
        bench.play(script)
        zebra = Zebra(bench.printer_url, poll_seconds=0.002)
        print_one(zebra, LABEL, soon())
        bench.take_away()
        with pytest.raises(NotReady, match="head open"):
            print_one(zebra, LABEL, soon())
        bench.printer.close_head()
        for _ in (2, 3):
            print_one(zebra, LABEL, soon())
            bench.take_away()
        with pytest.raises(Unreachable):
            print_one(zebra, LABEL, soon())
        zebra.close()
        assert bench.pile.numbers == (4, 3, 2, 1)


def test_a_label_somebody_took_lies_in_the_pile_still() -> None:
    with closing(Bench(faults={1: BenchFault.TAKEN})) as bench:
        zebra = Zebra(bench.printer_url, poll_seconds=0.002)
        print_one(zebra, LABEL, soon())
        zebra.close()
        kept = bench.pile.get(1)
        assert kept is not None
        assert kept.zpl == LABEL
