"""Bytes to commands, and commands to formats."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.zpl import commands
from drivers.zpl.commands import Command, Complaint, Tokeniser, parse
from drivers.zpl.formats import COMMANDS_LIMIT, Format, FormatReader


def codes(zpl: bytes) -> list[str]:
    return [command.code for command in parse(zpl) if command.code]


def test_field_data_run_to_the_next_prefix_whatever_stands_in_them() -> None:
    assert codes(b"^XA^FDa^XZ~JRb^FS") == ["^XA", "^FD", "^XZ", "~JR", "^FS"]


def test_line_ends_between_commands_are_no_commands() -> None:
    assert codes(b"^XA\r\n^FO1,2\r\n\t^FS\r\n^XZ\r\n") == ["^XA", "^FO", "^FS", "^XZ"]
    assert parse(b"^FO1,2\r\n^FS")[0].parameters().number(1, 0) == 2


def test_letters_may_be_small() -> None:
    assert codes(b"^xa^fdx^fs^xz") == ["^XA", "^FD", "^FS", "^XZ"]


def test_a_font_name_belongs_to_the_parameters_of_the_font_command() -> None:
    command = parse(b"^A0N,30,20^FS")[0]
    assert (command.code, command.body) == ("^A", b"0N,30,20")


def test_all_three_prefixes_can_be_changed_and_changed_back() -> None:
    zpl = b"^XA^CC+~CT!+CD;+FO1;2+FDx^y~z,+FS!HS+XZ+CC^^XA"
    found = parse(zpl)
    assert [command.code for command in found] == [
        *("^XA", "^CC", "~CT", "^CD", "^FO", "^FD", "^FS", "~HS", "^XZ", "^CC", "^XA")
    ]
    assert found[4].parameters().number(1, 0) == 2
    assert found[5].body == b"x^y~z,"


def test_control_characters_stand_for_prefixes_and_brackets() -> None:
    assert codes(b"\x02\x1eFDx\x1eFS\x10HS\x03") == ["^XA", "^FD", "^FS", "~HS", "^XZ"]


def test_a_command_without_parameters_does_not_wait_for_the_next_one() -> None:
    tokeniser = Tokeniser()
    assert [command.code for command in tokeniser.feed(b"~H")] == []
    assert [command.code for command in tokeniser.feed(b"S")] == ["~HS"]
    assert [command.code for command in tokeniser.feed(b"~HQES")] == ["~HQ"]


def test_binary_graphics_may_contain_prefixes() -> None:
    found = parse(b"^GFB,4,4,2,^XZ~^FS")
    assert [command.code for command in found] == ["^GF", "^FS"]
    assert found[0].body == b"B,4,4,2,^XZ~"


def test_a_prefix_at_once_after_a_prefix_is_a_command_without_a_name() -> None:
    assert codes(b"^^FDx^FS") == ["^", "^FD", "^FS"]


@given(
    st.lists(st.one_of(st.binary(max_size=8), st.sampled_from([b"^XA", b"^XZ", b"~CC+", b"^FD"])))
)
def test_how_the_stream_is_cut_into_pieces_makes_no_difference(pieces: list[bytes]) -> None:
    def commands_only(found: Iterator[Command]) -> list[Command]:
        return [command for command in found if command.code]

    whole, cut = Tokeniser(), Tokeniser()
    at_once = commands_only(whole.feed(b"".join(pieces)))
    one_by_one = [command for piece in pieces for command in commands_only(cut.feed(piece))]
    assert one_by_one == at_once


@given(st.binary(max_size=200))
def test_nothing_of_the_stream_is_lost(data: bytes) -> None:
    assert b"".join(command.raw for command in parse(data)) == data


def test_a_command_without_end_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "BODY_LIMIT", 100)
    found = list(Tokeniser().feed(b"^FD" + b"x" * 200))
    assert len(found) == 1
    assert len(found[0].raw) == 203


def test_a_number_is_brought_into_its_range() -> None:
    fields = parse(b"^FO99999999,-5^FS")[0].parameters()
    assert (fields.number(0, 0), fields.number(1, 7), fields.number(2, 7)) == (32000, 0, 7)


def test_a_fraction_is_refused() -> None:
    with pytest.raises(Complaint, match=r"\^FO: expected a whole number, got '1.5'"):
        parse(b"^FO1.5,2^FS")[0].parameters().number(0, 0)


def found_in(reader: FormatReader, *pieces: bytes) -> list[Format | Command]:
    return [found for piece in pieces for found in reader.feed(piece)]


def test_a_format_keeps_its_bytes_as_they_came() -> None:
    zpl = b"^XA\r\n^FO1,1^FDx^FS\r\n^XZ"
    assert found_in(FormatReader(), b"\r\n", zpl[:7], zpl[7:], b"\r\n") == [
        Command("", b"\r\n", b"\r\n"),
        Format(zpl, commands.Prefixes()),
        Command("", b"\r\n", b"\r\n"),
    ]


def test_a_control_command_acts_in_the_middle_of_a_format() -> None:
    found = found_in(FormatReader(), b"^XA^FDx~HS^FS^XZ")
    assert isinstance(found[0], Command)
    assert found[0].code == "~HS"
    assert isinstance(found[1], Format)


def test_a_format_remembers_the_prefixes_it_began_with() -> None:
    found = found_in(FormatReader(), b"~CC+", b"+XA+FDx+FS+XZ")
    assert isinstance(found[1], Format)
    assert found[1].prefixes.format == ord("+")


def test_cancelling_ends_the_half_sent_format_and_nothing_that_comes_after() -> None:
    reader = FormatReader()
    formats = []
    for found in reader.feed(b"^XA^FO1,1^FDhalf~JX^XA^XZ"):
        if isinstance(found, Format):
            formats.append(found)
        elif found.code == "~JX":
            reader.cancel()
    assert formats == [Format(b"^XA^XZ", commands.Prefixes())]
    assert not reader.partial


def test_power_off_forgets_even_the_beginning_of_a_command() -> None:
    reader = FormatReader()
    assert found_in(reader, b"~CC+", b"+XA+FDhalf")[1:] == []
    reader.power_off()
    assert found_in(reader, b"^XA^XZ") == [Format(b"^XA^XZ", commands.Prefixes())]


def test_too_many_commands_are_left_out_and_said_so() -> None:
    found = found_in(FormatReader(), b"^XA" + b"^FS" * (COMMANDS_LIMIT + 10) + b"^XZ")
    assert isinstance(found[0], Format)
    assert found[0].problems[0].startswith("format: 11 commands left out, expected at most")
    assert found[0].zpl.endswith(b"^XZ")
