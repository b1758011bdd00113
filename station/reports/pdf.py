"""Pages as a PDF file: the only door to fpdf2.

What comes out is PDF/A-2U (ISO 19005-2): every glyph is in the file, so it looks the same in thirty
years, and its text can be searched. The same calls give the same bytes.

>>> from datetime import UTC
>>> paper = Paper("Study 研究", at=datetime(2026, 3, 1, tzinfo=UTC), language="en",
...               font=Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"))
>>> paper.heading("1  Method")
>>> paper.table(("family", "labels"), (("wrong-lot", "299"),), widths=(3, 1))
>>> paper.to_bytes()[:8]
b'%PDF-1.7'
"""

import io
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import islice
from pathlib import Path
from typing import TypeVar

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

T = TypeVar("T")

_FONT = "text"
_MARGIN = 18
"""Millimetres."""

_BODY, _SMALL, _HEADING, _TITLE = 9.5, 8, 13, 18
"""Points."""

_LINE = 4.6
"""Millimetres from line to line of the body."""

_PICTURE_WIDTH, _PICTURE_HEIGHT, _BETWEEN = 84, 63, 6
"""Millimetres; a picture of another shape lies within."""

_SHADE = (228, 232, 236)

_METADATA = """\
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
  xmp:CreateDate="{at}" xmp:ModifyDate="{at}" pdfaid:part="2" pdfaid:conformance="U">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
"""As ISO 19005-2, 6.6 asks. The library would write the time of day into it by itself."""

# It tells of each glyph it leaves out of the font.
logging.getLogger("fontTools").setLevel(logging.WARNING)


class _Pages(FPDF):
    """With the title and the number on each page."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4", enforce_compliance="PDF/A-2U")
        self._name = title

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FONT, size=_SMALL)
        self.cell(0, 5, self._name)
        self.set_x(_MARGIN)
        self.cell(0, 5, str(self.page_no()), align="R")


class Paper:
    """A document from top to bottom. Text is text, whatever it holds: nothing in it is markup."""

    def __init__(self, title: str, *, at: datetime, language: str, font: Path) -> None:
        """`at` is written down as the time at which it was made; it has a zone. `font` is a file
        with all characters: TrueType, or a collection, of which the first is taken.
        """
        self._pages = _Pages(title)
        self._pages.set_creation_date(at)
        self._pages.set_title(title)
        self._pages.set_xmp_metadata(
            _METADATA.format(at=at.isoformat(timespec="seconds"), title=escape(title))
        )
        self._pages.set_lang(language)
        self._pages.set_margin(_MARGIN)
        self._pages.add_font(_FONT, fname=font)
        self._pages.add_page()
        self._write(title, size=_TITLE, line=9)
        self.space()

    def heading(self, text: str, *, room: float = 30) -> None:
        """On one page with the first `room` millimetres of what it is over."""
        if self._pages.will_page_break(room):
            self._pages.add_page()
        self.space()
        self._write(text, size=_HEADING, line=7)

    def paragraph(self, text: str) -> None:
        self._write(text, size=_BODY, line=_LINE)
        self._pages.ln(1.5)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """What is called how."""
        self.table((), tuple(facts), widths=(1, 3))

    def table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[float]
    ) -> None:
        """Its headings are repeated on each page; `widths` in shares."""
        self._pages.set_font(_FONT, size=_SMALL)
        with self._pages.table(
            col_widths=tuple(widths),
            headings_style=FontFace(emphasis="", fill_color=_SHADE),
            first_row_as_headings=bool(headings),
            line_height=4.2,
            padding=0.6,
            text_align="LEFT",
        ) as table:
            for each in (*([headings] if headings else []), *rows):
                row = table.row()
                for text in each:
                    row.cell(_shown(text))
        self._pages.ln(2)

    def pictures(self, pictures: Iterable[tuple[bytes, str]]) -> None:
        """JPEG files with what they show below them, two beside each other."""
        for pair in _pairs(pictures):
            self._side_by_side(pair)

    def _side_by_side(self, pair: Sequence[tuple[bytes, str]]) -> None:
        if self._pages.will_page_break(_PICTURE_HEIGHT + 14):
            self._pages.add_page()
        top, ends = self._pages.get_y(), []
        for number, (jpeg, caption) in enumerate(pair):
            left = _MARGIN + number * (_PICTURE_WIDTH + _BETWEEN)
            self._pages.image(
                io.BytesIO(jpeg),
                x=left,
                y=top,
                w=_PICTURE_WIDTH,
                h=_PICTURE_HEIGHT,
                keep_aspect_ratio=True,
                alt_text=_shown(caption),
            )
            self._pages.set_xy(left, top + _PICTURE_HEIGHT + 0.5)
            self._pages.set_font(_FONT, size=_SMALL)
            self._pages.multi_cell(
                _PICTURE_WIDTH, 4, _shown(caption), align="L", new_x=XPos.LEFT, new_y=YPos.NEXT
            )
            ends.append(self._pages.get_y())
        self._pages.set_xy(_MARGIN, max(ends))
        self.space()

    def signatures(self, headings: Sequence[str], roles: Iterable[str]) -> None:
        """Places to be filled in by hand."""
        empty = ("",) * (len(headings) - 1)
        rows = ((f"{role}\n\n", *empty) for role in roles)
        self.table(headings, rows, widths=(2, 3, 2, 3)[: len(headings)])

    def space(self) -> None:
        self._pages.ln(3)

    def to_bytes(self) -> bytes:
        return bytes(self._pages.output())

    def _write(self, text: str, *, size: float, line: float) -> None:
        self._pages.set_font(_FONT, size=size)
        self._pages.multi_cell(
            0, line, _shown(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )


def _pairs(every: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """The last one may be alone."""
    left = iter(every)
    while pair := tuple(islice(left, 2)):
        yield pair


def _shown(text: str) -> str:
    """Control characters, which no font has, as people write them."""
    return "".join(
        each if each == "\n" or each.isprintable() else ascii(each)[1:-1] for each in text
    )
