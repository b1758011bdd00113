"""The README is true: every command stands in it, and every command it names is there."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import typer

from station.__main__ import app
from station.artwork.template import TemplateElement

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(of: typer.Typer = app, group: str = "") -> set[str]:
    own = {
        str(each.name or each.callback.__name__) for each in of.registered_commands if each.callback
    }
    found = {f"{group} {name}".strip().removesuffix("_") for name in own}
    for each in of.registered_groups:
        assert each.typer_instance is not None
        found |= commands(each.typer_instance, str(each.name))
    return found


def named() -> set[str]:
    """Commands in the first column of the README's table; "· x" continues the group before it."""
    found: set[str] = set()
    for line in README.split("\n"):
        if not line.startswith("| `labelstation "):
            continue
        groups = {each.partition(" ")[0] for each in commands() if " " in each}
        group = ""
        for quoted in re.findall(r"`([^`]+)`", line.split("|")[1]):
            words = quoted.removeprefix("labelstation ").split(" ")
            group = words[0] if words[0] in groups else group
            found.add(
                f"{words[0]} {words[1]}"
                if words[0] in groups
                else f"{group} {words[0]}"
                if group
                else words[0]
            )
    return found


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    assert named() == commands()


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    table = README.partition("## What each dependency is for")[2].partition("## Limits")[0]
    for wanted in project["dependencies"]:
        name = re.split(r"[<>=\[,]", wanted)[0]
        assert name in table, name


def test_files_the_readme_points_to_are_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_page_about_labels_names_every_kind_of_element() -> None:
    page = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z0-9_]+)`", page))
    kinds = {
        each.model_fields["kind"].annotation for each in get_args(get_args(TemplateElement)[0])
    }
    assert {get_args(kind)[0] for kind in kinds} <= told
