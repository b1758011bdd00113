"""A whole station whose designs and settings are approved on its pages, by two people."""

import html
import re
import threading
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from station.app import Station
from station.config import Config, WebConfig
from station.core.people import Role
from station.records.baselines import BaselineRecords
from station.records.journal import read_only
from station.records.templates import Templates
from station.web.rights import may_ask, may_witness

DESIGN = {"name": "has-mhb-hc-unit", "revision": "1"}
WHO = {"person": "王芳", "witness": "Anna Li", "reason": "looked at"}


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    data = tmp_path_factory.mktemp("plant")
    with Station(Config(data=data, language="en", web=WebConfig(port=0))) as made:
        worker = threading.Thread(target=made.daemon.run)
        worker.start()
        try:
            yield made
        finally:
            made.daemon.stop()
            worker.join()


@pytest.fixture
def page(station: Station) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=station.server.url, timeout=30) as browser:
        yield browser


def answered(page: httpx.Client, path: str, step: str, **fields: str) -> httpx.Response:
    """Open the form that a page offers, fill it in, and hand it to the station."""
    text = page.get(path, params=DESIGN if path.endswith("design") else {}).text
    token = re.search(r'data-token="([^"]+)"', text)
    asks = re.search(rf'hx-get="(/ask/{step}[^"]*)"', text)
    assert token
    assert asks
    form = page.get(html.unescape(asks[1])).text
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    data = {name: html.unescape(value) for name, value in hidden} | WHO | fields
    headers = {"Origin": str(page.base_url).rstrip("/"), "X-Station-Token": token[1]}
    return page.post(f"/ask/{step}", data=data, headers=headers)


def test_a_design_is_approved_and_retired_on_its_page(station: Station, page: httpx.Client) -> None:
    assert "wait for two people" in page.get("/quality").text
    assert answered(page, "/quality/design", "approve-design").status_code == 200
    with closing(read_only(station.config.data)) as db:
        found = Templates(db).approval(*DESIGN.values())
    assert found
    assert (found.author, found.approver) == ("Anna Li", "王芳")
    assert "approved" in page.get("/quality/design", params=DESIGN).text
    assert answered(page, "/quality/design", "retire-design").status_code == 200
    with closing(read_only(station.config.data)) as db:
        retired = Templates(db).approval(*DESIGN.values())
    assert retired
    assert retired.retired


def test_another_design_than_the_one_that_was_shown_is_refused_with_what_to_do(
    page: httpx.Client,
) -> None:
    other = {"template": "outer-carton", "digest": "ab" * 32}
    found = _asked(page, "approve-design", other | {"revision": "1"})
    assert found.status_code == 422
    assert "restart the station, then approve" in found.text


def test_the_settings_are_vouched_for_once(station: Station, page: httpx.Client) -> None:
    before = page.get("/quality/configuration").text
    assert "Nobody has vouched for these settings yet." in before
    assert answered(page, "/quality/configuration", "baseline").status_code == 200
    with closing(read_only(station.config.data)) as db:
        last = BaselineRecords(db).last()
    assert last
    assert (last.actor, last.witness) == ("王芳", "Anna Li")
    after = page.get("/quality/configuration").text
    assert "/ask/baseline" not in after
    again = _asked(page, "baseline", {"digest": last.digest})
    assert "This is the validated baseline already" in again.text


def test_the_heads_that_the_station_signs_agree_with_its_journal(page: httpx.Client) -> None:
    found = page.get("/quality/audit").text
    assert "the last one of event" in found
    assert "contradict" not in found


def _asked(page: httpx.Client, step: str, fields: dict[str, str]) -> httpx.Response:
    token = re.search(r'data-token="([^"]+)"', page.get("/quality").text)
    assert token
    headers = {"Origin": str(page.base_url).rstrip("/"), "X-Station-Token": token[1]}
    return page.post(f"/ask/{step}", data=WHO | fields, headers=headers)


@pytest.mark.parametrize(
    ("step", "asks", "witnesses"),
    [
        ("approve-design", {Role.APPROVER}, {Role.AUTHOR}),
        ("retire-design", {Role.APPROVER}, set()),
        ("baseline", {Role.QUALITY}, {Role.QUALITY, Role.SUPERVISOR, Role.OPERATOR}),
    ],
)
def test_each_request_takes_its_right(step: str, asks: set[Role], witnesses: set[Role]) -> None:
    assert {each for each in Role if may_ask(step, {each})} == asks
    if witnesses:
        assert {each for each in Role if may_witness(step, {each})} == witnesses


def test_no_page_writes_anything(station: Station, page: httpx.Client) -> None:
    before = station.journal.head
    for each in ("", "/audit", "/proof", "/designs", "/configuration", "/backups", "/exports"):
        assert page.get(f"/quality{each}").status_code == 200
    assert station.journal.head == before
