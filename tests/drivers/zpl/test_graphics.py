"""Graphic data in all their forms."""

import base64
import binascii
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.zpl import graphics
from drivers.zpl.commands import Complaint, parse
from drivers.zpl.memory import Memory


def enveloped(kind: bytes, data: bytes) -> bytes:
    encoded = base64.b64encode(data)
    return b":%b:%b:%04X" % (kind, encoded, binascii.crc_hqx(encoded, 0))


def dots(raw: bytes, width: int) -> list[list[bool]]:
    bits = np.unpackbits(np.frombuffer(raw, dtype=np.uint8).reshape(-1, width), axis=1) > 0
    rows: list[list[bool]] = bits.tolist()
    return rows


def run_lengths(raw: bytes, width: int) -> bytes:
    """As label software packs: counts, line ends and repeated lines."""
    out, above = b"", ""
    for start in range(0, len(raw), width):
        line = raw[start : start + width].hex().upper()
        out += b":" if line == above else _packed_line(line)
        above = line
    return out


def _packed_line(line: str) -> bytes:
    body = line.rstrip("0")
    if body != line:
        return _counted(body) + b","
    body = line.rstrip("F")
    return _counted(body) + (b"!" if body != line else b"")


def _counted(digits: str) -> bytes:
    out, place = "", 0
    while place < len(digits):
        count = len(digits[place:]) - len(digits[place:].lstrip(digits[place]))
        out += "z" * (count // 400)
        out += chr(ord("f") + count % 400 // 20) if count % 400 >= 20 else ""
        out += chr(ord("F") + count % 20) if count % 20 else ""
        out += digits[place]
        place += count
    return out.encode("ascii")


rasters = st.integers(1, 60).flatmap(
    lambda width: st.lists(
        st.one_of(
            st.binary(min_size=width, max_size=width),
            st.sampled_from([b"\0" * width, b"\xff" * width, b"\xf0" * width]),
        ),
        min_size=1,
        max_size=8,
    ).map(lambda rows: (b"".join(rows), width))
)


@given(rasters)
def test_all_forms_of_the_same_graphic_give_the_same_dots(raster: tuple[bytes, int]) -> None:
    raw, width = raster
    for packed in (
        raw.hex().encode("ascii"),
        run_lengths(raw, width),
        enveloped(b"B64", raw),
        enveloped(b"Z64", zlib.compress(raw)),
    ):
        got = graphics.unpack("^GF", packed, total=len(raw), width=width)
        assert got.tolist() == dots(raw, width)


def test_a_count_above_four_hundred_is_written_with_several_letters() -> None:
    got = graphics.unpack("^GF", b"zzGF", total=401, width=401)
    assert int(got.sum()) == 801 * 4


def test_a_damaged_graphic_is_refused_with_both_checks() -> None:
    packed = enveloped(b"Z64", zlib.compress(b"\xff" * 8))[:-4] + b"0000"
    with pytest.raises(Complaint, match=r"graphic damaged: expected check [0-9A-F]{4}, got 0000"):
        graphics.unpack("^GF", packed, total=8, width=2)


@pytest.mark.parametrize(
    "packed",
    [b":Z64:AAAA", b":Z64:!!!!:0000", enveloped(b"Z64", b"no zlib"), b"GHX?", b":Z64:\xff:0000"],
)
def test_what_is_no_graphic_is_refused(packed: bytes) -> None:
    with pytest.raises(Complaint, match=r"^\^GF: "):
        graphics.unpack("^GF", packed, total=8, width=2)


@pytest.mark.parametrize(("total", "width"), [(0, 0), (8, 0), (8, 9), (1 << 30, 2)])
def test_sizes_that_cannot_be_are_refused(total: int, width: int) -> None:
    with pytest.raises(Complaint, match="bytes per row <= bytes"):
        graphics.unpack("^GF", b"FF", total=total, width=width)


def test_a_small_graphic_that_unpacks_to_a_huge_one_is_cut_at_its_declared_size() -> None:
    packed = enveloped(b"Z64", zlib.compress(b"\xff" * 50_000_000))
    assert graphics.unpack("^GF", packed, total=8, width=2).shape == (4, 16)


@given(st.binary(max_size=300))
def test_no_graphic_data_make_it_fail_otherwise(data: bytes) -> None:
    for prefix in (b"", b":Z64:", b":B64:"):
        try:
            got = graphics.unpack("^GF", prefix + data, total=40, width=4)
        except Complaint:
            continue
        assert got.shape == (10, 32)


@pytest.mark.parametrize(
    "command",
    [
        b"~DGR:LOGO.GRF,4,2,F0F00FF0",
        b"~DYR:LOGO,A,G,4,2,F0F00FF0",
        b"~DYlogo,B,G,4,2,\xf0\xf0\x0f\xf0",
    ],
)
def test_a_graphic_is_stored_under_its_full_name(command: bytes) -> None:
    memory = Memory()
    graphics.download(parse(command)[0], memory)
    assert memory.graphic("R:LOGO.GRF").tolist() == dots(b"\xf0\xf0\x0f\xf0", 2)
    assert memory.graphics_stored == 1


@pytest.mark.parametrize("command", [b"~DYR:X,P,P,4,2,00", b"~DGR:..,4,2,00", b"~DGR:A,x,2,00"])
def test_a_download_that_cannot_be_kept_is_refused(command: bytes) -> None:
    memory = Memory()
    with pytest.raises(Complaint):
        graphics.download(parse(command)[0], memory)
    assert memory.graphics_stored == 0


def test_the_memory_is_finite() -> None:
    memory = Memory()
    big = np.zeros((1000, 16_000), dtype=bool)
    for number in range(4):
        memory.keep_graphic(f"R:{number}.GRF", big)
    with pytest.raises(Complaint, match=r"no room for R:4\.GRF: expected at most 388608 bytes"):
        memory.keep_graphic("R:4.GRF", big)
    memory.keep_graphic("R:3.GRF", big)
    memory.forget("R:*.GRF")
    assert memory.graphics_stored == 0
