"""A whole station prints from nothing that two people have not approved as it is now."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from station.app import Station, add_order
from station.config import Config, WebConfig, shipped
from station.core.events import LabelIssued, OrderStarted, StationStarted, TemplateApproved
from station.core.problem import Refused
from station.core.state import OrderState
from station.line.approval import requests
from station.line.board import Approve, End, Hold, Mode, Request, Resume, Retire, Snapshot, Start
from station.records.audit.audit import audit
from station.records.journal import Journal, read_only, recorded

NAME = "has-mhb-hc-unit"
ORDER = """\
id: S-{start}
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-03-20
serials: {{prefix: CN, start: "{start}"}}
template: has-mhb-hc-unit
revision: "1"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    """A station with a folder of templates of its own."""
    labels = tmp_path / "labels"
    labels.mkdir()
    for path in shipped("labels").glob("*.yaml"):
        (labels / path.name).write_bytes(path.read_bytes())
    return Config(data=tmp_path / "data", labels=labels, web=WebConfig(port=0))


@contextmanager
def running(settings: Config) -> Iterator[Station]:
    with Station(settings) as station:
        worker = threading.Thread(target=station.daemon.run)
        worker.start()
        try:
            yield station
        finally:
            station.daemon.stop()
            worker.join()


def ask(station: Station, request: Request) -> None:
    station.board.ask(request, actor="Wang").result(timeout=30)


def approve(station: Station) -> None:
    for each in requests(station.workshop.library, author="Li", reason="pilot"):
        ask(station, each)


def add(settings: Config, *, quantity: int = 2, start: str = "000001") -> tuple[str, ...]:
    """Why an order is refused; nothing if it is taken."""
    text = ORDER.format(start=start, quantity=quantity)
    receipt = add_order(settings, Path(f"{start}.yaml"), text.encode(), actor="Li")
    assert receipt
    return tuple(str(each) for each in receipt.problems)


def until(station: Station, *modes: Mode) -> Snapshot:
    snapshot = station.board.snapshot
    while snapshot.mode not in modes or snapshot.order is None:
        assert snapshot.mode != Mode.STOPPED, "the line has died"
        snapshot = station.board.newer(snapshot.version, seconds=1.0)
    return snapshot


def edit(settings: Config) -> None:
    path = settings.labels / f"{NAME}.yaml"
    path.write_text(path.read_text("utf-8").replace("width: 50,", "width: 49,"), "utf-8")


def test_an_order_for_a_draft_is_refused_until_the_design_is_approved(settings: Config) -> None:
    with running(settings) as station:
        (refused,) = add(settings)
        assert f"Template {NAME} 1 is a draft" in refused
        approve(station)
        assert add(settings, start="000002") == ()
        until(station, Mode.IDLE)


def test_every_label_names_the_recipe_of_its_order(settings: Config) -> None:
    with running(settings) as station:
        approve(station)
        add(settings)
        until(station, Mode.IDLE)
    with closing(read_only(settings.data)) as db:
        events = [each.event for each in recorded(db)]
    (started,) = (each for each in events if isinstance(each, OrderStarted))
    assert len(started.recipe.printer) == 64
    assert {each.recipe for each in events if isinstance(each, LabelIssued)} == {
        started.recipe.digest
    }
    report = audit(settings.data / "journal.db", evidence=settings.data / "evidence")
    assert not report.problems


def test_a_design_that_is_retired_stops_the_order_that_prints_from_it(settings: Config) -> None:
    with running(settings) as station:
        approve(station)
        add(settings, quantity=2000)
        until(station, Mode.RUNNING)
        ask(station, Retire(NAME, "1", "the address is wrong"))
        held = until(station, Mode.HELD)
        assert held.order
        assert held.order.cause == "template"
        assert held.order.detail == f"{NAME} 1 was retired: the address is wrong"
        with pytest.raises(Refused, match="was retired on"):
            ask(station, Resume("go on", held.stop))
        ask(station, End("S-000001", "its design is retired"))
        assert "was retired on" in add(settings, start="009000")[0]


def test_another_order_is_not_stopped_by_it(settings: Config) -> None:
    with running(settings) as station:
        approve(station)
        add(settings, quantity=2000)
        until(station, Mode.RUNNING)
        ask(station, Retire("has-mhb-x2-primary", "1", "not used any more"))
        assert station.board.snapshot.mode == Mode.RUNNING
        ask(station, Hold("enough"))


def test_an_order_that_waits_is_not_started_with_a_design_that_was_changed(
    settings: Config,
) -> None:
    """And is, when the changed design has been approved."""
    manual = settings.model_copy(update={"start": "manual"})
    with running(manual) as station:
        approve(station)
        assert add(manual) == ()
    edit(settings)
    with running(manual) as station:
        with pytest.raises(Refused, match="was changed since it was approved"):
            ask(station, Start("S-000001"))
        template = station.workshop.library.template(NAME, "1")
        ask(station, Approve(NAME, "1", template.digest, "Li", "a shorter name"))
        ask(station, Start("S-000001"))
        done = until(station, Mode.IDLE)
        assert done.order
        assert done.order.state == OrderState.FINISHED


def test_an_order_that_was_passed_over_starts_by_itself_once_its_design_is_approved(
    settings: Config,
) -> None:
    with running(settings.model_copy(update={"start": "manual"})) as station:
        approve(station)
        add(settings)
    edit(settings)
    with running(settings) as station:
        snapshot = station.board.snapshot
        while snapshot.refused is None:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        assert "was changed since it was approved" in str(snapshot.refused[1])
        template = station.workshop.library.template(NAME, "1")
        ask(station, Approve(NAME, "1", template.digest, "Li", "a shorter name"))
        until(station, Mode.IDLE)


def test_an_order_in_hand_goes_on_after_a_restart_only_with_its_approved_design(
    settings: Config,
) -> None:
    with running(settings) as station:
        approve(station)
        add(settings, quantity=2000)
        until(station, Mode.RUNNING)
    edit(settings)
    with running(settings) as station:
        template = station.workshop.library.template(NAME, "1")
        ask(station, Approve(NAME, "1", template.digest, "Li", "a shorter name"))
        stop = station.board.snapshot.stop
        ask(station, Resume("go on", stop))
        snapshot = until(station, Mode.HELD)
        while snapshot.stop == stop:
            snapshot = station.board.newer(snapshot.version, seconds=1.0)
        assert snapshot.order
        assert snapshot.order.cause == "template"
        assert "Since the order was started, this has changed: template" in snapshot.order.detail


def test_an_order_of_an_earlier_version_goes_on_when_its_design_is_approved(
    settings: Config,
) -> None:
    with running(settings) as station:
        approve(station)
        add(settings, quantity=2000)
        until(station, Mode.RUNNING)
    with closing(read_only(settings.data)) as db:
        before = [each.event for each in recorded(db)]
    old = Config(data=settings.data.parent / "old", labels=settings.labels, web=WebConfig(port=0))
    with closing(Journal(old.data)) as journal:
        for each in before:
            if isinstance(each, StationStarted):
                journal.append(each.model_copy(update={"key": ""}))
            elif not isinstance(each, TemplateApproved):
                journal.append(each)
    shutil.copytree(settings.data / "evidence", old.data / "evidence")
    with running(old) as station:
        stop = station.board.snapshot.stop
        with pytest.raises(Refused, match="is a draft"):
            ask(station, Resume("go on", stop))
        approve(station)
        ask(station, Resume("go on", stop))
        until(station, Mode.RUNNING)
