"""Whether and how it was sterilized, and what keeps it so."""

from station.artwork.ink import Ink
from station.artwork.pictograms.lettering import compartments, letters, margin_of
from station.artwork.pictograms.sheet import Sheet
from station.artwork.text import Font


def sterile_by_heat(*, height: int, font: Font) -> Ink:
    """STERILE and a thermometer, in one box."""
    high = height - 2 * margin_of(height)
    sheet = Sheet.blank(0.5, height=high, font=font)
    thermometer(sheet)
    return compartments((letters("STERILE", height=high, font=font), sheet.ink()), height=height)


def thermometer(sheet: Sheet) -> None:
    """Filled, with its scale on the right."""
    middle = sheet.width / 2
    sheet.line((middle, 0.0), (middle, 0.8))
    sheet.disc(middle, 0.8, 0.2)
    for rung in (0.08, 0.26, 0.44):
        sheet.line((middle, rung), (sheet.width, rung))


def non_sterile(sheet: Sheet) -> None:
    """NON over STERILE, in a figure that is wide below."""
    half, w = sheet.thin / 2, sheet.width
    inset = w * 0.28
    roof = ((half, 0.5), (inset, half), (w - inset, half), (w - half, 0.5))
    sheet.line(*roof, (w - half, 1 - half), (half, 1 - half), closed=True)
    sheet.text("NON", w / 2, 0.29, height=0.34)
    sheet.text("STERILE", w / 2, 0.72, height=0.36, width=w - 4 * sheet.thin)


def do_not_resterilize(sheet: Sheet) -> None:
    """A 2 over STERILIZE, struck out; no white is left beside the bar, or letters were lost."""
    sheet.ring(0.5, 0.5, 0.5)
    sheet.text("2", 0.58, 0.24, height=0.3)
    sheet.text("STERILIZE", 0.5, 0.55, height=0.3, width=0.82)
    sheet.line(*slash(sheet))


def package_damaged(sheet: Sheet) -> None:
    """An open carton, struck out."""
    sheet.ring(0.5, 0.5, 0.5)
    sheet.box(0.26, 0.42, 0.74, 0.76)
    sheet.line((0.28, 0.44), (0.16, 0.32))
    sheet.line((0.72, 0.44), (0.84, 0.32))
    sheet.strike(slash(sheet))


def slash(sheet: Sheet) -> tuple[tuple[float, float], tuple[float, float]]:
    """The bar of a prohibition, from the upper left to the lower right (ISO 15223-1, Annex B)."""
    reach = (0.5 - sheet.thin / 2) * 0.7071
    return (0.5 - reach, 0.5 - reach), (0.5 + reach, 0.5 + reach)


def barrier_single(sheet: Sheet) -> None:
    """One oval: a sterile barrier is solid."""
    sheet.ring(sheet.width / 2, 0.5, sheet.width / 2, 0.5)


def barrier_double(sheet: Sheet) -> None:
    barrier_single(sheet)
    sheet.ring(sheet.width / 2, 0.5, *_within(sheet))


def barrier_inside(sheet: Sheet) -> None:
    """Protective packaging, which is dashed, inside the barrier."""
    barrier_single(sheet)
    sheet.dashes(sheet.width / 2, 0.5, *_within(sheet), count=10)


def barrier_outside(sheet: Sheet) -> None:
    """Protective packaging around the barrier."""
    sheet.dashes(sheet.width / 2, 0.5, sheet.width / 2, 0.5, count=12)
    sheet.ring(sheet.width / 2, 0.5, *_within(sheet))


def _within(sheet: Sheet) -> tuple[float, float]:
    """The radii of the inner oval."""
    inset = 2.5 * sheet.thin
    return sheet.width / 2 - inset, 0.5 - inset
