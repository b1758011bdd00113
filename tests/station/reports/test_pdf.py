"""A document on paper: the same bytes every time, every glyph in it, nothing in it is markup."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from station.artwork.text import DEFAULT_FONT
from station.core.problem import Refused
from station.reports.pdf import Attached, Paper
from station.reports.typesetter import FONT, typeset

AT = datetime(2026, 3, 1, 8, 30, 0, 123_456, tzinfo=UTC)


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


def told(pdf: bytes, program: str, *options: str) -> str:
    """What a program of poppler says of the document."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is missing: apt-get install poppler-utils")
    done = subprocess.run([found, *options], input=pdf, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


def text_of(pdf: bytes) -> str:
    return told(pdf, "pdftotext", "-layout", "-", "-")


def test_it_says_that_it_is_to_be_kept_and_when_it_was_made() -> None:
    pdf = filled()
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>U</pdfaid:conformance>" in pdf
    assert b"<xmp:CreateDate>2026-03-01T08:30:00" in pdf
    assert b"/OutputIntents" in pdf


def test_every_glyph_is_in_the_file() -> None:
    _, _, *fonts = told(filled(), "pdffonts", "-").splitlines()
    assert fonts
    assert all(each.split()[-5:-2] == ["yes", "yes", "yes"] for each in fonts), fonts


def test_text_in_chinese_can_be_searched() -> None:
    text = text_of(filled())
    assert "方法 Method" in text
    assert "每个标签拍摄一次。" in text


def test_a_long_word_is_broken_and_still_one_word() -> None:
    digest = "0123456789abcdef" * 4
    of = paper()
    of.table(("a",), ((digest,),), widths=(1,))
    of.table(("a", "b", "c", "d", "e"), ((digest,) * 5,), widths=(1,) * 5)
    text = text_of(of.to_bytes())
    assert digest in text
    assert text.count("89abcdef") > 8, "in narrow columns it goes on below"


def test_a_file_travels_inside_the_document(tmp_path: Path) -> None:
    of = paper()
    of.attach(Attached("record.json", b'{"a": 1}', "application/json", "the record"))
    pdf = of.to_bytes()
    (tmp_path / "a.pdf").write_bytes(pdf)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    path = str(tmp_path / "record.json")
    told(b"", "pdfdetach", "-save", "1", "-o", path, str(tmp_path / "a.pdf"))
    assert Path(path).read_bytes() == b'{"a": 1}'


HOSTILE = st.text(
    st.sampled_from(list('#$*_`~@<>[]{}()\\/"\'=+-.:;|&%!^,0aZé升\u200b\u202e\x00\n😀\ufe0f')),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.lists(st.one_of(HOSTILE, st.text(max_size=60)), min_size=1, max_size=40))
def test_any_text_can_be_written_and_none_is_a_command(texts: list[str]) -> None:
    of = paper(texts[0])
    for text in texts:
        of.heading(text)
        of.paragraph(text)
        of.table(("a", text), ((text, "b"),), widths=(1, 1))
    of.lines(texts, columns=2)
    of.notice(texts[-1], good=False)
    assert of.to_bytes().startswith(b"%PDF-1.7")


COMMANDS = (
    '#panic("x")', '#read("/etc/passwd")', "$x^2$", "*bold*", "_it_", "`raw`", "= heading",
    "https://example.com", "@label", "<label>", "#set page(width: 1pt)", "\\u{41}", "// gone",
    "/* gone */", "a -- b --- c ...", '"straight"', '#import "@preview/x:0.1.0"', "[x](y)",
)  # fmt: skip


def test_commands_of_the_typesetter_are_shown_as_they_were_written() -> None:
    of = paper()
    for each in COMMANDS:
        of.paragraph(each)
    text = text_of(of.to_bytes())
    for each in COMMANDS:
        assert each in text


def test_what_the_font_has_not_is_shown_by_its_number() -> None:
    of = paper()
    of.paragraph("a\x00b\u202ec😀d")
    assert r"a\x00b\u202ec[U+1F600]d" in text_of(of.to_bytes())


def test_what_is_no_picture_leaves_its_words() -> None:
    of = paper()
    of.pictures([(picture(), "good"), (picture()[:200], "cut off"), (b"", "empty")])
    text = text_of(of.to_bytes())
    assert all(each in text for each in ("good", "cut off", "empty"))


def test_a_long_table_repeats_its_headings_on_every_page() -> None:
    of = paper()
    of.table(("family", "n"), tuple((str(n), "x") for n in range(200)), widths=(1, 1))
    pages = text_of(of.to_bytes()).split("\f")[:-1]
    assert len(pages) >= 3
    assert all("family" in each for each in pages)


def test_a_document_that_cannot_be_laid_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / FONT).mkdir()
    (tmp_path / FONT / "f.ttc").symlink_to(DEFAULT_FONT)
    (tmp_path / "paper.typ").write_text("#panic()")
    with pytest.raises(Refused, match="The document cannot be laid out: "):
        typeset(tmp_path, at=AT, standard="a-2u")
