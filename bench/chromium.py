"""The one door to the browser: the installed Chromium, driven by Playwright.

Playwright's own browsers cannot be had on every network, and people at a line have Chromium too.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Response,
    sync_playwright,
)
from playwright.sync_api import Error as BrowserError

from bench.day import NOWHERE, Stop

__all__ = ["Browser", "BrowserContext", "BrowserError", "Page", "Seen", "browser", "installed"]

NAMES = ("chromium", "chromium-browser", "google-chrome")

MISSING = "Chromium is not installed: apt-get install chromium"

PANEL, MONITOR = (1024, 600), (1920, 1080)
"""Screens the pages are made for, in pixels: the panel of a machine, and a monitor."""

PATIENCE_MILLISECONDS = 30_000
"""How long anything on a page is waited for; it never takes so long."""

_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.stationViolated(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


def installed() -> str:
    """Path of the program; empty where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


@contextmanager
def browser() -> Iterator[Browser]:
    """One Chromium without a window. Raises BrowserError where it cannot be started."""
    # Chromium does not sandbox what root starts, and containers have a small /dev/shm.
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=installed(),
            args=[*root, "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
        )
        try:
            yield started
        finally:
            started.close()


@dataclass(slots=True)
class Seen:
    """What went wrong on the pages of one window, without anybody seeing it."""

    violations: list[str] = field(default_factory=list)
    """Of the content security policy: something tried to run, or to load, that is not ours."""

    dialogs: list[str] = field(default_factory=list)
    """Messages of alert(), confirm() and prompt(); ours has none."""

    errors: list[str] = field(default_factory=list)
    """Of scripts, on the console or thrown."""

    failures: list[str] = field(default_factory=list)
    """Answers from 500 on."""

    @property
    def all(self) -> list[str]:
        return [*self.violations, *self.dialogs, *self.errors, *self.failures]


def window(
    started: Browser, *, url: str, language: str, size: tuple[int, int] = MONITOR
) -> tuple[Page, Seen]:
    """A person's own browser: nothing is shared with another window. `url` is the station's."""
    context = started.new_context(
        base_url=url, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.add_cookies([{"name": "language", "value": language, "url": url}])
    seen = Seen()
    context.expose_binding("stationViolated", lambda _, what: seen.violations.append(what))
    context.add_init_script(_VIOLATIONS)
    page = context.new_page()
    page.on("dialog", lambda dialog: _dismiss(seen, dialog))
    page.on("console", lambda message: _heard(seen, message))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("response", lambda answer: _answered(seen, answer))
    return page, seen


def show(page: Page, stop: Stop, *, url: str = "") -> None:
    """Open a page as the day left it, its pictures and its form included.

    `url` of the station, where it is another one than the window was made for.
    """
    if stop.lost:
        page.route("**/live", lambda stream: stream.abort(), times=1)
    answer = page.goto(url + stop.address)
    if answer is None or (answer.status != 200 and stop.address != NOWHERE):
        raise AssertionError(f"{stop.name}: {stop.address} answers {answer and answer.status}")
    if stop.lost:
        page.wait_for_selector(".lost", state="visible")
    elif page.locator("body.watched").count():
        page.wait_for_selector("body.live")
    if stop.asks:
        page.evaluate("address => htmx.ajax('GET', address, '#asking')", stop.asks)
        page.wait_for_selector("#asking .asked")
    page.wait_for_function(_PICTURES_ARE_THERE)


_PICTURES_ARE_THERE = """
() => [...document.images].every((each) => each.loading === "lazy" || each.complete)
"""


def _dismiss(seen: Seen, dialog: Dialog) -> None:
    seen.dialogs.append(dialog.message)
    dialog.dismiss()


def _heard(seen: Seen, message: ConsoleMessage) -> None:
    # The browser itself tells of every answer from 400 on; a refusal is one of them.
    if message.type == "error" and "Failed to load resource" not in message.text:
        seen.errors.append(message.text)


def _answered(seen: Seen, answer: Response) -> None:
    if answer.status >= 500:
        seen.failures.append(f"{answer.status} {answer.url}")
