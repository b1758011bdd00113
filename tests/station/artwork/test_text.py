import hashlib
from pathlib import Path

import numpy as np
import pytest

from station.artwork.text import DEFAULT_FONT, Font
from station.core.problem import Refused


def test_the_digest_is_that_of_the_file(font: Font) -> None:
    assert font.digest == hashlib.sha256(DEFAULT_FONT.read_bytes()).hexdigest()


def test_a_font_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Font.load(tmp_path / "none.ttc")
    assert str(refused.value) == (
        f"Cannot use the font {tmp_path}/none.ttc: No such file or directory."
    )


@pytest.mark.parametrize("data", [b"", b"ttcf", b"no font at all", b"\x00\x01\x00\x00" + b"x" * 99])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.ttc"
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"Cannot use the font .*broken\.ttc"):
        Font.load(path)


@pytest.mark.parametrize("place", [4, 11, 12, 40, 700])
def test_a_damaged_font_is_refused_or_whole(tmp_path: Path, place: int) -> None:
    """Header, offsets and tables of the collection, each with one byte changed."""
    data = bytearray(DEFAULT_FONT.read_bytes()[:2_000_000])
    data[place] ^= 0xFF
    path = tmp_path / "damaged.ttc"
    path.write_bytes(data)
    with pytest.raises(Refused, match="Cannot use the font"):
        Font.load(path)


def test_a_missing_glyph_is_named_once(font: Font) -> None:
    assert font.missing("升温毯😀א😀") == ("😀", "א")


def test_a_line_is_cut_to_its_ink_and_cannot_be_changed(font: Font) -> None:
    ink = font.line("升温毯 SN", size=20).ink
    assert ink[0].any()
    assert ink[-1].any()
    assert ink[:, 0].any()
    assert ink[:, -1].any()
    with pytest.raises(ValueError, match="read-only"):
        ink[0, 0] = True


def test_no_accent_is_cut_off(font: Font) -> None:
    """At 16 dots the accents of capitals reach above the line box."""
    plain, accented = font.line("E", size=16), font.line("É", size=16)
    assert accented.top < 0
    assert accented.top + accented.ink.shape[0] == plain.top + plain.ink.shape[0]


def test_white_space_has_no_ink(font: Font) -> None:
    assert font.line("  ", size=20).ink.size == 0


def test_bold_adds_ink_and_takes_none(font: Font) -> None:
    regular = font.line("LOT", size=30).ink
    bold = font.line("LOT", size=30, bold=True).ink
    assert bold[:, : regular.shape[1]][regular].all()
    assert bold.sum() > regular.sum()


def test_the_same_text_is_drawn_once(font: Font) -> None:
    assert font.line("HAS-MHB-HC", size=20) is font.line("HAS-MHB-HC", size=20)


def test_two_fonts_from_one_file_draw_the_same_dots(font: Font) -> None:
    other = Font.load()
    assert np.array_equal(
        other.line("升温毯", size=17).ink,
        font.line("升温毯", size=17).ink,
    )
