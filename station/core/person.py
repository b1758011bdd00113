"""Whether two names are of one person, however they were written.

>>> same("王芳", " 王 芳 (command line, root)"), same("Anna Li", "LI, Anna"), same("王芳", "王强")
(True, True, False)
"""

import unicodedata


def plain(name: str) -> str:
    """One person, however they wrote their name; "(command line)" is no part of it."""
    person = unicodedata.normalize("NFKC", name).partition("(")[0].casefold()
    words = "".join(each if each.isalnum() else " " for each in person).split()
    return "".join(sorted(words)) if person.isascii() else "".join(words)


def same(one: str, other: str) -> bool:
    return plain(one) == plain(other)


def named(name: str) -> bool:
    """Whether it names anybody: it has a letter."""
    return any(letter.isalpha() for letter in plain(name))
