"""The shift of an operator, as it is worked in a browser: nobody touches anything else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.chromium import PANEL, Browser, window
from bench.floor import Floor, floor
from tests.browser.hands import SUPERVISOR, Hands

ORDER = """\
id: {id}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {{prefix: {id}, start: "01"}}
template: has-mhb-hc-unit
revision: "1"
"""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Floor]:
    with floor(tmp_path) as found:
        yield found


def hands(browser: Browser, at_work: Floor, path: str = "/", *, language: str = "zh") -> Hands:
    page, seen = window(browser, url=at_work.url, language=language, size=PANEL)
    page.goto(path)
    return Hands(page, seen)


def print_one(at_work: Floor) -> None:
    """The next label, when it is in the printer."""
    at_work.until_kept()
    at_work.let(1)


def test_a_whole_shift_is_worked_on_the_pages_alone(browser: Browser, at_work: Floor) -> None:
    operator = hands(browser, at_work)
    bench = hands(browser, at_work, "/simulation")
    operator.sees_sign("idle")

    at_work.drop(ORDER.format(id="HC", quantity=4))
    operator.sees('[hx-get^="/ask/start?"]')
    operator.do("start")
    operator.sees_sign("working")

    print_one(at_work)
    operator.sees_sign("accepted")

    bench.spoil_next("wrong-text")
    print_one(at_work)
    operator.sees_sign("rejected")
    assert "HC02" in operator.text(".sign")

    operator.open("hold")
    operator.fill()
    at_work.until_kept()
    operator.send(reason=0)
    at_work.let(1)
    operator.answered()
    operator.sees_sign("hold")

    bench.page.reload()
    bench.lay("HC02")
    operator.go("/rejects")
    operator.page.locator("#log tbody a").first.click()
    operator.sees('img.proof[src*="marked.jpg"]')
    operator.do("scan-scrap")
    operator.sees(".state-voided")
    bench.mend("take-away")
    operator.go("/")
    operator.do("resume", reason=2)

    bench.spoil_next("taken")
    print_one(at_work)
    operator.sees_sign("in-doubt")
    operator.do("destroyed", reason=1, witness=SUPERVISOR)
    operator.sees_sign("hold")
    operator.do("resume", reason=0)
    operator.sees_sign("working")

    at_work.let()
    operator.sees_sign("finished")
    operator.go("/orders/HC")
    operator.do("close")
    operator.sees(".stamp-closed")
    assert operator.seen.all == []
    assert bench.seen.all == []


def test_a_fault_is_cleared_where_the_page_says_what_to_do(
    browser: Browser, at_work: Floor
) -> None:
    operator = hands(browser, at_work, language="en")
    bench = hands(browser, at_work, "/simulation", language="en")
    at_work.drop(ORDER.format(id="HC", quantity=2))
    operator.do("start")
    bench.spoil_next("paper-out-mid-label")
    print_one(at_work)
    operator.sees_sign("fault")
    assert "The printer has run out of labels." in operator.text(".sign")

    operator.do("destroyed", reason=0, witness=SUPERVISOR)
    operator.open("resume")
    operator.fill()
    operator.send(reason=0)
    operator.sees("#asking .problem")
    assert "printer" in operator.text("#asking .problem")

    bench.mend("load-paper")
    operator.send(reason=0)
    operator.answered()
    at_work.let()
    operator.sees_sign("finished")
    assert operator.seen.all == []


def test_two_people_who_settle_one_label_do_it_once(browser: Browser, at_work: Floor) -> None:
    first, second = (hands(browser, at_work, language=each) for each in ("zh", "en"))
    at_work.drop(ORDER.format(id="HC", quantity=2))
    first.do("start")
    at_work.spoil("taken")
    print_one(at_work)
    for each in (first, second):
        each.sees_sign("in-doubt")
        each.open("not-printed")
        each.fill(witness=SUPERVISOR)
    first.send(reason=0)
    first.answered()
    second.send(reason=0)
    second.sees("#asking .problem")
    assert "label 1" in second.text("#asking .problem").lower()
    settled = at_work.station.journal.db.execute(
        "SELECT count(*) FROM event WHERE type = 'LabelSettled'"
    ).fetchall()
    assert settled == [(1,)]
    assert second.seen.all == []


def test_two_people_who_scrap_one_reject_do_it_once(browser: Browser, at_work: Floor) -> None:
    at_work.drop(ORDER.format(id="HC", quantity=3))
    operator = hands(browser, at_work)
    operator.do("start")
    at_work.spoil("wrong-serial")
    print_one(at_work)
    at_work.until_judged(1)
    at_work.hold("发现异常")
    first, second = (hands(browser, at_work, "/rejects/1") for _ in range(2))
    for each in (first, second):
        each.open("scrapped")
        each.fill(witness=SUPERVISOR)
    first.send(reason=0)
    first.sees(".state-voided")
    second.send(reason=0)
    second.sees("#asking .problem")
    second.page.locator("#asking [data-close]").click()
    second.page.reload()
    second.sees(".state-voided")
    assert second.page.locator('[hx-get^="/ask/scrapped?"]').count() == 0
    assert [*first.seen.all, *second.seen.all] == []
