"""Everything an operator does can be done with a keyboard, and one sees where it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.chromium import PANEL, Browser, Page, window
from bench.floor import Floor, floor
from station.line.board import Mode
from tests.browser.test_shift import ORDER

MOST_KEYS = 60
"""Nothing lies further away than so many times Tab."""

_FOCUSED = """
() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return {
    step: (at.getAttribute("hx-get") || "").split("?")[0], name: at.name || "",
    href: at.getAttribute("href") || "", confirms: at.classList.contains("confirm"),
    reason: at.classList.contains("reason"), asked: at.closest("#asking") !== null,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}
"""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Floor]:
    with floor(tmp_path) as found:
        yield found


def tab_to(page: Page, **wanted: object) -> None:
    """Press Tab until what has the focus is so; it has a visible ring all the way."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUSED)
        if all(found[name] == value for name, value in wanted.items()):
            assert found["ring"], f"one does not see that {wanted} has the focus"
            return
    pytest.fail(f"Tab never comes to {wanted}")


def test_an_order_is_started_held_and_resumed_without_a_mouse(
    browser: Browser, at_work: Floor
) -> None:
    page, seen = window(browser, url=at_work.url, language="en", size=PANEL)
    at_work.drop(ORDER.format(id="HC", quantity=3))
    at_work.until(lambda shown: shown.waiting)
    page.goto("/")
    tab_to(page, step="/ask/start")
    page.keyboard.press("Enter")
    page.wait_for_selector("#asking input[name=person]:focus")
    page.keyboard.type("Wang Fang")
    page.keyboard.press("Enter")
    at_work.until_mode(Mode.RUNNING)
    at_work.until_kept()

    page.wait_for_selector('[hx-get^="/ask/hold?"]')
    tab_to(page, step="/ask/hold")
    page.keyboard.press("Enter")
    page.wait_for_selector("#asking form:focus")
    tab_to(page, reason=True)
    page.keyboard.press("Enter")
    at_work.let(1)
    page.wait_for_selector('[data-sign="hold"]')

    tab_to(page, step="/ask/resume")
    page.keyboard.press("Enter")
    page.wait_for_selector("#asking form:focus")
    tab_to(page, reason=True)
    page.keyboard.press("Space")
    at_work.until_mode(Mode.RUNNING)
    assert seen.all == []


def test_tab_stays_in_a_form_that_asks_and_escape_goes_back_to_its_button(
    browser: Browser, at_work: Floor
) -> None:
    page, seen = window(browser, url=at_work.url, language="zh", size=PANEL)
    at_work.drop(ORDER.format(id="HC", quantity=3))
    at_work.until(lambda shown: shown.waiting)
    page.goto("/")
    tab_to(page, step="/ask/start")
    page.keyboard.press("Enter")
    page.wait_for_selector("#asking input[name=person]:focus")
    for _ in range(MOST_KEYS // 4):
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.closest('main, header') === null")
    page.keyboard.press("Escape")
    page.wait_for_selector("#asking > *", state="detached")
    page.wait_for_selector('[hx-get^="/ask/start?"]:focus')
    assert seen.all == []


def test_every_page_of_the_head_is_reached_with_tab(browser: Browser, at_work: Floor) -> None:
    page, _ = window(browser, url=at_work.url, language="en", size=PANEL)
    page.goto("/")
    addresses = page.eval_on_selector_all(
        "header nav a", "all => all.map(each => each.getAttribute('href'))"
    )
    for each in addresses:
        page.goto("/")
        tab_to(page, href=each)
        page.keyboard.press("Enter")
        page.wait_for_selector(f'header nav a[href="{each}"][aria-current="page"]')
