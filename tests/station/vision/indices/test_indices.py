"""Process indices of shipped labels: each follows what it is meant to tell."""

from functools import lru_cache

import numpy as np
import pytest

from drivers.simulated.optics import FIVE_MEGAPIXEL, MILD, Optics
from drivers.simulated.wear import Wear, printed
from station.core.quality import BANDS, band
from station.vision.picture import Picture
from station.vision.see import see
from station.vision.sheet import Sheet
from tests.station.vision.seen import looked, sheet, taken

CARTON = "outer-carton-gs1-128"
SEEDS = (1, 2, 3)


@lru_cache(maxsize=64)
def indices(wear: Wear, *, of: str = "has-mhb-hc-unit", optics: Optics = MILD) -> dict[str, int]:
    """The middle of what is measured on a few labels, of the sheet's last symbol."""
    good = sheet(of)
    frames = [taken(printed(good.picture, wear, n), seed=n, optics=optics) for n in SEEDS]
    read = [looked(frame, good).quality.symbols for frame in frames]
    found = [each[-1].indices for each in read if len(each) == len(good.symbols)]
    return {name: int(np.median([each[name] for each in found])) for name in found[0]}


def linear(wear: Wear) -> dict[str, int]:
    return indices(wear, of=CARTON, optics=FIVE_MEGAPIXEL)


def test_a_matrix_has_every_index_of_its_method_and_each_has_bands_or_a_direction() -> None:
    assert set(indices(Wear())) == {
        "contrast_index",
        "modulation_index",
        "axial_nonuniformity_index",
        "grid_nonuniformity_index",
        "unused_error_correction_index",
        "fixed_pattern_damage_index",
        "print_growth_x_index",
        "print_growth_y_index",
        "quiet_zone_index",
    }


def test_a_linear_symbol_has_every_index_of_its_method() -> None:
    assert set(linear(Wear())) == {
        "contrast_index",
        "edge_contrast_index",
        "modulation_index",
        "defects_index",
        "decodability_index",
        "quiet_zone_index",
    }


def test_a_good_print_is_in_the_best_band_of_every_method() -> None:
    for name, value in indices(Wear()).items():
        assert name not in BANDS or band(name, value) == "A", (name, value)
    assert indices(Wear())["unused_error_correction_index"] == 1000


@pytest.mark.parametrize("name", ["contrast_index"])
def test_contrast_falls_as_the_print_becomes_faint(name: str) -> None:
    for measure in (indices, linear):
        values = [measure(Wear(faintness=share))[name] for share in (0.0, 0.2, 0.4)]
        assert values[0] - 100 > values[1] > values[2] + 100


def test_contrast_of_faint_print_leaves_modulation_where_it_was() -> None:
    faint, good = indices(Wear(faintness=0.4)), indices(Wear())
    assert abs(faint["modulation_index"] - good["modulation_index"]) < 60


@pytest.mark.parametrize("side", ["x", "y"])
def test_growth_is_measured_in_modules(side: str) -> None:
    """A module is four dots: a quarter of a dot on each side is an eighth of a module."""
    name = f"print_growth_{side}_index"
    values = [indices(Wear(growth_dots=dots))[name] for dots in (-0.5, -0.25, 0.0, 0.25, 0.5)]
    assert values == sorted(values)
    assert np.diff(values) == pytest.approx([125] * 4, abs=60)


def test_growth_along_the_feed_is_told_apart_from_growth_across_it() -> None:
    smeared = indices(Wear(smear_dots=4.0, smear=0.5))
    assert smeared["print_growth_y_index"] > smeared["print_growth_x_index"] + 50


def test_growth_costs_bars_their_decodability_and_modulation() -> None:
    for name in ("decodability_index", "modulation_index", "edge_contrast_index"):
        values = [linear(Wear(growth_dots=dots))[name] for dots in (0.0, 0.2, 0.4)]
        assert values == sorted(values, reverse=True), name
        assert values[0] > values[2] + 100, name


def test_blur_costs_modulation() -> None:
    values = [
        indices(Wear(), optics=Optics(blur_pixels=pixels))["modulation_index"]
        for pixels in (0.7, 2.0, 3.0)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[2] + 100


def test_a_dead_dot_shows_in_the_modulation_of_the_modules_it_strikes() -> None:
    left = sheet().symbols[0].area.x + 32
    dead = indices(Wear(dead_dots=(left + 1,)))
    assert dead["modulation_index"] < indices(Wear())["modulation_index"] - 200


def test_specks_without_ink_show_as_defects_of_bars() -> None:
    values = [linear(Wear(mottling=share))["defects_index"] for share in (0.0, 0.02, 0.05)]
    assert values == sorted(values)
    assert values[2] > values[0] + 100


def test_ink_in_the_quiet_zone_is_told() -> None:
    for name, optics in (("has-mhb-hc-unit", MILD), (CARTON, FIVE_MEGAPIXEL)):
        good = sheet(name)
        area, module = good.symbols[-1].area, good.symbols[-1].module
        picture = good.picture.copy()
        picture[area.y + 20 : area.y + 40, area.x - module : area.x - 2] = 90
        picture[area.y + 20 : area.y + 40, area.x - 6 * module : area.x - 2 * module] = 90
        seen = looked(taken(picture, optics=optics), good).quality.symbols[-1].indices
        before = indices(Wear(), of=name, optics=optics)["quiet_zone_index"]
        assert seen["quiet_zone_index"] < before - 100


def test_paper_that_slipped_in_the_press_is_axial_nonuniformity() -> None:
    stretched = indices(Wear(stretch=0.03))["axial_nonuniformity_index"]
    assert stretched > indices(Wear())["axial_nonuniformity_index"] + 15


def test_a_hole_that_error_correction_hides_is_told_by_what_is_left_of_it() -> None:
    of = sheet()
    picture = _without(of, rows=slice(6, 9), columns=slice(6, 9))
    found = looked(taken(picture), of).quality.symbols[0].indices
    assert 300 < found["unused_error_correction_index"] < 1000
    assert found["fixed_pattern_damage_index"] == 0


def test_a_broken_clock_track_is_fixed_pattern_damage() -> None:
    of = sheet()
    picture = _without(of, rows=slice(0, 1), columns=slice(4, 9))
    assert looked(taken(picture), of).quality.symbols[0].indices["fixed_pattern_damage_index"] > 50


def test_a_large_symbol_and_a_qr_code_have_theirs() -> None:
    assert indices(Wear(), of="outer-carton")["unused_error_correction_index"] == 1000
    assert "grid_nonuniformity_index" in indices(Wear(), of="patch-secondary-bilingual")


def test_a_symbol_that_was_read_as_something_else_has_none() -> None:
    good, other = sheet(), sheet(code="CN8B0O5T")
    picture = good.picture.copy()
    area = good.symbols[0].area
    area.of(picture)[:] = area.of(other.picture)
    found = looked(taken(picture), good)
    assert found.compared
    assert found.quality.symbols == ()


def _without(of: Sheet, *, rows: slice, columns: slice) -> Picture:
    """The label with modules of its symbol left white."""
    module = of.symbols[0].module
    picture = of.picture.copy()
    symbol = of.symbols[0].area.of(picture)
    strip = symbol[rows.start * module : rows.stop * module]
    strip[:, columns.start * module : columns.stop * module] = 255
    return picture


def test_without_a_sheet_or_enough_pixels_nothing_is_measured() -> None:
    good = sheet()
    assert see(taken(good.picture)).quality.symbols == ()
    small = taken(good.picture, optics=Optics(pixels_per_mm=4.0))
    assert looked(small, good).quality.symbols == ()
