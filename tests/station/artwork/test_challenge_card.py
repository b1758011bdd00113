"""The card as it comes out of the printer, on every print head."""

from itertools import combinations

import numpy as np
import pytest

from drivers.zpl.interpreter import render_stream
from station.artwork import zpl
from station.artwork.challenge_card import challenge_card
from station.artwork.clearance import Claim, clearance_problems
from station.artwork.dots import RESOLUTIONS
from station.artwork.items import Artwork
from station.artwork.picture import Picture, expected_picture
from station.artwork.text import Font
from station.core.challenge_card import BARS, CARD, problems
from station.vision.decode import decode


def without_square(picture: Picture, card: Artwork) -> Picture:
    """Inside a DataMatrix a printer may encode the same data another way."""
    area = card.symbols[0].area
    rest = picture.copy()
    rest[area.y : area.bottom, area.x : area.right] = 255
    return rest


@pytest.mark.parametrize("dots_per_mm", RESOLUTIONS)
def test_both_codes_can_be_read_off_what_a_printer_makes_of_it(
    font: Font, dots_per_mm: int
) -> None:
    card = challenge_card(font=font, dots_per_mm=dots_per_mm)
    expected = expected_picture(card)
    *_, printed = render_stream(zpl.standalone(card), dots_per_mm=dots_per_mm)
    assert printed.unknown == ()
    assert printed.picture is not None
    assert np.array_equal(without_square(printed.picture, card), without_square(expected, card))
    read = {each.identifier: each for each in decode(printed.picture).symbols}
    assert problems(read["]d2"]) == ()
    assert read["]d2"].data == CARD.encode()
    assert read["]C1"].data == BARS.encode()


@pytest.mark.parametrize("dots_per_mm", RESOLUTIONS)
def test_nothing_on_the_card_touches_anything_else(font: Font, dots_per_mm: int) -> None:
    card = challenge_card(font=font, dots_per_mm=dots_per_mm)
    claims = [Claim.of(each, where=str(at), kind="item") for at, each in enumerate(card.items)]
    assert list(clearance_problems(claims, card.area)) == []
    assert not any(one.kept.overlaps(other.kept) for one, other in combinations(claims, 2))
