r"""What the odometer answers: how many labels ever left the head (ZPL II Programming Guide, SGD
Command Reference, odometer.total_label_count).

>>> parse_count(b"31084"), parse_count(b"1,234 LABELS"), parse_count(b"?")
(31084, 1234, None)
>>> parse_count(b"8516 INCHES, 21632 CENTIMETERS")
Traceback (most recent call last):
    ...
ValueError: expected a count of labels from the odometer, got b'8516 INCHES, 21632 CENTIMETERS'
"""

import re

from drivers.interface import Garbled
from drivers.zebra.variable import UNKNOWN, VariableAnswer, getvar

GET_COUNT = getvar("odometer.total_label_count")

_COUNT = re.compile(rb"([0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(?: ?labels?)?", re.IGNORECASE)


class CountAnswer(VariableAnswer):
    def __init__(self, name: str) -> None:
        super().__init__(name, what="count of labels")

    def count(self) -> int | None:
        """None where the printer does not know the variable. Raises Garbled."""
        try:
            return parse_count(self.value)
        except ValueError as error:
            raise Garbled(self._name, str(error)) from error


def parse_count(value: bytes) -> int | None:
    """The value without its quotes. Raises ValueError for what is no count or could be two."""
    text = value.strip(b" ")
    if text in UNKNOWN:
        return None
    if not (found := _COUNT.fullmatch(text)):
        raise ValueError(f"expected a count of labels from the odometer, got {value!r}")
    return int(found[1].replace(b",", b""))
