"""What people, files and scanners say is shown, and never run."""

from collections.abc import Iterator

import pytest

from bench.chromium import PANEL, Browser, Page, Seen, show, window
from bench.day import Stop
from bench.floor import Floor, floor
from station.line.board import Start
from station.web.asking import Step
from tests.browser.test_shift import ORDER, print_one

SCRIPT = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"
"""Ends a text, an attribute and an element; no longer than a name may be."""

FILLED = """
(text) => {
  const fields = [
    ...document.querySelectorAll("#asking :is(input:not([type=hidden]), textarea)"),
  ];
  for (const each of fields) {
    if (["radio", "checkbox"].includes(each.type)) each.checked = true;
    else if (each.inputMode === "numeric") each.value ||= "1";
    else each.value = text;
  }
}
"""


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """An order on hold, with a rejected label; a file that was refused."""
    with floor(tmp_path_factory.mktemp("hostile")) as found:
        found.drop(ORDER.format(id="HC", quantity=8))
        found.until(lambda seen: seen.waiting)
        found.ask(Start("HC"))
        found.spoil("wrong-serial")
        print_one(found)
        found.until_judged(1)
        found.hold("发现异常")
        name = SCRIPT.replace("/", "∕")
        text = ORDER.format(id="HC-2", quantity=1).replace("HC-2", f"'{_quoted(SCRIPT)}'")
        found.drop(text, name=name)
        found.until(lambda seen: seen.refused)
        yield found


def _quoted(text: str) -> str:
    return text.replace("'", "''")


@pytest.fixture
def opened(browser: Browser, at_work: Floor) -> Iterator[tuple[Page, Seen]]:
    """A window in which nothing has run that is not ours."""
    page, seen = window(browser, url=at_work.url, language="en", size=PANEL)
    yield page, seen
    page.context.close()
    assert seen.all == []


def test_a_refused_file_is_named_on_the_line(opened: tuple[Page, Seen]) -> None:
    page, _ = opened
    page.goto("/")
    page.wait_for_selector("body.live")
    assert "<script>" in page.locator(".notice .refused").first.inner_text()


@pytest.mark.parametrize("step", Step)
def test_whatever_is_typed_into_a_form_comes_back_as_text(
    opened: tuple[Page, Seen], step: Step
) -> None:
    page, _ = opened
    asks = f"/ask/{step}?order=HC&number=1"
    show(page, Stop("form", "/orders/HC", "a form", asks=asks))
    page.evaluate(FILLED, SCRIPT)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.evaluate("() => document.querySelector('#asking form').requestSubmit()")


@pytest.mark.parametrize(
    "address",
    [
        "/trace?q={}",
        "/verify?data={}",
        "/rejects?order={}",
        "/rejects?product={}&reason={}&since={}",
        "/orders/{}",
        "/trends?order={}",
        "/{}",
        "/ask/hold?order={}",
        "/help/{}",
        "/asked/{}",
    ],
)
def test_whatever_stands_in_an_address_is_shown_as_text(
    opened: tuple[Page, Seen], address: str
) -> None:
    page, _ = opened
    page.goto(address.replace("{}", "%22%27%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"))
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("address", ["/", "/orders", "/orders/HC", "/rejects/1", "/trace?q=HC"])
def test_what_was_recorded_is_shown_as_text(opened: tuple[Page, Seen], address: str) -> None:
    """After all the forms: names and reasons are in the journal by now."""
    page, _ = opened
    page.goto(address)
    assert page.locator("img[src=x]").count() == 0


def test_the_simulated_bench_takes_any_scan_as_text(opened: tuple[Page, Seen]) -> None:
    page, _ = opened
    page.goto("/simulation")
    form = page.locator('form[hx-post="/simulation/lay"]')
    form.locator("input[name=serial]").fill(SCRIPT)
    form.locator("button").click()
    page.wait_for_selector("#told .problem")
    assert "<img" in page.locator("#told .problem").inner_text()
