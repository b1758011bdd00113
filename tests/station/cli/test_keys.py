"""The key is shown to whoever may read it, and changed only while the station stands still."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.cli.keys import app
from station.config import Config, load
from station.core.events import HeadsBegun, StationStarted
from station.records.journal import Journal, read_only, recorded
from station.records.signed.heads import Key, read
from station.records.signed.second_place import FILE, Heads

AT = "2026-11-22T08:00:00.000000+00:00"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    (tmp_path / "station.yaml").write_text("name: Line 1\nheads: {folder: second}\n")
    monkeypatch.chdir(tmp_path)
    return load(tmp_path / "station.yaml")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def signed(config: Config) -> Heads:
    heads = Heads(config.heads.folder, key=Key.open(config.heads.key), station=config.name)
    with closing(Journal(config.data)) as journal:
        journal.append(StationStarted(version="1", configuration="c"))
        seq, chained = journal.head
    heads.sign(seq=seq, hash=chained, at=AT, why="start")
    return heads


def test_a_key_that_is_not_there_yet_is_not_made_by_looking(config: Config) -> None:
    for command in ("show", "rotate"):
        result = run(command)
        assert result.exit_code == 2
        assert "There is no key in" in result.stderr
    assert not config.data.exists()


def test_what_is_shown_is_what_qa_compares_and_nothing_private(config: Config) -> None:
    key = signed(config).key
    plain = run("show")
    assert plain.exit_code == 0
    assert key.fingerprint in plain.stdout
    assert "PRIVATE" not in plain.stdout
    assert "This is the disk the journal is on" in plain.stdout
    told = json.loads(run("show", "--json").stdout)
    assert told == {
        "id": key.id,
        "fingerprint": key.fingerprint,
        "public_key": str(config.heads.folder / f"{key.id}.pub"),
        "heads": str(config.heads.folder / FILE),
        "second_place": False,
    }
    assert Path(told["public_key"]).read_bytes() == key.pem


def test_a_new_key_goes_on_after_the_old_one(config: Config) -> None:
    old = signed(config).key
    result = run("rotate", "--json")
    assert result.exit_code == 0
    new = json.loads(result.stdout)
    assert new["id"] != old.id
    assert new["fingerprint"] == Key.load(config.heads.key).fingerprint
    found = read(config.heads.folder / FILE, trusted=old.fingerprint)
    assert found.problems == ()
    assert found.keys == (old.fingerprint, new["fingerprint"])


def test_a_running_station_keeps_its_key(config: Config) -> None:
    key = signed(config).key
    with closing(Journal(config.data)):
        result = run("rotate")
    assert result.exit_code == 2
    assert "is in use by" in result.stderr
    assert Key.load(config.heads.key).public == key.public


def test_a_place_that_does_not_take_the_new_key_leaves_the_old_one(config: Config) -> None:
    key = Key.open(config.heads.key)
    config.heads.folder.write_bytes(b"a file where the folder should be")
    result = run("rotate")
    assert result.exit_code == 2
    assert str(config.heads.folder) in result.stderr
    assert "Traceback" not in result.stderr
    assert Key.load(config.heads.key).public == key.public


def begin(witness: str = "QA Wang", reason: str = "share lost") -> Result:
    people = ("--by", "Li", "--witness", witness)
    return run("begin", "--reason", reason, *people, "--json")


def test_heads_begin_anew_when_two_people_say_so_and_the_journal_tells_of_it(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("USER", "li")
    old = signed(config)
    spoilt = b"spoilt\n"
    old.path.write_bytes(spoilt)
    alone = begin(witness="Li")
    assert alone.exit_code == 2
    assert "has to be somebody else" in alone.stderr
    assert old.path.read_bytes() == spoilt

    assert begin().exit_code == 0
    assert old.path.with_name("heads-1.jsonl").read_bytes() == spoilt
    found = read(old.path, trusted=old.key.fingerprint)
    assert found.problems == ()
    with closing(read_only(config.data)) as db:
        _, told = recorded(db)
        assert (told.event, told.actor) == (
            HeadsBegun(key=old.key.id, reason="share lost", witness="QA Wang"),
            "Li (li (command line))",
        )
        assert (found.heads[-1].seq, found.heads[-1].hash) == (told.seq, told.hash)


def test_a_lost_key_is_followed_by_a_new_one_that_nobody_takes_for_the_old(config: Config) -> None:
    old = signed(config).key
    config.heads.key.unlink()
    result = begin()
    assert result.exit_code == 0
    path = config.heads.folder / FILE
    assert read(path, trusted=json.loads(result.stdout)["id"]).problems == ()
    assert "not signed by the trusted key" in str(read(path, trusted=old.id).problems[0])
    assert read(path.with_name("heads-1.jsonl"), trusted=old.id).problems == ()


def test_where_no_journal_is_nothing_begins(config: Config) -> None:
    result = begin()
    assert result.exit_code == 2
    assert "There is no journal in" in result.stderr
    assert not config.data.exists()


def test_a_journal_that_lost_its_end_is_not_hidden_by_beginning_anew(config: Config) -> None:
    heads = signed(config)
    heads.sign(seq=9, hash="9" * 64, at=AT, why="hour")
    result = begin()
    assert result.exit_code == 2
    assert "goes back from event 9 to event 1" in result.stderr
    with closing(read_only(config.data)) as db:
        assert len(list(recorded(db))) == 1
