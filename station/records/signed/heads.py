"""Signed heads: what the journal said, kept where whoever changes the journal cannot reach.

A chain of hashes does not miss its own end: cut off the newest events, or write all of them anew,
and it is whole again. It misses them against a head, the number and hash of an event that was the
last one at some time, if that was signed and lies in a second place.

There lies a file of lines, each with a head, the SHA-256 of the line before, and an Ed25519
signature (RFC 8032) over everything else in it. The first line brings the public key. A new key
comes with a line that both keys have signed. A restored journal goes back to an earlier event, and
its line says so for ever.

This is the only module that knows how signatures are made and checked.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import parse
from station.records.signed import private
from station.records.signed.head import NOTHING, Head, Line, canonical, document
from station.records.signed.lines import Lines

_HEAD, _KEY = b"labelstation head 1\n", b"labelstation key 1\n"
"""What a signature is for stands before what is signed: none can be used for anything else."""


@dataclass(frozen=True, slots=True)
class Key:
    """The station's private key, Ed25519, in a file of its own."""

    path: Path
    _private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> "Key":
        """The key in this file (PEM, PKCS #8); it is made if there is none. Raises Refused."""
        if private.read(path) is None:
            made = Ed25519PrivateKey.generate()
            pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            private.create(path, pem)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "Key":
        """The key in this file. Raises Refused, also where there is none."""
        found = private.read(path)
        if found is None:
            raise Refused(
                problem(
                    "There is no key in {path} yet: the station makes it when it first runs.",
                    path=str(path),
                )
            )
        try:
            key = load_pem_private_key(found, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise Refused(
                problem(
                    "{path} is not a key of a station: expected an Ed25519 private key in PEM,"
                    " without a password.",
                    path=str(path),
                )
            )
        return cls(path, key)

    @property
    def public(self) -> bytes:
        """The 32 bytes that others check signatures with."""
        return self._private.public_key().public_bytes_raw()

    @property
    def pem(self) -> bytes:
        """The public key as other programs read it."""
        return self._private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public)

    @property
    def id(self) -> str:
        """The first 16 digits of the fingerprint, which is enough to tell keys apart."""
        return self.fingerprint[:16]

    @property
    def next_path(self) -> Path:
        """Where the next key waits until it takes over."""
        return self.path.with_name(f"{self.path.name}.next")

    def successor(self) -> "Key":
        """The key that is to come after this one, made if it was not before. Raises Refused."""
        return Key.open(self.next_path)

    def take_over(self, path: Path) -> "Key":
        """The same key in the file of the one before it, which is gone then. Raises Refused."""
        private.move(self.path, path)
        return Key(path, self._private)

    def sign(self, fields: dict[str, Any]) -> str:
        """The signature of a line, hexadecimal."""
        return self._private.sign(_HEAD + canonical(fields)).hex()

    def endorse(self, fields: dict[str, Any]) -> str:
        """The signature of the key before under the line that brings the next one."""
        return self._private.sign(_KEY + canonical(fields)).hex()


def fingerprint(public: bytes) -> str:
    """SHA-256 of the 32 bytes of a public key, hexadecimal: what people compare."""
    return hashlib.sha256(public).hexdigest()


@dataclass(frozen=True, slots=True)
class Chain:
    """What has to be known of the lines before, to judge the next."""

    count: int = 0
    prev: str = NOTHING
    """SHA-256 of the last line."""

    public: bytes = b""
    """The key that signs now."""

    last: Head | None = None

    @property
    def key(self) -> str:
        """Its id."""
        return fingerprint(self.public)[:16]

    def follow(self, raw: bytes) -> "Chain":
        """The chain with one more line, whose head is its last. Raises Refused."""
        try:
            fields = document(raw)
            line = parse(Line, fields)
            refuse((*self._misplaced(line), *self._unsigned(line, fields)))
        except Refused as refused:
            raise refused.within(f"line {self.count + 1}") from None
        public = bytes.fromhex(line.public) if line.public else self.public
        return Chain(self.count + 1, hashlib.sha256(raw).hexdigest(), public, line.head)

    def _misplaced(self, line: Line) -> Iterator[Problem]:
        """What is wrong with a line in this place, whoever signed it."""
        if (
            (line.why == "key") != (line.public is not None)
            or (line.why == "restore") != (line.lost_after is not None)
            or (line.endorsement is not None) != (line.why == "key" and self.count > 0)
        ):
            yield problem("Its fields are not those of a line of kind {why}.", why=line.why)
        if self.last is None:
            if line.why != "key":
                yield problem("The first line has to bring the public key, and does not.")
            return
        if line.prev != self.prev:
            yield problem(
                "It was not written after the line before it: a line is missing, moved or changed."
            )
        yield from _backwards(self.last, line)

    def _unsigned(self, line: Line, fields: dict[str, Any]) -> Iterator[Problem]:
        """Whether the right key signed it, and both keys where one hands over to the next."""
        public = bytes.fromhex(line.public) if line.public else self.public
        rest = {name: value for name, value in fields.items() if name != "signature"}
        if line.key != fingerprint(public)[:16]:
            yield problem("Its key {key} is not the one that signs here.", key=line.key)
        elif not _signed(public, line.signature, _HEAD + canonical(rest)):
            yield problem("Its signature is not one of key {key}.", key=line.key)
        if line.endorsement and self.public:
            rest.pop("endorsement")
            if not _signed(self.public, line.endorsement, _KEY + canonical(rest)):
                yield problem("The key before did not sign the key that it brings.")


def _backwards(last: Head, line: Line) -> Iterator[Problem]:
    """A journal only grows, unless it was restored."""
    if line.why == "restore":
        if line.lost_after is not None and line.lost_after < max(line.seq, last.seq):
            yield problem(
                "It says that nothing was known after event {got}, but event {seq} was signed.",
                got=line.lost_after,
                seq=max(line.seq, last.seq),
            )
    elif line.seq < last.seq:
        yield problem(
            "It goes back from event {last} to event {seq}, and no restore stands between them.",
            last=last.seq,
            seq=line.seq,
        )
    elif line.seq == last.seq and line.hash != last.hash:
        yield problem("It gives event {seq} another hash than the line before.", seq=line.seq)


def _signed(public: bytes, signature: str, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file of heads holds, up to the first line that is not right."""

    heads: tuple[Head, ...]
    """In the order they were signed."""

    keys: tuple[str, ...]
    """Fingerprints of the keys, in the order they came."""

    problems: tuple[Problem, ...]
    trusted: bool
    """One of the keys is the one that was asked for. Otherwise they are only what the file itself
    says, and whoever wrote all of it wrote them as well.
    """


def read(path: Path, *, trusted: bytes | str = "") -> Verified:
    """Every line of a file of heads, checked; it may be a copy, far from the station.

    `trusted` is the public key (32 bytes), its fingerprint or its id, as QA keeps it. Any key of
    the file will do, for each vouches for the one before and after it. Where the key before may
    have been stolen, only the newest tells a false file from the true one.
    """
    wanted = fingerprint(trusted) if isinstance(trusted, bytes) else trusted.lower()
    heads: list[Head] = []
    keys: dict[str, None] = {}
    problems: list[Problem] = []
    try:
        for chain in followed(Lines(path)):
            heads.extend((chain.last,) if chain.last else ())
            keys[fingerprint(chain.public)] = None
    except Refused as refused:
        problems.extend(refused.problems)
    except OSError as error:
        why = error.strerror or "?"
        problems.append(problem("Cannot read {path}: {why}.", path=str(path), why=why))
    known = len(wanted) >= 16 and any(each.startswith(wanted) for each in keys)
    if wanted and not known:
        problems.append(_strange(wanted, tuple(keys)))
    return Verified(tuple(heads), tuple(keys), tuple(problems), known)


def followed(lines: Lines) -> Iterator[Chain]:
    """The chain after each line of a file that nobody writes to. Raises Refused, OSError."""
    chain = Chain()
    for raw in lines.unread():
        chain = chain.follow(raw)
        yield chain
    if lines.piece:
        where = f"line {chain.count + 1}"
        raise Refused(problem("It has no end: it was cut off, or is being written.", where=where))
    if not chain.count:
        raise Refused(problem("There is no line in {path}.", path=str(lines.path)))


def _strange(wanted: str, keys: tuple[str, ...]) -> Problem:
    if len(wanted) < 16:
        return problem(
            "{got!r} is too short to name a key: expected 16 to 64 hexadecimal digits.", got=wanted
        )
    return problem(
        "The heads are not signed by the trusted key {expected}, but by {got}.",
        expected=wanted[:64],
        got=", ".join(keys) or "none",
    )
