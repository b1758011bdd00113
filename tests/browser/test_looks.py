"""Every page in every state of a day at the line, in both languages, on the panel of a machine and
on a monitor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from bench.addresses import matches, paths
from bench.chromium import MONITOR, PANEL, Browser, Page, Seen, show, window
from bench.day import Stop
from bench.days import NO_PAGES, days
from tests.browser.looks import Layout, grave_findings, layout, weight

LANGUAGES = ("zh", "en")

Windows = dict[str, tuple[Page, Seen]]
"""One person's browser for each language."""

LEAST_TOUCH, LEAST_PRIMARY = 44, 60
"""CSS pixels, for fingers in gloves."""

pytestmark = pytest.mark.timeout(600)
"""One day is lived through for all of them."""

HEAVIEST = 300_000
"""Bytes of a page, its scripts and its pictures."""

NEVER_STOPPED_AT = {*NO_PAGES, "/asked/{name}"}
"""The last one is a request that waits: the tests of a shift see it."""


@dataclass(frozen=True, slots=True)
class Look:
    stop: Stop
    language: str
    panel: Layout
    monitor: Layout
    findings: tuple[str, ...]
    weight: int
    """Bytes."""

    @property
    def name(self) -> str:
        return f"{self.stop.name} ({self.language})"


@dataclass(frozen=True, slots=True)
class Day:
    looks: tuple[Look, ...]
    paths: tuple[str, ...]
    wrong: tuple[str, ...]
    """What went wrong on the pages without being seen."""


@pytest.fixture(scope="module")
def whole(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Day:
    windows: Windows = {}
    known: set[str] = set()
    looks: list[Look] = []
    for at_work, stop in days(tmp_path_factory.mktemp("days")):
        known |= set(paths(at_work.station.server.app))
        for each in LANGUAGES:
            if each not in windows:
                windows[each] = window(browser, url=at_work.url, language=each)
        looks += _looks(stop, windows, looks, url=at_work.url)
    return Day(tuple(looks), tuple(sorted(known)), tuple(_wrong(windows)))


def _looks(stop: Stop, windows: Windows, before: Sequence[Look], *, url: str) -> Iterator[Look]:
    """Line and new pages in both languages; forms, and pages seen before, in one of them."""
    alike = [each for each in before if _kind(each.stop) == _kind(stop)]
    once = stop.asks or (alike and stop.address != "/")
    turn = len(before) % 2
    for language in [LANGUAGES[turn]] if once else LANGUAGES:
        page = windows[language][0]
        page.set_viewport_size({"width": PANEL[0], "height": PANEL[1]})
        show(page, stop, url=url)
        panel, findings = layout(page), grave_findings(page)
        page.set_viewport_size({"width": MONITOR[0], "height": MONITOR[1]})
        yield Look(stop, language, panel, layout(page), findings, weight(page))


def _kind(stop: Stop) -> str:
    """Stops of one kind show the same page."""
    return "form" if stop.asks else stop.address.partition("?")[0].split("/")[1]


def _wrong(windows: Windows) -> Iterator[str]:
    for language, (_, seen) in windows.items():
        # The last stop cuts the stream of the page, and htmx says so.
        yield from (f"{language}: {each}" for each in seen.all if each != "[object Event]")


def test_every_page_of_the_station_is_looked_at(whole: Day) -> None:
    """A new page with something variable in its address needs a stop in bench/day.py."""
    addresses = [address for look in whole.looks for address in (look.stop.address, look.stop.asks)]
    variable = [each for each in whole.paths if "{" in each and "." not in each.rpartition("/")[2]]
    missing = [
        path
        for path in variable
        if path not in NEVER_STOPPED_AT and not any(matches(path, each) for each in addresses)
    ]
    assert missing == []


def test_nothing_goes_wrong_on_a_page_without_being_seen(whole: Day) -> None:
    assert whole.wrong == ()


def test_axe_finds_nothing_serious_on_any_page(whole: Day) -> None:
    assert {each.name: each.findings for each in whole.looks if each.findings} == {}


def test_whatever_can_be_touched_is_large_enough_for_a_finger_in_a_glove(whole: Day) -> None:
    small = {
        (each.name, str(target))
        for each in whole.looks
        for shown in (each.panel, each.monitor)
        for target in shown.targets
        if min(target.width, target.height) < LEAST_TOUCH
        or (target.primary and target.height < LEAST_PRIMARY)
    }
    assert small == set()


def test_the_line_and_its_forms_need_no_scrolling(whole: Day) -> None:
    """Neither on the panel of a machine nor on a monitor."""
    beyond = {
        (each.name, shown.width, str(target))
        for each in whole.looks
        for shown in (each.panel, each.monitor)
        for target in shown.targets
        if (target.asked or each.stop.name.startswith("line-"))
        and (target.bottom > shown.height or target.right > shown.width)
    }
    assert beyond == set()


def test_what_comes_next_on_a_sheet_is_seen_without_scrolling(whole: Day) -> None:
    """The first thing a person can do there."""
    beyond = {}
    for look in whole.looks:
        for shown in (look.panel, look.monitor):
            actions = [each for each in shown.targets if each.primary and not each.asked]
            if actions and min(each.bottom for each in actions) > shown.height:
                beyond[look.name, shown.width] = [str(each) for each in actions]
    assert beyond == {}


def test_no_page_is_wider_than_its_screen(whole: Day) -> None:
    wide = {
        (each.name, shown.width): shown.across
        for each in whole.looks
        for shown in (each.panel, each.monitor)
        if shown.across > shown.width
    }
    assert wide == {}


def test_nothing_that_matters_is_cut_off(whole: Day) -> None:
    cut = {
        (each.name, shown.width): shown.cut
        for each in whole.looks
        for shown in (each.panel, each.monitor)
        if shown.cut
    }
    assert cut == {}


def test_no_page_is_heavy(whole: Day) -> None:
    assert {each.name: each.weight for each in whole.looks if each.weight > HEAVIEST} == {}
