"""A day on which people sign the steps of an order, from the clearance to the market release."""

from collections.abc import Iterator, Mapping

from bench.day import OPERATOR, SUPERVISOR, Stop, asked, by_serial, on_line
from bench.floor import Floor
from station.config import WorkflowConfig
from station.core.workflow import Cleared, Step
from station.line.board import Close, Mode, Resume, Start, TakeStep

SETTINGS: Mapping[str, object] = {
    "workflow": WorkflowConfig(
        clearance=True,
        release=True,
        first_article=1,
        review=True,
        production_release=True,
        market_release=True,
    )
}
"""Of a station whose orders are signed."""

QUALITY, REGISTRANT, LEADER = "赵质量", "钱注册", "张敏"

_ON = "/orders/HC-5"


def signed_day(at_work: Floor) -> Iterator[Stop]:
    at_work.drop(by_serial("HC-5", quantity=2, prefix="CS"))
    at_work.until(lambda seen: seen.waiting)
    at_work.ask(Start("HC-5"), by=OPERATOR)
    at_work.until(lambda seen: seen.step == Step.CLEARANCE)
    yield on_line("clearance", "the line has to be cleared")
    yield Stop("steps-begun", _ON, "an order whose steps are signed")
    yield asked("clearance", "who has cleared the line?", order="HC-5")
    _take(at_work, Step.CLEARANCE, OPERATOR, SUPERVISOR)
    at_work.until(lambda seen: seen.step == Step.RELEASE)
    yield on_line("release", "the picture of the label has to be confirmed")
    yield asked("release", "who releases the label?", order="HC-5")
    _take(at_work, Step.RELEASE, LEADER)
    _resume(at_work)
    at_work.let(1)
    at_work.until(lambda seen: seen.order and seen.order.cause == "first-article")
    yield on_line("first-article", "two people look at the first label")
    yield asked("first-article", "who has looked at the first label?", order="HC-5")
    _take(at_work, Step.FIRST_ARTICLE, OPERATOR, SUPERVISOR)
    _resume(at_work)
    at_work.let(1)
    at_work.until(lambda seen: seen.mode == Mode.IDLE and seen.label)
    at_work.ask(Close("HC-5"), by=OPERATOR)
    yield from _releases(at_work)


def _releases(at_work: Floor) -> Iterator[Stop]:
    yield Stop("steps-review", _ON, "a closed order waits for its review")
    yield asked("review", "who has reviewed the order?", order="HC-5", on=_ON)
    _take(at_work, Step.REVIEW, LEADER)
    yield asked("production-release", "who releases it from production?", order="HC-5", on=_ON)
    _take(at_work, Step.PRODUCTION_RELEASE, QUALITY)
    yield asked("market-release", "who releases it to the market?", order="HC-5", on=_ON)
    _take(at_work, Step.MARKET_RELEASE, REGISTRANT)
    yield Stop("steps-done", _ON, "every step is taken")


def _take(at_work: Floor, step: Step, by: str, witness: str = "") -> None:
    at_work.ask(TakeStep("HC-5", step, "已核对", witness, confirmed=",".join(Cleared)), by=by)


def _resume(at_work: Floor) -> None:
    at_work.ask(Resume("已检查，可以继续", at_work.seen.stop), by=OPERATOR)
