"""Bars: ten scan lines across the symbol, each measured for itself, their mean told.

Scan reflectance profiles of ISO/IEC 15416:2016, 5.2, over the middle 80 % of the bars' height. With
contrast SC = Rmax - Rmin:

    edge contrast EC    the least step from a space's lightest to the next bar's darkest place
    modulation          EC / SC
    defects             the deepest dip inside one element / SC
    decodability        for each character of Code 128 (ISO/IEC 15417:2007, annex A): how far its
                        distances between like edges, and its ink, are from being another's

A dip is measured from the lower of the two peaks beside it: noise on a flank is none.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.homography import Matrix
from station.vision.indices.sampling import Reflectance, evened, sampled
from station.vision.picture import Picture
from station.vision.registration import between
from station.vision.sheet import SymbolPlace

LINES = 10
BAND = (0.1, 0.9)
"""Of the bars' height: where the lines are."""

BESIDE = (-0.3, 0.3)
"""Dots from a line to the two rows that are averaged into it: the height of the aperture."""

STEPS = 5
"""Samples a module."""

REACH = 0.75
"""Modules around its place in which an edge is looked for."""

PIECES = 6
"""Of a symbol, each of which is looked for along it."""

FURTHEST = 4
"""Modules around its place in which a piece is looked for."""

LIKENESS = 0.6
"""Least correlation of a piece with what was found."""

CLOSE = 0.15
"""Modules off their place that do no harm."""

CHARACTER = 11
"""Modules of a character of Code 128; its six elements are three bars and three spaces."""

LEAST_CONTRAST = 0.02

Modules = NDArray[np.float64]
"""(n,) in modules from the first bar."""


@dataclass(frozen=True, slots=True, eq=False)
class _Elements:
    """Bars and spaces of a symbol, and where they begin: in samples from its first bar."""

    dark: NDArray[np.bool_]
    """(n,), the first and the last are bars."""

    begins: NDArray[np.intp]
    """(n + 1,) with the end of the last."""

    inside: NDArray[np.intp]
    """(longest, n): the samples of each; those past its end repeat the last."""


def linear_indices(picture: Picture, place: SymbolPlace, homography: Matrix) -> dict[str, float]:
    """Means over the scan lines, as shares of 1. Raises nothing: what cannot be measured is 0."""
    elements = _elements(place.modules.tobytes(), place.modules.shape[1])
    quiet = place.quiet * STEPS
    profiles = _profiles(picture, place, homography)
    contrast = np.maximum(profiles.max(axis=1) - profiles.min(axis=1), LEAST_CONTRAST)
    bars = profiles[:, quiet:-quiet]
    inside = np.take(bars, elements.inside, axis=1)
    extremes = np.where(elements.dark, inside.min(axis=1), inside.max(axis=1))
    edge_contrast = np.maximum(0.0, _steps(extremes, elements).min(axis=1))
    dips = np.where(elements.dark, -inside, inside)
    beside = np.concatenate([profiles[:, : quiet - STEPS], profiles[:, STEPS - quiet :]], axis=1)
    return {
        "contrast": float(contrast.mean()),
        "edge_contrast": float(edge_contrast.mean()),
        "modulation": float((edge_contrast / contrast).mean()),
        "defects": float((_deepest(dips) / contrast).mean()),
        "decodability": float(_decodability(profiles, extremes, elements, quiet).mean()),
        "quiet_zone": float(_free(beside, profiles, contrast).mean()),
    }  # fmt: skip


@lru_cache(maxsize=16)
def _elements(modules: bytes, length: int) -> _Elements:
    dark = np.frombuffer(modules, np.bool_)
    changes = np.flatnonzero(np.diff(dark)) + 1
    begins = np.concatenate([[0], changes, [length]]) * STEPS
    last = begins[1:] - 1
    inside = begins[:-1] + np.arange(np.diff(begins).max())[:, None]
    return _Elements(dark[begins[:-1] // STEPS], begins, np.minimum(inside, last))


def _profiles(picture: Picture, place: SymbolPlace, homography: Matrix) -> Reflectance:
    """(LINES, samples) of reflectance, quiet zones included."""
    area, quiet = place.area, place.quiet
    along = (np.arange((place.modules.shape[1] + 2 * quiet) * STEPS) + 0.5) / STEPS - quiet
    lines = area.y + area.height * np.linspace(*BAND, LINES)
    y = (lines[:, None] + np.array(BESIDE)).ravel().astype(np.float32)

    def taken(at: Modules) -> Reflectance:
        x = (area.x + place.module * at).astype(np.float32)
        rows = sampled(picture, homography, x, y)
        means = (rows[::2] + rows[1::2]) * np.float32(0.5)
        return evened(means, quiet * STEPS, above=False)

    found = taken(along)
    off = _off(found.mean(axis=0), place)
    return found if np.abs(off).max() < CLOSE else taken(along + off)


def _off(profile: Reflectance, place: SymbolPlace) -> Modules:
    """By how many modules the bars lie further along than registration says, (samples,): it is
    fitted to the whole label, and a long symbol may leave it at one end.
    """
    light = np.pad(~place.modules[0], place.quiet, constant_values=True)
    meant = np.repeat(light, STEPS).astype(np.float32)
    reach = FURTHEST * STEPS
    where, by = [], []
    for part in np.array_split(np.arange(reach, len(meant) - reach), PIECES):
        window = profile[None, part[0] - reach : part[-1] + 1 + reach]
        likeness = cv2.matchTemplate(window, meant[None, part], cv2.TM_CCOEFF_NORMED)[0]
        best = int(likeness.argmax())
        if likeness[best] > LIKENESS:
            where.append(float(part.mean()))
            by.append((best - reach + between(likeness, best)) / STEPS)
    if len(where) < 3:
        return np.zeros(len(meant))
    return np.asarray(np.polyval(np.polyfit(where, by, 2), np.arange(len(meant))), np.float64)


def _steps(extremes: Reflectance, elements: _Elements) -> Reflectance:
    """(LINES, n - 1): from each element's extreme to the next one's, above zero if right."""
    light_to_dark = np.where(elements.dark[1:], 1.0, -1.0).astype(np.float32)
    return np.asarray((extremes[:, :-1] - extremes[:, 1:]) * light_to_dark, np.float32)


def _deepest(inside: Reflectance) -> Reflectance:
    """(LINES,): the deepest dip of any element (LINES, longest, n), of which light is up."""
    before, after = inside.copy(), inside.copy()
    for n in range(1, inside.shape[1]):  # far faster than to accumulate along a short axis
        np.maximum(before[:, n], before[:, n - 1], out=before[:, n])
        np.maximum(after[:, -n - 1], after[:, -n], out=after[:, -n - 1])
    depth = np.minimum(before, after) - inside
    return np.asarray(depth.max(axis=(1, 2)), np.float32)


def _free(beside: Reflectance, profiles: Reflectance, contrast: Reflectance) -> Reflectance:
    """(LINES,): the darkest place beside the symbol, 0 as its ink and 1 as its paper."""
    smooth = np.asarray(cv2.blur(beside, (STEPS, 1)), np.float32)
    above_ink = (smooth.min(axis=1) - profiles.min(axis=1)) / contrast
    return np.asarray(np.clip(above_ink, 0.0, 1.0), np.float32)


def _decodability(
    profiles: Reflectance, extremes: Reflectance, elements: _Elements, quiet: int
) -> Reflectance:
    """(LINES,): that of the worst character; the bar that ends the symbol belongs to none."""
    edges = _edges(profiles, extremes, elements, quiet) / STEPS
    whole = (edges.shape[1] - 1) // 6
    starts = 6 * np.arange(whole)[:, None] + np.arange(7)
    measured = np.take(edges, starts, axis=1)
    meant = elements.begins[starts] / STEPS
    modules = (measured[:, :, 6] - measured[:, :, 0])[:, :, None] / CHARACTER
    scaled = (measured - measured[:, :, :1]) / np.maximum(modules, 0.1)
    like_edges = np.abs(scaled[:, :, 2:6] - scaled[:, :, :4] - (meant[:, 2:6] - meant[:, :4]))
    ink = _ink(scaled) - _ink(meant)
    worst = np.minimum(1 - 2 * like_edges.max(axis=2), 1 - np.abs(ink) / 1.75)
    return np.asarray(np.clip(worst.min(axis=1), 0.0, 1.0), np.float32)


def _ink(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Modules of ink in a character (…, 7): the widths of its three bars."""
    return np.asarray((edges[..., 1:6:2] - edges[..., 0:5:2]).sum(axis=-1), np.float64)


def _edges(
    profiles: Reflectance, extremes: Reflectance, elements: _Elements, quiet: int
) -> NDArray[np.float64]:
    """(LINES, n + 1): where the profile passes the middle between an element and the next, in
    samples from the first bar. Where it does not, near its place: as far away as was looked.
    """
    paper = profiles[:, :quiet].max(axis=1, keepdims=True)
    further = profiles[:, -quiet:].max(axis=1, keepdims=True)
    both = np.concatenate([paper, extremes, further], axis=1)
    middle = (both[:, :-1] + both[:, 1:]) / 2
    reach = round(REACH * STEPS)
    # The value of sample i is that at i + 0.5: the two around a place p are p - 1 and p.
    around = elements.begins + np.arange(-reach - 1, reach + 1)[:, None]
    sign = np.where(np.append(elements.dark, False), 1.0, -1.0).astype(np.float32)
    above = (middle[:, None] - np.take(profiles, quiet + around, axis=1)) * sign
    passed = (above[:, 1:] >= 0) & (above[:, :-1] < 0)
    near = (2 * reach - np.abs(np.arange(2 * reach + 1) - reach)).astype(np.int8)
    first = (passed * near[:, None]).argmax(axis=1)[:, None]
    one = np.take_along_axis(above, first, 1)[:, 0]
    other = np.take_along_axis(above, first + 1, 1)[:, 0]
    part = np.clip(-one / np.maximum(other - one, np.float32(1e-6)), 0.0, 1.0)
    return np.asarray(elements.begins + first[:, 0] - reach - 0.5 + part, np.float64)
