from pathlib import Path

import pytest

from torture import power
from torture.invariant import Invariant
from torture.seeded import does_not_sync
from torture.tracer import Point

pytestmark = pytest.mark.skipif(bool(power.missing()), reason=power.missing() or "it can fail")


def test_what_was_synced_is_there_after_a_power_failure_and_what_was_not_is_gone(
    tmp_path: Path,
) -> None:
    with power.Disk(tmp_path) as disk:
        synced, lost = disk.mounted / "synced", disk.mounted / "lost"
        synced.write_text("here")
        disk.sync()
        lost.write_text("gone")
        disk.fail()
        assert synced.read_text() == "here"
        assert not lost.exists()


def test_a_disk_is_unmounted_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(KeyError), power.Disk(tmp_path) as disk:
        raise KeyError(disk.mounted)
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text()


@pytest.mark.parametrize("point", [Point("sendto", 12), Point("fdatasync", 28)], ids=str)
def test_a_power_failure_loses_nothing(point: Point) -> None:
    assert tuple(power.failed_at((point,))) == ()


def test_a_station_that_does_not_sync_is_found_out() -> None:
    """Without this the harness would prove nothing."""
    found = tuple(power.failed_at((Point("sendto", 20),), make_cycle=does_not_sync))
    assert any(each.startswith(Invariant.ISSUED) for each in found), found


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(power.Unable, match=r"^umount: .*not mounted"):
        power._run("umount", "/proc/self/fd")
