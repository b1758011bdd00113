"""A picture beside a template: one bit a pixel, whoever drew it, and nothing else."""

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from station.artwork.drawing import BYTES, Drawing, bare_name, beside
from station.artwork.template import Template
from station.core.problem import Refused

PIXELS = np.array([[True, False, True], [False, True, False]])


def png(pixels: np.ndarray[Any, np.dtype[np.bool_]] = PIXELS, mode: str = "1") -> bytes:
    """Black where True."""
    file = io.BytesIO()
    Image.fromarray(~pixels).convert(mode).save(file, "PNG")
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def forged(width: int, height: int, data: bytes, *, depth: int = 1, colour: int = 0) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def why(file: bytes) -> str:
    with pytest.raises(Refused) as refused:
        Drawing.of(file)
    return str(refused.value)


def test_black_is_ink() -> None:
    assert np.array_equal(Drawing.of(png()).ink, PIXELS)


def test_its_digest_is_that_of_the_file() -> None:
    assert Drawing.of(png()).digest != Drawing.of(png(~PIXELS)).digest
    assert Drawing.of(png()) == Drawing.of(png())


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_greys_and_colours_are_refused(mode: str) -> None:
    assert why(png(mode=mode)).startswith(
        "Expected a PNG of one bit a pixel, black and white, got "
    )


def test_a_picture_that_unpacks_to_a_city_is_refused_before_it_is_unpacked() -> None:
    """100 000 by 100 000 pixels of white are 1.2 MB of zeros, packed to a thousandth of that."""
    assert why(forged(100_000, 100_000, zlib.compress(bytes(1_250_000), 9))) == (
        "Expected a picture of 1 to 4096 pixels each way, got 100000 by 100000."
    )


def test_more_data_than_the_picture_has_pixels_are_not_unpacked() -> None:
    packed = zlib.compress(bytes(50_000_000), 9)
    assert Drawing.of(forged(8, 8, packed)).ink.shape == (8, 8)


def test_too_large_a_file_is_refused() -> None:
    assert why(png() + bytes(BYTES)) == "Expected a picture of at most 1000000 bytes, got more."


@pytest.mark.parametrize("file", [b"", b"GIF89a" + bytes(40), b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_png_is_refused(file: bytes) -> None:
    assert why(file) == "Expected a PNG file, got something else."


def test_a_picture_cut_short_is_refused() -> None:
    assert why(forged(64, 64, b"\x78\x9c\x01")).startswith("The picture cannot be read: ")


@given(st.data())
def test_a_damaged_file_is_a_drawing_or_refused(data: st.DataObject) -> None:
    file = bytearray(png(np.tile(PIXELS, (8, 8))))
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        drawing = Drawing.of(bytes(file[: data.draw(st.integers(0, len(file)))]))
    except Refused as refused:
        assert refused.problems  # noqa: PT017 - the property is that there is a reason
        return
    assert drawing.ink.dtype == np.bool_


def test_every_pixel_becomes_a_square_of_whole_dots_or_is_told_not_to() -> None:
    drawing = Drawing.of(png())
    assert drawing.is_exact(width=3, height=2)
    assert drawing.is_exact(width=9, height=6)
    assert not drawing.is_exact(width=9, height=4)
    assert not drawing.is_exact(width=4, height=2)
    thrice = drawing.scaled(width=9, height=6)
    assert np.array_equal(thrice, PIXELS.repeat(3, axis=0).repeat(3, axis=1))


def test_a_dot_takes_the_pixel_nearest_to_its_middle() -> None:
    wide = Drawing.of(png(np.array([[True, False]]))).scaled(width=5, height=1)
    assert wide.tolist() == [[True, True, False, False, False]]


@pytest.mark.parametrize(
    "name",
    ["../a.png", "/a.png", "a/b.png", "a\\b.png", ".png", "a.PNG", "a.png\n", "a..png", "a\0.png"],
)
def test_a_name_leads_nowhere_else(name: str) -> None:
    with pytest.raises(Refused, match="Expected the bare name of a file"):
        bare_name(name)


def document(*files: object, **more: object) -> dict[str, Any]:
    pictures = tuple(
        {"kind": "picture", "x": 2, "y": 2, "width": 3, "height": 2, "file": file} | more
        for file in files
    )
    symbol = {"kind": "datamatrix", "x": 30, "y": 10, "module": "0.375"}
    hri = {"kind": "hri", "x": 2, "y": 10, "width": 25, "height": 9, "size": 2}
    size = {"width": 60, "height": 40}
    return {"name": "t", "revision": "1", "size": size, "elements": (*pictures, symbol, hri)}


def test_the_files_beside_a_template_are_those_it_names(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "b.png").write_bytes(png())
    (tmp_path / "large.png").write_bytes(bytes(3 * BYTES))
    os.mkfifo(tmp_path / "pipe.png")
    found = beside(
        document("a.png", "../a.png", "gone.png", "large.png", "pipe.png", 7, None), tmp_path
    )
    assert set(found) == {"a.png", "large.png"}
    assert len(found["large.png"]) == BYTES + 1


@pytest.mark.parametrize(
    "wrong", [None, [], {"elements": None}, {"elements": {"a": 1}}, {"elements": ("x", {}, 3)}]
)
def test_a_document_that_is_no_template_names_no_files(wrong: object, tmp_path: Path) -> None:
    assert beside(wrong, tmp_path) == {}


def test_a_picture_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        Template.parse(document("a.png", "b.png"), pictures={"a.png": b"GIF"})
    assert str(refused.value).splitlines() == [
        "elements.0.file: Expected a PNG file, got something else.",
        "elements.1.file: There is no picture b.png beside the template.",
    ]


def test_another_picture_of_the_same_name_is_another_design() -> None:
    one = Template.parse(document("a.png"), pictures={"a.png": png()})
    same = Template.parse(document("a.png"), pictures={"a.png": png(), "b.png": b"unread"})
    other = Template.parse(document("a.png"), pictures={"a.png": png(~PIXELS)})
    assert one.digest == same.digest != other.digest
    assert one == same != other
    assert Drawing.of(png()).digest.encode() in one.canonical


def test_a_design_may_say_which_picture_it_means() -> None:
    digest = Drawing.of(png()).digest
    said = Template.parse(document("a.png", sha256=digest), pictures={"a.png": png()})
    assert said.digest == Template.parse(document("a.png"), pictures={"a.png": png()}).digest
    with pytest.raises(Refused, match=f"another picture a.png: expected the SHA-256 {digest}"):
        Template.parse(document("a.png", sha256=digest), pictures={"a.png": png(~PIXELS)})
    with pytest.raises(Refused, match="Expected a SHA-256 as 64 digits"):
        Template.parse(document("a.png", sha256="x"), pictures={"a.png": png()})
