"""Bytes on the wire: one label as a bitmap, as one format that needs nothing, and as it is sent."""

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping

import numpy as np

from station.artwork import zpl
from station.artwork.items import Artwork
from station.artwork.picture import inked
from station.line.job import Job

HEAD = "| label | dots/mm | bitmap, hex | bitmap, Z64 | self-contained | stored, once | label |"
BAUD = 9600
"""The slowest line that is common."""


def bytes_per_label(jobs: Iterable[tuple[int, Mapping[str, Job]]]) -> None:
    """`jobs`: by resolution in dots/mm, then by name."""
    print("## Bytes on the wire\n")
    print(f"{HEAD} ratio | ms at {BAUD} baud |\n|{'---|' * 9}")
    for dots, named in jobs:
        for name, job in named.items():
            print(f"| {name} | {dots} | {_row(job.first.artwork)} |")
    print(
        "\nRatio: hexadecimal bitmap to label. “Stored, once” is sent before the first label of an"
        " order, and again when the printer has lost it.\n"
    )


def _row(artwork: Artwork) -> str:
    hexadecimal, packed = len(_bitmap(artwork, packed=False)), len(_bitmap(artwork, packed=True))
    once, label = len(zpl.FORGET + zpl.setup(artwork)), len(zpl.label(artwork))
    sizes = f"{hexadecimal} | {packed} | {len(zpl.standalone(artwork))} | {once} | {label}"
    return f"{sizes} | {hexadecimal / label:.0f} | {label * 10_000 / BAUD:.0f}"


def _bitmap(artwork: Artwork, *, packed: bool) -> bytes:
    """The label as one picture, which is how most drivers of operating systems print."""
    rows = np.packbits(inked(artwork, artwork.items), axis=1)
    dots = rows.tobytes()
    if packed:
        text = base64.b64encode(zlib.compress(dots, 9))
        data = f":Z64:{text.decode()}:{binascii.crc_hqx(text, 0):04X}"
    else:
        data = dots.hex().upper()
    size = f"^PW{artwork.width}^LL{artwork.height}"
    graphic = f"^GFA,{len(dots)},{len(dots)},{rows.shape[1]},{data}"
    return f"^XA{size}^FO0,0{graphic}^FS^PQ1,0,1,Y^XZ".encode("ascii")
