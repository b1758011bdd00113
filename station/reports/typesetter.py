"""Typst in a process of its own: the only door to it.

A document is laid out beside a line that prints: it gets one core, at low priority, so much memory
and so much time, and when it is done the memory is given back. It reads what lies in its folder,
which is its root, and knows no other font than the one that lies there: what the machine has
installed, and what the time is, change no byte.

    folder/paper.typ        how things look (station/reports/paper.typ)
           document.json    what they say
           font/…           the font
           …                pictures, attachments
"""

import os
import resource
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

import typst

from station.core.problem import Problem, Refused, problem

SECONDS = 60.0
"""Longest for one document: ten times what 10 000 labels take on a busy machine."""

MEMORY = 4 << 30
"""Bytes of address space; a document of 10 000 labels takes less than one of the four."""

NICE = 10

PROGRAM = "from station.reports.typesetter import main; main()"

FONT = "font"
"""The folder, within the document's own, that has the font and nothing else."""


Standard = Literal["a-2u", "a-3u"]
"""PDF/A; only part 3 has files attached."""


def typeset(folder: Path, *, at: datetime, standard: Standard) -> bytes:
    """The document in this folder as a PDF file that says it was made `at`, which has a zone.

    Raises Refused where it cannot be laid out, or not in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, with arguments of our own
            [sys.executable, "-c", PROGRAM, folder, at.isoformat(timespec="seconds"), standard],
            env=os.environ | {"RAYON_NUM_THREADS": "1"},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(
            problem("The document was not laid out within {seconds} s.", seconds=round(SECONDS))
        ) from None
    if done.returncode:
        raise Refused(_failed(done.stderr, done.returncode))
    return done.stdout


def _failed(said: bytes, code: int) -> Problem:
    lines = said.decode(errors="replace").strip().splitlines()
    return problem(
        "The document cannot be laid out: {why}.", why=(lines[-1] if lines else str(code))[:200]
    )


def main() -> None:
    """The other process."""
    folder, at, asked = sys.argv[1:]
    standard: Standard = "a-3u" if asked == "a-3u" else "a-2u"
    with suppress(PermissionError):  # as a service: its calls are filtered
        os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(folder) / FONT)],
    )
    pdf = typst.compile(
        str(Path(folder) / "paper.typ"),
        root=folder,
        font_paths=fonts,
        sys_inputs={"font": next(each.family for each in fonts.fonts() if each.index == 0)},
        pdf_standards=standard,
        timestamp=datetime.fromisoformat(at),
        pdf_tags=False,
    )
    sys.stdout.buffer.write(pdf)
