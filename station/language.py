"""Sentences in the language of whoever reads them.

The English sentence is the key. Catalogues are gettext files; a sentence without a translation
is shown in English rather than not at all, and a test lists every one that is missing.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from station.core.problem import Problem

LANGUAGES = ("zh", "en")


@cache
def _catalogue(language: str) -> dict[str, str]:
    path = Path(__file__).parent / "locale" / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id and each.string}


def sentence(text: str, /) -> str:
    """Mark a sentence that stands in a table and is said later, so that nobody forgets it."""
    return text


def say(text: str, language: str, /, **values: object) -> str:
    """The sentence in this language, with its values filled in.

    >>> say("{accepted} of {quantity}", "en", accepted=3, quantity=24)
    '3 of 24'
    """
    template = _catalogue(language).get(text, text)
    return template.format(**values) if values else template


def tell(found: Problem, language: str) -> str:
    """A problem as one sentence, with the field it is about."""
    told = say(found.template, language, **dict(found.values))
    return f"{found.where}: {told}" if found.where else told
