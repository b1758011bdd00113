"""The kit: made from the label that comes next, wrong in one way each, and nobody's product."""

import numpy as np
import pytest

from drivers.zpl.interpreter import render_stream
from station.artwork.ink import Ink
from station.artwork.items import Artwork, Bitmap
from station.artwork.picture import inked
from station.core.challenge import BY_NAME, FAMILIES, Kind
from station.core.judge import Code, Reason
from station.line.challenge.kit import Kit, Specimen, kit
from tests.station.line.challenge.kits import (
    CODES,
    LABELS,
    TAKEN,
    Past,
    job_of,
    kit_of,
    verdict,
    workshop,
)

READ = {Kind.DATA, Kind.SYMBOL}


def dots(artwork: Artwork | None) -> Ink:
    assert artwork
    return inked(artwork, artwork.items)


def mark(of: Kit) -> tuple[Bitmap, ...]:
    items = of.meant.artwork.items
    return tuple(
        each for each in items if isinstance(each, Bitmap) and each.name.startswith("challenge")
    )


def specimen(name: str, family: str) -> Specimen:
    return next(each for each in kit_of(name).specimens if each.family.name == family)


@pytest.mark.parametrize("name", LABELS)
def test_each_family_is_made_or_left_out_with_its_reason(name: str) -> None:
    of = kit_of(name)
    made = [each.family for each in of.specimens]
    left_out = [each.family for each in of.left_out]
    assert sorted(each.name for each in made + left_out) == sorted(BY_NAME)
    assert made == [each for each in FAMILIES if each in made], "in their order"
    assert all(each.why.sentence.endswith(".") for each in of.left_out)


@pytest.mark.parametrize("name", LABELS)
def test_what_a_reader_can_see_is_rejected_for_the_right_reason(name: str) -> None:
    of = kit_of(name)
    read = [each for each in of.specimens if each.family.kind in READ]
    assert len(read) >= 5
    for each in (*read, *(specimen(name, other) for other in ("blank", "two-labels"))):
        found = verdict(of, each)
        assert each.family.caught(found.reasons), (each.family.name, found)


def missed(name: str) -> dict[str, list[str]]:
    """What a comparing camera does not see for what it is, and what it says of it instead."""
    of = kit_of(name)
    found = {
        each.family: [reason.code.value for reason in verdict(of, each).reasons]
        for each in of.specimens
        if each.family.compared
    }
    return {
        family.name: codes
        for family, codes in found.items()
        if not family.caught(tuple(Reason(Code(each)) for each in codes))
    }


@pytest.mark.parametrize("name", LABELS)
def test_what_only_a_camera_that_compares_can_see_is_rejected_for_the_right_reason(
    name: str,
) -> None:
    assert missed(name) == {}


@pytest.mark.parametrize("name", LABELS)
def test_the_right_label_with_the_mark_is_no_bad_label(name: str) -> None:
    of = kit_of(name)
    right = Specimen(BY_NAME["blank"], of.meant.artwork)
    assert verdict(of, right).reasons == ()


@pytest.mark.parametrize("name", LABELS)
def test_a_printer_makes_exactly_these_dots_and_keeps_nothing(name: str) -> None:
    for each in kit_of(name).specimens:
        if each.artwork is None:
            assert each.zpl == b""
            continue
        *_, printed = render_stream(each.zpl, dots_per_mm=8, width_mm=140)
        assert printed.unknown == ()
        assert printed.copies == 1
        assert printed.picture is not None
        assert np.array_equal(printed.picture == 0, dots(each.artwork))
        assert not {"~DG", "^DF", "^XF", "^XG", "^BX", "^BC", "^FN"} & set(printed.executed)


@pytest.mark.parametrize("name", LABELS)
def test_every_specimen_is_marked_and_the_mark_touches_nothing(name: str) -> None:
    of = kit_of(name)
    right = job_of(name).first.artwork
    for word in mark(of):
        area = word.area.grown(horizontally=2, vertically=2)
        around = inked(right, right.items)[area.y : area.bottom, area.x : area.right]
        assert not around.any()
        assert not any(area.overlaps(symbol.with_quiet_zone) for symbol in right.symbols)
    marked = inked(right, mark(of))
    for each in of.specimens:
        if each.family.kind != Kind.PRINT and each.family.name != "previous-order":
            assert (dots(each.artwork) & marked).sum() == marked.sum()


@pytest.mark.parametrize("name", LABELS)
def test_every_specimen_differs_from_the_right_label_and_from_the_others(name: str) -> None:
    of = kit_of(name)
    seen = {dots(of.meant.artwork).tobytes(): "right"}
    for each in of.specimens:
        if each.artwork is None or each.family.name == "previous-order":
            continue
        content = dots(each.artwork).tobytes()
        assert content not in seen, (each.family.name, seen[content])
        seen[content] = each.family.name


@pytest.mark.parametrize("name", LABELS)
def test_texts_are_wrong_while_every_symbol_is_right(name: str) -> None:
    of = kit_of(name)
    right = dots(of.meant.artwork)
    for each in of.specimens:
        if each.family.kind != Kind.TEXT:
            continue
        for symbol in of.meant.artwork.symbols:
            area = symbol.area
            rows, columns = slice(area.y, area.bottom), slice(area.x, area.right)
            found = dots(each.artwork)[rows, columns]
            assert np.array_equal(found, right[rows, columns]), each.family.name


def test_a_duplicate_is_a_serial_that_a_good_label_has_and_a_wrong_one_is_nobodys() -> None:
    of = kit_of("has-mhb-hc-unit")
    (duplicate,) = verdict(of, specimen("has-mhb-hc-unit", "duplicate")).reasons[:1]
    assert (duplicate.code, duplicate.read) == (Code.DUPLICATE, TAKEN)
    (wrong,) = verdict(of, specimen("has-mhb-hc-unit", "wrong-serial")).reasons[:1]
    assert wrong.code == Code.SERIAL
    assert len(wrong.read) == len(CODES.serial)


def test_a_label_of_the_order_before_is_taken_where_it_fits_the_stock() -> None:
    other = job_of("has-mhb-hc-unit").label(1, serial="OLD00001").artwork
    of = kit(
        job_of("has-mhb-hc-unit"),
        serial=CODES.serial,
        press=workshop().press,
        past=Past(),
        before=other,
        compared=True,
    )
    made = next(each for each in of.specimens if each.family.name == "previous-order")
    reasons = verdict(of, made).reasons
    assert [(each.code, each.read) for each in reasons[:1]] == [(Code.SERIAL, "OLD00001")]


def test_a_label_of_the_order_before_on_other_stock_is_made_up() -> None:
    of = kit(
        job_of("has-mhb-hc-unit"),
        serial=CODES.serial,
        press=workshop().press,
        past=Past(),
        before=job_of("implant-contract").first.artwork,
        compared=True,
    )
    made = next(each for each in of.specimens if each.family.name == "previous-order")
    assert made.family.caught(verdict(of, made).reasons)


def test_where_nothing_compares_the_print_nobody_pretends_that_it_was_challenged() -> None:
    of = kit_of("has-mhb-hc-unit", compared=False)
    made = {each.family.name for each in of.specimens}
    assert not {each.name for each in FAMILIES if each.compared} & made
    assert {"blank", "two-labels"} <= made


def test_the_quick_kit_is_a_part_of_the_whole_one() -> None:
    quick = {each.family.name for each in kit_of("implant-contract", choice="quick").specimens}
    whole = {each.family.name for each in kit_of("implant-contract").specimens}
    assert quick < whole
