"""What was signed stays signed, whatever happens to the second place; and nothing in it is lost."""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.interface import Condition, NotReady
from station.core.problem import Refused
from station.records.signed.head import NOTHING, check_against, document
from station.records.signed.heads import Key, fingerprint, read
from station.records.signed.second_place import FILE, Heads, public_key, same_disk, set_aside

AT = "2026-11-22T08:00:00.000000+00:00"


RoomFor = Callable[[int], AbstractContextManager[None]]


class Place:
    """A station's key and the folder its heads go to."""

    def __init__(self, base: Path) -> None:
        self.folder = base / "second"
        self.path = self.folder / FILE
        self.key_path = base / "keys" / "station.pem"

    def open(self) -> Heads:
        return Heads(self.folder, key=Key.open(self.key_path), station="Line 1")

    def lines(self) -> list[bytes]:
        return self.path.read_bytes().split(b"\n")[:-1]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def sign(heads: Heads, seq: int) -> None:
    heads.sign(seq=seq, hash=f"{seq:064x}", at=AT, why="hour")


def allow_growth_only(path: Path) -> bool:
    """As an administrator of the other machine can; whether it was done."""
    if shutil.which("chattr") is None:
        return False
    tried = subprocess.run(["chattr", "+a", path], check=False, stderr=subprocess.DEVNULL)
    return tried.returncode == 0


def test_the_first_head_begins_the_file_with_the_public_key(place: Place) -> None:
    heads = place.open()
    assert heads.last is None
    assert not place.path.exists()
    head = heads.sign(seq=1, hash="a" * 64, at=AT, why="start")
    assert (head.seq, head.hash, head.at, head.why, head.order) == (1, "a" * 64, AT, "start", "")
    first, second = (document(each) for each in place.lines())
    assert bytes.fromhex(str(first["public"])) == heads.key.public
    assert (second["station"], second["key"]) == ("Line 1", heads.key.id)
    assert public_key(place.folder, heads.key).read_bytes() == heads.key.pem


def test_a_station_goes_on_where_its_heads_end(place: Place) -> None:
    sign(place.open(), 1)
    again = place.open()
    assert again.last
    assert again.last.seq == 1
    sign(again, 2)
    assert [each.seq for each in again.heads] == [0, 1, 2]
    assert read(place.path, trusted=again.key.public).problems == ()


def test_a_head_that_cannot_be_true_is_not_signed(place: Place) -> None:
    heads = place.open()
    sign(heads, 5)
    before = place.path.read_bytes()
    with pytest.raises(Refused, match="goes back from event 5 to event 4"):
        sign(heads, 4)
    with pytest.raises(Refused, match="gives event 5 another hash"):
        heads.sign(seq=5, hash="f" * 64, at=AT, why="stop")
    for why in ("key", "restore"):
        with pytest.raises(Refused, match="fields are not those"):
            heads.sign(seq=6, hash="f" * 64, at=AT, why=why)
    assert place.path.read_bytes() == before
    sign(heads, 6)


def test_a_restored_journal_may_end_earlier_and_that_is_visible_for_ever(place: Place) -> None:
    heads = place.open()
    sign(heads, 5)
    sign(heads, 9)
    head = heads.sign_restore(seq=5, hash=f"{5:064x}", at=AT, lost_after=5)
    assert (head.why, head.seq, head.lost_after) == ("restore", 5, 9), "event 9 is known to be lost"
    heads.sign(seq=6, hash="6" * 64, at=AT, why="start")
    found = read(place.path)
    assert found.problems == ()
    assert [each.seq for each in found.heads] == [0, 5, 9, 5, 6]
    hashes = {5: f"{5:064x}", 6: "6" * 64}
    assert check_against(found.heads, hashes.get, last_seq=6) == ()


def test_a_longer_name_than_a_line_takes_is_cut(place: Place) -> None:
    heads = Heads(place.folder, key=Key.open(place.key_path), station="站" * 5000)
    sign(heads, 1)
    assert read(place.path).problems == ()


@pytest.mark.parametrize("size", [1, 40, -2, -1])
def test_a_line_that_power_cut_off_is_made_good(place: Place, size: int) -> None:
    """Nobody was told that it was kept, so it goes, or gets its end where only that is missing."""
    sign(place.open(), 1)
    note = place.key_path.with_name("station.pem.signed")
    told = note.read_bytes()
    sign(place.open(), 2)
    note.write_bytes(told)
    whole = place.path.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1
    place.path.write_bytes(whole[: start + size] if size > 0 else whole[:size])
    heads = place.open()
    assert heads.last
    assert heads.last.seq == (2 if size == -1 else 1)
    assert place.path.read_bytes() == (whole if size == -1 else whole[:start])
    sign(heads, 3)
    assert read(place.path).problems == ()


def test_a_line_that_was_kept_is_never_taken_for_one_that_was_cut_off(place: Place) -> None:
    sign(place.open(), 1)
    sign(place.open(), 2)
    cut = place.path.read_bytes()[:-9]
    place.path.write_bytes(cut)
    with pytest.raises(Refused, match=r"signed last, of event 2 on .*, is not in it"):
        place.open()
    assert place.path.read_bytes() == cut


def test_only_its_end_is_missing_of_a_line_that_was_kept(place: Place) -> None:
    sign(place.open(), 1)
    whole = place.path.read_bytes()
    place.path.write_bytes(whole[:-1])
    place.open()
    assert place.path.read_bytes() == whole


@pytest.mark.parametrize("left", ["nothing", "empty file", "older copy", "other heads"])
def test_a_share_that_is_not_the_one_is_noticed(place: Place, tmp_path: Path, left: str) -> None:
    heads = place.open()
    sign(heads, 1)
    older = place.path.read_bytes()
    sign(heads, 2)
    shutil.rmtree(place.folder)
    if left != "nothing":
        place.folder.mkdir()
    if left == "empty file":
        place.path.touch()
    if left == "older copy":
        place.path.write_bytes(older)
    if left == "other heads":
        sign(Heads(place.folder, key=Key.open(tmp_path / "other" / "x.pem"), station="x"), 1)
    before = place.path.read_bytes() if place.path.exists() else None
    with pytest.raises(Refused, match=r"event 2 on .* is not in it\. Is the right place mounted"):
        place.open()
    assert before == (place.path.read_bytes() if place.path.exists() else None)


@pytest.mark.parametrize("change", ["flip", "swap", "drop"])
def test_a_file_that_was_changed_is_refused_and_left_alone(place: Place, change: str) -> None:
    heads = place.open()
    for seq in (1, 2, 3):
        sign(heads, seq)
    lines = place.lines()
    if change == "flip":
        lines[2] = lines[2].replace(b"hour", b"stop")
    if change == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    if change == "drop":
        del lines[1]
    changed = b"".join(line + b"\n" for line in lines) + b"a piece"
    place.path.write_bytes(changed)
    with pytest.raises(Refused, match=rf"{FILE}\.line [23]: It"):
        place.open()
    assert place.path.read_bytes() == changed


def test_heads_of_another_station_are_refused_and_left_alone(place: Place, tmp_path: Path) -> None:
    sign(place.open(), 1)
    with place.path.open("ab") as file:
        file.write(b"half a li")
    before = place.path.read_bytes()
    other = Key.open(tmp_path / "other" / "station.pem")
    with pytest.raises(Refused, match=f"but the key of this station is {other.id}"):
        Heads(place.folder, key=other, station="Line 2")
    assert place.path.read_bytes() == before


def test_a_place_that_takes_nothing_is_a_fault_of_the_machine(place: Place) -> None:
    heads = place.open()
    place.folder.write_bytes(b"a file where the folder should be")
    with pytest.raises(NotReady) as fault:
        sign(heads, 1)
    assert fault.value.device == "second place"
    assert fault.value.conditions == (Condition.HEAD_NOT_KEPT,)
    place.folder.unlink()
    sign(heads, 1)
    assert read(place.path).problems == ()


def test_a_place_that_only_lets_files_grow_is_enough(place: Place) -> None:
    heads = place.open()
    sign(heads, 1)
    if not allow_growth_only(place.path):
        pytest.skip("needs root, chattr and a file system with append-only files")
    try:
        sign(heads, 2)
        with pytest.raises(PermissionError):
            place.path.write_bytes(b"")
    finally:
        subprocess.run(["chattr", "-a", place.path], check=True)
    assert read(place.path).problems == ()


def test_a_place_that_is_full_is_a_fault_and_goes_on_when_there_is_room(
    place: Place, room_for: RoomFor
) -> None:
    heads = place.open()
    sign(heads, 1)
    with room_for(place.path.stat().st_size + 100), pytest.raises(NotReady, match="No space left"):
        sign(heads, 2)
    assert read(place.path).problems, "half a line is left"
    sign(heads, 2)
    assert [each.seq for each in read(place.path).heads] == [0, 1, 2]
    assert read(place.path).problems == ()


def test_a_place_that_comes_and_goes_is_used_again_when_it_is_back(
    place: Place, tmp_path: Path
) -> None:
    heads = place.open()
    sign(heads, 1)
    place.folder.rename(tmp_path / "away")
    with pytest.raises(NotReady, match="No such file"):
        sign(heads, 2)
    assert not place.folder.exists()
    (tmp_path / "away").rename(place.folder)
    sign(heads, 2)
    assert read(place.path).problems == ()


def test_a_place_that_was_exchanged_while_in_use_is_a_fault(place: Place) -> None:
    heads = place.open()
    sign(heads, 1)
    place.path.write_bytes(place.path.read_bytes()[:-200])
    with pytest.raises(NotReady, match="exchanged or cut off while it was in use"):
        sign(heads, 2)


def test_a_line_that_was_written_but_not_reported_is_found_and_followed(place: Place) -> None:
    """The other writer is this station itself, before an error on the way back."""
    one, other = place.open(), place.open()
    sign(one, 1)
    sign(other, 2)
    sign(one, 3)
    assert [each.seq for each in one.heads] == [0, 1, 2, 3]


def test_a_new_key_takes_the_file_of_the_one_before(place: Place) -> None:
    heads = place.open()
    sign(heads, 1)
    old = heads.key
    heads.rotate(old.successor(), at=AT)
    sign(heads, 2)
    assert heads.key.path == place.key_path
    assert not old.next_path.exists()
    assert Key.open(place.key_path).public == heads.key.public != old.public
    assert read(place.path).keys == (old.fingerprint, heads.key.fingerprint)
    assert read(place.path, trusted=old.id).problems == ()
    assert place.open().last == heads.last


def test_a_key_can_be_the_first_thing_that_changes(place: Place) -> None:
    heads = place.open()
    heads.rotate(heads.key.successor(), at=AT)
    assert heads.last is None
    sign(heads, 1)
    assert read(place.path).problems == ()


def test_power_may_fail_before_the_next_key_is_endorsed(place: Place) -> None:
    heads = place.open()
    sign(heads, 1)
    waiting = heads.key.successor()
    again = place.open()
    assert again.key.public == heads.key.public
    again.rotate(again.key.successor(), at=AT)
    assert again.key.public == waiting.public


def test_power_may_fail_before_the_next_key_has_its_place(place: Place) -> None:
    heads = place.open()
    sign(heads, 1)
    before = place.key_path.read_bytes()
    heads.rotate(heads.key.successor(), at=AT)
    place.key_path.rename(heads.key.next_path)
    place.key_path.write_bytes(before)
    place.key_path.chmod(0o600)
    again = place.open()
    assert again.key.public == heads.key.public
    assert not again.key.next_path.exists()
    sign(again, 2)
    assert read(place.path).problems == ()


def test_a_place_that_is_lost_begins_anew_where_the_old_one_ended(place: Place) -> None:
    heads = place.open()
    sign(heads, 7)
    last = place.lines()[-1]
    shutil.rmtree(place.folder)
    set_aside(place.folder, key=heads.key)
    again = place.open()
    again.sign(seq=8, hash="8" * 64, at=AT, why="start")
    found = read(place.path)
    assert found.problems == ()
    assert [each.seq for each in found.heads] == [7, 8]
    assert document(place.lines()[0])["prev"] == fingerprint(last)
    assert check_against(found.heads, {8: "8" * 64}.get, last_seq=8), "event 7 is still held to"


def test_a_file_that_is_spoilt_is_set_aside_and_never_overwritten(place: Place) -> None:
    heads = place.open()
    for spoilt, name in ((b"spoilt\n", "heads-1.jsonl"), (b"again\n", "heads-2.jsonl")):
        sign(heads, 1)
        place.path.write_bytes(spoilt)
        set_aside(place.folder, key=heads.key)
        assert (place.folder / name).read_bytes() == spoilt
        heads = place.open()
    sign(heads, 2)
    assert read(place.path).problems == ()


def test_a_note_that_nobody_can_read_any_more_does_not_keep_heads_from_beginning_anew(
    place: Place,
) -> None:
    sign(place.open(), 1)
    place.key_path.with_name("station.pem.signed").write_bytes(b"spoilt")
    with pytest.raises(Refused, match=r"of event \? on \?, is not in it"):
        place.open()
    set_aside(place.folder, key=Key.open(place.key_path))
    heads = place.open()
    sign(heads, 2)
    assert document(place.lines()[0])["hash"] == NOTHING
    assert read(place.path).problems == ()


def test_heads_beside_the_journal_are_on_the_same_disk(tmp_path: Path) -> None:
    assert same_disk(tmp_path / "data" / "heads", tmp_path / "data")
    assert not same_disk(tmp_path, Path("/proc"))


@given(steps=st.lists(st.sampled_from(["sign", "again", "tear", "rotate", "restore"]), max_size=12))
@settings(max_examples=40)
def test_whatever_happens_the_file_is_right_and_holds_every_head_that_was_told(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    place = Place(tmp_path_factory.mktemp("place"))
    heads, seq, told = place.open(), 0, []
    for step in steps:
        if step == "sign":
            seq += 1
            told.append(heads.sign(seq=seq, hash=f"{seq:064x}", at=AT, why="hour"))
        if step == "again":
            heads = place.open()
        if step == "tear" and told:
            with place.path.open("ab") as file:
                file.write(place.lines()[-1][:50])
        if step == "rotate":
            heads.rotate(heads.key.successor(), at=AT)
        if step == "restore":
            seq //= 2
            told.append(heads.sign_restore(seq=seq, hash=f"{seq:064x}", at=AT, lost_after=seq))
    heads = place.open()
    kept = [each for each in heads.heads if each.why != "key"]
    assert kept == told
    if steps and set(steps) - {"again", "tear"}:
        assert read(place.path, trusted=heads.key.public).problems == ()
