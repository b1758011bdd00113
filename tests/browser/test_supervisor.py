"""A supervisor looks at what was rejected, and at the proof."""

from collections.abc import Iterator

import pytest

from bench.chromium import MONITOR, Browser, Page, window
from bench.floor import Floor, floor
from station.line.board import Start
from tests.browser.test_shift import ORDER, print_one

FAULTS = ("wrong-serial", "wrong-text")


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A good label, and two bad ones."""
    with floor(tmp_path_factory.mktemp("supervisor")) as found:
        found.drop(ORDER.format(id="HC", quantity=8))
        found.until(lambda seen: seen.waiting)
        found.ask(Start("HC"))
        for number, fault in enumerate(("", *FAULTS), start=1):
            if fault:
                found.spoil(fault)
            print_one(found)
            found.until_judged(number)
        yield found


@pytest.fixture
def page(browser: Browser, at_work: Floor) -> Iterator[Page]:
    page, seen = window(browser, url=at_work.url, language="zh", size=MONITOR)
    page.goto("/rejects")
    yield page
    assert seen.all == []


def rows(page: Page) -> list[str]:
    return page.locator("#log tbody tr").all_inner_texts()


def is_drawn(page: Page, selector: str) -> bool:
    """A picture that has come, and can be shown."""
    page.wait_for_function("selector => document.querySelector(selector).complete", arg=selector)
    drawn: bool = page.eval_on_selector(selector, "each => each.naturalWidth > 100")
    return drawn


def test_the_log_shows_the_newest_reject_first_with_its_picture(page: Page) -> None:
    assert ["HC03" in each for each in rows(page)] == [True, False]
    assert is_drawn(page, "#log tbody img")


def test_the_log_is_filtered_by_reason_and_shows_all_again(page: Page) -> None:
    page.select_option("select[name=reason]", "TEXT.")
    page.locator(".filter button").click()
    page.wait_for_url("**reason=TEXT**")
    assert ["HC03" in each for each in rows(page)] == [True]
    page.locator('.filter a[href="/rejects"]').click()
    page.wait_for_url("**/rejects")
    assert len(rows(page)) == 2


def test_a_reject_that_comes_is_seen_without_a_touch(page: Page, at_work: Floor) -> None:
    before = len(rows(page))
    at_work.until_kept()
    at_work.spoil("damaged")
    at_work.let(1)
    page.wait_for_function(
        "before => document.querySelectorAll('#log tbody tr').length > before", arg=before
    )


def test_a_picture_is_shown_framed_and_one_touch_away_as_it_was_taken(page: Page) -> None:
    page.locator("#log tbody tr", has_text="HC03").locator("a").first.click()
    page.wait_for_selector("img.proof")
    assert "marked" in (page.locator("img.proof").get_attribute("src") or "")
    assert is_drawn(page, "img.proof")
    whole = page.request.get(page.locator("a:has(img.proof)").get_attribute("href") or "")
    assert whole.headers["content-type"] == "image/jpeg"
    shown = page.request.get(page.locator("img.proof").get_attribute("src") or "")
    assert len(whole.body()) > len(shown.body())


def test_what_was_read_is_marked_where_it_differs(page: Page) -> None:
    page.locator("#log tbody tr", has_text="HC02").locator("a").first.click()
    page.wait_for_selector(".compare mark")
    assert page.locator(".compare mark").first.inner_text() == "2"


def test_the_other_language_is_one_touch_away_and_stays(page: Page) -> None:
    page.locator('.languages button[lang="en"]').click()
    page.wait_for_selector('html[lang="en"]')
    assert page.locator("h1").inner_text() == "Reject log"
    page.locator('header nav a[href="/orders"]').click()
    page.wait_for_url("**/orders")
    assert page.locator("h1").inner_text() == "Orders"
    page.locator('.languages button[lang="zh"]').click()
    page.wait_for_selector('html[lang="zh-CN"]')


def test_a_search_leads_from_a_serial_to_its_picture(page: Page) -> None:
    page.locator("input[name=q]").fill("HC02")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trace?q=HC02")
    page.locator('.traced a[href^="/rejects/"]').click()
    page.wait_for_selector("img.proof")
    assert is_drawn(page, "img.proof")


def test_the_table_is_downloaded_as_it_is_filtered(page: Page) -> None:
    with page.expect_download() as download:
        page.locator('a[href^="/rejects.csv"]').click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "HC02" in text
    assert "HC01" not in text
