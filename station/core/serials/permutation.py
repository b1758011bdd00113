"""All numbers of a range, each once, in an order that nobody can tell who has not the key.

A Feistel network over two wheels of nearly equal size turns a place into a number and can be
turned back, so no two places give the same. The wheels together hold a few numbers more than the
range: one of these is sent through again until it falls inside.

>>> shuffled = Permutation(b"key", 10)
>>> [shuffled.at(place) for place in range(10)]
[1, 0, 6, 9, 3, 5, 2, 4, 8, 7]

Source: Black and Rogaway, Ciphers with Arbitrary Finite Domains (CT-RSA 2002), generalised
Feistel and cycle walking; ten rounds as in NIST SP 800-38G (FF1).
"""

from hashlib import sha256
from math import isqrt

ROUNDS = 10

KEPT = 10_000
"""Size of a wheel up to which the turns are kept once they are known: 100 000 numbers at most."""


class Permutation:
    """Every place from 0 to size - 1 has a number from 0 to size - 1 of its own."""

    def __init__(self, key: bytes, size: int) -> None:
        """Raises ValueError for a size below 1."""
        if size < 1:
            raise ValueError(f"nothing to permute: size {size}")
        self.size = size
        self._left = isqrt(size - 1) + 1
        self._right = -(-size // self._left)
        self._width = (self._left.bit_length() + 7) // 8
        self._rounds = tuple(sha256(_seed(key, size, number)) for number in range(ROUNDS))
        self._kept: tuple[dict[int, int], ...] = tuple({} for _ in range(ROUNDS))

    def at(self, place: int) -> int:
        """The number at a place. Raises ValueError for a place outside."""
        if not 0 <= place < self.size:
            raise ValueError(f"place {place} of {self.size}")
        number = self._mixed(place)
        while number >= self.size:  # ends: the way leads back to the place it came from
            number = self._mixed(number)
        return number

    def _mixed(self, number: int) -> int:
        left, right = divmod(number, self._right)
        for each in range(0, ROUNDS, 2):
            left = (left + self._turn(each, right)) % self._left
            right = (right + self._turn(each + 1, left)) % self._right
        return left * self._right + right

    def _turn(self, number: int, half: int) -> int:
        """By how much one wheel is turned for where the other one stands."""
        kept = self._kept[number]
        found = kept.get(half)
        if found is None:
            digest = self._rounds[number].copy()
            digest.update(half.to_bytes(self._width, "big"))
            # 256 bits over a wheel: how unevenly they fall cannot be measured.
            found = int.from_bytes(digest.digest(), "big")
            found %= self._right if number % 2 else self._left
            if self._left <= KEPT:
                kept[half] = found
        return found


def _seed(key: bytes, size: int, number: int) -> bytes:
    """What a round begins with; all are of one length, so none is the beginning of another."""
    return sha256(key).digest() + sha256(b"%d %d" % (size, number)).digest()
