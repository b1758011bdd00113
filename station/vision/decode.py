"""From a picture to the symbols in it: fast first, then a time-boxed ladder of rescues.

Everything read in any pass counts. Two readings of one place that differ are a disagreement, and
so is a second decoder that reads something else in a linear symbol; nothing is ever outvoted.

A linear symbol read from a few rows of pixels only is no reading yet: it is looked at again with
its rows averaged, and forgotten (but listed) if that does not show the same kind of symbol.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import zxingcpp

from drivers.interface import Symbol
from station.vision.bars import straightened
from station.vision.ladder import COARSE_FIRST, LADDER, View
from station.vision.picture import FILE_LIMIT, Picture, from_bytes, grey, read_image
from station.vision.places import Corners, height, same_place
from station.vision.region import views
from station.vision.registration import register
from station.vision.sheet import Sheet, SymbolPlace
from station.vision.zbar import agree, second_opinion

__all__ = ["FILE_LIMIT", "Decoding", "decode", "from_bytes", "grey", "read_image"]

THIN = 30
"""Pixels. All four misreads among 1 200 damaged GS1-128 symbols were three to six pixels tall, and
so was the only one on a good simulated label, beside the right reading. Among 5 400 more two were
15 and 18 pixels tall, where the second decoder read nothing. Whole symbols have 100 and more.
"""

ALONE = 80
"""Pixels a linear symbol is read over at least for one decoder to vouch for it alone. Of 10 800
damaged symbols one misread was 47 pixels tall; dead dots and a scratch had made another character,
whose check character fitted by chance.
"""


@dataclass(frozen=True, slots=True)
class Decoding:
    symbols: tuple[Symbol, ...]
    """One for each place: what the earliest pass read there."""

    disagreements: tuple[tuple[Symbol, ...], ...] = ()
    """Readings of one and the same place that differ; the first of them is in `symbols`."""

    rescued: bool = False
    """Something was read only after image processing: it identifies, but its print is doubtful."""

    passes: tuple[str, ...] = ()
    """What was tried, in order."""

    unconfirmed: tuple[Symbol, ...] = ()
    """Linear symbols in which the second decoder read nothing: no opinion, no disagreement."""

    glimpses: tuple[Symbol, ...] = ()
    """Linear readings too thin to count, which neither a second look nor, over a part of the bars,
    the second decoder bore out.
    """


def decode(
    pixels: Picture,
    *,
    expected: Collection[str] = (),
    qr: bool = False,
    sheet: Sheet | None = None,
    budget_seconds: float = 0.3,
) -> Decoding:
    """All symbols in a picture (height, width), (…, 1), BGR or BGRA, 8 bits. Raises Refused.

    With a `sheet` a symbol that was not read is looked for where it must be.

    `expected` are the AIM identifiers that should be there, one for each symbol; while one is
    missing the ladder goes on, until `budget_seconds` are over. A pass that has begun is
    finished. QR codes are looked for only where `qr` says so or one is expected.
    """
    picture = grey(pixels)
    until = time.monotonic() + budget_seconds
    found = _Found()
    formats = _formats(qr=qr or any(each.startswith("]Q") for each in expected))
    for name, work in COARSE_FIRST if _coarse(picture, sheet) else LADDER:
        if found.passes and (found.complete(expected) or time.monotonic() > until):
            break
        view = work(picture, found.symbols)
        if view is not None:
            for symbol in _read(view, formats):
                found.add(symbol, picture)
            found.passes.append(name)
            if sheet is not None and not found.complete(expected):
                found.look_where_they_are(picture, sheet)
    found.ask_again(picture)
    return found.decoding()


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    symbols: list[Symbol] = field(default_factory=list)
    disagreements: list[tuple[Symbol, ...]] = field(default_factory=list)
    rescued: bool = False
    passes: list[str] = field(default_factory=list)
    """Those that are finished."""

    unconfirmed: list[Symbol] = field(default_factory=list)
    glimpses: list[Symbol] = field(default_factory=list)
    _looked: int = -1
    """How many symbols were read when the others were last looked for at their places."""

    def add(self, symbol: Symbol, picture: Picture) -> None:
        looked_again = _is_thin(symbol)
        if looked_again:
            borne_out = _second_look(symbol, picture)
            if borne_out is None:
                self.glimpses.append(symbol)
                return
            symbol = borne_out
        known = next((each for each in self.symbols if _one_place(each, symbol)), None)
        if known is None:
            self.symbols.append(symbol)
            self.rescued = self.rescued or looked_again or bool(self.passes)
        elif not agree(known, symbol):
            self._disagree(known, symbol)

    def look_where_they_are(self, picture: Picture, sheet: Sheet) -> None:
        """Read each symbol that is missing at its place, where the label can be laid; once for
        what was read so far.
        """
        if self._looked == len(self.symbols):
            return
        self._looked = len(self.symbols)
        registration = register(picture, sheet, tuple(self.symbols))
        if registration is None:
            return
        for place in sheet.symbols:
            corners = registration.outline(place.area)
            if not any(_covers(each, corners) for each in self.symbols):
                for symbol in _read_at(views(picture, sheet, place, registration), place, corners):
                    self.add(symbol, picture)
        self.passes.append("where they are")

    def ask_again(self, picture: Picture) -> None:
        """The second decoder's opinion on every linear symbol."""
        for symbol in filter(_is_linear, tuple(self.symbols)):
            other = second_opinion(picture, symbol)
            if other is None and symbol.corners and height(symbol.corners) < ALONE:
                self.symbols.remove(symbol)
                self.glimpses.append(symbol)
            elif other is None:
                self.unconfirmed.append(symbol)
            elif not agree(symbol, other):
                self._disagree(symbol, other)

    def complete(self, expected: Collection[str]) -> bool:
        """Each expected symbol was read, or one that poses as it (]d1 for ]d2)."""
        missing = Counter(identifier[:2] for identifier in expected)
        missing.subtract(symbol.identifier[:2] for symbol in self.symbols)
        return bool(self.symbols) and all(count <= 0 for count in missing.values())

    def decoding(self) -> Decoding:
        return Decoding(
            symbols=tuple(self.symbols),
            disagreements=tuple(self.disagreements),
            rescued=self.rescued,
            passes=tuple(self.passes),
            unconfirmed=tuple(self.unconfirmed),
            glimpses=tuple(self.glimpses),
        )

    def _disagree(self, one: Symbol, other: Symbol) -> None:
        """Once for each pair of contents, however many passes see it."""
        seen = any(agree(one, a) and agree(other, b) for a, b, *_ in self.disagreements)
        if not seen:
            self.disagreements.append((one, other))


def _formats(*, qr: bool) -> zxingcpp.BarcodeFormats:
    """Only what a label carries: every further format costs time and may misread."""
    kinds = [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128]
    return zxingcpp.BarcodeFormats([*kinds, zxingcpp.BarcodeFormat.QRCode] if qr else kinds)


def _read(view: View, formats: zxingcpp.BarcodeFormats) -> Iterator[Symbol]:
    """Dark on light only; the ladder's last step turns the picture over."""
    for found in zxingcpp.read_barcodes(view.pixels, formats=formats, try_invert=False):
        yield Symbol(
            found.symbology_identifier, bytes(found.bytes), "zxing", _corners(found.position, view)
        )


def _read_at(views: Iterator[Picture], place: SymbolPlace, corners: Corners) -> Iterator[Symbol]:
    """What the first view that can be read says."""
    kind = {"d": zxingcpp.BarcodeFormat.DataMatrix, "Q": zxingcpp.BarcodeFormat.QRCode}
    formats = zxingcpp.BarcodeFormats(
        [kind.get(place.identifier[1], zxingcpp.BarcodeFormat.Code128)]
    )
    for pixels in views:
        found = tuple(_read(View(pixels, np.eye(2, 3)), formats))
        if found:
            yield from (replace(each, corners=corners) for each in found)
            return


def _covers(symbol: Symbol, corners: Corners) -> bool:
    return symbol.corners is not None and same_place(symbol.corners, corners)


FINE = 3.5
"""Pixels to a module that a first pass needs."""


def _coarse(picture: Picture, sheet: Sheet | None) -> bool:
    """Whether half of the picture's size is enough for every symbol of the label, if the label
    fills it.
    """
    if sheet is None or not sheet.symbols:
        return False
    rows, columns = picture.shape
    pixels_per_dot: float = min(rows / sheet.height, columns / sheet.width) * FILLED
    least = min(each.module for each in sheet.symbols)
    return bool(pixels_per_dot * least >= 2 * FINE)


FILLED = 0.8
"""Share of the picture's side that a label fills at least."""


def _corners(place: zxingcpp.Position, view: View) -> Corners:
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    there = np.array([(point.x, point.y, 1.0) for point in points])
    one, two, three, four = (there @ view.back.T).round().astype(int).tolist()
    return tuple(one), tuple(two), tuple(three), tuple(four)


def _is_linear(symbol: Symbol) -> bool:
    return symbol.identifier.startswith("]C")


def _is_thin(symbol: Symbol) -> bool:
    return _is_linear(symbol) and symbol.corners is not None and height(symbol.corners) < THIN


def _second_look(symbol: Symbol, picture: Picture) -> Symbol | None:
    """The same place read again from averaged rows; whatever stands there, if anything does."""
    if symbol.corners is None:
        return None
    region = View(straightened(picture, symbol.corners), np.eye(2, 3))
    for again in _read(region, zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])):
        return replace(again, corners=symbol.corners)
    return None


def _one_place(one: Symbol, other: Symbol) -> bool:
    if one.corners is None or other.corners is None:
        return False
    linear = _is_linear(one) and _is_linear(other)
    return same_place(one.corners, other.corners, linear=linear)
