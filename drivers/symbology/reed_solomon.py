"""Reed-Solomon check codewords over GF(256), as ISO/IEC 16022:2006 annex E uses them.

The example of annex O: "123456" as three codewords, and their five check codewords.

>>> check_codewords(bytes([142, 164, 186]), count=5).hex(" ")
'72 19 05 58 66'
"""

from functools import lru_cache

_PRIMITIVE = 0b1_0010_1101
"""x^8 + x^5 + x^3 + x^2 + 1"""


def _tables() -> tuple[bytes, bytes]:
    powers, logarithms = bytearray(510), bytearray(256)
    value = 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logarithms[value] = exponent
        value = value << 1 ^ (_PRIMITIVE if value & 0x80 else 0)
    return bytes(powers), bytes(logarithms)


_POWER, _LOGARITHM = _tables()


def _times(left: int, right: int) -> int:
    return _POWER[_LOGARITHM[left] + _LOGARITHM[right]] if left and right else 0


@lru_cache
def _generator(count: int) -> bytes:
    """The product of (x + 2^i), i from 1 to count: coefficients below the leading one."""
    polynomial = [1]
    for exponent in range(1, count + 1):
        shifted = [*polynomial, 0]
        scaled = [0, *(_times(term, _POWER[exponent]) for term in polynomial)]
        polynomial = [high ^ low for high, low in zip(shifted, scaled, strict=True)]
    return bytes(polynomial[1:])


def check_codewords(data: bytes, *, count: int) -> bytes:
    """The remainder of data, shifted up by count, divided by the generator polynomial."""
    generator = _generator(count)
    remainder = bytearray(count)
    for codeword in data:
        factor = codeword ^ remainder[0]
        del remainder[0]
        remainder.append(0)
        for place, term in enumerate(generator):
            remainder[place] ^= _times(term, factor)
    return bytes(remainder)
