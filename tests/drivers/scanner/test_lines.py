"""However the bytes are cut on the wire, and whatever they are, a line is a scan."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.scanner.lines import Lines
from drivers.scanner.scan import LONGEST, symbol_of


@settings(max_examples=60, deadline=None)
@given(
    scans=st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=6),
    cuts=st.lists(st.integers(1, 40), max_size=8),
)
def test_every_byte_between_two_terminators_survives(scans: list[bytes], cuts: list[int]) -> None:
    kept = [re.sub(rb"[\r\n]", b"\x1d", scan) for scan in scans]
    lines, sent = Lines(), b"".join(scan + b"\r" for scan in kept)
    for cut in cuts:
        lines.take(sent[:cut])
        sent = sent[cut:]
    lines.take(sent)
    assert list(lines.scans) == kept
    read = [symbol_of(each, engine="scanner") for each in lines.scans]
    assert [each.identifier.encode() + each.data for each in read] == kept
    assert all(re.fullmatch(r"(\][A-Za-z][0-9A-Za-z])?", each.identifier) for each in read)


def test_the_rest_of_a_scan_that_was_cleared_away_is_none() -> None:
    lines = Lines()
    lines.take(b"]d2A\r]d201069")
    assert lines.clear() == 1
    lines.take(b"728")
    lines.take(b"69\r]d2B\r")
    assert list(lines.scans) == [b"]d2B"]


def test_after_a_pause_the_rest_is_not_waited_for_any_more() -> None:
    lines = Lines()
    lines.take(b"]d2half")
    lines.clear()
    lines.cut()
    lines.take(b"]d2B\r")
    assert list(lines.scans) == [b"]d2B"]


@given(st.lists(st.binary(min_size=1, max_size=3000), max_size=8))
def test_no_noise_takes_more_memory_than_the_longest_scan(noise: list[bytes]) -> None:
    lines = Lines()
    for each in noise:
        lines.take(re.sub(rb"[\r\n]", b"x", each))
    assert len(lines._half) <= LONGEST + 1
    lines.take(b"\r")
    assert all(len(each) <= LONGEST for each in lines.scans)
