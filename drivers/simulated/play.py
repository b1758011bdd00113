"""Puts faults in place when their moment comes: those of a script, and single ones ordered.

The bench says which step of which label is reached, on whichever thread gets there; the station on
the other end of the wires cannot see any of this.
"""

import logging
import threading
from dataclasses import dataclass

from drivers.simulated.faults import Devices, Fault, Remedy, Step
from drivers.simulated.script import Script

log = logging.getLogger(__name__)

MOST_ORDERS = 1000

PRINT_SECONDS = 2.0
"""Longest wait for a label that comes out by itself: an open head may keep it back."""


@dataclass(frozen=True, slots=True)
class Order:
    """One fault, once."""

    fault: Fault
    step: Step
    at: int | None = None
    """The label; None for the next one that comes to this step."""

    def after(self, number: int) -> bool:
        """Whether it waits for a later label."""
        return self.at is not None and self.at > number


class Play:
    """Thread-safe. Each step of each label is reached once; later calls change nothing."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self._lock = threading.Lock()
        self._script = Script()
        self._orders: dict[Order, None] = {}
        self._reached = dict.fromkeys(Step, 0) | {Step.READY: 1}

    @property
    def waiting(self) -> tuple[Order, ...]:
        """Single orders whose moment has not come, in the order they were given."""
        with self._lock:
            return tuple(self._orders)

    def begin(self, script: Script) -> None:
        """Play this script from now on. What it has for the first label is put in place at once."""
        with self._lock:
            self._script = script
            fresh = self._reached[Step.READY] == 1 and not self._reached[Step.PRINT]
        if fresh:
            self._act((), tuple(script.strikes(Step.READY, 1)))

    def order(self, order: Order) -> None:
        """Wait for the moment of one fault; the one that is now has come. Past ones never come.

        Raises ValueError where the fault cannot strike there, or too many wait already.
        """
        if order.step not in order.fault.steps:
            raise ValueError(f"{order.fault.name} cannot strike at {order.step}")
        with self._lock:
            now = order.step == Step.READY and order.at == self._reached[Step.READY]
            now = now and self._reached[Step.PRINT] < self._reached[Step.READY]
            if not now:
                if len(self._orders) >= MOST_ORDERS:
                    raise ValueError(f"{MOST_ORDERS} faults wait already")
                self._orders[order] = None
        if now:
            self._act((), (order.fault,))

    def cancel(self) -> None:
        """Forget every single order that waits."""
        with self._lock:
            self._orders.clear()

    def reached(self, step: Step, number: int) -> None:
        """Label `number`, counted at the printer from 1, has come to this step."""
        for each in self._passed(step, number):
            remedies, faults = self._due(each, number)
            self._act(remedies, faults, wait=step == Step.JUDGE)

    def reached_now(self, step: Step) -> int:
        """The last label that came to a step; 0 for none."""
        with self._lock:
            return self._reached[step]

    def _passed(self, step: Step, number: int) -> tuple[Step, ...]:
        """The steps that are reached now. A label that is printed was ready, seen or not."""
        with self._lock:
            if number <= self._reached[step]:
                return ()
            unseen = step == Step.PRINT and self._reached[Step.READY] < number
            steps = (Step.READY, step) if unseen else (step,)
            self._reached |= dict.fromkeys(steps, number)
            return steps

    def _due(self, step: Step, number: int) -> tuple[tuple[Remedy, ...], tuple[Fault, ...]]:
        with self._lock:
            come = [each for each in self._orders if each.step == step and not each.after(number)]
            for each in come:
                del self._orders[each]
            due = (each.fault for each in come if each.at in {None, number})
            faults = (*self._script.strikes(step, number), *due)
            return tuple(self._script.ends(step, number)), faults

    def _act(
        self, remedies: tuple[Remedy, ...], faults: tuple[Fault, ...], *, wait: bool = False
    ) -> None:
        """Without the lock: what is done to a device may bring the next label on.

        `wait`: until a label that comes out by itself lies there, so that it always does so at the
        same step. Where printer or gate would have to wait for themselves, nobody can.
        """
        for remedy in remedies:
            log.info("simulation: %s", remedy.name)
            remedy.act(self._devices)
        for fault in faults:
            log.info("simulation: %s", fault.name)
            printed = self._devices.printer.printed
            fault.strike(self._devices)
            if wait and fault.comes_out:
                self._devices.printer.wait_printed(printed + 1, seconds=PRINT_SECONDS)
