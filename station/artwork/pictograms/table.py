"""Every pictogram by its name: where it comes from, how it is drawn, what it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from station.artwork.ink import Ink
from station.artwork.pictograms import (
    contents,
    electrical,
    limits,
    maker,
    marks,
    patient,
    sterility,
    storage,
    use,
)
from station.artwork.pictograms.lettering import boxed
from station.artwork.pictograms.sheet import Sheet
from station.artwork.text import Font

Draw = Callable[[int, Font, Mapping[str, str]], Ink]
"""Height in dots, font, and the values it takes."""


@dataclass(frozen=True, slots=True)
class Drawing:
    clause: str
    """Of ISO 15223-1:2021 where only a number stands; in parentheses: general knowledge."""

    draw: Draw
    smallest: int
    """Dots of height; below that it cannot be told."""

    takes: tuple[str, ...] = ()
    """The values it needs; it takes no others."""

    kind: str = ""
    """What its limits measure."""


def _figure(width: float, draw: Callable[[Sheet], None]) -> Draw:
    """A drawing so many heights wide."""

    def drawn(height: int, font: Font, _values: Mapping[str, str]) -> Ink:
        sheet = Sheet.blank(width, height=height, font=font)
        draw(sheet)
        return sheet.ink()

    return drawn


def _boxed(*words: str) -> Draw:
    return lambda height, font, _values: boxed(words, height=height, font=font)


def _limited(width: float, draw: Callable[[Sheet], None]) -> Draw:
    """A drawing with limits beside it."""
    figure = _figure(width, draw)

    def drawn(height: int, font: Font, values: Mapping[str, str]) -> Ink:
        upper, lower = values.get("upper", ""), values.get("lower", "")
        return limits.limited(figure(height, font, {}), upper=upper, lower=lower, font=font)

    return drawn


def _heat(height: int, font: Font, _values: Mapping[str, str]) -> Ink:
    return sterility.sterile_by_heat(height=height, font=font)


def _country(height: int, font: Font, values: Mapping[str, str]) -> Ink:
    return maker.country(values["code"], height=height, font=font)


def _ce(height: int, font: Font, values: Mapping[str, str]) -> Ink:
    return marks.ce_with_number(values["number"], height=height, font=font)


_BOTH = ("lower", "upper")
_THERMOMETER = _limited(0.4, limits.thermometer)

DRAWINGS: Mapping[str, Drawing] = MappingProxyType(
    {
        "manufacturer": Drawing("5.1.1", _figure(1.1, maker.manufacturer), 16),
        "ec-rep": Drawing("5.1.2", _boxed("EC", "REP"), 16),
        "manufactured": Drawing("5.1.3", _figure(1.1, maker.manufactured), 16),
        "use-by": Drawing("5.1.4", _figure(0.7, maker.use_by), 16),
        "lot": Drawing("5.1.5", _boxed("LOT"), 16),
        "ref": Drawing("5.1.6", _boxed("REF"), 16),
        "serial": Drawing("5.1.7", _boxed("SN"), 16),
        "importer": Drawing("5.1.8", _figure(1.7, maker.importer), 20),
        "distributor": Drawing("5.1.9", _figure(1.5, maker.distributor), 20),
        "model": Drawing("5.1.10", _boxed("#"), 16),
        "country": Drawing("5.1.11", _country, 24, ("code",)),
        "sterile": Drawing("5.2.1", _boxed("STERILE"), 16),
        "sterile-a": Drawing("5.2.2", _boxed("STERILE", "A"), 16),
        "sterile-eo": Drawing("5.2.3", _boxed("STERILE", "EO"), 16),
        "sterile-r": Drawing("5.2.4", _boxed("STERILE", "R"), 16),
        "sterile-heat": Drawing("5.2.5", _heat, 24),
        "do-not-resterilize": Drawing("5.2.6", _figure(1.0, sterility.do_not_resterilize), 56),
        "non-sterile": Drawing("5.2.7", _figure(2.2, sterility.non_sterile), 30),
        "package-damaged": Drawing("5.2.8", _figure(1.0, sterility.package_damaged), 28),
        "sterile-vh2o2": Drawing("(5.2.10)", _boxed("STERILE", "VH₂O₂"), 28),
        "barrier-single": Drawing("5.2.11", _figure(1.5, sterility.barrier_single), 16),
        "barrier-double": Drawing("5.2.12", _figure(1.5, sterility.barrier_double), 20),
        "barrier-inside": Drawing("5.2.13", _figure(1.5, sterility.barrier_inside), 28),
        "barrier-outside": Drawing("5.2.14", _figure(1.5, sterility.barrier_outside), 24),
        "fragile": Drawing("5.3.1", _figure(0.7, storage.fragile), 20),
        "sunlight": Drawing("5.3.2", _figure(1.0, storage.sunlight), 24),
        "dry": Drawing("5.3.4", _figure(1.0, storage.dry), 20),
        "temperature-lower": Drawing("5.3.5", _THERMOMETER, 24, ("lower",), "temperature"),
        "temperature-upper": Drawing("5.3.6", _THERMOMETER, 24, ("upper",), "temperature"),
        "temperature": Drawing("5.3.7", _THERMOMETER, 24, _BOTH, "temperature"),
        "humidity": Drawing("5.3.8", _limited(0.8, limits.hygrometer), 28, _BOTH, "humidity"),
        "pressure": Drawing("5.3.9", _limited(1.1, limits.barometer), 24, _BOTH, "pressure"),
        "do-not-reuse": Drawing("5.4.2", _figure(1.0, use.do_not_reuse), 20),
        "consult": Drawing("5.4.3", _figure(use.BOOK, use.consult), 16),
        "electronic-instructions": Drawing("5.4.3", _figure(2.9, use.electronic_instructions), 20),
        "caution": Drawing("5.4.4", _figure(1.1, use.caution), 20),
        "latex": Drawing("5.4.5", _figure(2.0, use.latex), 30),
        "human-blood": Drawing("(5.4.6)", _figure(0.72, contents.human_blood), 26),
        "medicinal": Drawing("(5.4.7)", _figure(1.0, contents.medicinal), 28),
        "animal-origin": Drawing("(5.4.8)", _figure(1.2, contents.animal_origin), 30),
        "human-origin": Drawing("(5.4.9)", _figure(1.0, contents.human_origin), 30),
        "single-patient": Drawing("5.4.12", _figure(1.1, use.single_patient), 32),
        "ivd": Drawing("5.5.1", _boxed("IVD"), 16),
        "non-pyrogenic": Drawing("5.6.3", _figure(0.9, use.non_pyrogenic), 30),
        "patient": Drawing("5.7.3", _figure(1.5, patient.patient), 16),
        "website": Drawing("5.7.4", _figure(1.7, patient.website), 20),
        "health-centre": Drawing("5.7.5", _figure(1.1, patient.health_centre), 20),
        "implant-date": Drawing("5.7.6", _figure(1.0, patient.implant_date), 20),
        "md": Drawing("5.7.7", _boxed("MD"), 16),
        "udi": Drawing("5.7.10", _boxed("UDI"), 16),
        "this-way-up": Drawing("ISO 7000-0623", _figure(1.0, storage.this_way_up), 16),
        "rx-only": Drawing("21 CFR 801.109(b)(1)", _boxed("Rx only"), 20),
        "ce": Drawing("(EU) 2017/745 Annex V", _ce, 20, ("number",)),
        "ce-no-body": Drawing("(EU) 2017/745 Annex V", _figure(marks.CE, marks.ce), 20),
        "weee": Drawing("EN 50419", _figure(0.9, marks.weee), 36),
        "ac": Drawing("IEC 60417-5032", _figure(2.0, electrical.alternating), 16),
        "class-ii": Drawing("IEC 60417-5172", _figure(1.0, electrical.class_ii), 16),
        "type-bf": Drawing("IEC 60417-5333", _figure(1.0, electrical.type_bf), 24),
        "type-b": Drawing("IEC 60417-5840", _figure(0.7, electrical.type_b), 20),
    }
)

NAMES: tuple[str, ...] = tuple(DRAWINGS)
