"""`labelstation person`: who may sign in, for the admin of the machine."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app

RUN = CliRunner(env={"LC_ALL": "C.UTF-8", "COLUMNS": "200"})
PASSWORD = "three blue rolls of ribbon"
WHO = ("--by", "王芳", "--reason", "new here")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text("data: data\nname: Line 1\nweb: {port: 0}\n")
    return path


def person(settings: Path, *words: str, typed: str = "") -> Result:
    return RUN.invoke(app, ["person", *words, "--config", str(settings)], input=typed)


def listed(settings: Path) -> list[dict[str, object]]:
    told = person(settings, "list", "--json")
    assert told.exit_code == 0, told.stderr
    found: list[dict[str, object]] = json.loads(told.stdout)
    return found


def test_somebody_may_sign_in_and_no_secret_is_kept_or_shown(settings: Path) -> None:
    added = person(settings, "add", "Anna Li", "--role", "admin", *WHO, typed=f"{PASSWORD}\n")
    assert added.exit_code == 0, added.stderr
    operator = ("add", "李雷", "--role", "operator", "--badge", *WHO)
    assert person(settings, *operator, typed="B-0042\n482915\n").exit_code == 0
    assert [(each["name"], each["roles"], each["badge"]) for each in listed(settings)] == [
        ("Anna Li", ["admin"], False),
        ("李雷", ["operator"], True),
    ]
    kept = b"".join(
        each.read_bytes() for each in (settings.parent / "data").rglob("*") if each.is_file()
    )
    for secret in (PASSWORD, "482915", "B-0042"):
        assert secret.encode() not in kept
    assert "Anna Li" in person(settings, "list").stdout


def test_roles_secrets_and_badges_change_and_people_go(settings: Path) -> None:
    person(settings, "add", "Anna Li", "--role", "admin", *WHO, typed=f"{PASSWORD}\n")
    person(settings, "add", "李雷", "--role", "operator", *WHO, typed=f"{PASSWORD}\n")
    for words, typed in (
        (("roles", "李雷", "--role", "supervisor"), ""),
        (("badge", "李雷"), "B-0042\n"),
        (("secret", "李雷"), "482915\n"),
        (("unlock", "李雷"), ""),
        (("retire", "李雷"), ""),
    ):
        told = person(settings, *words, *WHO, typed=typed)
        assert told.exit_code == 0, told.stderr
    assert listed(settings)[1] == {
        "name": "李雷", "roles": ["supervisor"], "badge": False, "failures": 0, "retired": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "typed", "why"),
    [
        (("add", "Anna Li", "--role", "admin", *WHO), "short\n", "Expected a password of 12"),
        (("add", "Anna Li", "--role", "boss", *WHO), f"{PASSWORD}\n", "Expected roles of"),
        (("add", "Anna Li", "--role", "admin"), f"{PASSWORD}\n", "Say who you are"),
        (("add", "A", "--role", "admin", "--badge", *WHO), "B\n482915\n", "Expected a badge"),
        (("secret", "nobody", *WHO), f"{PASSWORD}\n", "There is nobody called nobody"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    settings: Path, words: tuple[str, ...], typed: str, why: str
) -> None:
    person(settings, "add", "First", "--role", "admin", *WHO, typed=f"{PASSWORD}\n")
    told = person(settings, *words, typed=typed)
    assert told.exit_code == 2
    assert why in told.stderr
    assert [each["name"] for each in listed(settings)] == ["First"]
