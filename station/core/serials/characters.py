"""What serials are made of: characters that people can tell apart, and a check of any set."""

from collections.abc import Iterator

from station.core.ai import CSET82
from station.core.problem import Problem, problem

DIGITS = "0123456789"

READABLE = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and capitals without I and O, which are taken for 1 and 0."""

EVERY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

AMBIGUOUS = "IOilo"
"""Letters that a reader takes for a digit."""


_BY_WIDTH = "mMW%NOQw&GHUDABCKPRVbdhnopqu*+<=>EXYZaeFLST0123456789gkvxycsz\"?_r/-Ift()J!,.:;ijl'"
"""Set 82, measured in the station's own font; capitals first, which no symbol packs as digits."""


def widest_of(characters: str) -> str:
    """The one that takes the most room on a label.

    >>> widest_of("0123456789ABC")
    'A'
    """
    return next(each for each in _BY_WIDTH if each in characters)


def character_problems(characters: str, *, ambiguous: bool, where: str) -> Iterator[Problem]:
    """Why serials cannot be made of these; `ambiguous` ones may be allowed.

    >>> print(*character_problems("0123O", ambiguous=False, where="alphabet"))
    alphabet: O looks like a digit. Leave it out, or say `ambiguous: allowed`.
    """
    if len(set(characters)) != len(characters) or len(characters) < 2:
        yield problem(
            "Expected at least 2 characters, each once, got {got!r}.",
            where=where,
            got=characters[:90],
        )
    strange = "".join(each for each in characters if each not in CSET82.characters)
    if strange:
        yield problem(
            "A serial is made of GS1 character set 82, which has no {got!r} (GS1 General"
            " Specifications 7.11).",
            where=where,
            got=strange[:40],
        )
    alike = "".join(each for each in characters if each in AMBIGUOUS)
    if alike and not ambiguous:
        yield problem(
            "{got} looks like a digit. Leave it out, or say `ambiguous: allowed`.",
            where=where,
            got=" ".join(alike),
        )
