"""Serials: which ones an order uses, which ones a product may have, which ones were used before.

plan.py         a list, a range, a counter or random ones, as a work order asks for them
permutation.py  what makes random ones: every serial of a range once, in an order nobody can guess
policy.py       what the serials of a product are made of, and which of them are whose
history.py      serials that were used before there was a station, from a file
"""

from station.core.serials.plan import MOST, Drawn, Serials
from station.core.serials.policy import Block, SerialPolicy

__all__ = ["MOST", "Block", "Drawn", "SerialPolicy", "Serials"]
