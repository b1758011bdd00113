"""The profiles of a folder are loaded whole, or not at all."""

from pathlib import Path

import pytest

from station.config import shipped
from station.core.problem import Refused
from station.line.profiles import load

GROUND = """
name: ground
market: none
title: {zh: 基本规则, en: Ground}
always: true
needs: [{ai: "01", need: required, clause: "1"}]
"""


def test_the_shipped_profiles_load_and_each_stands_in_its_own_file() -> None:
    files = {path.stem for path in shipped("profiles").glob("*.yaml")}
    assert set(load(shipped("profiles"))) == files


def test_every_problem_of_every_file_comes_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GROUND.replace('clause: "1"', 'clause: ""'), "utf-8")
    (tmp_path / "b.yaml").write_text("name: [", "utf-8")
    (tmp_path / "c.yaml").write_text(GROUND.replace('"01"', "01"), "utf-8")
    with pytest.raises(Refused) as refused:
        load(tmp_path)
    assert [each.where for each in refused.value.problems] == [
        *("a.yaml.needs.0.clause", "b.yaml", "c.yaml.needs.0.ai")
    ]


def test_a_profile_without_a_file_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no folder"):
        load(tmp_path / "none")
    with pytest.raises(Refused, match="in force on every label"):
        load(tmp_path)


def test_a_copied_file_is_found_out(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GROUND, "utf-8")
    with pytest.raises(Refused, match=r"b\.yaml: Profile ground is defined twice\."):
        load(tmp_path)
