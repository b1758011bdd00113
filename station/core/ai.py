"""GS1 application identifiers: the digits before a value that say what the value is.

The whole GS1 table: what each value is made of, whether FNC1 closes it, which other identifiers
it needs beside it and which it excludes. No code is the beginning of another, so a code such as
"31" also names its whole family (310n to 316n) without doubt.

>>> find("10").title, find("10").fnc1
('BATCH/LOT', True)
>>> find("17").problems("261231")
()
>>> print(*find("17").problems("220229"))
(17): Impossible date '220229': expected a day from 01 to 28, got 29.

Checked are length, character set, check digits and pairs, dates and times, and every other rule
that can be computed. Codes whose list another body keeps (countries, currencies, package types)
and the fields inside coupons are checked for their characters and length only.

Source: GS1 General Specifications 3 (identifiers), 4.13 (pairs), 7.8.5 (predefined lengths),
7.11 (character sets).
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from station.core import gmn
from station.core.gtin import DIGITS, check_digit_problem
from station.core.problem import Problem, Refused, problem

Rule = Callable[[str], Problem | None]
"""What is wrong with one part of a value whose length and characters are right."""


@dataclass(frozen=True, slots=True)
class Charset:
    name: str
    characters: frozenset[str]


NUMERIC = Charset("digits 0 to 9", DIGITS)
CSET82 = Charset("GS1 character set 82", frozenset(gmn.CSET82))
CSET39 = Charset("GS1 character set 39", frozenset("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
BASE64URL = Charset(
    "base64url", frozenset(each for each in gmn.CSET82 if each.isalnum() or each in "-_=")
)


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a value: so many characters of one set, and a rule of its own."""

    charset: Charset
    least: int
    most: int
    rule: Rule | None = None
    optional: bool = False
    """It may be left out, together with everything after it."""


@dataclass(frozen=True, slots=True)
class AI:
    """One application identifier and what GS1 says about its value."""

    code: str
    title: str
    """GS1 data title."""

    components: tuple[Component, ...]
    requires: tuple[tuple[str, ...], ...] = ()
    """Alternatives, each a group of codes or families that must all be in the same data."""

    excludes: tuple[str, ...] = ()
    """Codes or families that must not be in the same data; never the identifier itself."""

    @property
    def fnc1(self) -> bool:
        """Whether a separator closes the value unless it is the last one."""
        return self.code[:2] not in PREDEFINED

    @property
    def lengths(self) -> tuple[int, ...]:
        """Every length the value may have, in characters, ascending."""
        allowed: set[int] = set()
        ends = {0}
        for part in self.components:
            if part.optional:
                allowed |= ends
            ends = {max(ends) + length for length in range(part.least, part.most + 1)}
        return tuple(sorted(allowed | ends))

    @property
    def holds_brackets(self) -> bool:
        """Whether a value may contain "(" and ")" as data."""
        return any(part.charset is CSET82 for part in self.components)

    def problems(self, value: str) -> tuple[Problem, ...]:
        """Everything wrong with a value; empty if it is right."""
        found = [*self._length_problems(value), *self._character_problems(value)]
        return tuple(each.within(f"({self.code})") for each in found or self._rule_problems(value))

    def _length_problems(self, value: str) -> Iterator[Problem]:
        if not value:
            yield problem(
                "The value is empty: expected {expected} characters, got none.",
                expected=_phrase(self.lengths),
            )
        elif len(value) not in self.lengths:
            yield problem(
                "Invalid length of {value!r}: expected {expected} characters, got {got}.",
                value=shown(value),
                expected=_phrase(self.lengths),
                got=len(value),
            )

    def _character_problems(self, value: str) -> Iterator[Problem]:
        for place, part, piece in self._pieces(value):
            wrong = next((each for each in piece if each not in part.charset.characters), None)
            if wrong is not None:
                yield problem(
                    "Invalid character in {value!r}: expected {expected}, got {got!a} at character"
                    " {place}.",
                    value=shown(value),
                    expected=part.charset.name,
                    got=wrong,
                    place=place + piece.index(wrong) + 1,
                )

    def _rule_problems(self, value: str) -> Iterator[Problem]:
        for _, part, piece in self._pieces(value):
            found = part.rule(piece) if part.rule else None
            if found:
                yield found

    def _pieces(self, value: str) -> Iterator[tuple[int, Component, str]]:
        """Where each component that is present begins, and its text."""
        place = 0
        for part in self.components:
            piece = value[place : place + part.most]
            if piece:
                yield place, part, piece
            place += part.most


PREDEFINED = frozenset(f"{n:02}" for n in (*range(5), *range(11, 21), *range(31, 37), 41))
"""The first two digits of identifiers whose values never take a separator (7.8.5)."""


def find(code: str) -> AI:
    """The identifier with exactly this code. Raises Refused if GS1 has none."""
    if code not in TABLE:
        raise Refused(_unknown(code))
    return TABLE[code]


def problems(code: str, value: str) -> tuple[Problem, ...]:
    """Everything wrong with a code and its value; empty if both are right."""
    return TABLE[code].problems(value) if code in TABLE else (_unknown(code),)


def _unknown(code: str) -> Problem:
    return problem(
        "Unknown application identifier: expected one of the GS1 table, got {got!r}.",
        got=shown(code),
    )


def match(text: str) -> AI | None:
    """The identifier that `text` begins with, if any; at most one can."""
    return next((TABLE[text[:size]] for size in (2, 3, 4) if text[:size] in TABLE), None)


def shown(value: str) -> str:
    """A value of any length, short enough for a sentence.

    >>> shown("A" * 100) == "A" * 47 + "…"
    True
    """
    return value if len(value) <= 48 else value[:47] + "…"


def _phrase(lengths: tuple[int, ...]) -> str:
    first, last = lengths[0], lengths[-1]
    if len(lengths) == last - first + 1 > 1:
        return f"{first} to {last}"
    return " or ".join(str(each) for each in lengths)


def date_problem(value: str) -> Problem | None:
    """What is wrong with six digits YYMMDD.

    The century is unknown here, and only 29 February asks for it. YY is taken as 20YY: under the
    GS1 window 00 means 2000 for every reader up to 2049, and for all other years of two digits
    1900 and 2000 have the same leap years. So 000229 exists.
    """
    return _calendar_problem(value, int("20" + value[:2]), value[2:4], value[4:])


def _long_date(value: str) -> Problem | None:
    return _calendar_problem(value, int(value[:4]), value[4:6], value[6:])


def _calendar_problem(value: str, year: int, month: str, day: str) -> Problem | None:
    if not "01" <= month <= "12":
        return problem(
            "Impossible date {value!r}: expected a month from 01 to 12, got {got}.",
            value=value,
            got=month,
        )
    last = monthrange(year, int(month))[1]
    if day == "00":
        return problem(
            "Day 00 in {value!r} is forbidden for regulated healthcare since 2025-01-01: expected"
            " a day from 01 to {last}, got 00.",
            value=value,
            last=last,
        )
    if int(day) > last:
        return problem(
            "Impossible date {value!r}: expected a day from 01 to {last}, got {got}.",
            value=value,
            last=last,
            got=day,
        )
    return None


def _pair_problem(value: str) -> Problem | None:
    return next(iter(gmn.problems(value)), None)


def _master_pair_problem(value: str) -> Problem | None:
    """A Master UDI-DI is built like a GMN and told from it by a character that is no digit."""
    if DIGITS.issuperset(value):
        return problem("Expected at least one character that is no digit, got {got!r}.", got=value)
    return _pair_problem(value)


def _iban_problem(value: str) -> Problem | None:
    """ISO 13616: country and check digits moved to the end, letters as 10 to 35, modulo 97 is 1."""
    if re.fullmatch("[A-Z]{2}[0-9]{2}[0-9A-Z]+", value):
        rotated = value[4:] + value[:4]
        if int("".join(str(int(each, 36)) for each in rotated)) % 97 == 1:
            return None
    return problem("Expected an IBAN with its right check digits, got {got!r}.", got=value)


def _share_problem(value: str) -> Problem | None:
    """Two digits of a piece, two of how many pieces there are."""
    if "00" < value[:2] <= value[2:]:
        return None
    return problem("Expected a piece from 01 up to the total after it, got {got!r}.", got=value)


def _turn_problem(value: str) -> Problem | None:
    """One digit of a place in a birth sequence, a slash, one digit of how many there are."""
    if re.fullmatch("[1-9]/[1-9]", value) and value[0] <= value[2]:
        return None
    return problem("Expected a place up to the total, such as 1/2, got {got!r}.", got=value)


def _matching(pattern: str, expected: str) -> Rule:
    def rule(value: str) -> Problem | None:
        if re.fullmatch(pattern, value):
            return None
        return problem("Expected {expected}, got {got!r}.", expected=expected, got=shown(value))

    return rule


def _n(length: int, rule: Rule | None = None) -> Component:
    return Component(NUMERIC, length, length, rule)


def _n_to(most: int, rule: Rule | None = None) -> Component:
    return Component(NUMERIC, 1, most, rule)


def _x(length: int, rule: Rule | None = None) -> Component:
    return Component(CSET82, length, length, rule)


def _x_to(most: int, rule: Rule | None = None) -> Component:
    return Component(CSET82, 1, most, rule)


def _key(length: int) -> Component:
    return _n(length, check_digit_problem)


def _maybe(part: Component) -> Component:
    return replace(part, optional=True)


def _ai(code: str, title: str, *parts: Component, needs: str = "", bars: str = "") -> AI:
    """A row of the table. `needs` reads "01 & 21 or 8006", `bars` reads "02 37"."""
    groups = tuple(tuple(group.split(" & ")) for group in needs.split(" or ") if group)
    return AI(code, title, parts, groups, tuple(each for each in bars.split(" ") if each))


def _scaled(
    families: dict[str, str], *parts: Component, last: int = 5, needs: str, bars: str = ""
) -> Iterator[AI]:
    """Families whose last digit counts the decimals of the value; a label has one of each."""
    for family, title in families.items():
        for decimals in range(last + 1):
            code = f"{family}{decimals}"
            yield _ai(code, title, *parts, needs=needs, bars=f"{family} {bars}")


def _numbered(family: str, titles: Iterable[str], *parts: Component, needs: str) -> Iterator[AI]:
    """A family whose last digit only counts."""
    for number, title in enumerate(titles):
        yield _ai(f"{family}{number}", title, *parts, needs=needs)


def _address(family: str, party: str) -> Iterator[AI]:
    """The seven lines of a postal address; a second street line needs the first."""
    for number, line in enumerate(("COMP", "NAME", "ADD1", "ADD2", "SUB", "LOC", "REG")):
        part = _x_to(35 if number < 2 else 70, _ESCAPED)
        needs = f"{family}2" if line == "ADD2" else "00"
        yield _ai(f"{family}{number}", f"{party} {line}", part, needs=needs)


_HOUR = _matching("[01][0-9]|2[0-3]", "an hour from 00 to 23")
_SIXTIETH = _matching("[0-5][0-9]", "two digits from 00 to 59")
_HOUR_MINUTE = _matching("([01][0-9]|2[0-3])[0-5][0-9]", "a time from 0000 to 2359")
_YES_NO = _matching("[01]", "0 (no) or 1 (yes)")
_PREFIX = _matching("[0-9]{4}.*", "a company prefix of at least 4 digits first")
_ESCAPED = _matching("([^%]|%[0-9A-Fa-f]{2})*", "two hexadecimal digits after each %")
_ABOVE_ZERO = _matching("[0-9]*[1-9][0-9]*", "a number above 0")
_NO_LEADING_ZERO = _matching("0|[1-9][0-9]*", "a number without leading zeros")
_COUNTRY = _matching("[A-Z]{2}", "two capital letters of a country")
_LATITUDE = _matching("(0[0-9]|1[0-7])[0-9]{8}|180{8}", "0000000000 to 1800000000")
_LONGITUDE = _matching("([0-2][0-9]|3[0-5])[0-9]{8}|360{8}", "0000000000 to 3600000000")
_PADDED = _matching(
    "[^=]+|([^=]{3})*([^=]{2}=|[^=]==)", "'=' at the end only, up to a multiple of 3"
)

_DATE, _BORN, _TIME = _n(6, date_problem), _n(8, _long_date), _n(4, _HOUR_MINUTE)
_PIECE = (_key(14), _n(4, _share_problem))
_DEGREES = (_n(6), _maybe(_x(1, _matching("-", "a minus sign or nothing"))))
_NATION = _n(3)
_NATIONS = (_NATION, *(_maybe(_NATION) for _ in range(4)))
_NAME, _TEXT = _x_to(40, _ESCAPED), _x_to(70, _ESCAPED)

_UNIT, _GOODS = "01 or 02", "01 or 02 or 03"
_ITEM = "01 or 02 or 03 or 8006 or 8026"
_UNSPLIT = "01 or 02 or 8006 or 8026"
_MADE = "01 or 03 or 8006"
_SERIAL = "01 & 21 or 03 & 21 or 8006 & 21"
_SIGNED = f"00 or 253 or 255 or 8003 or 8004 or 8010 & 8011 or 8017 or 8018 or {_SERIAL}"
_MEASURED = "30 or 31 or 32 or 35 or 36"
_PERSON = "8017 or 8018"

_NET = {
    "310": "NET WEIGHT (kg)", "311": "LENGTH (m)", "312": "WIDTH (m)", "313": "HEIGHT (m)",
    "314": "AREA (m²)", "315": "NET VOLUME (l)", "316": "NET VOLUME (m³)",
    "320": "NET WEIGHT (lb)", "321": "LENGTH (in)", "322": "LENGTH (ft)", "323": "LENGTH (yd)",
    "324": "WIDTH (in)", "325": "WIDTH (ft)", "326": "WIDTH (yd)",
    "327": "HEIGHT (in)", "328": "HEIGHT (ft)", "329": "HEIGHT (yd)",
    "350": "AREA (in²)", "351": "AREA (ft²)", "352": "AREA (yd²)",
    "356": "NET WEIGHT (tr oz)", "357": "NET VOLUME (oz)",
    "360": "NET VOLUME (qt (US))", "361": "NET VOLUME (gal.)",
    "364": "NET VOLUME (in³)", "365": "NET VOLUME (ft³)", "366": "NET VOLUME (yd³)",
}  # fmt: skip
_GROSS = {
    "330": "GROSS WEIGHT (kg)", "331": "LENGTH (m), log", "332": "WIDTH (m), log",
    "333": "HEIGHT (m), log", "334": "AREA (m²), log", "335": "VOLUME (l), log",
    "336": "VOLUME (m³), log", "340": "GROSS WEIGHT (lb)", "341": "LENGTH (in), log",
    "342": "LENGTH (ft), log", "343": "LENGTH (yd), log", "344": "WIDTH (in), log",
    "345": "WIDTH (ft), log", "346": "WIDTH (yd), log", "347": "HEIGHT (in), log",
    "348": "HEIGHT (ft), log", "349": "HEIGHT (yd), log", "353": "AREA (in²), log",
    "354": "AREA (ft²), log", "355": "AREA (yd²), log", "362": "VOLUME (qt (US)), log",
    "363": "VOLUME (gal (US)), log", "367": "VOLUME (in³), log", "368": "VOLUME (ft³), log",
    "369": "VOLUME (yd³), log",
}  # fmt: skip
_REGISTRIES = ("PZN", "CIP", "CN", "DRN", "AIM", "NDC", "AIC", "SRN")

_ROWS: tuple[AI, ...] = (
    _ai("00", "SSCC", _key(18)),
    _ai("01", "GTIN", _key(14), bars="255 37"),
    _ai("02", "CONTENT", _key(14), needs="37", bars="01 03"),
    _ai("03", "MTO GTIN", _key(14), bars="01 02 37 235"),
    _ai("10", "BATCH/LOT", _x_to(20), needs=_ITEM),
    _ai("11", "PROD DATE", _DATE, needs=_ITEM),
    _ai("12", "DUE DATE", _DATE, needs="8020"),
    _ai("13", "PACK DATE", _DATE, needs=_ITEM),
    _ai("15", "BEST BEFORE or BEST BY", _DATE, needs=_ITEM),
    _ai("16", "SELL BY", _DATE, needs=_ITEM),
    _ai("17", "USE BY or EXPIRY", _DATE, needs=f"{_ITEM} or 255"),
    _ai("20", "VARIANT", _n(2), needs=_ITEM),
    _ai("21", "SERIAL", _x_to(20), needs=_MADE, bars="235"),
    _ai("22", "CPV", _x_to(20), needs="01"),
    _ai("235", "TPX", _x_to(28), needs="01"),
    _ai("240", "ADDITIONAL ID", _x_to(30), needs=_ITEM),
    _ai("241", "CUST. PART No.", _x_to(30), needs=_ITEM),
    _ai("242", "MTO VARIANT", _n_to(6), needs=_UNSPLIT),
    _ai("243", "PCN", _x_to(20), needs="01 or 03"),
    _ai("250", "SECONDARY SERIAL", _x_to(30), needs=_SERIAL),
    _ai("251", "REF. TO SOURCE", _x_to(30), needs=_MADE),
    _ai("253", "GDTI", _key(13), _maybe(_x_to(17))),
    _ai("254", "GLN EXTENSION COMPONENT", _x_to(20), needs="414"),
    _ai("255", "GCN", _key(13), _maybe(_n_to(12)), bars="01 02 415 8006 8020 8026"),
    _ai("30", "VAR. COUNT", _n_to(8), needs=_UNIT),
    *_scaled(_NET, _n(6), needs=_UNIT),
    *_scaled(_GROSS, _n(6), needs="00 or 01"),
    *_scaled({"337": "KG PER m²"}, _n(6), needs="01"),
    _ai("37", "COUNT", _n_to(8), needs="00 & 02 or 00 & 8026"),
    *_scaled({"390": "AMOUNT"}, _n_to(15), last=9, needs="255 or 8020", bars="391 394 8111"),
    *_scaled({"391": "AMOUNT"}, _n(3), _n_to(15), last=9, needs="8020"),
    *_scaled(
        {"392": "PRICE"},
        _n_to(15),
        last=9,
        needs="01 & 30 or 01 & 31 or 01 & 32 or 01 & 35 or 01 & 36",
        bars="393",
    ),
    *_scaled({"393": "PRICE"}, _n(3), _n_to(15), last=9, needs=_MEASURED),
    *_scaled({"394": "PRCNT OFF"}, _n(4), last=3, needs="255", bars="8111"),
    *_scaled({"395": "PRICE/UoM"}, _n(6), needs=_MEASURED, bars="392 393 8005"),
    _ai("400", "ORDER NUMBER", _x_to(30)),
    _ai("401", "GINC", _x_to(30, _PREFIX)),
    _ai("402", "GSIN", _key(17)),
    _ai("403", "ROUTE", _x_to(30), needs="00"),
    _ai("410", "SHIP TO LOC", _key(13)),
    _ai("411", "BILL TO", _key(13)),
    _ai("412", "PURCHASE FROM", _key(13)),
    _ai("413", "SHIP FOR LOC", _key(13)),
    _ai("414", "LOC No.", _key(13)),
    _ai("415", "PAY TO", _key(13), needs="8020"),
    _ai("416", "PROD/SERV LOC", _key(13)),
    _ai("417", "PARTY", _key(13)),
    _ai("420", "SHIP TO POST", _x_to(20), bars="421"),
    _ai("421", "SHIP TO POST", _NATION, _x_to(9), bars="4307"),
    _ai("422", "ORIGIN", _NATION, needs=_ITEM, bars="426"),
    _ai("423", "COUNTRY - INITIAL PROCESS", *_NATIONS, needs=_GOODS, bars="426"),
    _ai("424", "COUNTRY - PROCESS", _NATION, needs=_GOODS, bars="426"),
    _ai("425", "COUNTRY - DISASSEMBLY", *_NATIONS, needs=_GOODS, bars="426"),
    _ai("426", "COUNTRY - FULL PROCESS", _NATION, needs=_GOODS),
    _ai("427", "ORIGIN SUBDIVISION", _x_to(3), needs="01 & 422 or 02 & 422 or 03 & 422"),
    *_address("430", "SHIP TO"),
    _ai("4307", "SHIP TO COUNTRY", _x(2, _COUNTRY), needs="00"),
    _ai("4308", "SHIP TO PHONE", _x_to(30), needs="00"),
    _ai("4309", "SHIP TO GEO", _n(10, _LATITUDE), _n(10, _LONGITUDE), needs="00"),
    *_address("431", "RTN TO"),
    _ai("4317", "RTN TO COUNTRY", _x(2, _COUNTRY), needs="00"),
    _ai("4318", "RTN TO POST", _x_to(20), needs="00"),
    _ai("4319", "RTN TO PHONE", _x_to(30), needs="00"),
    _ai("4320", "SRV DESCRIPTION", _x_to(35, _ESCAPED), needs="00"),
    _ai("4321", "DANGEROUS GOODS", _n(1, _YES_NO), needs="00"),
    _ai("4322", "AUTH TO LEAVE", _n(1, _YES_NO), needs="00"),
    _ai("4323", "SIG REQUIRED", _n(1, _YES_NO), needs="00"),
    _ai("4324", "NOT BEF DEL DT", _DATE, _TIME, needs="00"),
    _ai("4325", "NOT AFT DEL DT", _DATE, _TIME, needs="00"),
    _ai("4326", "REL DATE", _DATE, needs="00"),
    _ai("4330", "MAX TEMP F.", *_DEGREES, needs="00", bars="4331"),
    _ai("4331", "MAX TEMP C.", *_DEGREES, needs="00", bars="4330"),
    _ai("4332", "MIN TEMP F.", *_DEGREES, needs="00", bars="4333"),
    _ai("4333", "MIN TEMP C.", *_DEGREES, needs="00", bars="4332"),
    _ai("7001", "NSN", _n(13), needs=_UNSPLIT),
    _ai("7002", "MEAT CUT", _x_to(30), needs=_UNIT),
    _ai("7003", "EXPIRY TIME", _DATE, _TIME, needs=_GOODS),
    _ai("7004", "ACTIVE POTENCY", _n_to(4), needs="01 & 10 or 03 & 10"),
    _ai("7005", "CATCH AREA", _x_to(12), needs=_UNIT),
    _ai("7006", "FIRST FREEZE DATE", _DATE, needs=_UNIT),
    _ai("7007", "HARVEST DATE", _DATE, _maybe(_DATE), needs=_UNIT),
    _ai("7008", "AQUATIC SPECIES", _x_to(3), needs=_UNIT),
    _ai("7009", "FISHING GEAR TYPE", _x_to(10), needs=_UNIT),
    _ai("7010", "PROD METHOD", _x_to(2), needs=_GOODS),
    _ai("7011", "TEST BY DATE", _DATE, _maybe(_TIME), needs=_GOODS),
    _ai("7020", "REFURB LOT", _x_to(20), needs="01 & 416 or 03 & 416 or 8006 & 416"),
    _ai("7021", "FUNC STAT", _x_to(20), needs=_MADE),
    _ai("7022", "REV STAT", _x_to(20), needs="01 & 7021 or 03 & 7021 or 8006 & 7021"),
    _ai("7023", "GIAI - ASSEMBLY", _x_to(30, _PREFIX)),
    *_numbered("703", (f"PROCESSOR # {n}" for n in range(10)), _NATION, _x_to(27), needs=_UNIT),
    _ai("7040", "UIC+EXT", _n(1), _x(1), _x(1), _x(1, _matching("[-0-9A-Z_a-z]", "base64url"))),
    _ai("7041", "UFRGT UNIT TYPE", _x_to(4), needs="00"),
    *_numbered("71", (f"NHRN {name}" for name in _REGISTRIES), _x_to(20), needs="01"),
    *_numbered("723", (f"CERT # {n}" for n in range(1, 11)), _x(2), _x_to(28), needs="01 or 8004"),
    _ai("7240", "PROTOCOL", _x_to(20), needs="01 or 8006", bars="03"),
    _ai("7241", "AIDC MEDIA TYPE", _n(2), needs=_PERSON),
    _ai("7242", "VCN", _x_to(25), needs=_PERSON),
    _ai("7250", "DOB", _BORN, needs="8018", bars="7251"),
    _ai("7251", "DOB TIME", _BORN, _TIME, needs="8018", bars="7250"),
    _ai("7252", "BIO SEX", _n(1, _matching("[0129]", "0, 1, 2 or 9")), needs="8018"),
    _ai("7253", "FAMILY NAME", _NAME, needs=_PERSON, bars="7256 7259"),
    _ai("7254", "GIVEN NAME", _NAME, needs=_PERSON, bars="7256 7259"),
    _ai("7255", "SUFFIX", _x_to(10), needs=_PERSON, bars="7256 7259"),
    _ai("7256", "FULL NAME", _x_to(90, _ESCAPED), needs=_PERSON),
    _ai("7257", "PERSON ADDR", _TEXT, needs="8018"),
    _ai("7258", "BIRTH SEQUENCE", _x(3, _turn_problem), needs="8018 & 7259"),
    _ai("7259", "BABY", _NAME, needs="8018", bars="7256"),
    _ai(
        "8001",
        "DIMENSIONS",
        *(_n(length, _ABOVE_ZERO) for length in (4, 5, 3)),
        _n(1, _matching("[019]", "winding direction 0, 1 or 9")),
        _n(1),
        needs="01",
    ),
    _ai("8002", "CMT No.", _x_to(20)),
    _ai("8003", "GRAI", _n(1, _matching("0", "0 first")), _key(13), _maybe(_x_to(16))),
    _ai("8004", "GIAI", _x_to(30, _PREFIX)),
    _ai("8005", "PRICE PER UNIT", _n(6), needs=_UNIT),
    _ai("8006", "ITIP", *_PIECE, bars="01 03 37"),
    _ai("8007", "IBAN", _x_to(34, _iban_problem), needs="415"),
    _ai(
        "8008",
        "PROD TIME",
        _DATE,
        _n(2, _HOUR),
        *(_maybe(_n(2, _SIXTIETH)) for _ in range(2)),
        needs=_GOODS,
    ),
    _ai("8009", "OPTSEN", _x_to(50), needs="00 or 01 or 03"),
    _ai("8010", "CPID", Component(CSET39, 1, 30, _PREFIX)),
    _ai("8011", "CPID SERIAL", _n_to(12, _NO_LEADING_ZERO), needs="8010"),
    _ai("8012", "VERSION", _x_to(20), needs=_MADE),
    _ai("8013", "GMN", _x_to(25, _pair_problem)),
    _ai("8014", "MUDI", _x_to(25, _master_pair_problem), needs="01"),
    _ai("8017", "GSRN - PROVIDER", _key(18), bars="8018"),
    _ai("8018", "GSRN - RECIPIENT", _key(18), bars="8017"),
    _ai("8019", "SRIN", _n_to(10), needs=_PERSON),
    _ai("8020", "REF No.", _x_to(25), needs="415"),
    _ai("8026", "ITIP CONTENT", *_PIECE, needs="37", bars="02 03 8006"),
    _ai("8030", "DIGSIG", Component(BASE64URL, 1, 90, _PADDED), needs=_SIGNED),
    _ai("8040", "IMEI", _n(15), needs="01 & 21"),
    _ai("8041", "IMEI2", _n(15), needs="01 & 21 & 8040"),
    _ai("8042", "ESIM", _n(32), needs="01 & 21 & 8040"),
    _ai("8043", "PSIM", _n(18), _maybe(_n_to(2)), needs="01 & 21 & 8040"),
    _ai("8110", "COUPON", _x_to(70)),
    _ai("8111", "POINTS", _n(4), needs="255"),
    _ai("8112", "PAPERLESS COUPON", _x_to(70)),
    _ai("8200", "PRODUCT URL", _x_to(70), needs="01"),
    _ai("90", "INTERNAL", _x_to(30)),
    *(_ai(str(code), "INTERNAL", _x_to(90)) for code in range(91, 100)),
)

TABLE: Mapping[str, AI] = MappingProxyType({row.code: row for row in _ROWS})
"""Every application identifier by its code."""
