"""Which font a command asks for."""

from drivers.zpl import text
from drivers.zpl.commands import Parameters
from drivers.zpl.state import Font, Run

_BITMAP_FONTS = {"A": 9, "B": 11, "C": 18, "D": 18, "E": 28, "F": 26, "G": 60, "H": 21}
"""Heights in dots of the fonts that cannot be scaled freely."""


def sized(run: Run, name: str, fields: Parameters) -> Font:
    default = run.settings.font
    height = fields.number(1, 0, high=text.HEIGHT_LIMIT)
    width = fields.number(2, 0, high=text.HEIGHT_LIMIT)
    if not height and not width:
        height = default.height if name == default.name else _BITMAP_FONTS.get(name, 15)
        width = default.width if name == default.name else 0
    return Font(name, height or width, width)
