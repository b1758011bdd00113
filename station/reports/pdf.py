"""Pages as a PDF file that is to be kept: PDF/A-2u, or PDF/A-3u where files are attached to it.

ISO 19005-2 and -3, conformance level U: every glyph is in the file, so it looks the same in thirty
years, and its text can be searched. The same calls give the same bytes.

>>> from datetime import UTC
>>> paper = Paper("Study 研究", at=datetime(2026, 3, 1, tzinfo=UTC), language="en",
...               font=Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"))
>>> paper.heading("1  Method")
>>> paper.table(("family", "labels"), (("wrong-lot", "299"),), widths=(3, 1))
>>> paper.to_bytes()[:8]
b'%PDF-1.7'
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from station.artwork.text import Font
from station.core.problem import Refused, problem
from station.reports.typesetter import FONT, Standard, typeset
from station.vision.picture import from_bytes

PIECE = 8
"""Characters of a long word that stay together: digests are compared in eights."""

_LONG = re.compile("[!-\u2e7f]{17,}")
"""A word that is not broken by itself: Chinese breaks anywhere."""

_LAYOUT = Path(__file__).with_name("paper.typ")

Words = str | list[str]
"""A text, or the pieces of one that has long words."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that travels inside the document."""

    name: str
    data: bytes
    kind: str
    """Its media type."""

    description: str


class Paper:
    """A document from top to bottom. Text is text, whatever it holds: nothing in it is markup."""

    def __init__(
        self, title: str, *, at: datetime, language: str, font: Path, foot: str = ""
    ) -> None:
        """`at` is written down as the time at which it was made; it has a zone. `font` is a file
        with all characters: TrueType, or a collection, of which the first is taken. `foot` stands
        below each page, the title where nothing is said.

        Raises Refused where the font cannot be used.
        """
        self._at = at
        self._font = font
        self._glyphs = Font.load(font)
        self._blocks: list[dict[str, Any]] = []
        self._pictures: list[bytes] = []
        self._attached: list[Attached] = []
        self._head = {
            "title": self._shown(title),
            "heading": self._words(title),
            "language": language,
            "foot": self._words(foot or title),
        }

    def heading(self, text: str, *, level: int = 1) -> None:
        """On one page with the beginning of what it is over. `level` 1 or 2."""
        self._add("heading", text=self._words(text), level=level)

    def paragraph(self, text: str) -> None:
        self._add("paragraph", text=self._words(text))

    def notice(self, text: str, *, good: bool) -> None:
        """What nobody may overlook, in a frame."""
        self._add("notice", text=self._words(text), good=good)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """What is called how."""
        self.table((), tuple(facts), widths=(1, 3))

    def table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[float]
    ) -> None:
        """Its headings are repeated on each page; `widths` in shares."""
        self._add(
            "table",
            headings=[self._words(each) for each in headings],
            rows=[[self._words(each) for each in row] for row in rows],
            widths=list(widths),
        )

    def lines(self, lines: Iterable[str], *, columns: int) -> None:
        """Thousands of short lines, in so many columns."""
        self._add("lines", lines=[self._shown(each) for each in lines], columns=columns)

    def pictures(self, pictures: Iterable[tuple[bytes, str]]) -> None:
        """JPEG files with what they show below them, two beside each other. What is no picture
        leaves its words.
        """
        shown = []
        for jpeg, caption in pictures:
            if from_bytes(jpeg) is None:
                self.paragraph(caption)
                continue
            self._pictures.append(jpeg)
            shown.append(
                {
                    "file": _picture(len(self._pictures)),
                    "caption": self._words(caption),
                    "alt": self._shown(caption),
                }
            )
        self._add("pictures", pictures=shown)

    def signatures(self, headings: Sequence[str], roles: Iterable[str]) -> None:
        """Places to be filled in by hand."""
        self._add(
            "signatures",
            headings=[self._words(each) for each in headings],
            roles=[self._words(each) for each in roles],
        )

    def space(self) -> None:
        self._add("space")

    def page(self) -> None:
        """What follows begins on a new page."""
        self._add("page")

    def attach(self, file: Attached) -> None:
        """The file travels inside the document, which is PDF/A-3 then."""
        self._attached.append(file)

    def to_bytes(self) -> bytes:
        """Raises Refused where it cannot be laid out."""
        standard: Standard = "a-3u" if self._attached else "a-2u"
        try:
            with TemporaryDirectory(prefix="labelstation-") as name:
                self._lay(Path(name))
                return typeset(Path(name), at=self._at, standard=standard)
        except OSError as error:
            why = error.strerror or "?"
            raise Refused(problem("The document cannot be laid out: {why}.", why=why)) from None

    def _lay(self, folder: Path) -> None:
        """What the typesetter needs."""
        shutil.copyfile(_LAYOUT, folder / "paper.typ")
        (folder / FONT).mkdir()
        (folder / FONT / self._font.name).symlink_to(self._font.absolute())
        for number, jpeg in enumerate(self._pictures, start=1):
            (folder / _picture(number)).write_bytes(jpeg)
        attached = []
        for number, each in enumerate(self._attached, start=1):
            file = f"attached-{number}"
            (folder / file).write_bytes(each.data)
            attached.append(
                {
                    "file": file,
                    "name": each.name,
                    "kind": each.kind,
                    "description": self._shown(each.description),
                }
            )
        document = self._head | {"blocks": self._blocks, "attached": attached}
        (folder / "document.json").write_text(json.dumps(document), encoding="utf-8")

    def _add(self, kind: str, **what: Any) -> None:
        self._blocks.append({"kind": kind, **what})

    def _words(self, text: str) -> Words:
        """The text as it is shown, in pieces if it has words that no line could hold."""
        shown = self._shown(text)
        return list(_pieces(shown)) if _LONG.search(shown) else shown

    def _shown(self, text: str) -> str:
        """Characters nobody sees as people write them; those the font has not by their number."""
        plain = "".join(
            each if each == "\n" or each.isprintable() else ascii(each)[1:-1] for each in text
        )
        for each in self._glyphs.missing(plain.replace("\n", "")):
            plain = plain.replace(each, f"[U+{ord(each):04X}]")
        return plain


def _picture(number: int) -> str:
    return f"picture-{number}.jpg"


def _pieces(text: str) -> Iterator[str]:
    """The whole text; its long words are cut."""
    end = 0
    for long in _LONG.finditer(text):
        yield text[end : long.start()]
        end = long.end()
        for start in range(long.start(), end, PIECE):
            yield text[start : min(start + PIECE, end)]
    yield text[end:]
