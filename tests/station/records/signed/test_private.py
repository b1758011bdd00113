"""What is private is refused as soon as others could read or exchange it."""

import os
from pathlib import Path

import pytest

from station.core.problem import Refused
from station.records.signed import private


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "secret"


def test_a_file_that_is_not_there_is_none(path: Path) -> None:
    assert private.read(path) is None


def test_what_is_made_is_for_its_owner_alone_and_leaves_nothing_else_behind(path: Path) -> None:
    private.create(path, b"one")
    assert private.read(path) == b"one"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_a_file_is_made_once_and_replaced_as_a_whole(path: Path) -> None:
    private.create(path, b"one")
    with pytest.raises(Refused, match=r"Cannot write .*secret: File exists"):
        private.create(path, b"two")
    assert private.read(path) == b"one"
    private.replace(path, b"three")
    assert private.read(path) == b"three"


def test_an_attempt_that_power_cut_off_is_done_again(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    (path.parent / ".secret.part").write_bytes(b"on")
    private.create(path, b"one")
    assert private.read(path) == b"one"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o601])
def test_a_file_that_others_can_use_is_refused(path: Path, mode: int) -> None:
    private.create(path, b"one")
    path.chmod(mode)
    with pytest.raises(
        Refused, match=f"Others can read or write .*expected mode 600, got {mode:o}"
    ):
        private.read(path)


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o1777])
def test_a_folder_that_others_can_write_is_refused(path: Path, mode: int) -> None:
    private.create(path, b"one")
    path.parent.chmod(mode)
    for attempt in (private.read, lambda each: private.replace(each, b"two")):
        with pytest.raises(Refused, match=f"Others can write in .*got {mode:o}"):
            attempt(path)


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_file_is_refused_without_waiting_for_it(path: Path, kind: str) -> None:
    path.parent.mkdir(mode=0o700)
    if kind == "pipe":
        os.mkfifo(path, mode=0o600)
    else:
        path.mkdir(mode=0o600)
    with pytest.raises(Refused, match="is not a file but a device or a pipe"):
        private.read(path)


def test_a_link_that_leads_elsewhere_is_refused(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    (tmp_path / "elsewhere").write_bytes(b"x")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match=r"Cannot read .*secret"):
        private.read(path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"a file")
    with pytest.raises(Refused, match=r"Cannot write .*: (Not a directory|File exists)"):
        private.create(tmp_path / "keys" / "secret", b"one")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as somebody else")
def test_root_makes_nothing_that_the_station_could_not_read(path: Path) -> None:
    private.create(path, b"one")
    os.chown(path.parent, 1234, 1234)
    with pytest.raises(Refused, match="belongs to user 1234: run this as that user"):
        private.replace(path, b"two")
