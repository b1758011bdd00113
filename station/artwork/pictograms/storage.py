"""How it is handled and kept: glass, umbrella, sun and arrows."""

from math import cos, radians, sin

from station.artwork.pictograms.sheet import Sheet


def fragile(sheet: Sheet) -> None:
    """A cracked glass."""
    c, w, half = sheet.width / 2, sheet.width, sheet.thin / 2
    side = ((w, 0.0), (w - 0.06, 0.34), (c + 0.08, 0.6))
    sheet.fill(*side, *((w - x, y) for x, y in reversed(side)))
    sheet.bar(c - half, 0.5, c + half, 1.0)
    sheet.bar(0.1, 1 - sheet.thin, w - 0.1, 1.0)
    sheet.mirror()
    crack = ((c + 0.08, -0.1), (c - 0.06, 0.16), (c + 0.08, 0.26), (c - 0.02, 0.48))
    sheet.line(*crack, ink=False, strokes=0.8)


def dry(sheet: Sheet) -> None:
    """An umbrella in the rain."""
    c, half = sheet.width / 2, sheet.thin / 2
    sheet.oval(c, 0.62, c, 0.36)
    sheet.bar(0.0, 0.62, sheet.width, 1.0, ink=False)
    sheet.bar(c - half, 0.6, c + half, 0.9)
    sheet.arc(c + 0.1, 1 - 0.1 - half, 0.1 + half, 0, 180)
    for x in (0.14, 0.4, 0.66, 0.92):
        sheet.line((x, 0.0), (x - 0.06, 0.17))


def sunlight(sheet: Sheet) -> None:
    """The sun, and a roof against it."""
    c = sheet.width / 2
    sheet.disc(c, 0.4, 0.17)
    for turn in range(-180, 1, 30):
        dx, dy = cos(radians(turn)), sin(radians(turn))
        sheet.line((c + 0.26 * dx, 0.4 + 0.26 * dy), (c + 0.4 * dx, 0.4 + 0.4 * dy))
    sheet.fill((c, 0.62), (c, 0.78), (0.16, 1.0), (0.0, 1.0), (0.0, 0.94))
    sheet.mirror()


def this_way_up(sheet: Sheet) -> None:
    """Two arrows over the ground."""
    t = sheet.thin
    sheet.bar(0.0, 1 - t, sheet.width, 1.0)
    sheet.fill((0.23, -0.05), (0.46, 0.34), (0.0, 0.34))
    sheet.bar(0.15, 0.3, 0.31, 1 - 2 * t)
    sheet.mirror()
