"""Whatever a disk does with writes that were not synced, what was written is there."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from station.core.events import StationStopped
from station.records.journal import Journal, broken_at, head
from torture.bugs import synchronous_normal
from torture.disk import DROPPED, KEPT, TORN, Disk, mixed
from torture.storage import ForgetfulVfs, folder_syncs, power_losses
from torture.truth import Invariant

writes = st.lists(
    st.tuples(st.integers(0, 12), st.binary(min_size=1, max_size=6), st.booleans()), max_size=8
)


def test_nothing_is_lost_or_doubled_by_a_power_loss_at_any_moment() -> None:
    states, found = power_losses(mixtures=2, go_on=12)
    assert found == ()
    assert states > 150


def test_a_journal_that_does_not_wait_for_the_disk_loses_and_doubles() -> None:
    with synchronous_normal():
        _, found = power_losses(mixtures=0, go_on=1000)
    for invariant in (Invariant.DURABLE, Invariant.ISSUED, Invariant.PASSED):
        assert any(each.startswith(invariant) for each in found)


@given(writes)
def test_what_was_synced_survives_every_fate(changes: list[tuple[int, bytes, bool]]) -> None:
    disk = Disk.of({"a": b"begin"})
    synced = b"begin"
    for offset, data, sync in changes:
        disk.write("a", offset, data)
        if sync:
            disk.sync("a")
            synced = KEPT.after(disk.moment())["a"]
    assert DROPPED.after(disk.moment())["a"] == synced


@given(writes, st.integers())
def test_a_fate_is_the_same_every_time(changes: list[tuple[int, bytes, bool]], seed: int) -> None:
    disk = Disk.of({"a": b""})
    for offset, data, _ in changes:
        disk.write("a", offset, data)
    assert mixed(seed).after(disk.moment()) == mixed(seed).after(disk.moment())


def test_a_torn_disk_dies_half_way_through_its_last_write() -> None:
    disk = Disk.of({"a": b"...."})
    disk.write("a", 0, b"12")
    disk.write("a", 2, b"34")
    assert TORN.after(disk.moment()) == {"a": b"123."}


def test_a_new_name_is_lost_until_the_folder_is_synced() -> None:
    disk = Disk()
    disk.create("a")
    disk.write("a", 0, b"data")
    disk.sync("a")
    assert DROPPED.after(disk.moment()) == {}
    disk.sync_folder()
    assert DROPPED.after(disk.moment()) == {"a": b"data"}


def test_a_deleted_file_may_come_back_until_the_folder_is_synced() -> None:
    disk = Disk.of({"a": b"data"})
    disk.delete("a")
    assert KEPT.after(disk.moment()) == {}
    assert DROPPED.after(disk.moment()) == {"a": b"data"}


def test_what_the_disk_was_told_is_what_the_plain_file_system_has(tmp_path: Path) -> None:
    disk = Disk()
    names: list[str] = []
    vfs = ForgetfulVfs(disk, before_sync=names.append)
    with folder_syncs(tmp_path, vfs):
        journal = Journal(tmp_path, vfs=vfs.name)
    journal.append(StationStopped())
    files = KEPT.after(disk.moment())
    assert files == {name: (tmp_path / name).read_bytes() for name in files}
    assert {"journal.db", "journal.db-wal"} <= set(files)
    assert "before a sync of the folder" in names
    journal.close()


def test_the_journal_commits_with_one_sync_of_its_log(tmp_path: Path) -> None:
    syncs: list[str] = []
    vfs = ForgetfulVfs(Disk(), before_sync=syncs.append)
    journal = Journal(tmp_path, vfs=vfs.name)
    for _ in range(3):
        journal.append(StationStopped())
    syncs.clear()
    journal.append(StationStopped())
    assert syncs == ["before a sync of journal.db-wal"]
    assert (head(journal.db)[0], broken_at(journal.db)) == (4, None)
    journal.close()


def test_everything_is_put_back_afterwards(tmp_path: Path) -> None:
    before = os.fsync
    with folder_syncs(tmp_path, ForgetfulVfs(Disk(), before_sync=lambda _: None)):
        assert os.fsync != before
    assert os.fsync == before
