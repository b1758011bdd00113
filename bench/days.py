"""All the days at the line there are to be looked at, and then every page that was left out.

for at_work, stop in days(folder):
show(page, stop, url=at_work.url)
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from bench.addresses import paths
from bench.day import Stop, Ticking, day
from bench.floor import Floor, floor
from bench.signed_day import SETTINGS, signed_day

NO_PAGES = frozenset({"/live", "/challenge/report.html"})
"""A stream, and a file to be printed."""


def days(folder: Path) -> Iterator[tuple[Floor, Stop]]:
    """`folder` is empty."""
    with floor(folder / "first", clock=Ticking()) as at_work:
        seen = []
        for stop in day(at_work):
            seen.append(stop)
            yield at_work, stop
        for stop in remaining(_whole_pages(at_work), seen):
            yield at_work, stop
    with floor(folder / "second", clock=Ticking(), settings=SETTINGS) as at_work:
        for stop in signed_day(at_work):
            yield at_work, stop


def remaining(paths: Sequence[str], seen: Sequence[Stop]) -> tuple[Stop, ...]:
    """Pages with nothing variable in their path at which the day did not stop.

    >>> [each.name for each in remaining(("/", "/people", "/ask/{step}"), (Stop("a", "/?x", ""),))]
    ['people']
    """
    shown = {each.address.partition("?")[0] for each in seen}
    plain = (each for each in paths if "{" not in each and each not in shown)
    return tuple(Stop(_named(each), each, "the page " + each) for each in plain)


def _whole_pages(at_work: Floor) -> tuple[str, ...]:
    """Addresses without anything variable at which there is a page."""
    known = paths(at_work.station.server.app)
    plain = [each for each in known if "{" not in each and each not in NO_PAGES]
    with httpx.Client(base_url=at_work.url) as client:
        return tuple(each for each in plain if "<html" in client.get(each).text[:200])


def _named(path: str) -> str:
    return re.sub("[^a-z0-9]+", "-", path.lower()).strip("-")
