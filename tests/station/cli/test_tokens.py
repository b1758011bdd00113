"""`labelstation token`: which machines may ask through the API."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app

RUN = CliRunner(env={"LC_ALL": "C.UTF-8", "COLUMNS": "200"})
WHO = ("--by", "王芳", "--reason", "the MES moves in")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text("data: data\nname: Line 1\nweb: {port: 0}\n")
    return path


def token(settings: Path, *words: str) -> Result:
    return RUN.invoke(app, ["token", *words, "--config", str(settings)])


def listed(settings: Path) -> list[dict[str, object]]:
    told = token(settings, "list", "--json")
    assert told.exit_code == 0, told.stderr
    found: list[dict[str, object]] = json.loads(told.stdout)
    return found


def test_a_token_is_shown_once_and_kept_nowhere(settings: Path) -> None:
    scopes = ("--scopes", "orders:read,orders:write", "--days", "90")
    issued = token(settings, "add", "mes-1", *scopes, *WHO)
    assert issued.exit_code == 0, issued.stderr
    secret = issued.stdout.strip()
    assert secret.startswith("lst_")
    assert len(secret) > 40
    (shown,) = listed(settings)
    assert (shown["name"], shown["scopes"]) == ("mes-1", "orders:read,orders:write")
    assert shown["expires"]
    assert shown["revoked"] is None
    assert "王芳" in str(shown["by"])
    files = [each for each in (settings.parent / "data").rglob("*") if each.is_file()]
    assert not any(secret.encode() in each.read_bytes() for each in files)
    assert secret not in token(settings, "list").stdout


def test_a_revoked_token_stays_in_the_list_and_its_name_is_not_given_again(settings: Path) -> None:
    assert token(settings, "add", "mes-1", "--scopes", "orders:read", *WHO).exit_code == 0
    assert token(settings, "revoke", "mes-1", *WHO).exit_code == 0
    (shown,) = listed(settings)
    assert shown["revoked"]
    again = token(settings, "add", "MES-1", "--scopes", "orders:read", *WHO)
    assert again.exit_code == 2
    assert "There is or was a token MES-1" in again.stderr
    twice = token(settings, "revoke", "mes-1", *WHO)
    assert (twice.exit_code, twice.stderr) == (2, "There is no token mes-1 that holds.\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("a b", "--scopes", "orders:read"), "beginning with a letter or digit"),
        (("mes", "--scopes", "orders"), "There is no scope 'orders'"),
        (("mes",), "Expected some of: orders:read, orders:write, records:read."),
        (("mes", "--scopes", "orders:read", "--days", "99999"), "A token holds for 1 to 3650 days"),
    ],
)
def test_what_makes_no_token_is_said(settings: Path, words: tuple[str, ...], expected: str) -> None:
    refused = token(settings, "add", *words, *WHO)
    assert refused.exit_code == 2
    assert expected in refused.stderr
    assert refused.stdout == ""


def test_a_token_takes_somebody_and_a_reason(settings: Path) -> None:
    assert token(settings, "add", "mes", "--scopes", "orders:read").exit_code == 2
