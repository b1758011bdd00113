"""One picture as bytes, from a camera that may send anything: whole, small enough, 8 bits.

A decoder fills what is missing of a cut JPEG with grey and reports success, so the end of the
file is looked for first. How many pixels it holds is read from its head before any is decoded.
"""

import io
from urllib.parse import urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from drivers.interface import Garbled

LARGEST = 64_000_000
"""Bytes of one picture."""

MOST_PIXELS = 50_000_000

_TAIL = 4096
"""Bytes behind the end of a picture that some cameras add."""

_FORMATS = ("BMP", "JPEG", "PNG")


def picture(source: str, data: bytes) -> NDArray[np.uint8]:
    """Grey (height, width) or BGR (height, width, 3). Raises Garbled, naming `source`."""
    if len(data) > LARGEST:
        raise Garbled(source, f"more than {LARGEST} bytes for one picture")
    if not whole(data):
        raise Garbled(source, f"{len(data)} bytes that are no whole picture")
    width, height = _announced(source, data)
    if width * height > MOST_PIXELS:
        raise Garbled(source, f"{width} × {height} pixels, at most {MOST_PIXELS} are accepted")
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_ANYCOLOR)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise Garbled(source, f"{len(data)} bytes that cannot be decoded")
    return np.asarray(pixels, np.uint8)


def whole(data: bytes) -> bool:
    """Whether the file has an end: a JPEG, PNG or BMP that is neither cut nor still growing."""
    if data.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in data[-_TAIL:]
    if data.startswith(b"\x89PNG"):
        return b"IEND" in data[-_TAIL:]
    if data.startswith(b"BM"):
        return len(data) >= int.from_bytes(data[2:6], "little") > 0
    return False


def exposure(data: bytes) -> bytes:
    """What the sensor saw: of a JPEG its scan, without comments and times in front of it.

    Two pictures are the same exposure when this is the same (ISO/IEC 10918-1, B.1.1.4: each
    segment before the scan has its length; SOS is 0xFFDA).
    """
    at = 2
    while data[:2] == b"\xff\xd8" and data[at : at + 1] == b"\xff":
        if data[at + 1 : at + 2] == b"\xda":
            return data[at:]
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return data


def without_password(url: str) -> str:
    """The address as it may stand in a log.

    >>> without_password("rtsp://admin:secret@192.0.2.21:554/1")
    'rtsp://192.0.2.21:554/1'
    """
    place = urlsplit(url).netloc
    return url.replace(place, place.rpartition("@")[2], 1)


def _announced(source: str, data: bytes) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as header:
            return header.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Garbled(source, f"more than {MOST_PIXELS} pixels") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Garbled(source, f"{len(data)} bytes that are no picture") from None
