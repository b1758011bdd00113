"""Commands that draw, and those that keep and recall what was drawn."""

from dataclasses import replace

from drivers.zpl import graphics
from drivers.zpl.canvas import Bitmap, Canvas, Ink, enlarged
from drivers.zpl.commands import Command, Parameters
from drivers.zpl.memory import normal
from drivers.zpl.state import Run, Spot
from drivers.zpl.verbs.verb import Verb


def _box(run: Run, command: Command) -> None:
    fields, spot = command.parameters(), _placed(run)
    thickness = fields.number(2, 1, low=1)
    width = fields.number(0, thickness, low=thickness)
    height = fields.number(1, thickness, low=thickness)
    ink, rounding = _colour(fields, 3, spot), fields.number(4, 0, high=8)
    x, y = spot.corner((height, width))

    def paint(canvas: Canvas) -> None:
        canvas.box(
            x=x, y=y, width=width, height=height, thickness=thickness, rounding=rounding, ink=ink
        )

    run.items.append(paint)


def _ellipse(run: Run, command: Command) -> None:
    fields, spot = command.parameters(), _placed(run)
    size = fields.number(1, 3, low=3), fields.number(0, 3, low=3)
    _oval(run, fields, spot, size=size, first=2)


def _circle(run: Run, command: Command) -> None:
    fields, spot = command.parameters(), _placed(run)
    diameter = fields.number(0, 3, low=3)
    _oval(run, fields, spot, size=(diameter, diameter), first=1)


def _oval(run: Run, fields: Parameters, spot: Spot, *, size: tuple[int, int], first: int) -> None:
    """size: (height, width). first: the parameter with the thickness; the colour follows it."""
    height, width = size
    thickness, ink = fields.number(first, 1, low=1), _colour(fields, first + 1, spot)
    x, y = spot.corner(size)

    def paint(canvas: Canvas) -> None:
        canvas.ellipse(x=x, y=y, width=width, height=height, thickness=thickness, ink=ink)

    run.items.append(paint)


def _diagonal(run: Run, command: Command) -> None:
    fields, spot = command.parameters(), _placed(run)
    thickness = fields.number(2, 1, low=1)
    width = fields.number(0, thickness, low=3)
    height = fields.number(1, thickness, low=3)
    ink, rising = _colour(fields, 3, spot), fields.text(4, "R").upper() in {"R", "/"}
    x, y = spot.corner((height, width))

    def paint(canvas: Canvas) -> None:
        canvas.diagonal(
            x=x, y=y, width=width, height=height, thickness=thickness, rising=rising, ink=ink
        )

    run.items.append(paint)


def _colour(fields: Parameters, place: int, spot: Spot) -> Ink:
    if spot.reverse:
        return Ink.REVERSE
    return Ink.WHITE if fields.choice(place, "B", among="BW") == "W" else Ink.BLACK


def _placed(run: Run) -> Spot:
    return replace(run.current.spot, reverse=run.current.spot.reverse or run.settings.reverse)


def _graphic(run: Run, command: Command) -> None:
    spot = _placed(run)

    def paint(canvas: Canvas) -> None:
        _lay(canvas, graphics.inline(command), spot)

    run.items.append(paint)


def _recall_graphic(run: Run, command: Command) -> None:
    fields, spot = command.parameters(), _placed(run)
    name = normal(fields.text(0, "UNKNOWN"), kind="GRF")
    across, down = (fields.number(place, 1, low=1, high=10) for place in (1, 2))
    dots = run.memory.graphic(name)
    run.items.append(lambda canvas: _lay(canvas, enlarged(dots, across, down), spot))


def _load_image(run: Run, command: Command) -> None:
    dots = run.memory.graphic(normal(command.parameters().text(0, "UNKNOWN"), kind="GRF"))
    run.items.append(lambda canvas: canvas.stamp(dots, x=0, y=0))


def _lay(canvas: Canvas, dots: Bitmap, spot: Spot) -> None:
    x, y = spot.corner(dots.shape)
    canvas.stamp(dots, x=x, y=y, ink=spot.ink)


def _store_format(run: Run, command: Command) -> None:
    if run.recalling:
        return
    run.stored_as = normal(command.parameters().text(0, "UNKNOWN"), kind="ZPL")


def _delete(run: Run, command: Command) -> None:
    run.memory.forget(normal(command.parameters().text(0, "UNKNOWN"), kind="GRF"))


VERBS: dict[str, Verb] = {
    "^GB": _box,
    "^GC": _circle,
    "^GE": _ellipse,
    "^GD": _diagonal,
    "^GF": _graphic,
    "^XG": _recall_graphic,
    "^IM": _recall_graphic,
    "^IL": _load_image,
    "^ID": _delete,
    "^DF": _store_format,
}
