"""The implant card: who the patient is, where and when, and where to read more."""

from station.artwork.pictograms.sheet import Sheet


def bust(sheet: Sheet, x: float, top: float, bottom: float) -> None:
    """Head and shoulders, filled."""
    high = bottom - top
    sheet.disc(x, top + high * 0.26, high * 0.26)
    shoulder, edge = top + high * 0.6, high * 0.5
    side = ((x + edge * 0.6, shoulder), (x + edge, shoulder + high * 0.14), (x + edge, bottom))
    sheet.fill(*side, *((2 * x - across, down) for across, down in reversed(side)))


def patient(sheet: Sheet) -> None:
    """A person and a question mark."""
    bust(sheet, 0.5, 0.0, 1.0)
    sheet.text("?", 1.22, 0.5, height=0.9)


def website(sheet: Sheet) -> None:
    """A screen with an i, and a person before it."""
    bust(sheet, 0.35, 0.3, 1.0)
    sheet.box(0.76, 0.0, sheet.width, 0.76)
    c = (0.76 + sheet.width) / 2
    sheet.disc(c, 0.2, 0.07)
    sheet.bar(c - 0.06, 0.32, c + 0.06, 0.6)
    sheet.bar(c - 0.25, 1 - sheet.thin, c + 0.25, 1.0)
    sheet.line((c, 0.7), (c, 1.0))


def health_centre(sheet: Sheet) -> None:
    """A house with a cross."""
    c = sheet.width / 2
    sheet.outline((0.0, 1.0), (0.0, 0.4), (c, -0.03), (sheet.width, 0.4), (sheet.width, 1.0))
    for across, down in ((0.22, 0.08), (0.08, 0.22)):
        sheet.bar(c - across, 0.62 - down, c + across, 0.62 + down)
    sheet.mirror()


def implant_date(sheet: Sheet) -> None:
    """A leaf of a calendar."""
    sheet.box(0.0, 0.12, sheet.width, 1.0)
    sheet.bar(0.0, 0.12, sheet.width, 0.32)
    for x in (0.26, sheet.width - 0.26):
        sheet.line((x, 0.0), (x, 0.2), strokes=2.4, ink=False)
        sheet.line((x, 0.0), (x, 0.2))
    sheet.text("31", sheet.width / 2, 0.66, height=0.46)
