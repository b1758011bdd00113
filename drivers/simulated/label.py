"""What comes out of the simulated printer: a piece of paper."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class PrintedLabel:
    number: int
    """Counts every label this printer ever printed, from 1."""

    picture: NDArray[np.uint8]
    """(height, width) in dots: 0 is ink, 255 is paper; grey where a worn head left less ink.
    Shorter than the label was meant where its paper was cut.
    """

    dots_per_mm: int

    zpl: bytes
    """The format that made it, as received."""

    unknown: tuple[str, ...] = ()
    """Commands in it that the interpreter does not know, such as "^RB"."""


def prints(zpl: bytes) -> bool:
    """Whether a format makes a label: it draws or recalls something, and is not itself kept.

    >>> [prints(each) for each in (b"^XA^FO1,1^GB9,9^FS^XZ", b"^XA^DFR:A.ZPL^FS^FO1,1^FN1^FS^XZ")]
    [True, False]
    >>> [prints(each) for each in (b"^XA^XFR:A.ZPL^FS^FN1^FD7^FS^XZ", b"^XA^JZN^XZ")]
    [True, False]
    """
    return (b"^FO" in zpl or b"^XF" in zpl) and b"^DF" not in zpl
