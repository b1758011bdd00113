"""Pictures, and what is computed once for a size of picture and kept."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_Kept = TypeVar("_Kept", bound=NDArray[np.generic])


def kept(field: _Kept) -> _Kept:
    """Shared between frames, therefore read-only."""
    field.flags.writeable = False
    return field


def radius(width: int, height: int) -> NDArray[np.float32]:
    """(height, width): how far from the middle of the frame; 1 in its corners."""
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.float32(height)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * np.float32(width)
    distance = np.hypot(down, across) / np.hypot(np.float32(height), np.float32(width))
    return np.asarray(distance, np.float32)
