"""Two people vouch for the set-up they looked at, and for no other."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.app import Workshop, set_up_of
from station.config import Config, ReaderConfig
from station.core.baseline import changes, digest_of
from station.core.problem import Refused
from station.line.board import ApproveBaseline
from station.line.desk import Desk
from station.records.baselines import BaselineRecords
from station.records.journal import Journal
from station.records.query import Records

SET_UP = '{"a": 1}'


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path)) as journal:
        yield journal


def desk(journal: Journal, set_up: str = SET_UP) -> Desk:
    return Desk(journal=journal, records=Records(journal.db), set_up=set_up)


def asked(set_up: str = SET_UP, *, witness: str = "Anna Li") -> ApproveBaseline:
    return ApproveBaseline(digest_of(set_up), "qualified", witness)


def test_what_two_people_vouch_for_is_the_baseline_word_for_word(journal: Journal) -> None:
    desk(journal).decide(asked(), actor="王芳")
    records = BaselineRecords(journal.db)
    last = records.last()
    assert last
    assert (last.actor, last.witness, last.reason) == ("王芳", "Anna Li", "qualified")
    assert last.digest == digest_of(SET_UP)
    assert records.settings(last) == SET_UP


def test_the_last_one_counts(journal: Journal) -> None:
    desk(journal).decide(asked(), actor="王芳")
    desk(journal, "{}").decide(asked("{}"), actor="王芳")
    assert [each.digest for each in BaselineRecords(journal.db).every(limit=5)] == [
        digest_of("{}"),
        digest_of(SET_UP),
    ]


def test_one_person_alone_vouches_for_nothing(journal: Journal) -> None:
    with pytest.raises(Refused, match="The second person has to be somebody else"):
        desk(journal).decide(asked(witness="王 芳"), actor="王芳")
    assert BaselineRecords(journal.db).last() is None


def test_other_settings_than_those_in_force_are_refused(journal: Journal) -> None:
    with pytest.raises(Refused, match="The station is set up otherwise"):
        desk(journal).decide(asked("{}"), actor="王芳")


def test_a_station_that_does_not_say_what_is_in_force_has_no_baseline(journal: Journal) -> None:
    with pytest.raises(Refused, match="The station is set up otherwise"):
        desk(journal, "").decide(asked(""), actor="王芳")


def test_the_same_is_not_vouched_for_twice(journal: Journal) -> None:
    desk(journal).decide(asked(), actor="王芳")
    with pytest.raises(Refused, match="the validated baseline already, since event 1"):
        desk(journal).decide(asked(), actor="王芳")


def test_a_setting_a_design_and_a_product_stand_in_it_and_no_password_does() -> None:
    config = Config(reader=ReaderConfig(camera="rtsp://admin:hunter2@192.0.2.8/live"))
    workshop = Workshop.open(config)
    text = set_up_of(config, workshop)
    assert "hunter2" not in text
    assert "has-mhb-hc-unit 1" in text
    other = set_up_of(config.model_copy(update={"hold_after_rejects": 5}), workshop)
    assert [each.path for each in changes(text, other)] == ["configuration.hold_after_rejects"]
