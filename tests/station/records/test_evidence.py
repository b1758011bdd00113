"""Pictures are kept once, under their own digest, and never overwritten."""

import hashlib
from pathlib import Path

import pytest

from drivers.interface import Condition, NotReady
from station.core.problem import Refused
from station.records.evidence import Evidence


def test_a_picture_is_found_under_its_digest(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    name = evidence.keep(b"picture")
    assert name == hashlib.sha256(b"picture").hexdigest()
    assert evidence.path(name).read_bytes() == b"picture"


def test_the_same_picture_twice_is_one_file_that_is_not_touched(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    path = evidence.path(evidence.keep(b"picture"))
    before = path.stat()
    evidence.keep(b"picture")
    assert path.stat() == before
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [path]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 63 + "/"])
def test_what_is_not_a_digest_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="is not the digest of a picture"):
        Evidence(tmp_path).path(name)


def test_too_little_room_is_a_fault_before_the_disk_is_full(tmp_path: Path) -> None:
    with pytest.raises(NotReady) as fault:
        Evidence(tmp_path, spare=10**18).check_space()
    assert fault.value.conditions == (Condition.DISK_FULL,)
    Evidence(tmp_path, spare=1).check_space()
