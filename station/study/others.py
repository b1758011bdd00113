"""The label of another device in the place of the right one, whole or its codes alone."""

from collections.abc import Callable, Mapping
from string import ascii_uppercase, digits

import numpy as np

from station.artwork.ink import Ink
from station.core.problem import Refused, problem
from station.line.challenge.ground import Ground
from station.line.challenge.values import A_MONTH

Draw = np.random.Generator


def another(ground: Ground, drawn: Draw) -> Ground:
    """A label that could have been beside this one: another serial, lot and day.

    Raises Refused where it says the same, or has another size.
    """
    order = ground.order
    update: dict[str, object] = {"lot": _like(order.lot, drawn)} if order.lot else {}
    if order.production_date:
        update["production_date"] = order.production_date - A_MONTH
    other = ground.but(order=order.model_copy(update=update), serial=_like(ground.serial, drawn))
    if other.artwork.meant == ground.artwork.meant:
        raise Refused(problem("The labels of two orders would be alike."))
    return other


def _like(code: str, drawn: Draw) -> str:
    """Another code with letters and digits where this one has them: its symbol is as large."""
    return "".join(_one_like(each, drawn) for each in code)


def _one_like(character: str, drawn: Draw) -> str:
    kind = next((each for each in (digits, ascii_uppercase) if character in each), character)
    return kind[int(drawn.integers(len(kind)))]


def label(ground: Ground, drawn: Draw) -> Ink:
    """Raises Refused."""
    return another(ground, drawn).ink


def symbols(ground: Ground, drawn: Draw) -> Ink:
    """Its codes, and every text of the right one. Raises Refused where they stand elsewhere."""
    other = another(ground, drawn)
    places = [each.area for each in ground.artwork.symbols]
    if places != [each.area for each in other.artwork.symbols]:
        raise Refused(problem("The codes of another label have other places."))
    ink = ground.ink.copy()
    for area in places:
        here = np.s_[area.y : area.bottom, area.x : area.right]
        ink[here] = other.ink[here]
    return ink


MAKERS: Mapping[str, Callable[[Ground, Draw], Ink]] = {
    "other-label": label,
    "other-symbol": symbols,
}
