"""A document on paper: the same bytes every time, every glyph in it, nothing in it is markup."""

import io
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from station.artwork.text import DEFAULT_FONT
from station.reports.pdf import Paper

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def paper(title: str = "研究") -> Paper:
    return Paper(title, at=AT, language="zh", font=DEFAULT_FONT)


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("L", (64, 48), 128).save(file, "JPEG")
    return file.getvalue()


def filled() -> bytes:
    of = paper()
    of.heading("1  方法 Method")
    of.paragraph("每个标签拍摄一次。")
    of.facts((("seed", "1"), ("optics", "mild")))
    of.table(("family", "n"), tuple((f"family {n}", str(n)) for n in range(120)), widths=(3, 1))
    of.pictures([(picture(), "a miss"), (picture(), "another"), (picture(), "and one")])
    of.signatures(("Role", "Name", "Date", "Signature"), ("Made by", "Checked by"))
    return of.to_bytes()


def test_the_same_calls_give_the_same_bytes() -> None:
    assert filled() == filled()


def test_it_says_that_it_is_to_be_kept_and_when_it_was_made() -> None:
    pdf = filled()
    assert b'pdfaid:part="2"' in pdf
    assert b'xmp:CreateDate="2026-03-01T08:30:00+00:00"' in pdf
    assert b"/FontFile2" in pdf, "every glyph is in the file"


def test_a_title_is_text_also_where_it_looks_like_markup() -> None:
    assert b"&lt;b&gt;&amp;&lt;/b&gt;" in paper("<b>&</b>").to_bytes()


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_written(text: str) -> None:
    of = paper()
    of.heading(text)
    of.paragraph(text)
    of.table(("a", text), ((text, "b"),), widths=(1, 1))
    assert of.to_bytes().startswith(b"%PDF-1.7")


def test_a_long_table_repeats_its_headings_on_every_page() -> None:
    of = paper()
    of.table(("family", "n"), tuple((str(n), "x") for n in range(200)), widths=(1, 1))
    assert of.to_bytes().count(b"/Type /Page\n") >= 3
