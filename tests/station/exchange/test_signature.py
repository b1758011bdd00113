"""A key is a secret of the right length that nobody else can read."""

from pathlib import Path

import pytest

from station.core.problem import Refused
from station.exchange.signature import Key

GOOD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def kept(folder: Path, text: str, *, mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_key_is_read_from_a_file(tmp_path: Path) -> None:
    assert Key.load(kept(tmp_path, f"{GOOD}\n")) == Key.parse(GOOD)


def test_a_key_is_not_shown() -> None:
    assert "MfKQ" not in repr(Key.parse(GOOD))
    assert "secret" not in repr(Key.parse(GOOD))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_can_read_is_none(tmp_path: Path, mode: int) -> None:
    with pytest.raises(Refused, match="can be read by others"):
        Key.load(kept(tmp_path, GOOD, mode=mode))


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_short", GOOD[6:], "whsec_" + "A" * 100, "whsec_é", "whsec_!!!!"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match="Expected whsec_"):
        Key.load(kept(tmp_path, text))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Cannot read"):
        Key.load(tmp_path / "none")
