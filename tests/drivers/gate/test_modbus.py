"""A gate on a Modbus module that sticks, lies, refuses and goes away."""

import logging
import struct
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.gate import open_gate
from drivers.interface import Condition, DriverError, Garbled, Gate, NotReady, Silent, Unreachable
from drivers.simulated.gate import SimulatedModbusGate
from drivers.simulated.modbus import Request

PATIENCE = 20.0
ON, OFF, READ_BACK = Request(5, 0, 0xFF00), Request(5, 0, 0), Request(1, 0, 1)


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


def shortly() -> Deadline:
    """For what is waited for in vain."""
    return Deadline.after(0.6)


@pytest.fixture
def sides() -> list[bool]:
    return []


@pytest.fixture
def simulated(sides: list[bool]) -> Iterator[SimulatedModbusGate]:
    with SimulatedModbusGate(sides.append, watchdog=False) as simulated:
        yield simulated


@pytest.fixture
def gate(simulated: SimulatedModbusGate) -> Iterator[Gate]:
    opened = open_gate(simulated.url)
    yield opened
    opened.close()


@pytest.fixture
def hasty(simulated: SimulatedModbusGate) -> Iterator[Gate]:
    """A gate that gives an answer a tenth of a second only."""
    opened = open_gate(simulated.url.replace("answer_ms=5000", "answer_ms=100"))
    yield opened
    opened.close()


def refused(verb: Callable[[Deadline], None], deadline: Deadline) -> DriverError:
    with pytest.raises(DriverError) as caught:
        verb(deadline)
    return caught.value


def test_the_label_goes_to_the_side_it_was_sent_to(
    simulated: SimulatedModbusGate, gate: Gate, sides: list[bool]
) -> None:
    for verb in (gate.release, gate.reject, gate.reject, gate.release):
        simulated.flap.arrive()
        verb(soon())
    assert sides == [True, False, False, True]


def test_the_first_words_on_a_connection_are_off(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    simulated.flap.drive(on=True)
    gate.check(soon())
    assert simulated.module.requests[:2] == (OFF, READ_BACK)
    assert not simulated.flap.open


def test_a_pulse_is_on_then_off_then_read_back(simulated: SimulatedModbusGate, gate: Gate) -> None:
    gate.check(soon())
    gate.release(soon())
    coil = [each for each in simulated.module.requests if each.address == 0]
    assert coil == [OFF, READ_BACK, READ_BACK, ON, OFF, READ_BACK]


@pytest.mark.parametrize("eye", ["confirm=1", "confirm_count=5", "confirm_count=holding:5"])
def test_a_reject_that_the_eye_does_not_see_is_a_fault(
    simulated: SimulatedModbusGate, eye: str
) -> None:
    gate = open_gate(simulated.url.replace("confirm_count=5", eye))
    simulated.flap.lose_confirm()
    simulated.flap.arrive()
    fault = refused(gate.reject, shortly())
    assert isinstance(fault, NotReady)
    assert fault.conditions == (Condition.GATE_NOT_CONFIRMED,)
    assert fault.detail == "nothing was seen to fall into the reject bin"
    simulated.flap.arrive()
    gate.reject(soon())
    gate.close()


def test_an_eye_that_is_blocked_confirms_nothing(simulated: SimulatedModbusGate) -> None:
    gate = open_gate(simulated.url.replace("confirm_count=5", "confirm=1"))
    simulated.flap.block_eye()
    simulated.flap.arrive()
    assert refused(gate.reject, shortly()).conditions == (Condition.GATE_NOT_CONFIRMED,)
    gate.close()


def test_what_fell_before_the_verdict_confirms_nothing(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    gate.check(soon())
    simulated.flap.confirm_by_itself()
    assert refused(gate.reject, shortly()).conditions == (Condition.GATE_NOT_CONFIRMED,)


def test_two_labels_in_the_bin_for_one_reject_are_a_fault(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    gate.check(soon())
    simulated.flap.arrive()
    simulated.module.spoil(counted_up_by(1), after=4)  # the look at which it falls
    fault = refused(gate.reject, soon())
    assert fault.detail == "one label was rejected, and 2 fell into the bin"


def counted_up_by(more: int) -> Callable[[bytes], bytes]:
    def spoil(answer: bytes) -> bytes:
        if answer[7] != 4:
            return answer
        return answer[:9] + struct.pack(">H", struct.unpack(">H", answer[9:])[0] + more)

    return spoil


def test_a_label_in_the_bin_though_it_was_released_is_a_fault(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    simulated.flap.go_astray()
    simulated.flap.arrive()
    fault = refused(gate.release, soon())
    assert fault.detail.startswith("a label was released, and 1 fell into the reject bin")
    assert fault.conditions == (Condition.GATE_NOT_AT_REST,)


@pytest.mark.parametrize("verb", ["check", "release", "reject"])
def test_a_released_label_that_falls_late_is_a_fault_of_the_next_verb(
    simulated: SimulatedModbusGate, gate: Gate, verb: str
) -> None:
    simulated.flap.arrive()
    gate.release(soon())
    simulated.flap.confirm_by_itself()
    again = {"check": gate.check, "release": gate.release, "reject": gate.reject}[verb]
    assert "fell into the reject bin" in refused(again, soon()).detail
    assert simulated.flap.passed == 1
    gate.check(soon())


def test_what_a_person_puts_into_the_bin_after_a_reject_is_no_fault(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    simulated.flap.arrive()
    gate.reject(soon())
    simulated.flap.confirm_by_itself()
    gate.check(soon())


def test_a_gate_that_does_not_move_is_a_fault(simulated: SimulatedModbusGate, gate: Gate) -> None:
    simulated.flap.stick()
    simulated.flap.arrive()
    fault = refused(gate.release, Deadline.after(3))
    assert (fault.detail, fault.conditions) == ("did not move", (Condition.GATE_NOT_AT_REST,))
    assert simulated.flap.passed == 0


def test_a_gate_that_is_not_at_rest_is_not_opened(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    simulated.flap.not_at_rest()
    simulated.flap.arrive()
    for verb in (gate.check, gate.release, gate.reject):
        fault = refused(verb, shortly())
        assert fault.conditions == (Condition.GATE_NOT_AT_REST,)
        assert fault.detail == "input 2 does not say that it is at rest"
    assert ON not in simulated.module.requests


def test_a_coil_that_somebody_else_switches_on_is_switched_off_and_told(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    gate.check(soon())
    other = open_gate(simulated.url.replace("release=0&rest=2", "release=0"))
    simulated._terminals.write(0, on=True)
    fault = refused(gate.check, soon())
    assert fault.detail == "coil 0 is on, and nobody here switched it on"
    assert not simulated.flap.open
    other.close()


def test_an_output_that_does_not_go_off_is_told_in_plain_words(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    simulated.weld()
    fault = refused(gate.release, shortly())
    assert "may stand open" in fault.detail
    assert fault.conditions == (Condition.GATE_NOT_AT_REST,)
    simulated.heal()
    gate.check(soon())
    assert not simulated.flap.open


def test_a_write_without_an_answer_is_never_tried_again(
    simulated: SimulatedModbusGate, hasty: Gate
) -> None:
    """Silent but obedient: nobody knows, so it is shut, and the verb fails."""
    hasty.check(soon())
    before = len(simulated.module.requests)
    simulated.module.fall_silent(after=3)  # coil, rest, count; then comes "on"
    simulated.flap.arrive()
    fault = refused(hasty.release, Deadline.after(1))
    assert isinstance(fault, Silent)
    coil = [each for each in simulated.module.requests[before:] if each.function == 5]
    assert coil[0] == ON
    assert set(coil[1:]) == {OFF}
    assert not simulated.flap.open


def test_a_lost_answer_to_off_is_a_fault_and_the_gate_is_shut(
    simulated: SimulatedModbusGate, hasty: Gate
) -> None:
    hasty.check(soon())
    simulated.module.spoil(only_confirming(on=True))
    simulated.flap.arrive()
    fault = refused(hasty.release, Deadline.after(1))
    assert isinstance(fault, Silent)
    assert Condition.GATE_NOT_AT_REST in fault.conditions
    assert not simulated.flap.open


def only_confirming(*, on: bool) -> Callable[[bytes], bytes]:
    def spoil(answer: bytes) -> bytes:
        lost = answer[7] == 5 and answer[10] == (0 if on else 0xFF)
        return b"" if lost else answer

    return spoil


def test_cut_in_the_middle_of_a_pulse_it_is_shut_on_a_new_connection(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    gate.check(soon())
    simulated.module.hang_up(after=4)  # coil, rest, count, on
    simulated.flap.arrive()
    assert isinstance(refused(gate.release, soon()), Unreachable)
    assert not simulated.flap.open
    simulated.flap.arrive()
    simulated.flap.carry_on()
    assert simulated.flap.passed == 1


def test_a_module_that_is_gone_in_the_middle_of_a_pulse_may_stand_open_and_that_is_said(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    """Only its own watchdog could shut it, and this one has none."""
    gate.check(soon())
    simulated.module.unplug(after=4)
    fault = refused(gate.release, shortly())
    assert fault.conditions == (Condition.UNREACHABLE, Condition.GATE_NOT_AT_REST)
    assert "may stand open" in fault.detail
    assert simulated.flap.open
    simulated.module.plug_in()
    gate.check(soon())
    assert not simulated.flap.open


def test_a_module_with_a_watchdog_shuts_by_itself_when_it_is_cut_off(sides: list[bool]) -> None:
    with SimulatedModbusGate(sides.append) as simulated:
        gate = open_gate(simulated.url)
        gate.check(soon())
        simulated.module.unplug(after=4)
        refused(gate.release, shortly())
        assert simulated.flap.wait_shut(seconds=PATIENCE)
        gate.close()


def test_closing_shuts_what_may_stand_open(simulated: SimulatedModbusGate, gate: Gate) -> None:
    gate.check(soon())
    simulated.module.unplug(after=4)
    refused(gate.release, shortly())
    simulated.module.plug_in()
    gate.close()
    assert not simulated.flap.open


def test_a_module_that_closes_idle_connections_is_no_fault(
    simulated: SimulatedModbusGate, gate: Gate
) -> None:
    for _ in range(3):
        simulated.flap.arrive()
        gate.release(soon())
        simulated.module.hang_up()
        assert simulated.module.wait_idle(seconds=PATIENCE)
    assert simulated.flap.passed == 3


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (1, "does not know how to do this with coil 0 (Modbus exception 1)"),
        (2, "has no coil 0: change its number in the address (Modbus exception 2)"),
        (4, "failed at coil 0: switch it off and on (Modbus exception 4)"),
        (11, "is a gateway, and nothing behind it answers for coil 0 (Modbus exception 11)"),
        (99, "refuses coil 0 (Modbus exception 99)"),
    ],
)
def test_a_refusal_says_what_to_change(
    simulated: SimulatedModbusGate, gate: Gate, code: int, sentence: str
) -> None:
    simulated.module.answer_exception(code)
    fault = refused(gate.release, soon())
    assert isinstance(fault, NotReady)
    assert fault.detail == sentence


def test_a_wrong_number_is_named(simulated: SimulatedModbusGate) -> None:
    gate = open_gate(simulated.url.replace("rest=2", "rest=7"))
    assert refused(gate.check, soon()).detail.startswith("has no discrete input 7: change its")
    gate.close()


def test_another_unit_does_not_answer(simulated: SimulatedModbusGate) -> None:
    gate = open_gate(simulated.url.replace("unit=1", "unit=2"))
    assert isinstance(refused(gate.check, shortly()), Silent)
    gate.close()


def test_its_going_and_its_return_are_one_line_each(
    simulated: SimulatedModbusGate, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    gate.check(soon())
    simulated.module.unplug()
    for _ in range(3):
        refused(gate.check, shortly())
    simulated.module.plug_in()
    for _ in range(3):
        gate.check(soon())
    name = f"gate modbus://{simulated.module.host}"
    assert caplog.messages[0].startswith(f"{name} is gone: ")
    assert caplog.messages[1:] == [f"{name} is back"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("modbus://192.0.2.30", "release is missing"),
        ("modbus://192.0.2.30?release=70000", "expected release 0–65535, got '70000'"),
        ("modbus://192.0.2.30?release=0&release=1", "release is given twice"),
        ("modbus://gate.example?release=0", "expected modbus://, an IP address and a port"),
        ("modbus://192.0.2.30:0?release=0", "expected modbus://, an IP address and a port"),
        ("modbus://192.0.2.30:99999?release=0", "expected modbus://, an IP address and a port"),
        ("modbus://192.0.2.30/x?release=0", "expected modbus://, an IP address and a port"),
        ("modbus://192.0.2.30?release=0&unit=256", "expected unit 0–255, got '256'"),
        ("modbus://192.0.2.30?release=0&rest=", "expected rest 0–65535, got ''"),
        ("modbus://192.0.2.30?release=0&pulse_ms=5", "expected pulse_ms 10–5000, got '5'"),
        (
            "modbus://192.0.2.30?release=0&pulse_ms=500&longest_ms=400",
            "longest_ms is 400, and the pulse alone takes 500",
        ),
        (
            "modbus://192.0.2.30?release=0&confirm=1&confirm_count=5",
            "expected confirm or confirm_count, not both",
        ),
        (
            "modbus://192.0.2.30?release=0&confirm_count=coil:5",
            "expected confirm_count 5, input:5 or holding:5, got 'coil:5'",
        ),
        (
            "modbus://192.0.2.30?relase=0&puls_ms=1",
            "release is missing; no setting is called 'relase'; no setting is called 'puls_ms'",
        ),
        ("modbus://[::1?release=0", "not an address: Invalid IPv6 URL"),
        ("http://192.0.2.30", "expected operator, modbus:// or relay:///"),
    ],
)
def test_a_wrong_address_is_refused_with_everything_that_is_wrong(url: str, sentence: str) -> None:
    with pytest.raises(Unreachable) as caught:
        open_gate(url)
    assert caught.value.detail.startswith(sentence)


FAULTS: dict[str, Callable[[SimulatedModbusGate, int], None]] = {
    "stick": lambda simulated, _after: simulated.flap.stick(),
    "lose": lambda simulated, _after: simulated.flap.lose_confirm(),
    "confirm": lambda simulated, _after: simulated.flap.confirm_by_itself(),
    "astray": lambda simulated, _after: simulated.flap.go_astray(),
    "block": lambda simulated, _after: simulated.flap.block_eye(),
    "silent": lambda simulated, after: simulated.module.fall_silent(after=after),
    "deaf": lambda simulated, after: simulated.module.answer_exception(4, after=after),
    "garbled": lambda simulated, after: simulated.module.spoil(bytes.swapcase, after=after),
    "cut": lambda simulated, after: simulated.module.hang_up(after=after),
    "unplug": lambda simulated, after: simulated.module.unplug(after=after),
    "weld": lambda simulated, _after: simulated.weld(),
    "heal": lambda simulated, _after: simulated.heal(),
}

STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["check", "release", "reject"]), st.just(0)),
        st.tuples(st.sampled_from(sorted(FAULTS)), st.integers(0, 9)),
    ),
    max_size=8,
)


@settings(max_examples=50)
@given(
    steps=STEPS,
    eye=st.sampled_from(["", "&confirm=1", "&confirm_count=5"]),
    watchdog=st.booleans(),
)
def test_never_more_labels_pass_than_were_released_whatever_happens(
    steps: list[tuple[str, int]],
    eye: str,
    watchdog: bool,  # noqa: FBT001 - hypothesis passes it by name
) -> None:
    """And after a fault nothing passes, or the fault says that something may."""
    with SimulatedModbusGate(lambda _released: None, watchdog=watchdog, pulse_ms=10) as simulated:
        url = simulated.url.replace("&confirm_count=5", eye).replace(
            "answer_ms=5000", "answer_ms=50"
        )
        gate = open_gate(url)
        verbs = {"check": gate.check, "release": gate.release, "reject": gate.reject}
        released, stopped = 0, False
        for name, after in steps:
            if name in FAULTS:
                FAULTS[name](simulated, after)
                continue
            if not stopped:  # no label is printed before the gate has passed its check
                released += name == "release"
                simulated.flap.arrive()
            verb = gate.check if stopped else verbs[name]
            stopped = attempt(verb, Deadline.after(0.3), before=stopped)
            assert stopped or not simulated.flap.open
            assert simulated.flap.passed <= released
            simulated.flap.carry_on()
        simulated.heal()
        attempt(gate.check, soon())
        gate.check(soon())
        assert not simulated.flap.open
        gate.close()


def attempt(verb: Callable[[Deadline], None], deadline: Deadline, *, before: bool = False) -> bool:
    """Whether the gate may stand open: it says so itself, and does until it has passed a check."""
    try:
        verb(deadline)
    except DriverError as fault:
        return before or Condition.GATE_NOT_AT_REST in fault.conditions
    return False


def test_garbage_is_a_fault(simulated: SimulatedModbusGate, hasty: Gate) -> None:
    hasty.check(soon())
    simulated.module.spoil(lambda answer: answer[:7] + b"\x07\x00")
    assert isinstance(refused(hasty.check, soon()), Garbled | Silent)
