"""The last few pictures of the line, under the name of their content.

A page never shows a picture beside the verdict of another label: the name in the page is the
digest, and under it there is this picture or none.
"""

import hashlib
from collections import OrderedDict

_KEPT = 16


class Pictures:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

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
