"""Approvals as the journal tells of them, and orders that start against them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from station.core.approval import Approval, DesignState, state_of
from station.core.events import (
    Event,
    OrderAccepted,
    OrderStarted,
    Recipe,
    TemplateApproved,
    TemplateRetired,
)
from station.core.order import WorkOrder
from station.core.state import IllegalStepError, OrderState
from station.records import projections
from station.records.audit.audit import audit
from station.records.journal import FILE, Journal, recorded
from station.records.query import Records
from station.records.templates import Templates

ORDER = WorkOrder.model_validate_json(
    '{"id": "A", "product": "P", "level": "unit", "quantity": 3, "template": "t",'
    ' "revision": "1", "lot": "L"}'
)
ACCEPTED = OrderAccepted(order=ORDER, gtin="06972869182019", file="a.yaml", sha256="a")
RECIPE = Recipe(template="d1", font="f", product="p", dots_per_mm=8, carriers=("]d2",))
STARTED = OrderStarted(order="A", recipe=RECIPE)
RETIRED = TemplateRetired(name="t", revision="1", reason="the address is wrong")


def approved(digest: str = "d1", name: str = "t", revision: str = "1") -> TemplateApproved:
    return TemplateApproved(
        name=name, revision=revision, digest=digest, author="李", approver="王", reason="pilot"
    )


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path)) as made:
        yield made


def test_the_last_approval_of_a_revision_counts(journal: Journal) -> None:
    journal.append(approved("d1"), approved("d2"), approved("e1", revision="2"))
    templates = Templates(journal.db)
    found = templates.approval("t", "1")
    assert found
    assert (found.digest, found.author, found.approver, found.seq) == ("d2", "李", "王", 2)
    assert [each.digest for each in templates.approvals()] == ["d2", "e1"]
    assert templates.approval("t", "3") is None


def test_a_retired_revision_says_by_whom_when_and_why(journal: Journal) -> None:
    journal.append(approved())
    journal.append(RETIRED, actor="王")
    found = Templates(journal.db).approval("t", "1")
    assert found
    assert found.retired
    assert (found.retired.by, found.retired.reason) == ("王", "the address is wrong")
    assert found.retired.at >= found.at
    assert state_of("d1", found) == DesignState.RETIRED


@pytest.mark.parametrize(
    "events",
    [
        (RETIRED,),
        (approved(), RETIRED, RETIRED),
        (approved(), RETIRED, approved()),
        (approved(), RETIRED, approved("d2")),
    ],
)
def test_the_journal_takes_no_step_that_may_not_follow(
    journal: Journal, events: tuple[Event, ...]
) -> None:
    with pytest.raises(IllegalStepError):
        journal.append(*events)
    assert Templates(journal.db).approvals() == ()


@pytest.mark.parametrize(
    "before",
    [
        (approved("d2"),),
        (approved(), RETIRED),
        (approved(), approved("d2")),
        (approved(name="u"),),
        (approved(revision="2"),),
    ],
)
def test_no_order_starts_with_a_design_that_is_not_approved(
    journal: Journal, before: tuple[Event, ...]
) -> None:
    journal.append(ACCEPTED, *before)
    with pytest.raises(IllegalStepError, match="order A starts with a template nobody approved"):
        journal.append(STARTED)


def test_a_journal_that_knows_of_no_approvals_is_read_as_it_was(journal: Journal) -> None:
    """Orders of earlier versions, and one exported order by itself, were never approved."""
    journal.append(ACCEPTED, STARTED)
    row = Records(journal.db).order("A")
    assert row
    assert row.state == OrderState.RUNNING


def test_approvals_come_out_of_the_events_again(journal: Journal, tmp_path: Path) -> None:
    journal.append(approved("d2", name="u"), approved(), ACCEPTED, STARTED)
    journal.append(RETIRED, actor="王")
    before = Templates(journal.db).approvals()
    projections.rebuild(journal.db, list(recorded(journal.db)))
    assert Templates(journal.db).approvals() == before
    journal.close()
    assert audit(tmp_path / FILE).good


def test_an_approval_that_was_slipped_into_the_table_is_found(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(approved())
    journal.db.execute("UPDATE template SET digest='d9'")
    journal.close()
    (found,) = audit(tmp_path / FILE).problems
    assert str(found) == ("Table template, row seq 1: digest is 'd9', but the events say 'd1'.")


def test_a_journal_of_an_earlier_version_has_no_such_table_and_is_good(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(ACCEPTED, STARTED)
    journal.db.execute("DROP TABLE template")
    assert Templates(journal.db).approval("t", "1") is None
    assert Templates(journal.db).approvals() == ()
    journal.close()
    assert audit(tmp_path / FILE).good
    with closing(Journal(tmp_path)) as again:
        again.append(approved())
        assert len(Templates(again.db).approvals()) == 1


def test_a_table_of_approvals_that_was_thrown_away_is_missed(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(approved())
    journal.close()
    with closing(apsw.Connection(str(tmp_path / FILE))) as db:
        db.execute("DROP TABLE template")
    assert "Table template is missing" in str(audit(tmp_path / FILE).problems[0])


def test_an_approval_is_a_value() -> None:
    at = datetime(2026, 3, 31, tzinfo=UTC)
    one, other = (
        Approval("t", "1", digest="d", author="a", approver="b", reason="r", at=at, seq=1)
        for _ in range(2)
    )
    assert {one} == {other}
