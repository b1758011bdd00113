"""One label of a foreign template: its bytes, its picture, its symbols."""

from collections.abc import Iterator
from dataclasses import dataclass

from station.artwork.dots import Rectangle
from station.artwork.foreign.inspection import Sheet, area, unseen
from station.artwork.picture import Picture


@dataclass(frozen=True, slots=True)
class ForeignSymbol:
    """A symbol as it is on the label."""

    identifier: str
    """AIM identifier: "]d2" or "]C1"."""

    data: bytes
    """What a reader reports: the element string with GS between elements."""

    area: Rectangle
    """In dots, without its quiet zone."""


@dataclass(frozen=True, slots=True, eq=False)
class ForeignArtwork:
    """One label of a foreign template."""

    width: int
    """Dots across the print head."""

    height: int
    dots_per_mm: int
    zpl: bytes
    """The whole format: it needs nothing that the printer keeps."""

    picture: Picture
    """(height, width): 0 is ink, 255 is paper. Read-only."""

    symbols: tuple[ForeignSymbol, ...]
    not_compared: tuple[Rectangle, ...]
    """Where the printer's own fonts stand: on paper these dots may differ."""

    setup: bytes = b""

    @property
    def carriers(self) -> tuple[str, ...]:
        """AIM identifiers (ISO/IEC 15424) of the symbols, in the design's order."""
        return tuple(each.identifier for each in self.symbols)


def drawn(sheet: Sheet, zpl: bytes) -> ForeignArtwork:
    """The artwork of a sheet that has passed `inspection`."""
    picture = sheet.rendering.picture
    assert picture is not None, "what was inspected is there"
    picture.flags.writeable = False
    height, width = picture.shape
    return ForeignArtwork(
        width,
        height,
        sheet.dots_per_mm,
        zpl,
        picture,
        tuple(_symbols(sheet)),
        tuple(unseen(sheet)),
    )


def _symbols(sheet: Sheet) -> Iterator[ForeignSymbol]:
    for _, printed in sheet.pairs:
        if printed.carried is not None:
            yield ForeignSymbol(printed.carried.identifier, printed.carried.data, area(printed))
