"""One order from its line clearance to its market release, each step by whoever may, signed in."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.chromium import PANEL, Browser, window
from bench.floor import Floor, floor
from bench.signed_day import QUALITY, REGISTRANT, SETTINGS
from station.core.people import Role
from station.line.board import Enrol
from tests.browser.hands import OPERATOR, SUPERVISOR, Hands
from tests.browser.test_shift import ORDER, print_one

PASSWORD = "标签打印站的口令不短于十二"
PEOPLE = {
    "管理员": Role.ADMIN,
    OPERATOR: Role.OPERATOR,
    SUPERVISOR: Role.SUPERVISOR,
    QUALITY: Role.QUALITY,
    REGISTRANT: Role.REGISTRANT,
}


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Floor]:
    with floor(tmp_path, settings=SETTINGS) as found:
        credential = found.station.door.secrets.hashed(PASSWORD)
        for name, role in PEOPLE.items():
            found.ask(Enrol("add", name, "新班次", role, credential=credential))
        yield found


class Person(Hands):
    """At a window of their own, signed in."""

    def come_in(self, name: str) -> None:
        self.page.goto("/")
        self.page.fill('input[name="who"]', name)
        self.page.fill('input[name="secret"]', PASSWORD)
        self.page.locator(".enter .go").click()
        self.page.wait_for_selector(".inside summary")
        assert name in self.text(".inside summary")

    def sign(self, step: str, *, reason: int | None = 0, witness: str = "") -> None:
        """With everything that the form asks for."""
        self.open(step)
        self.fill(witness=witness, secret=PASSWORD, witness_secret=PASSWORD if witness else "")
        for each in self.page.locator('#asking input[name="confirmed"]').all():
            each.check(force=True)
        self.send(reason)
        self.answered()


def test_an_order_is_cleared_made_reviewed_and_released_by_four_people(
    browser: Browser, at_work: Floor
) -> None:
    with ExitStack() as leaving:

        def person(name: str) -> Person:
            page, seen = window(browser, url=at_work.url, language="zh", size=PANEL)
            leaving.callback(page.context.close)
            found = Person(page, seen, name=name)
            found.come_in(name)
            return found

        operator, supervisor = person(OPERATOR), person(SUPERVISOR)
        at_work.drop(ORDER.format(id="HC", quantity=2))
        operator.sees('[hx-get^="/ask/start?"]')
        operator.do("start")
        operator.sign("clearance", witness=SUPERVISOR)
        supervisor.sign("release")
        operator.do("resume", reason=0)
        print_one(at_work)
        operator.sees('[hx-get^="/ask/first-article?"]')
        operator.sign("first-article", witness=SUPERVISOR)
        operator.do("resume", reason=0)
        print_one(at_work)
        operator.sees_sign("finished")

        supervisor.go("/orders/HC")
        supervisor.sign("close", reason=None)
        supervisor.sees(".stamp-closed")
        quality, registrant = person(QUALITY), person(REGISTRANT)
        for each, step in ((quality, "review"), (quality, "production-release")):
            each.page.goto("/orders/HC")
            each.sign(step)
        registrant.page.goto("/orders/HC")
        registrant.sign("market-release")
        registrant.page.reload()
        signed = registrant.page.locator(".signatures tbody tr").all_inner_texts()
        assert [each.split("\t")[0] for each in signed] == [
            *(OPERATOR, SUPERVISOR, SUPERVISOR, OPERATOR, SUPERVISOR, SUPERVISOR),
            *(QUALITY, QUALITY, REGISTRANT),
        ]
        for each in (operator, supervisor, quality, registrant):
            assert each.seen.all == []


def test_whoever_may_not_take_a_step_is_told_who_may(browser: Browser, at_work: Floor) -> None:
    page, seen = window(browser, url=at_work.url, language="en", size=PANEL)
    operator = Person(page, seen, name=OPERATOR)
    operator.come_in(OPERATOR)
    at_work.drop(ORDER.format(id="HC", quantity=2))
    operator.sees('[hx-get^="/ask/start?"]')
    operator.do("start")
    operator.sees('[hx-get^="/ask/clearance?"]')
    answer = page.goto("/ask/release?order=HC")
    assert answer
    assert answer.status == 403
    assert "supervisor" in page.locator("body").inner_text().lower()
    page.context.close()


def test_a_wrong_secret_signs_nothing_and_loses_nothing(browser: Browser, at_work: Floor) -> None:
    page, seen = window(browser, url=at_work.url, language="zh", size=PANEL)
    operator = Person(page, seen, name=OPERATOR)
    operator.come_in(OPERATOR)
    at_work.drop(ORDER.format(id="HC", quantity=2))
    operator.sees('[hx-get^="/ask/start?"]')
    operator.do("start")
    operator.open("clearance")
    operator.fill(witness=SUPERVISOR, secret=PASSWORD, witness_secret="错误的口令不短于十二个字")
    for each in page.locator('#asking input[name="confirmed"]').all():
        each.check(force=True)
    operator.send(0)
    operator.sees("#asking .problem")
    assert page.locator('#asking input[name="witness"]').input_value() == SUPERVISOR
    assert page.locator('#asking input[name="confirmed"]:checked').count() > 0
    assert page.locator('#asking input[name="secret"]').input_value() == ""
    page.context.close()
    assert seen.all == []
