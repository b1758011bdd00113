"""A backup is whole and proven, or it is not there; a restored station prints nothing twice."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from station.core.events import (
    JournalRestored,
    LabelInDoubt,
    LabelIssued,
    LabelJudged,
    OdometerRead,
    OrderAccepted,
    OrderEnded,
    OrderStarted,
    Recipe,
    StationStarted,
    StationStopped,
)
from station.core.judge import Code, Reason
from station.core.order import WorkOrder
from station.core.problem import Refused
from station.core.serials.history import History
from station.core.shape import parse
from station.core.state import LabelState, OrderState
from station.records.backup import backup as backups
from station.records.backup import copying, manifest
from station.records.backup.backup import Source, make, prune
from station.records.backup.restore import Known, Restored, known_from, restore
from station.records.evidence import Evidence
from station.records.imported import take
from station.records.journal import Journal, head, read_only, recorded
from station.records.query import Records
from station.records.signed.heads import Key
from station.records.signed.heads import read as read_heads
from station.records.signed.second_place import FILE, Heads

GTIN = "06972869182019"
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


def order(name: str, start: str) -> WorkOrder:
    return parse(
        WorkOrder,
        {
            "id": name,
            "product": "HAS-MHB-HC",
            "level": "unit",
            "quantity": 3,
            "production_date": date(2026, 11, 20),
            "serials": {"prefix": "CN", "start": start},
            "template": "t",
            "revision": "1",
        },
    )


class Bench:
    """A data folder with a journal, its second place, and a folder for backups."""

    def __init__(self, folder: Path) -> None:
        self.data, self.second = folder / "data", folder / "second"
        self.to = folder / "to"
        self.to.mkdir()
        (folder / "labels").mkdir()
        (folder / "labels" / "t.yaml").write_text("name: t\n")
        (folder / "labels" / "station.pem").write_text("PRIVATE KEY")
        self.journal = Journal(self.data)
        self.evidence = Evidence(self.data / "evidence")
        self.heads = Heads(self.second, key=Key.open(self.data / "keys" / "k.pem"), station="L 1")
        accepted = self.data / "orders" / "accepted"
        accepted.mkdir(parents=True)
        (accepted / "a.yaml").write_text("id: WO-1\n")
        configuration = b'{"name": "L 1"}'
        self.source = Source(
            station="L 1",
            version="1.0",
            data=self.data,
            heads=self.second,
            catalogue=folder / "none",
            labels=folder / "labels",
            configuration=configuration,
            digest=hashlib.sha256(configuration).hexdigest(),
        )
        self.journal.append(StationStarted(version="1", configuration="c", key=self.heads.key.id))
        self.sign("start")

    def sign(self, why: str, name: str = "") -> None:
        seq, chained = self.journal.head
        self.heads.sign(seq=seq, hash=chained, at="2026-11-22T08:00:00+00:00", why=why, order=name)

    def accept(self, name: str, start: str) -> None:
        self.journal.append(
            OrderAccepted(order=order(name, start), gtin=GTIN, file="a", sha256=name.rjust(64, "0"))
        )

    def start(self, name: str) -> None:
        self.journal.append(OrderStarted(order=name, recipe=RECIPE))
        self.sign("order", name)

    def issue(self, name: str, number: int, serial: str) -> None:
        self.journal.append(
            LabelIssued(
                order=name, number=number, gtin=GTIN, serial=serial, data="00", zpl="0" * 64
            )
        )

    def reject(self, name: str, number: int) -> str:
        picture = self.evidence.keep(f"{name} {number}".encode())
        self.journal.append(
            LabelJudged(
                order=name,
                number=number,
                accepted=False,
                reasons=(Reason(Code.NONE),),
                symbols=(),
                evidence=picture,
            )
        )
        return picture

    def stop(self) -> None:
        self.journal.append(StationStopped())
        self.sign("stop")

    def backup(self, at: datetime = AT) -> backups.Backup:
        return make(self.source, self.to, at=at)

    def restore(self, made: backups.Backup, *, known: Known | None = None) -> Restored:
        self.journal.close()
        return restore(
            made.folder,
            self.data.with_name("new"),
            known=known or known_from(self.second / FILE),
            signer=self.heads if known is None else None,
            actor="Wang",
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.accept("WO-1", "000001")
    made.start("WO-1")
    made.issue("WO-1", 1, "CN000001")
    made.reject("WO-1", 1)
    yield made
    made.journal.close()


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_a_backup_beside_a_running_station_is_whole_and_proven(bench: Bench) -> None:
    made = bench.backup()
    assert (made.problems, made.seq) == ((), bench.journal.head.seq)
    assert made.folder.name == "L-1-20261122T080000Z"
    found = manifest.read(made.folder)
    assert (found.verified, found.seq, found.hash) == (True, *bench.journal.head)
    assert set(found.files) == {
        "journal.db",
        "heads/heads.jsonl",
        f"heads/{bench.heads.key.id}.pub",
        "orders/a.yaml",
        "labels/t.yaml",
        "configuration.json",
    }
    assert names(bench.to) == {made.folder.name, "evidence"}


def test_no_private_key_is_ever_in_a_backup(bench: Bench) -> None:
    bench.backup()
    for path in bench.to.rglob("*"):
        assert path.is_dir() or b"PRIVATE" not in path.read_bytes()


def test_what_is_written_meanwhile_is_not_in_it_and_not_held_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.journal.head.seq
    copy = copying.pictures

    def write_meanwhile(source: Path, target: Path) -> object:
        bench.issue("WO-1", 2, "CN000002")
        return copy(source, target)

    monkeypatch.setattr(copying, "pictures", write_meanwhile)
    made = bench.backup()
    assert (made.good, made.seq) == (True, before)


def test_a_picture_is_copied_once_for_all_backups(bench: Bench) -> None:
    bench.backup()
    store = bench.to / "evidence"
    (first,) = [each for each in store.rglob("*") if each.is_file()]
    moment = first.stat().st_mtime_ns, first.stat().st_ino
    bench.issue("WO-1", 2, "CN000002")
    second = bench.reject("WO-1", 2)
    assert bench.backup().good
    assert (first.stat().st_mtime_ns, first.stat().st_ino) == moment
    assert (store / second[:2] / f"{second}.jpg").is_file()


def test_a_picture_that_changed_makes_the_backup_not_good(bench: Bench) -> None:
    bench.issue("WO-1", 2, "CN000002")
    name = bench.reject("WO-1", 2)
    bench.evidence.path(name).write_bytes(b"another")
    made = bench.backup()
    assert not made.good
    assert f"The picture {name}.jpg is not what it was." in map(str, made.problems)
    assert manifest.read(made.folder).verified is False


def test_a_row_that_no_event_gave_makes_the_backup_not_good(bench: Bench) -> None:
    bench.journal.db.execute("UPDATE label SET state='released'")
    (found,) = bench.backup().problems
    assert str(found).startswith("Table label, row order_id 'WO-1', number 1: state is 'released'")


def test_lost_heads_make_the_backup_not_good(bench: Bench) -> None:
    shutil.rmtree(bench.second)
    assert [str(each) for each in bench.backup().problems] == [
        "This journal was signed, but there are no signed heads with it."
    ]


def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(
    bench: Bench, room_for: Callable[[int], AbstractContextManager[None]]
) -> None:
    with room_for(20_000), pytest.raises(Refused, match="No backup could be made in"):
        bench.backup()
    assert names(bench.to) <= {"evidence"}
    assert bench.backup().good


def test_an_unplugged_target_is_said_and_not_made(bench: Bench) -> None:
    bench.to.rmdir()
    with pytest.raises(Refused, match="Is the disk there"):
        bench.backup()
    assert not bench.to.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_target_that_cannot_be_written_is_said(bench: Bench) -> None:
    bench.to.chmod(0o500)
    with pytest.raises(Refused, match="Permission denied"):
        bench.backup()


def test_what_an_attempt_left_is_cleared_away_and_of_others_nothing(bench: Bench) -> None:
    left = bench.to / ".L-1-20261121T080000Z.part"
    others = bench.to / ".L-1-B-20261121T080000Z.part"
    left.mkdir()
    others.mkdir()
    bench.backup()
    assert not left.exists()
    assert others.exists()


def test_only_one_backup_is_made_at_a_time(bench: Bench) -> None:
    with backups._alone(bench.data), pytest.raises(Refused, match="Another backup"):
        bench.backup()


def test_old_backups_go_but_never_the_last_good_ones(bench: Bench) -> None:
    made = [bench.backup(AT + timedelta(days=day)) for day in range(4)]
    bad = manifest.read(made[3].folder).model_copy(update={"verified": False})
    manifest.write(made[3].folder, bad)
    gone = prune(bench.to, "L 1", keep=2)
    assert [each.name for each in gone] == [made[0].folder.name]
    assert prune(bench.to, "L 1", keep=5) == ()
    assert names(bench.to) == {"evidence", *(each.folder.name for each in made[1:])}
    assert prune(bench.to, "another", keep=1) == ()


def test_a_station_that_had_stopped_goes_on_as_it_was(bench: Bench) -> None:
    bench.stop()
    made = bench.backup()
    done = bench.restore(made)
    assert (done.whole, done.ended, done.unknown) == (True, (), ())
    assert done.seq == done.lost_after == made.seq
    with closing(Journal(done.folder)) as journal:
        records = Records(journal.db)
        current = records.current()
        assert current is not None
        assert current.order.id == "WO-1"
        assert records.next_serial(current.order, GTIN) == "CN000002"
        *_, last = recorded(journal.db)
    assert isinstance(last.event, JournalRestored)
    assert (last.actor, last.event.seq) == ("Wang", made.seq)


def test_when_the_station_went_on_nothing_it_may_have_printed_is_printed_again(
    bench: Bench,
) -> None:
    bench.accept("WO-2", "000100")
    bench.issue("WO-1", 2, "CN000002")
    made = bench.backup()
    bench.issue("WO-1", 3, "CN000003")  # lost with the disk, and nobody signed it
    bench.accept("WO-3", "000200")
    done = bench.restore(made)
    assert not done.whole
    assert set(done.ended) == {"WO-1", "WO-2"}
    with closing(Journal(done.folder)) as journal:
        records = Records(journal.db)
        assert {each.state for each in records.orders()} == {OrderState.ENDED}
        label = records.label("WO-1", 2)
        assert label is not None
        assert label.state == LabelState.IN_DOUBT
        planned = ("CN000003", "CN000100", "CN000102")
        assert set(records.users_of(GTIN, planned)) == set(planned)
        kinds = [type(each.event) for each in recorded(journal.db)][made.seq :]
    assert kinds[0] is JournalRestored
    assert kinds.count(OrderEnded) == 2
    assert (LabelInDoubt in kinds, OdometerRead in kinds) == (True, True)


def test_orders_started_since_are_named_and_never_taken_in_again(bench: Bench) -> None:
    made = bench.backup()
    bench.accept("WO-7", "000700")
    bench.start("WO-7")
    last = bench.journal.head.seq
    done = bench.restore(made)
    assert (done.unknown, done.lost_after) == (("WO-7",), last)
    with closing(read_only(done.folder)) as db:
        records = Records(db)
        assert records.lost("WO-7")
        assert not records.lost("WO-1")


def test_without_heads_everything_that_could_print_is_ended(bench: Bench) -> None:
    bench.stop()
    made = bench.backup()
    done = bench.restore(made, known=known_from(None))
    assert (done.whole, done.ended) == (False, ("WO-1",))
    assert [str(each) for each in done.notes] == [
        "There are no signed heads to tell what was lost."
    ]


def test_a_restore_is_signed_and_the_heads_follow_from_it(bench: Bench) -> None:
    made = bench.backup()
    bench.accept("WO-7", "000700")
    bench.start("WO-7")
    last = bench.journal.head.seq
    done = bench.restore(made)
    found = read_heads(bench.second / FILE)
    assert found.problems == ()
    restored, after = found.heads[-2:]
    assert (restored.why, restored.seq, restored.lost_after) == ("restore", made.seq, last)
    with closing(read_only(done.folder)) as db:
        assert (after.seq, after.hash) == head(db)


def test_what_a_restore_lost_is_lost_for_the_next_one_too(bench: Bench) -> None:
    """The same backup brought back twice: the first restore gave those heads up."""
    bench.stop()
    made = bench.backup()
    bench.accept("WO-7", "000700")
    bench.start("WO-7")
    last = bench.journal.head.seq
    first = bench.restore(made)
    first.folder.rename(bench.data.with_name("first"))
    second = bench.restore(made)
    assert (second.whole, second.unknown) == (False, ("WO-7",))
    assert second.lost_after >= last


def test_serials_a_counter_could_have_given_out_since_are_reserved(bench: Bench) -> None:
    """Replacements beyond the plan are on devices, and no head names them."""
    done = bench.restore(bench.backup())
    assert done.ended == ("WO-1",)
    with closing(read_only(done.folder)) as db:
        records = Records(db)
        assert [order for order, _ in records.reservations(GTIN)] == ["WO-1"]
        assert records.reserved(GTIN, "CN000099") == "WO-1"
        assert records.reserved(GTIN, "CX000099") is None
        assert records.reserved("00000000000000", "CN000099") is None


def test_random_serials_drawn_since_are_forgotten_until_somebody_imports_them(
    bench: Bench,
) -> None:
    done = bench.restore(bench.backup())
    with closing(Journal(done.folder)) as journal:
        records = Records(journal.db)
        assert records.forgotten(GTIN) is not None
        vouched = History("since.txt", "0" * 64, ("CN77",), 0)
        take(journal, vouched, gtin="16972869182016", reason="by hand", actor="王芳")
        assert records.forgotten(GTIN) is not None
        take(journal, vouched, gtin=GTIN, reason="by hand", actor="王芳")
        assert records.forgotten(GTIN) is None


def test_where_nothing_was_lost_nothing_is_forgotten(bench: Bench) -> None:
    assert Records(bench.journal.db).forgotten(GTIN) is None
    bench.stop()
    done = bench.restore(bench.backup())
    assert done.whole
    with closing(read_only(done.folder)) as db:
        assert Records(db).forgotten(GTIN) is None


def test_heads_of_another_journal_are_refused(bench: Bench, tmp_path: Path) -> None:
    made = bench.backup()
    (tmp_path / "other").mkdir()
    other = Bench(tmp_path / "other")
    other.journal.close()
    with pytest.raises(Refused, match="is not the one that was signed"):
        bench.restore(made, known=known_from(other.second / FILE))
    assert not (tmp_path / "new").exists()


def test_nothing_is_written_over(bench: Bench, tmp_path: Path) -> None:
    made = bench.backup()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").touch()
    with pytest.raises(Refused, match="is not empty"):
        bench.restore(made)
    assert names(tmp_path / "new") == {"mine"}


@pytest.mark.parametrize("name", ["journal.db", "heads/heads.jsonl", "configuration.json"])
def test_a_backup_that_was_changed_is_refused(bench: Bench, tmp_path: Path, name: str) -> None:
    made = bench.backup()
    with (made.folder / name).open("ab") as file:
        file.write(b"x")
    with pytest.raises(Refused, match=f"{name} was changed"):
        bench.restore(made)
    assert not (tmp_path / "new").exists()


def test_a_backup_that_lost_a_picture_is_refused(bench: Bench, tmp_path: Path) -> None:
    made = bench.backup()
    shutil.rmtree(bench.to / "evidence")
    with pytest.raises(Refused, match="rests, is not there"):
        bench.restore(made)
    assert names(tmp_path) >= {"data", "to"}
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", ".x", "a//b", ""])
def test_a_manifest_that_leads_elsewhere_is_refused(bench: Bench, name: str) -> None:
    made = bench.backup()
    found = manifest.read(made.folder)
    manifest.write(made.folder, found.model_copy(update={"files": {name: "0" * 64}}))
    with pytest.raises(Refused, match="leads out of the folder"):
        bench.restore(made)


def test_a_folder_without_a_manifest_is_no_backup(bench: Bench) -> None:
    made = bench.backup()
    (made.folder / manifest.FILE).unlink()
    with pytest.raises(Refused, match="is not a whole backup"):
        bench.restore(made)
