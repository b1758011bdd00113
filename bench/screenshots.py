"""Pictures of every page of a day at the line, in both languages: what the documentation shows.

    python -m bench.screenshots docs/pages

The same day gives the same pictures, so a picture that changes in a commit is a page that changed.
"""

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from PIL import Image

from bench.chromium import MISSING, PANEL, Browser, Page, browser, installed, show, window
from bench.day import Stop
from bench.days import days

LANGUAGES = {"zh": "中文", "en": "English"}

SHEET = (1280, 720)
"""Pixels a sheet is looked at with; the line and its forms are those of a machine's panel."""

TALLEST = 1800
"""Pixels; what is further down on a long page looks like what is above."""

LARGEST = 150_000
"""Bytes of a picture."""

COLOURS = (256, 128, 64, 32)

PLACE = "Asia/Shanghai"
"""Whose time of day the pages show."""

_PORTS = """
() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    text.data = text.data.replace(/127\\.0\\.0\\.1:\\d+/, "127.0.0.1:9100");
  }
}
"""
"""The ports of the simulated devices are others each time."""

PARTS = {
    "line": "The line",
    "ask": "What the station asks",
    "": "Sheets",
}

INTRODUCTION = """\
# The pages

Made by `python -m bench.screenshots docs/pages` on the simulated bench; nothing here is drawn by
hand. The line and its forms are shown as on the panel of a machine, 1024 × 600.
"""


@dataclass(slots=True)
class Album:
    """The pictures of a folder."""

    folder: Path
    stops: list[Stop] = field(default_factory=list)

    def add(self, stop: Stop, language: str, picture: bytes) -> None:
        (self.folder / _file(stop, language)).write_bytes(picture)
        if stop not in self.stops:
            self.stops.append(stop)

    def index(self) -> str:
        """A page that shows all of them, part by part."""
        return INTRODUCTION + "".join(_chapters(self.stops))

    def close(self) -> None:
        """Write the index, and forget pictures of pages that are no more."""
        kept = {_file(each, language) for each in self.stops for language in LANGUAGES}
        for path in self.folder.glob("*.png"):
            if path.name not in kept:
                path.unlink()
        (self.folder / "README.md").write_text(self.index(), encoding="utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.screenshots", description=__doc__)
    asked.add_argument("folder", type=Path)
    if not installed():
        sys.exit(MISSING)
    os.environ["TZ"] = PLACE
    time.tzset()
    album = Album(asked.parse_args().folder)
    album.folder.mkdir(parents=True, exist_ok=True)
    with browser() as started, tempfile.TemporaryDirectory() as folder:
        photograph(started, Path(folder), album)
    album.close()
    print(f"{2 * len(album.stops)} pictures in {album.folder}")


def photograph(started: Browser, folder: Path, album: Album) -> None:
    """`folder` is empty; the stations of the days are put there."""
    windows: dict[str, Page] = {}
    for at_work, stop in days(folder):
        for language in LANGUAGES:
            if language not in windows:
                windows[language], _ = window(started, url=at_work.url, language=language)
            page = windows[language]
            width, height = PANEL if _part(stop) else SHEET
            page.set_viewport_size({"width": width, "height": height})
            show(page, stop, url=at_work.url)
            page.evaluate(_PORTS)
            album.add(stop, language, _picture(page, whole=not _part(stop)))


def _picture(page: Page, *, whole: bool) -> bytes:
    """PNG with few enough colours not to be large. Raises ValueError where none is."""
    taken = page.screenshot(full_page=whole, animations="disabled", caret="hide")
    with Image.open(io.BytesIO(taken)) as opened:
        picture = opened.convert("RGB").crop((0, 0, opened.width, min(opened.height, TALLEST)))
    for colours in COLOURS:
        out = io.BytesIO()
        few = picture.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            return out.getvalue()
    raise ValueError(f"a picture has {out.tell()} bytes with {COLOURS[-1]} colours")


def _chapters(stops: Iterable[Stop]) -> Iterator[str]:
    order = list(PARTS)
    for part, found in groupby(sorted(stops, key=lambda each: order.index(_part(each))), key=_part):
        yield f"\n## {PARTS[part]}\n\n| {' | '.join(LANGUAGES.values())} |\n|---|---|\n"
        for stop in found:
            pictures = (f"![{stop.what}]({_file(stop, language)})" for language in LANGUAGES)
            yield f"| {stop.name}: {stop.what} | |\n| {' | '.join(pictures)} |\n"


def _part(stop: Stop) -> str:
    part = stop.name.partition("-")[0]
    return part if part in PARTS else ""


def _file(stop: Stop, language: str) -> str:
    return f"{stop.name}.{language}.png"


if __name__ == "__main__":
    main()
