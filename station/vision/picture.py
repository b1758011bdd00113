"""Pictures as files and as pixels: what is let in, what is kept as evidence.

Files come from anybody. How many pixels one holds stands in its first bytes, so a picture that
would not fit in memory is refused before it is decoded.
"""

import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from station.core.problem import Problem, Refused, problem

Picture = NDArray[np.uint8]

FILE_LIMIT = 64_000_000
"""Bytes."""

PIXEL_LIMIT = 50_000_000
LEAST_SIDE = 8
LONGEST_SIDE = 16_000
"""A decoder takes at most 65 535, of a picture that a rescue has enlarged."""

QUALITY = 90
"""JPEG; what a person, or a decoder, has to see again is all there at this quality."""

SCREEN_QUALITY = 75
"""JPEG; for a glance at a page, from which the picture as it was taken is one touch away."""

_FORMATS = ("BMP", "JPEG", "PNG", "TIFF", "WEBP")


def read_image(path: Path) -> Picture:
    """The picture in a file: BGR (height, width, 3), 8 bits. Raises Refused."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise Refused(problem("{path} is not a file but a device or a pipe.", path=str(path)))
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise Refused(problem("Cannot read {path}: {why}.", path=str(path), why=why)) from None
    return _picture(data, str(path))


def from_bytes(data: bytes) -> Picture | None:
    """The same for a file that is already here; None for what is not a picture to be read."""
    try:
        return _picture(data, "")
    except Refused:
        return None


def to_jpeg(pixels: Picture, *, quality: int = QUALITY) -> bytes:
    """The picture (height, width) or BGR as a JPEG file."""
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def for_screen(pixels: Picture, width: int) -> bytes:
    """A JPEG of the picture (height, width, 3) for a page: at most so many pixels across."""
    return to_jpeg(reduced(pixels, width), quality=SCREEN_QUALITY)


def grey(pixels: Picture) -> Picture:
    """The picture (height, width), (…, 1), BGR or BGRA, as (height, width). Raises Refused."""
    found = _unusable(pixels.dtype, pixels.shape)
    if found:
        raise Refused(found)
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    match pixels.shape[2]:
        case 1:
            return np.ascontiguousarray(pixels[:, :, 0])
        case 3:
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        case _:
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY), np.uint8)


def reduced(picture: Picture, width: int) -> Picture:
    """At most so many pixels across, each the mean of those it stands for; as it comes."""
    rows, columns = picture.shape[:2]
    if columns <= width:
        return picture
    size = (width, max(1, round(rows * width / columns)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _picture(data: bytes, path: str) -> Picture:
    if len(data) > FILE_LIMIT:
        template = "{path} is too large: at most {limit} bytes."
        raise Refused(problem(template, path=path, limit=FILE_LIMIT))
    if not data:
        raise Refused(problem("{path} is not a picture: the file is empty.", path=path))
    width, height = _announced(data, path)
    if width * height > PIXEL_LIMIT:
        template = "{path} has too many pixels: at most {limit}, got {width} × {height}."
        raise Refused(problem(template, path=path, limit=PIXEL_LIMIT, width=width, height=height))
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        found = None
    if found is None:
        raise Refused(_not_a_picture(path))
    return np.asarray(found, np.uint8)


def _announced(data: bytes, path: str) -> tuple[int, int]:
    """Width and height as the file's header gives them; no pixel is decoded."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as header:
            return header.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        template = "{path} has too many pixels: at most {limit}."
        raise Refused(problem(template, path=path, limit=PIXEL_LIMIT)) from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused(_not_a_picture(path)) from None


def _not_a_picture(path: str) -> Problem:
    template = "{path} is not a picture that can be read: expected {formats}."
    return problem(template, path=path, formats=", ".join(_FORMATS))


def _unusable(kind: np.dtype[np.uint8], shape: tuple[int, ...]) -> Problem | None:
    channels = shape[2:] or (1,)
    if kind != np.uint8 or len(shape) < 2 or channels not in {(1,), (3,), (4,)}:
        template = "Expected a picture of 8 bits, grey or in colour, got {type} of shape {shape}."
        return problem(template, type=str(kind), shape=str(shape))
    too_long = max(shape[:2]) > LONGEST_SIDE
    if min(shape[:2]) < LEAST_SIDE or too_long or shape[0] * shape[1] > PIXEL_LIMIT:
        template = (
            "Expected a picture of at least {least} × {least} and at most {limit} pixels, "
            "got {width} × {height}."
        )
        height, width = shape[:2]
        return problem(template, least=LEAST_SIDE, limit=PIXEL_LIMIT, width=width, height=height)
    return None
