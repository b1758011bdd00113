"""A second, independent opinion on linear symbols: zbar.

zbar drops the leading FNC1 and gives no AIM identifier, so whether a symbol is GS1 comes from the
library's own modifiers (bit 0). It reads little in noise, therefore only straightened symbols are
shown to it; reading nothing is no opinion.
"""

import ctypes
from collections.abc import Iterator

from drivers.interface import Symbol
from station.vision.bars import straightened
from station.vision.picture import Picture

try:
    from pyzbar import wrapper
except ImportError:
    # Found out when the station starts, not when the first linear symbol lies under the camera.
    raise SystemExit(
        "The system library libzbar0 is missing. Run: sudo apt-get install -y libzbar0"
    ) from None

_GREY = int.from_bytes(b"Y800", "little")
_CODE_128 = 128
_EVERY_SYMBOLOGY = 0
_ENABLE = 0
_MODIFIER_GS1 = 1

_modifiers = wrapper.zbar_function(
    "zbar_symbol_get_modifiers", ctypes.c_uint, ctypes.POINTER(wrapper.zbar_symbol)
)


def second_opinion(picture: Picture, symbol: Symbol) -> Symbol | None:
    """What zbar reads at the place of this Code 128 symbol; None if it reads nothing.

    `picture` is grey (height, width). Of several readings one that agrees is preferred: the
    region may hold a neighbour's bars.
    """
    if symbol.corners is None:
        return None
    for enlarged in (2, 1, 3):
        readings = tuple(_read(straightened(picture, symbol.corners, enlarged=enlarged), symbol))
        if readings:
            return next((each for each in readings if agree(each, symbol)), readings[0])
    return None


def agree(one: Symbol, other: Symbol) -> bool:
    """Same symbology, same data: whoever read it, and wherever."""
    return (one.identifier, one.data) == (other.identifier, other.data)


def _read(region: Picture, symbol: Symbol) -> Iterator[Symbol]:
    height, width = region.shape
    pixels = ctypes.create_string_buffer(region.tobytes(), region.size)
    scanner, image = wrapper.zbar_image_scanner_create(), wrapper.zbar_image_create()
    try:
        wrapper.zbar_image_scanner_set_config(scanner, _EVERY_SYMBOLOGY, _ENABLE, 0)
        wrapper.zbar_image_scanner_set_config(scanner, _CODE_128, _ENABLE, 1)
        wrapper.zbar_image_set_format(image, _GREY)
        wrapper.zbar_image_set_size(image, width, height)
        wrapper.zbar_image_set_data(image, ctypes.cast(pixels, ctypes.c_void_p), region.size, None)
        wrapper.zbar_scan_image(scanner, image)
        found = wrapper.zbar_image_first_symbol(image)
        while found:
            if found.contents.type == _CODE_128:
                yield _symbol(found, symbol)
            found = wrapper.zbar_symbol_next(found)
    finally:
        wrapper.zbar_image_destroy(image)
        wrapper.zbar_image_scanner_destroy(scanner)


def _symbol(found: "ctypes._Pointer[ctypes.Structure]", place: Symbol) -> Symbol:
    length = wrapper.zbar_symbol_get_data_length(found)
    data = ctypes.string_at(wrapper.zbar_symbol_get_data(found), length)
    identifier = "]C1" if _modifiers(found) & _MODIFIER_GS1 else "]C0"
    return Symbol(identifier, data, "zbar", place.corners)
