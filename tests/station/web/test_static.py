import hashlib
import re
from pathlib import Path

import pytest

from station.web.pages import FOLDER

TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
OWN = [
    each
    for each in sorted((FOLDER / "static").iterdir())
    if each.suffix in {".js", ".css", ".svg"} and ".min." not in each.name
]


def test_vendored_files_are_the_ones_that_were_reviewed() -> None:
    listed = dict(
        re.findall(
            r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$",
            (FOLDER / "static" / "VENDORED.md").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    found = {
        each.name: hashlib.sha256(each.read_bytes()).hexdigest()
        for each in (FOLDER / "static").glob("*.min.js")
    }
    assert listed == found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_runs_nothing_and_trusts_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?! src=\"/static/)", text), "scripts are files of ours"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js", text)
    assert not re.search(r"\|\s*safe|autoescape|Markup", text), "everything is escaped"


@pytest.mark.parametrize("path", [*TEMPLATES, *OWN], ids=lambda path: path.name)
def test_nothing_is_loaded_from_anywhere_else(path: Path) -> None:
    text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|(src|href|url\()\s*=?\s*[\"']?//", text)
