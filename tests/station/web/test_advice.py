import pytest

from drivers.interface import Condition
from station.core.judge import Code
from station.line.board import FaultShown
from station.web import advice

CAUSES = (
    "operator",
    "fault",
    "rejects",
    "restart",
    "take-away",
    "template",
    "reprint",
    Code.NONE,
    Code.LATE,
    Code.EXTRA,
)
"""Why the station holds an order: see the events and the daemon."""


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_says_what_happened_what_it_means_and_what_to_do(
    condition: Condition,
) -> None:
    for language in ("en", "zh"):
        (found,) = advice.for_fault(FaultShown("printer", (condition,), ""), language)
        for each in (found.happened, found.labels, found.next):
            assert each.endswith((".", "。"))
            assert "{" not in each


def test_the_device_is_named_in_the_language_of_the_reader() -> None:
    fault = FaultShown("camera", (Condition.UNREACHABLE,), "")
    assert advice.for_fault(fault, "en")[0].happened == "The camera cannot be reached."
    assert advice.for_fault(fault, "zh")[0].happened == "无法连接相机。"


def test_every_condition_of_a_fault_is_explained_in_turn() -> None:
    fault = FaultShown("printer", (Condition.HEAD_OPEN, Condition.PAPER_OUT), "")
    happened = [each.happened for each in advice.for_fault(fault, "en")]
    assert happened == ["The print head is open.", "The printer has run out of labels."]


@pytest.mark.parametrize("conditions", [(), ("unheard-of",)])
def test_a_fault_nobody_foresaw_is_no_dead_end(conditions: tuple[str, ...]) -> None:
    (found,) = advice.for_fault(FaultShown("laser {0}", conditions, ""), "en")
    assert found.happened == "The device laser {0} cannot work."
    assert "call maintenance" in found.next


@pytest.mark.parametrize("cause", CAUSES)
def test_every_hold_says_what_to_do(cause: str) -> None:
    for language in ("en", "zh"):
        assert advice.for_hold(cause, language) != advice.for_hold("unheard-of", language)


def test_a_hold_nobody_foresaw_is_no_dead_end() -> None:
    assert "Resume" in advice.for_hold("unheard-of", "en").next


def test_what_to_do_about_a_label_depends_on_what_is_known_of_it() -> None:
    found = {
        advice.for_doubt(language, serial=serial, accepted=accepted)
        for language in ("en", "zh")
        for serial, accepted in (("A1", False), ("", False), ("A1", True))
    }
    assert len(found) == 6
