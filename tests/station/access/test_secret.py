"""Secrets are kept as nobody can read them back, and weak ones are not taken."""

from pathlib import Path

import pytest

from station.access.secret import KEY_BYTES, Secrets, secret_problem
from station.core.problem import Refused


def test_a_secret_proves_itself_and_no_other_does() -> None:
    secrets = Secrets(bytes(KEY_BYTES))
    kept = secrets.hashed("482915")
    assert kept.startswith("$argon2id$")
    assert "482915" not in kept
    assert secrets.proves("482915", kept)
    assert not secrets.proves("482916", kept)


def test_the_journal_alone_is_not_enough_to_try_secrets() -> None:
    kept = Secrets(bytes(KEY_BYTES)).hashed("482915")
    assert not Secrets(b"x" * KEY_BYTES).proves("482915", kept)


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_without_a_credential_nothing_proves_anything(kept: str | None) -> None:
    assert not Secrets(bytes(KEY_BYTES)).proves("nobody has this one", kept)


def test_a_badge_is_found_by_its_digest_and_says_nothing_of_itself() -> None:
    secrets = Secrets(bytes(KEY_BYTES))
    assert secrets.badge("B-0042") == secrets.badge("B-0042")
    assert secrets.badge("B-0042") != Secrets(b"x" * KEY_BYTES).badge("B-0042")


@pytest.mark.parametrize("pin", ["482915", "90210042"])
def test_six_digits_are_enough_with_a_badge_only(pin: str) -> None:
    assert secret_problem(pin, badge=True, name="Anna") is None
    assert secret_problem(pin, badge=False, name="Anna") is not None


@pytest.mark.parametrize("pin", ["", "1234", "111111", "123456", "987654", "12345"])
def test_a_pin_that_anybody_would_try_is_not_taken(pin: str) -> None:
    assert secret_problem(pin, badge=True, name="Anna") is not None


@pytest.mark.parametrize("password", ["short", "a" * 20, "anna-at-the-line", "x" * 200])
def test_a_weak_password_is_not_taken(password: str) -> None:
    assert secret_problem(password, badge=False, name="Anna") is not None


def test_a_sentence_is_a_password() -> None:
    assert secret_problem("three blue rolls of ribbon", badge=False, name="Anna") is None


def test_the_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "people.key"
    kept = Secrets.open(path).hashed("482915")
    assert Secrets.open(path).proves("482915", kept)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(Refused, match="only the station's own user can read"):
        Secrets.open(path)


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(Refused, match="32 bytes"):
        Secrets.open(path)
    with pytest.raises(Refused, match="cannot be read"):
        Secrets.open(tmp_path / "people.key" / "inside")
