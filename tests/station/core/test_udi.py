from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.interface import Symbol
from station.core.gs1 import ElementString
from station.core.gtin import Gtin
from station.core.judge import Code, Expected, Meant, NothingIssued, Reading, judge
from station.core.problem import Refused
from station.core.udi import (
    CARRIERS,
    LOOK_ALIKES,
    Checked,
    IssuingSystem,
    Udi,
    check,
    issuing_system,
)

GTIN = "06972869182019"
DATA = b"0106972869182019" + b"11200229" + b"21CN010123"


def test_a_udi_is_split_into_di_and_pi() -> None:
    udi = Udi.parse(DATA + b"\x1d" + b"9101A")
    assert udi.di == Gtin.parse(GTIN)
    assert [(each.ai, each.value) for each in udi.pi] == [("11", "200229"), ("21", "CN010123")]
    assert [(each.ai, each.value) for each in udi.others] == [("91", "01A")]


def test_a_udi_may_be_a_di_alone() -> None:
    udi = Udi.of(ElementString.of(("01", GTIN)))
    assert udi.pi == udi.others == ()


def test_the_basic_udi_di_is_never_printed() -> None:
    with pytest.raises(Refused) as refused:
        Udi.of(ElementString.of(("8013", "697286918201PU"), ("01", GTIN)))
    assert str(refused.value) == (
        "The Basic UDI-DI is never printed: expected a symbol without (8013), got '697286918201PU'."
    )


def test_a_udi_has_a_device_identifier() -> None:
    with pytest.raises(Refused) as refused:
        Udi.of(ElementString.of(("8013", "697286918201PU"), ("99", "X")))
    assert [str(each) for each in refused.value.problems] == [
        (
            "The Basic UDI-DI is never printed: expected a symbol without (8013), got"
            " '697286918201PU'."
        ),
        "A UDI has a device identifier: expected (01), got (8013), (99).",
    ]


def test_the_di_is_the_one_in_the_symbol() -> None:
    with pytest.raises(Refused) as refused:
        Udi(Gtin.parse("06972869182125"), ElementString.parse(DATA))
    assert str(refused.value) == (
        "The device identifier differs from the symbol's: expected 06972869182019, got"
        " 06972869182125."
    )


def test_what_is_no_element_string_is_no_udi() -> None:
    with pytest.raises(Refused, match="Impossible date '220229'"):
        Udi.parse(b"0106972869182125" + b"17220229" + b"1020200331")


def test_three_carriers_are_gs1_and_none_of_them_is_a_look_alike() -> None:
    assert set(CARRIERS) == {"]d2", "]C1", "]Q3"}
    assert {"]d1", "]C0", "]Q1"} <= set(LOOK_ALIKES)
    assert not set(CARRIERS) & set(LOOK_ALIKES)


@pytest.mark.parametrize(
    ("identifier", "data", "system"),
    [
        ("]d2", DATA, IssuingSystem.GS1),
        ("]C1", DATA, IssuingSystem.GS1),
        ("]d1", DATA, None),
        ("]C0", DATA, None),
        ("]Q1", DATA, None),
        ("]E0", b"6972869182019", None),
        ("]d2", b"hello", None),
        ("]d2", b"", None),
        ("]d2", b"(01)06972869182019", IssuingSystem.BRACKETED),
        ("]d1", b"(01)06972869182019", IssuingSystem.BRACKETED),
        ("]Q1", b"[01]06972869182019", IssuingSystem.BRACKETED),
        ("]C0", b"(05)1", None),
        ("]C0", b"+A99912345/$$52001510X3G", IssuingSystem.HIBCC),
        ("]C0", b"+$$3251231LOT1", IssuingSystem.HIBCC),
        ("]A0", b"++A999MODELIDENTIFIER11S8", IssuingSystem.HIBCC),
        ("]C0", b"+/EL123456M", IssuingSystem.HIBCC),
        ("]C0", b"+-1", None),
        ("]d1", b"=/A9999XYZ100T0944=,000025", IssuingSystem.ICCBBA),
        ("]Q1", b"MA.156.M0.000001.ABC", IssuingSystem.MA),
        ("]d1", b"[)>\x1e06\x1d9N110375286414\x1d1TABC\x1e\x04", IssuingSystem.IFA),
        ("]d1", b"9N110375286414", IssuingSystem.IFA),
        ("]d1", b"[)>\x1e06\x1d25P1234", None),
        ("]Q1", b"MF1234567890123BAL1", IssuingSystem.AHM),
        ("]Q1", b"MFG", None),
        ("", b"\xff\x00", None),
    ],
)
def test_the_issuing_system_is_told_by_how_the_data_begin(
    identifier: str, data: bytes, system: IssuingSystem | None
) -> None:
    assert issuing_system(identifier, data) == system


@settings(deadline=None)
@given(st.text(max_size=4), st.binary(max_size=40))
def test_any_scan_is_given_a_system_or_none(identifier: str, data: bytes) -> None:
    assert issuing_system(identifier, data) in (None, *IssuingSystem)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_make_a_udi_or_be_refused(data: bytes) -> None:
    with suppress(Refused):
        assert Udi.parse(data).elements.encode() == data


FOREIGN = {
    IssuingSystem.HIBCC: ("]C0", b"+A99912345/$$52001510X33"),
    IssuingSystem.ICCBBA: ("]d1", b"=/A9999XYZ100T0944=,000025"),
    IssuingSystem.MA: ("]Q1", b"MA.156.M0.100204.13351764.S1"),
    IssuingSystem.IFA: ("]d1", b"[)>\x1e06\x1d9N110375286414\x1d1TABC\x1e\x04"),
    IssuingSystem.AHM: ("]Q1", b"MF1234567890123BAL1"),
    IssuingSystem.BRACKETED: ("]d1", b"(01)06972869182019(11)200229"),
}
"""A symbol of every system that is not GS1, and of GS1 gone wrong."""


def test_every_system_but_gs1_is_foreign() -> None:
    assert set(FOREIGN) == set(IssuingSystem) - {IssuingSystem.GS1}


@pytest.mark.parametrize("system", FOREIGN)
def test_a_symbol_of_another_system_on_a_gs1_order_is_rejected_by_its_name(
    system: IssuingSystem,
) -> None:
    identifier, data = FOREIGN[system]
    read = Reading((Symbol(identifier, data, "zxing"),), whole_label=False)
    meant = Expected(ElementString.parse(DATA), (Meant("]d2", DATA),))
    reason, *_ = judge(meant, read, NothingIssued()).reasons
    assert reason.code == Code.OTHER_SYSTEM
    assert reason.read.startswith(f"{system}: {identifier} ")


@pytest.mark.parametrize("system", FOREIGN)
def test_a_symbol_of_another_system_in_a_gs1_carrier_is_rejected_by_its_name(
    system: IssuingSystem,
) -> None:
    read = Reading((Symbol("]d2", FOREIGN[system][1], "zxing"),))
    meant = Expected(ElementString.parse(DATA), (Meant("]d2", DATA),))
    reasons = judge(meant, read, NothingIssued()).reasons
    assert reasons[0].code == Code.OTHER_SYSTEM
    assert reasons[0].read.startswith(f"{system}: ")


def told(found: Checked) -> list[str]:
    return [str(each) for each in found.problems]


def test_gs1_data_are_checked_as_a_udi() -> None:
    for line in (b"]d2" + DATA + b"\r\n", DATA, "(01)06972869182019(11)200229(21)CN010123"):
        found = check(line)
        assert (found.system, found.valid, found.judged) == (IssuingSystem.GS1, True, True)
        assert found.facts == (("01", GTIN), ("11", "200229"), ("21", "CN010123"))
        assert found.hri == "(01)06972869182019(11)200229(21)CN010123"
    assert told(check("(99)A")) == ["A UDI has a device identifier: expected (01), got (99)."]


def test_ma_codes_are_checked_and_doubted() -> None:
    found = check("]Q1MA.156.M0.100204.13351760")
    assert (found.system, found.valid, found.hri) == (
        IssuingSystem.MA,
        True,
        "MA.156.M0.100204.13351760",
    )
    assert [each.where for each in found.doubts] == ["product"]


@pytest.mark.parametrize("system", [IssuingSystem.ICCBBA, IssuingSystem.IFA, IssuingSystem.AHM])
def test_what_is_only_recognised_is_neither_valid_nor_wrong(system: IssuingSystem) -> None:
    identifier, data = FOREIGN[system]
    found = check(identifier.encode() + data)
    assert found.system == system
    assert not found.judged
    assert not found.valid
    assert not found.problems


@pytest.mark.parametrize("system", [each for each in FOREIGN if each != IssuingSystem.BRACKETED])
def test_other_systems_have_no_business_in_a_gs1_carrier(system: IssuingSystem) -> None:
    found = check(b"]d2" + FOREIGN[system][1])
    assert told(found)[-1] == (
        f"{system} data in GS1 DataMatrix: expected a symbol without FNC1, which marks GS1 data."
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("hello", "These data follow no issuing system"),
        ("", "These data follow no issuing system"),
        ("é", "got '\\xe9'"),
        ("]d10106972869182019", "']d1' is not a GS1 carrier"),
        ("]d2(01)06972869182019", "Brackets are encoded as data"),
        ("(05)1", "Unknown application identifier"),
        ("0506972869182019", "Unknown application identifier"),
        ("9" * 8000, "Too much data for any symbol"),
    ],
)
def test_what_belongs_to_no_system_is_refused_with_its_reason(line: str, problem: str) -> None:
    found = check(line)
    assert not found.valid
    assert problem in told(found)[0]


@settings(deadline=None)
@given(st.one_of(st.text(max_size=30), st.binary(max_size=30)), st.sampled_from(sorted(FOREIGN)))
def test_no_line_does_anything_but_get_checked(line: str | bytes, system: IssuingSystem) -> None:
    for each in (line, FOREIGN[system][1] + (line if isinstance(line, bytes) else line.encode())):
        found = check(each)
        assert found.valid == (bool(found.facts) and not found.problems)
