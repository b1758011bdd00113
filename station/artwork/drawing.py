"""A drawing that came as a file: a PNG of one bit a pixel, read as what anybody may have sent.

>>> bare_name("logo.png")
'logo.png'
>>> bare_name("../logo.png")
Traceback (most recent call last):
station.core.problem.Refused: Expected the bare name of a file, such as logo.png, got '../logo.png'.

One bit, because a print head knows ink and paper: where a grey becomes one or the other, a person
has to decide, not this station.

Source: Portable Network Graphics, third edition (W3C), clauses 5.2 and 11.2.1.
"""

import hashlib
import io
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from station.artwork.ink import Ink, sealed
from station.core.problem import Refused, problem

BYTES = 1_000_000
"""Of one file: a label full of noise at 24 dots/mm is not larger."""

SIDE = 4096
"""Pixels of one side: 170 mm at 24 dots/mm. With it, a picture unpacks to 2 MB at most."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.png")
_HEAD = struct.Struct(">8sI4sIIBB")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Drawing:
    digest: str
    """SHA-256 of the file."""

    data: bytes = field(compare=False, repr=False)
    """The file itself."""

    ink: Ink = field(compare=False)
    """(height, width) pixels, True is black."""

    @classmethod
    def of(cls, file: bytes) -> "Drawing":
        """Raises Refused when it is not a PNG of one bit a pixel, black and white."""
        _check_head(file)
        try:
            with Image.open(io.BytesIO(file), formats=("PNG",)) as image:
                pixels = np.asarray(image.convert("1"))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise Refused(
                problem("The picture cannot be read: {why}.", why=str(error)[:100])
            ) from None
        return cls(hashlib.sha256(file).hexdigest(), file, sealed(~pixels))

    def scaled(self, *, width: int, height: int) -> Ink:
        """In so many dots, each with the pixel nearest to its middle."""
        rows, columns = self.ink.shape
        down = (np.arange(height) * 2 + 1) * rows // (2 * height)
        across = (np.arange(width) * 2 + 1) * columns // (2 * width)
        return sealed(self.ink[np.ix_(down, across)])

    def is_exact(self, *, width: int, height: int) -> bool:
        """Whether in so many dots every pixel becomes a square of whole dots."""
        rows, columns = self.ink.shape
        times = max(1, width // columns)
        return (width, height) == (columns * times, rows * times)


def bare_name(name: str) -> str:
    """A file name that leads nowhere else. Raises Refused."""
    if not _NAME.fullmatch(name):
        raise Refused(
            problem(
                "Expected the bare name of a file, such as logo.png, got {got!r}.", got=name[:80]
            )
        )
    return name


def beside(document: object, folder: Path) -> dict[str, bytes]:
    """The files that the picture elements of a template's document name, for `Template.parse`.

    The document need not be a right one, and files that are not there are left out: `parse` says
    what is wrong. At most one byte more than a picture may have is read of each. Raises OSError.
    """
    found: dict[str, bytes] = {}
    for name in _names(document):
        path = folder / name
        if path.is_file():
            with path.open("rb") as file:
                found[name] = file.read(BYTES + 1)
    return found


def _names(document: object) -> tuple[str, ...]:
    elements = document.get("elements") if isinstance(document, dict) else None
    named = (
        each["file"]
        for each in (elements if isinstance(elements, list | tuple) else ())
        if isinstance(each, dict) and each.get("kind") == "picture" and "file" in each
    )
    return tuple(each for each in named if isinstance(each, str) and _NAME.fullmatch(each))


def _check_head(file: bytes) -> None:
    """Size and kind are known before a single pixel is unpacked."""
    if len(file) > BYTES:
        raise Refused(problem("Expected a picture of at most {most} bytes, got more.", most=BYTES))
    if len(file) < _HEAD.size or not file.startswith(_SIGNATURE):
        raise Refused(problem("Expected a PNG file, got something else."))
    _, _, chunk, width, height, depth, colour = _HEAD.unpack_from(file)
    if chunk != b"IHDR" or (depth, colour) != (1, 0):
        raise Refused(
            problem(
                "Expected a PNG of one bit a pixel, black and white, got {depth} bits of colour"
                " type {colour}.",
                depth=depth,
                colour=colour,
            )
        )
    if not (0 < width <= SIDE and 0 < height <= SIDE):
        raise Refused(
            problem(
                "Expected a picture of 1 to {most} pixels each way, got {width} by {height}.",
                most=SIDE,
                width=width,
                height=height,
            )
        )
