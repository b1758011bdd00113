"""Identity and health: what a printer says about itself, bit by bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.interface import Garbled, NotReady, PrinterStatus, Silent, Warn
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.printer.mechanics import BAD_ELEMENT, CUTTER_JAMMED, MOTOR_HOT
from drivers.simulated.printer.replies import errors_and_warnings
from drivers.zebra import Zebra
from drivers.zebra.health import HealthAnswer, parse_health
from drivers.zebra.identity import IdentityAnswer, parse_identity

PATIENCE = 20.0


def soon() -> Deadline:
    return Deadline.after(PATIENCE)


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (CUTTER_JAMMED, "printer error (cutter)"),
        (BAD_ELEMENT | MOTOR_HOT, "printer error (motor too hot, bad element in the print head)"),
        (0x10, "over temperature"),
        (0x80000000, "printer error (error 00000000 80000000)"),
    ],
)
def test_an_error_that_the_status_does_not_tell_is_a_fault_in_words(bits: int, words: str) -> None:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        zebra = Zebra(printer.serve_tcp())
        printer.break_down(bits)
        assert zebra.status(soon()).conditions == ()
        with pytest.raises(NotReady) as caught:
            zebra.warnings(soon())
        assert caught.value.detail == words
        printer.repair()
        assert zebra.warnings(soon()) == frozenset()
        zebra.close()


def test_a_printer_that_told_its_health_once_cannot_fall_silent_about_it() -> None:
    with SimulatedPrinter(on_label=lambda _label: None) as printer:
        zebra = Zebra(printer.serve_tcp(), answer_seconds=0.2)
        zebra.warnings(soon())
        zebra.identity(soon())
        zebra.close()
        printer.fall_silent()
        for verb in (zebra.warnings, zebra.identity):
            with pytest.raises(Silent):
                verb(soon())


@given(st.integers(0, 2**32 - 1), st.sets(st.sampled_from(Warn)))
def test_no_error_bit_whatever_passes_as_none(bits: int, warnings: set[Warn]) -> None:
    answer = HealthAnswer("printer")
    answer.add(errors_and_warnings(PrinterStatus(), errors=bits, warnings=warnings))
    health = answer.health()
    assert bool(health.conditions) == bool(bits)
    assert bool(health.warnings) == bool(warnings)
    named = {Warn.CALIBRATE, Warn.CLEAN_HEAD, Warn.REPLACE_HEAD, Warn.PAPER_LOW}
    assert health.warnings - {Warn.OTHER} == warnings & named


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        (b"PRINTER STATUS ERRORS: 1 00000000 00000000 WARNINGS: 0 0 0", "printer-error"),
        (b"PRINTER STATUS ERRORS: 1 1 0 WARNINGS: 0 0 0", "printer-error"),
        (b"printer status errors: 0 0 0 warnings: 1 0 0", ""),
    ],
)
def test_a_flag_without_a_bit_and_a_bit_of_the_second_group_count(
    text: bytes, conditions: str
) -> None:
    health = parse_health(text)
    assert ", ".join(health.conditions) == conditions
    assert bool(health.warnings) == (conditions == "")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"PRINTER STATUS",
        b"PRINTER STATUS ERRORS: 2 0 0 WARNINGS: 0 0 0",
        b"PRINTER STATUS ERRORS: 0 0 WARNINGS: 0 0 0",
        b"PRINTER STATUS ERRORS: 0 0 000000000 WARNINGS: 0 0 0",
        b"PRINTER STATUS ERRORS: 0 0 0 WARNINGS: 0 0 0 MORE",
    ],
)
def test_what_is_no_list_of_errors_is_refused_whole(text: bytes) -> None:
    with pytest.raises(ValueError, match="expected a list of errors and warnings"):
        parse_health(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"ZEBRA,V1,8",
        b"ZEBRA,V1,0,8192KB",
        b"ZEBRA,V1,11.8,8192KB",
        b"ZEBRA,V1,123,8192KB",
        b",V1,8,8192KB",
        b"ZEBRA,,8,8192KB",
        b"\x1b[31mZEBRA,V1,8,8192KB",
        b"Z" * 61 + b",V1,8,8192KB",
        "\u6591\u9a6c,V1,8,8192KB".encode(),
    ],
)
def test_what_is_no_identity_is_refused_and_its_text_goes_nowhere(text: bytes) -> None:
    with pytest.raises(ValueError, match="expected model, firmware, dots per millimetre"):
        parse_identity(text)


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"\x02", b"A,", b"\x03"]))))
def test_no_answer_whatever_makes_them_fail_otherwise(pieces: list[bytes]) -> None:
    for answer in (IdentityAnswer("printer"), HealthAnswer("printer")):
        told: object = None
        try:
            for piece in pieces:
                answer.add(piece)
            if answer.complete:
                told = answer.identity() if isinstance(answer, IdentityAnswer) else answer.health()
        except Garbled as garbled:
            told = garbled
        assert told or isinstance(answer.missing(), Garbled | Silent)
        assert len(answer._heard.pending) < 1200
