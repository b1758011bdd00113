"""A file of heads is believed line by line, up to the first that is not right."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from station.core.problem import Refused
from station.records.signed.head import NOTHING, canonical, document
from station.records.signed.heads import Key, fingerprint, read
from station.records.signed.second_place import Heads

AT = "2026-11-22T08:00:00.000000+00:00"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of heads with everything that can be in one, and the keys that signed it."""

    data: bytes
    old: Key
    new: Key
    folder: Path

    def read(self, data: bytes) -> tuple[str, ...]:
        """The problems of a file with these bytes."""
        path = self.folder / "copy.jsonl"
        path.write_bytes(data)
        return tuple(str(each) for each in read(path).problems)

    def lines(self) -> list[bytes]:
        return self.data.split(b"\n")[:-1]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    old = Key.open(folder / "keys" / "station.pem")
    heads = Heads(folder / "second", key=old, station="一号线")
    heads.sign(seq=3, hash="3" * 64, at=AT, why="start")
    heads.sign(seq=30, hash="a" * 64, at=AT, why="order", order="WO-1")
    heads.rotate(heads.key.successor(), at=AT)
    heads.sign(seq=40, hash="b" * 64, at=AT, why="hour")
    heads.sign_restore(seq=30, hash="a" * 64, at=AT, lost_after=41)
    heads.sign(seq=31, hash="c" * 64, at=AT, why="stop")
    return Kept(heads.path.read_bytes(), old, heads.key, folder)


def test_a_file_of_heads_tells_them_in_order_with_their_keys(kept: Kept) -> None:
    found = read(kept.folder / "second" / "heads.jsonl")
    assert found.problems == ()
    assert [(each.why, each.seq) for each in found.heads] == [
        ("key", 0),
        ("start", 3),
        ("order", 30),
        ("key", 30),
        ("hour", 40),
        ("restore", 30),
        ("stop", 31),
    ]
    assert [each.lost_after for each in found.heads if each.why == "restore"] == [41]
    assert found.keys == (kept.old.fingerprint, kept.new.fingerprint)


def test_without_a_trusted_key_the_result_says_that_the_file_vouches_for_itself(kept: Kept) -> None:
    path = kept.folder / "second" / "heads.jsonl"
    assert not read(path).trusted
    for key in (kept.old, kept.new):
        for named in (key.public, key.id, key.fingerprint, key.fingerprint.upper()):
            found = read(path, trusted=named)
            assert found.trusted
            assert found.problems == ()


def test_a_file_of_another_key_is_not_the_trusted_one(kept: Kept) -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    found = read(kept.folder / "second" / "heads.jsonl", trusted=other)
    assert not found.trusted
    (problem,) = found.problems
    assert str(problem) == (
        f"The heads are not signed by the trusted key {fingerprint(other)}, but by"
        f" {kept.old.fingerprint}, {kept.new.fingerprint}."
    )


@pytest.mark.parametrize("named", ["0", "0" * 15, "nonsense"])
def test_too_few_digits_name_no_key(kept: Kept, named: str) -> None:
    found = read(kept.folder / "second" / "heads.jsonl", trusted=named)
    assert not found.trusted
    assert "is too short to name a key" in str(found.problems[0])


def test_no_byte_of_the_file_can_be_changed(kept: Kept) -> None:
    """Every byte, each by one bit."""
    for place in range(len(kept.data)):
        changed = bytearray(kept.data)
        changed[place] ^= 1 << (place % 8)
        assert kept.read(bytes(changed)), place


@given(data=st.data())
@settings(max_examples=200)
def test_no_bit_of_the_file_can_be_changed(kept: Kept, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 8 * len(kept.data) - 1))
    changed = bytearray(kept.data)
    changed[place // 8] ^= 1 << (place % 8)
    (problem,) = kept.read(bytes(changed))[:1]
    line = kept.data[: place // 8].count(b"\n") + 1
    assert problem.startswith((f"line {line}", f"line {line + 1}"))


@given(data=st.data())
def test_no_line_can_be_taken_out_or_moved(kept: Kept, data: st.DataObject) -> None:
    lines = kept.lines()
    gone = data.draw(st.integers(0, len(lines) - 2))
    assert kept.read(b"".join(each + b"\n" for each in lines[:gone] + lines[gone + 1 :]))
    one, other = sorted(data.draw(st.lists(st.integers(0, 6), min_size=2, max_size=2, unique=True)))
    lines[one], lines[other] = lines[other], lines[one]
    (problem,) = kept.read(b"".join(each + b"\n" for each in lines))[:1]
    assert problem.startswith(f"line {one + 1}: ")


def test_a_line_cannot_be_said_twice(kept: Kept) -> None:
    assert kept.read(kept.data + kept.lines()[-1] + b"\n")[0].startswith("line 8: It was not writ")


def test_a_file_cut_off_within_a_line_says_so(kept: Kept) -> None:
    whole = {sum(len(line) + 1 for line in kept.lines()[:n]) for n in range(1, 8)}
    for size in range(0, len(kept.data), 7):
        assert bool(kept.read(kept.data[:size])) == (size not in whole)


def test_a_file_without_a_line_says_so(kept: Kept) -> None:
    assert kept.read(b"")[0].startswith("There is no line in ")


@pytest.mark.parametrize("kind", ["nothing", "folder", "pipe"])
def test_what_is_no_file_is_a_problem_and_no_crash(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "heads.jsonl"
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    (problem,) = read(path).problems
    assert str(path) in str(problem)


@given(st.binary(max_size=300))
def test_bytes_from_anywhere_are_a_problem_and_no_crash(kept: Kept, data: bytes) -> None:
    assert kept.read(data)
    assert kept.read(kept.data + data) or not data


def signed(kept: Kept, fields: Mapping[str, object], *, by: Key | None = None) -> bytes:
    """The file with one more line, signed as the station would sign it if it said such things."""
    last = document(kept.lines()[-1])
    key = by or kept.new
    whole = last | {"prev": digest(kept.lines()[-1]), "key": key.id, **fields}
    whole.pop("signature")
    line = canonical(whole | {"signature": key.sign(whole)})
    return kept.data + line + b"\n"


def digest(line: bytes) -> str:
    return sha256(line).hexdigest()


def test_the_next_line_of_the_station_is_right(kept: Kept) -> None:
    assert kept.read(signed(kept, {"seq": 32, "hash": "d" * 64})) == ()


def test_events_do_not_go_backwards_without_a_restore(kept: Kept) -> None:
    (problem,) = kept.read(signed(kept, {"seq": 30, "hash": "a" * 64}))
    assert problem == (
        "line 8: It goes back from event 31 to event 30, and no restore stands between them."
    )


def test_one_event_has_one_hash(kept: Kept) -> None:
    (problem,) = kept.read(signed(kept, {"hash": "d" * 64}))
    assert problem == "line 8: It gives event 31 another hash than the line before."


def test_a_restore_does_not_hide_what_was_signed(kept: Kept) -> None:
    (problem,) = kept.read(signed(kept, {"seq": 20, "why": "restore", "lost_after": 20}))
    assert problem == (
        "line 8: It says that nothing was known after event 20, but event 31 was signed."
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"why": "restore"},
        {"lost_after": 40},
        {"why": "key"},
        {"public": "0" * 64},
        {"endorsement": "0" * 128},
    ],
)
def test_a_line_has_the_fields_of_its_kind(kept: Kept, fields: dict[str, object]) -> None:
    problems = kept.read(signed(kept, fields))
    assert "line 8: Its fields are not those of a line of kind" in "\n".join(problems)


def test_a_strange_key_signs_nothing_here(kept: Kept, tmp_path: Path) -> None:
    strange = Key.open(tmp_path / "keys" / "strange.pem")
    (problem,) = kept.read(signed(kept, {}, by=strange))
    assert problem == f"line 8: Its key {strange.id} is not the one that signs here."
    (problem,) = kept.read(signed(kept, {"key": kept.new.id}, by=strange))
    assert problem == f"line 8: Its signature is not one of key {kept.new.id}."


def test_a_key_that_was_replaced_signs_nothing_any_more(kept: Kept) -> None:
    (problem,) = kept.read(signed(kept, {}, by=kept.old))
    assert problem == f"line 8: Its key {kept.old.id} is not the one that signs here."


def test_a_new_key_does_not_bring_itself(kept: Kept, tmp_path: Path) -> None:
    strange = Key.open(tmp_path / "keys" / "strange.pem")
    bringing = {"why": "key", "public": strange.public.hex(), "endorsement": "0" * 128}
    (problem,) = kept.read(signed(kept, bringing, by=strange))
    assert problem == "line 8: The key before did not sign the key that it brings."


def test_a_file_begins_with_its_key(kept: Kept) -> None:
    (_, *rest) = kept.lines()
    assert "line 1: The first line has to bring the public key" in kept.read(rest[0] + b"\n")[0]


def test_a_key_is_made_once_and_is_the_same_ever_after(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "station.pem"
    with pytest.raises(Refused, match=r"There is no key in .* yet"):
        Key.load(path)
    key = Key.open(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Key.open(path).public == Key.load(path).public == key.public
    assert key.id == fingerprint(key.public)[:16]
    assert load_pem_public_key(key.pem).public_bytes(Encoding.Raw, PublicFormat.Raw) == key.public
    assert "PRIVATE" not in repr(key)


def pem(key: Ed25519PrivateKey, *, password: bytes = b"") -> bytes:
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


MADE = Ed25519PrivateKey.generate()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"\xff" * 40_000,
        pem(MADE)[:60],
        pem(MADE, password=b"secret"),
        MADE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        generate_private_key(SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
    ],
    ids=["empty", "nonsense", "large", "cut", "locked", "public", "of another kind"],
)
def test_a_file_that_is_no_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "station.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Refused, match="is not a key of a station: expected an Ed25519 private key"):
        Key.open(path)
    assert path.read_bytes() == content


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "station.pem"
    Key.open(path)
    path.chmod(0o644)
    with pytest.raises(Refused, match="Others can read or write"):
        Key.open(path)


def test_a_copy_of_the_file_is_checked_far_from_the_station(kept: Kept, tmp_path: Path) -> None:
    shutil.copy(kept.folder / "second" / "heads.jsonl", tmp_path / "copy.jsonl")
    public = load_pem_public_key((kept.folder / "second" / f"{kept.new.id}.pub").read_bytes())
    trusted = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    found = read(tmp_path / "copy.jsonl", trusted=trusted)
    assert found.trusted
    assert found.problems == ()


def test_a_first_line_goes_on_from_nothing(kept: Kept) -> None:
    assert document(kept.lines()[0])["prev"] == NOTHING
