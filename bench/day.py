"""A day at the line, stop by stop, so that every page can be looked at in every state it has.

At each stop the line stands still for as long as somebody looks:

    with floor(folder, clock=Ticking()) as at_work:
        for stop in day(at_work):
            page.goto(stop.address)
            if stop.asks:
                open_form(page, stop.asks)

What happens is the same every day: the same orders, serials, faults and times. A page that needs
nothing in its address is a stop by itself (see `bench.days`); any other one is added here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bench.floor import Floor
from station.core.reconciliation import Stock
from station.core.state import LabelState
from station.line.board import (
    Challenge,
    Close,
    End,
    Mode,
    Resume,
    Settle,
    Start,
    Use,
)
from station.records.clock import Instant
from station.records.journal import read_only
from station.records.query import OrderRow, Records

_BY_SERIAL = """\
id: {id}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {{first: {prefix}010001, last: {prefix}01000{quantity}}}
reprint: same
template: has-mhb-hc-unit
revision: "1"
"""

BY_LOT = """\
id: {id}
product: HAS-MHB-X2
level: primary
quantity: {quantity}
lot: "20260320"
production_date: 2026-03-20
template: has-mhb-x2-primary
revision: "1"
"""


def by_serial(name: str, *, quantity: int, prefix: str) -> str:
    """Text of an order file; its serials may be printed again."""
    return _BY_SERIAL.format(id=name, quantity=quantity, prefix=prefix)


OPERATOR, SUPERVISOR = "王芳", "李强"

NOWHERE = "/nothing-is-here"


@dataclass(frozen=True, slots=True)
class Stop:
    name: str
    """Of the picture: lower case, with hyphens."""

    address: str
    what: str
    """What is shown, in a few words."""

    asks: str = ""
    """Address of a form that is opened on the page; empty where none is."""

    lost: bool = False
    """The page has lost its station."""


class Ticking:
    """A clock by which every day begins at the same moment; some seconds go by at each look."""

    BEGIN = datetime(2026, 3, 23, 0, 30, tzinfo=UTC)

    def __init__(self) -> None:
        self._looks = 0

    def __call__(self) -> Instant:
        self._looks += 1
        passed = timedelta(seconds=self._looks)
        nanoseconds = int(passed.total_seconds() * 1e9)
        return Instant(self.BEGIN + passed, offset=480, monotonic=nanoseconds, steered=True)


def day(at_work: Floor) -> Iterator[Stop]:
    yield from _morning(at_work)
    yield from _trouble(at_work)
    yield from _reckoning(at_work)
    yield from _afternoon(at_work)
    yield from _records(at_work)
    yield Stop("line-lost", "/", "the page has lost its station", lost=True)


def on_line(name: str, what: str) -> Stop:
    return Stop(f"line-{name}", "/", what)


def asked(step: str, what: str, *, order: str = "", number: int = 0, on: str = "/") -> Stop:
    asks = f"/ask/{step}?order={quote(order)}&number={number}"
    return Stop(f"ask-{step}", on, what, asks=asks)


def _morning(at_work: Floor) -> Iterator[Stop]:
    """The first order: taken in, started, a good label and two bad ones."""
    yield on_line("idle", "no order is at the line")
    at_work.drop(by_serial("HC-1", quantity=6, prefix="CN"))
    at_work.until(lambda seen: seen.waiting)
    yield on_line("ready", "an order is ready to be started")
    yield asked("start", "who starts the order?", order="HC-1")
    at_work.ask(Start("HC-1"), by=OPERATOR)
    at_work.until_mode(Mode.RUNNING)
    yield on_line("printing", "the first label is being printed")
    at_work.let(1)
    at_work.until_judged(1)
    yield on_line("accepted", "a good label")
    at_work.spoil("wrong-serial")
    at_work.let(1)
    at_work.until_judged(2)
    yield on_line("rejected", "a label with a wrong serial")
    at_work.spoil("wrong-text")
    at_work.let(1)
    at_work.until_judged(3)
    yield on_line("rejected-text", "a label with a wrong line of text, its code right")
    yield asked("hold", "why is the line put on hold?")
    at_work.hold("休息或交接班", by=OPERATOR)
    yield on_line("hold", "somebody put the line on hold")
    yield asked("resume", "why may the line go on?", number=at_work.seen.stop)
    yield asked("end", "why is the order ended early?", order="HC-1")
    yield asked("challenge", "shall bad labels be made now?", order="HC-1", on="/challenge")


def _resume(at_work: Floor) -> None:
    at_work.ask(Resume("已检查，可以继续", at_work.seen.stop), by=OPERATOR)


def _settle(at_work: Floor, number: int, outcome: LabelState, reason: str) -> None:
    assert outcome in {LabelState.DESTROYED, LabelState.NOT_PRINTED, LabelState.VOIDED}
    at_work.ask(Settle("HC-1", number, outcome, reason, witness=SUPERVISOR), by=OPERATOR)


def _trouble(at_work: Floor) -> Iterator[Stop]:
    """A label that never comes, and paper that ends in the middle of the last one."""
    _resume(at_work)
    at_work.spoil("taken")
    at_work.let(1)
    at_work.until(lambda seen: seen.in_doubt)
    yield on_line("in-doubt", "a label that nobody has seen")
    yield asked("scan", "shall the label in doubt be read now?", order="HC-1", number=5)
    yield asked("destroyed", "who found and destroyed it?", order="HC-1", number=5)
    yield asked("not-printed", "who looked for it everywhere?", order="HC-1", number=5)
    _settle(at_work, 5, LabelState.NOT_PRINTED, "各处都找过，没有这张标签")
    _resume(at_work)
    at_work.spoil("paper-out-mid-label")
    at_work.let(1)
    at_work.until_mode(Mode.FAULT)
    yield on_line("fault", "the printer has run out of labels, in the middle of one")
    _settle(at_work, 6, LabelState.DESTROYED, "在打印机处找到，已销毁")
    yield on_line("fault-settled", "the fault, when the label in doubt was settled")
    at_work.mend("load-paper")
    _resume(at_work)
    at_work.until(lambda seen: seen.order and seen.order.cause == "reprint")
    yield on_line("reprint", "all serials were printed once, and some have no good label")
    yield asked(
        "reprint",
        "who lets a serial be printed again?",
        order="HC-1",
        number=5,
        on="/orders/HC-1",
    )


def _reckoning(at_work: Floor) -> Iterator[Stop]:
    """The order is ended early, and closed although it does not balance."""
    on = "/orders/HC-1"
    yield Stop("order-held", on, "an order whose serials wait to be printed again")
    at_work.ask(End("HC-1", "剩余数量不再需要"), by=SUPERVISOR)
    at_work.ask(Use("HC-1", Stock.TEST, 4, "调试了打印机"), by=OPERATOR)
    _settle(at_work, 2, LabelState.VOIDED, "在剔除箱中找到，已销毁")
    yield Stop("order-differs", on, "an order that does not balance yet")
    yield asked("scrapped", "who scrapped a rejected label?", order="HC-1", number=3, on=on)
    yield asked("scan-scrap", "scan a rejected label into the scrap", order="HC-1", number=3, on=on)
    yield asked("sample", "which label was kept as a sample?", order="HC-1", on=on)
    yield asked("withdrawn", "which label was taken out?", order="HC-1", on=on)
    yield asked("use", "label stock that became no label", order="HC-1", on=on)
    yield asked("close-unbalanced", "why is it closed all the same?", order="HC-1", on=on)
    closing = Close("HC-1", "调试用的标签无法核实，已立 CAPA 26-017。", SUPERVISOR)
    at_work.ask(closing, by=OPERATOR)
    yield Stop("order-not-balanced", on, "an order closed although it does not balance")


def _afternoon(at_work: Floor) -> Iterator[Stop]:
    """An order without trouble, and a challenge before the next one."""
    at_work.drop(BY_LOT.format(id="X2-1", quantity=3), name="second")
    at_work.until(lambda seen: seen.waiting)
    at_work.let(3)
    at_work.ask(Start("X2-1"), by=OPERATOR)
    at_work.until(lambda seen: seen.mode == Mode.IDLE and _at_line(seen.order) == "X2-1")
    yield on_line("finished", "an order is finished")
    yield Stop("order-balanced", "/orders/X2-1", "an order that balances, to be closed")
    yield asked("close", "who closes the order?", order="X2-1", on="/orders/X2-1")
    at_work.ask(Close("X2-1"), by=OPERATOR)
    yield Stop("order-closed", "/orders/X2-1", "a closed order")
    yield from _challenge(at_work)


def _challenge(at_work: Floor) -> Iterator[Stop]:
    at_work.drop(by_serial("HC-2", quantity=4, prefix="CP"), name="third")
    at_work.until(lambda seen: seen.waiting)
    at_work.ask(Start("HC-2"), by=OPERATOR)
    at_work.hold("发现异常", by=OPERATOR)
    done = at_work.station.board.ask(Challenge("HC-2"), actor=OPERATOR)
    at_work.let(4)
    at_work.until(lambda seen: seen.challenging and seen.challenging.place == 5)
    yield on_line("challenging", "bad labels are made on purpose")
    yield Stop("challenge-running", "/challenge", "a challenge that is under way")
    yield asked("interrupt", "why is the challenge stopped?", on="/challenge")
    at_work.let()
    done.result(timeout=60)
    at_work.until(lambda seen: seen.challenging is None)
    at_work.stop_printing()
    yield on_line("challenge-passed", "every bad label was rejected for its own reason")
    yield Stop("challenge", "/challenge", "a challenge that was passed")
    yield asked("clear", "who lets labels go that are on hold?", order="HC-2", on="/challenge")
    yield asked("clear-one", "which label may go?", order="HC-2", on="/challenge")
    yield asked("prove", "check the scanner")


def _records(at_work: Floor) -> Iterator[Stop]:
    """What can be looked up about the day."""
    db = read_only(at_work.station.config.data)
    try:
        found = {each.number: each.id for each in Records(db).nonconformances(order="HC-1")}
    finally:
        db.close()
    good = quote("]d20106972869182019112603202 1CP010001".replace(" ", ""))
    wrong = quote("]d201069728691820191126032021CN010002")
    foreign = quote("]d20106901234567892112603202109")
    yield Stop("orders", "/orders", "all orders")
    yield Stop("rejects", "/rejects", "the reject log")
    yield Stop("rejects-filtered", "/rejects?reason=TEXT.", "the reject log, of one reason")
    yield Stop("rejects-none", "/rejects?order=HC-9", "nothing was rejected")
    yield Stop("reject-data", f"/rejects/{found[2]}", "a rejected label: its code is wrong")
    yield Stop("reject-text", f"/rejects/{found[3]}", "a rejected label: its text is wrong")
    yield Stop("reject-unseen", f"/rejects/{found[5]}", "a label that was in doubt")
    yield Stop("trace", "/trace", "the search, empty")
    yield Stop("trace-label", "/trace?q=CN010002", "all that is known of a serial")
    yield Stop("trace-order", "/trace?q=X2-1", "all that is known of an order")
    yield Stop("verify", "/verify", "any label can be scanned")
    yield Stop("verify-agrees", f"/verify?data={good}", "a good label of this station")
    yield Stop("verify-not-good", f"/verify?data={wrong}", "a label of this station, not good")
    yield Stop("verify-not-ours", f"/verify?data={foreign}", "a label of somebody else")
    yield Stop("verify-unreadable", "/verify?data=%5Dd2xx", "no label at all")
    yield Stop("help-operator", "/help/operator", "what an operator does")
    yield Stop("help-fault", "/help/faults/paper-out", "what to do about one fault")
    yield Stop("trends", "/trends", "how the print quality has gone")
    yield Stop("help-fault", "/help/faults/paper-out", "what to do about one fault")
    yield Stop("simulation", "/simulation", "hands at the simulated bench")
    yield from _quality(at_work)
    yield Stop("nothing", NOWHERE, "an address where nothing is")
    yield Stop("traveller", "/orders/HC-1/traveller", "the sheet that starts an order")
    yield Stop("ask-call", "/", "why is the supervisor called?", asks="/ask/call")


def _quality(at_work: Floor) -> Iterator[Stop]:
    """What quality looks at when the day is over."""
    drawn = "/quality/design?name=has-mhb-hc-unit&revision=1"
    found = at_work.station.workshop.library.template("has-mhb-hc-unit", "1")
    about = f"template={found.name}&revision={found.revision}&digest={found.digest}"
    yield Stop("quality", "/quality", "what needs the attention of quality")
    yield Stop("quality-trail", "/quality/audit?order=HC-1", "the audit trail of an order")
    yield Stop("quality-none", "/quality/audit?order=HC-9", "nothing like this is recorded")
    yield Stop("quality-event", "/quality/audit/1", "all that is recorded of one event")
    yield Stop("quality-proof", "/quality/proof", "challenges, studies, calibrations")
    yield Stop("quality-designs", "/quality/designs", "which designs print")
    yield Stop("quality-design", drawn, "a design as it is drawn")
    yield Stop("quality-settings", "/quality/configuration", "the settings in force")
    yield Stop("ask-approve", drawn, "who approves it?", asks=f"/ask/approve-design?{about}")
    yield Stop("ask-retire", drawn, "who retires it?", asks=f"/ask/retire-design?{about}")
    yield Stop(
        "ask-baseline",
        "/quality/configuration",
        "who vouches for the settings?",
        asks=f"/ask/baseline?digest={found.digest}",
    )


def _at_line(order: object) -> str:
    return order.order.id if isinstance(order, OrderRow) else ""
