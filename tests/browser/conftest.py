"""A Chromium without a window, for the tests of one file at a time.

Playwright runs an event loop in the thread of the tests while its browser is open, so it is closed
before another file is begun.
"""

from collections.abc import Iterator

import pytest

from bench import chromium
from bench.chromium import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not chromium.installed():
        pytest.skip(chromium.MISSING)
    with chromium.browser() as started:
        yield started
