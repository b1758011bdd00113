"""The last few pictures of the line, under the name of their content.

A page never shows a picture beside the verdict of another label: the name in the page is the
digest, and under it there is this picture or none.

A camera's picture is sent smaller than it was taken: twenty pages may show each one.
"""

import hashlib
from collections import OrderedDict

from station.vision.picture import for_screen, from_bytes

_KEPT = 16

WIDTH = 960
"""Pixels; more than half of the largest screen."""


class Pictures:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._smaller: OrderedDict[str, bytes] = OrderedDict()

    def keep(self, picture: bytes) -> str:
        """The name of a picture, from now on to be had by it; empty for no picture."""
        if not picture:
            return ""
        name = hashlib.sha256(picture).hexdigest()[:32]
        self._kept[name] = picture
        self._kept.move_to_end(name)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> bytes | None:
        return self._kept.get(name)

    def smaller(self, name: str, picture: bytes) -> bytes:
        """A camera's picture for a page; drawn once, whoever asks. What is none stays as it is."""
        if name not in self._smaller:
            pixels = from_bytes(picture)
            self._smaller[name] = picture if pixels is None else for_screen(pixels, WIDTH)
        if len(self._smaller) > _KEPT:
            self._smaller.popitem(last=False)
        return self._smaller[name]
