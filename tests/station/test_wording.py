import pytest
from hypothesis import given
from hypothesis import strategies as st

from station import wording
from station.core.catalogue import LevelName
from station.core.judge import Code, Reason
from station.core.state import LabelState, OrderState
from station.language import LANGUAGES


@pytest.mark.parametrize("code", [*Code, "fault", "restart"])
def test_every_reason_can_be_said_in_every_language(code: str) -> None:
    assert code in wording.TITLES
    for language in LANGUAGES:
        for expected, read in (("E", "R"), ("E", ""), ("", "R"), ("", "")):
            said = wording.why(code, ai="21", expected=expected, read=read, language=language)
            assert said.endswith((".", "。"))
            assert "{" not in said
            assert read in said


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (wording.LEVELS, LevelName),
        (wording.ORDER_STATES, OrderState),
        (wording.LABEL_STATES, LabelState),
        (wording.GROUPS, {code.partition(".")[0] for code in Code}),
    ],
)
def test_every_member_of_a_closed_list_has_its_word(
    table: dict[str, str], members: list[str]
) -> None:
    assert set(table) == set(members)


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        (
            Reason(Code.SERIAL, "21", "CN010123", "CN010124"),
            "Serial: expected CN010123, read CN010124.",
            "序列号：应为 CN010123，读到 CN010124。",
        ),
        (
            Reason(Code.LOT, "10", "A1"),
            "Lot: expected A1, which is not there.",
            "批号：应为 A1，但标签上没有。",
        ),
        (
            Reason(Code.OTHER_ELEMENT, "240", "", "X"),
            "Element (240): expected nothing, read X.",
            "数据单元 (240)：不应出现，却读到 X。",
        ),
        (Reason(Code.NONE), "No label was seen.", "未见标签。"),
    ],
)
def test_a_reason_is_one_sentence(reason: Reason, english: str, chinese: str) -> None:
    assert wording.why_of(reason, "en") == english
    assert wording.why_of(reason, "zh") == chinese


def test_a_recorded_reason_is_said_like_the_one_of_the_verdict() -> None:
    reason = Reason(Code.SERIAL, "21", "CN010123", "CN010124")
    recorded = {"code": "DATA.serial", "ai": "21", "expected": "CN010123", "read": "CN010124"}
    assert wording.why_of(recorded, "en") == wording.why_of(reason, "en")
    assert wording.why_of({"code": "DATA.serial"}, "en") == "Serial."


def test_the_cause_of_a_doubt_keeps_its_detail() -> None:
    said = wording.why("fault", read="printer: paper-out.", language="en")
    assert said == "The machine failed with this label in hand: printer: paper-out."


@given(st.text(), st.text(), st.text(), st.text())
def test_any_recorded_reason_can_be_said(code: str, ai: str, expected: str, read: str) -> None:
    """Records outlive the list of codes, and labels say anything."""
    said = wording.why(code, ai=ai, expected=expected, read=read, language="zh")
    assert expected in said
    assert wording.word(wording.LEVELS, code, "zh") == code or code in wording.LEVELS


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("printer tcp://127.0.0.1:9100", "printer", "打印机"),
        ("tcp://127.0.0.1:9100", "printer", "打印机"),
        ("http://127.0.0.1:8000/snapshot.jpg", "camera", "相机"),
        ("v4l2:///dev/video0", "camera", "相机"),
        ("disk", "disk", "磁盘"),
        ("serial:///dev/ttyUSB0", "device serial:///dev/ttyUSB0", "设备 serial:///dev/ttyUSB0"),
        ("", "device ", "设备 "),
    ],
)
def test_a_device_is_called_what_people_call_it(name: str, english: str, chinese: str) -> None:
    assert wording.device(name, "en") == english
    assert wording.device(name, "zh") == chinese
