"""The traceability of requirements is true: every test it names is collected, every check stands
in it, and no requirement is without either.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from station.qualification.requirements import REQUIREMENTS
from station.qualification.run import every

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "traceability.md"
COLLECTING_SECONDS = 100
NOT_ASKED = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement of the page."""

    id: str
    says: str
    clauses: tuple[str, ...]
    feature: str
    tests: tuple[str, ...]
    checks: tuple[str, ...]


def rows() -> tuple[Row, ...]:
    return tuple(
        row(line) for line in PAGE.read_text("utf-8").split("\n") if line.startswith("| **URS-")
    )


def row(line: str) -> Row:
    requirement, clauses, feature, tests, checks = (
        each.strip() for each in line.strip("|").split("|")
    )
    found = re.fullmatch(r"\*\*(URS-\d\d)\*\* (.+)", requirement)
    assert found, requirement
    return Row(
        id=found[1],
        says=found[2],
        clauses=tuple(clauses.split("; ")),
        feature=feature,
        tests=tuple(re.findall(r"`([^`]+)`", tests)),
        checks=tuple(each for each in checks.split(" ") if each != NOT_ASKED),
    )


ROWS = rows()
CHECKS = dict(every())


def collected(files: set[str]) -> set[str]:
    """Every test that pytest finds in these files, without its parameters."""
    done = subprocess.run(
        (
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-p",
            "no:cacheprovider",
            *sorted(files),
        ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=COLLECTING_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {line.partition("[")[0] for line in done.stdout.split("\n") if "::" in line}


def test_the_page_quotes_every_requirement_as_it_is_and_no_other() -> None:
    assert [(each.id, each.says, each.clauses) for each in ROWS] == [
        (each.id, each.says, each.clauses) for each in REQUIREMENTS
    ]


KNOWN = "tests/test_readme.py"
"""A file of tests that is surely there, to see that one that is not would be missed."""


@pytest.fixture(scope="module")
def found() -> set[str]:
    """Every test of the files that are named, and the files that hold any."""
    files = {test.partition("::")[0] for each in ROWS for test in each.tests}
    assert not {each for each in files if not (ROOT / each).is_file()}
    tests = collected({*files, KNOWN})
    return tests | {each.partition("::")[0] for each in tests}


def test_every_test_that_is_named_exists_and_is_collected(found: set[str]) -> None:
    assert not {test for each in ROWS for test in each.tests if test not in found}


def test_a_test_that_nobody_wrote_would_be_missed(found: set[str]) -> None:
    assert f"{KNOWN}::test_every_dependency_is_explained" in found
    assert f"{KNOWN}::test_that_nobody_wrote" not in found


@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.id)
def test_a_requirement_has_a_feature_and_a_test_or_a_check(each: Row) -> None:
    assert each.feature
    assert each.tests or each.checks


@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.id)
def test_a_requirement_names_the_checks_that_are_made_for_it(each: Row) -> None:
    wanted = {name for name, needs in CHECKS.items() if each.id in needs}
    named = {name for pattern in each.checks for name in CHECKS if fnmatch(name, pattern)}
    assert named == wanted


def test_every_check_stands_in_the_page() -> None:
    patterns = {pattern for each in ROWS for pattern in each.checks}
    assert not {name for name in CHECKS if not any(fnmatch(name, each) for each in patterns)}


def test_files_the_page_points_to_are_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text("utf-8")):
        assert (PAGE.parent / target).exists(), target


def test_the_page_about_qualification_speaks_of_every_check_and_no_other() -> None:
    """In its tables a range stands for what lies between, `OQ-20.*` for all families."""
    page = (ROOT / "docs" / "qualification.md").read_text("utf-8")
    told: set[str] = set()
    for cell in re.findall(r"^\| ((?:IQ|OQ)-[^|]*)\|", page, flags=re.MULTILINE):
        part = cell[:2]
        for first, last in re.findall(r"(\d\d)(?: … (\d\d))?", cell):
            told |= {f"{part}-{each:02d}" for each in range(int(first), int(last or first) + 1)}
    assert {name.partition(".")[0] for name in CHECKS} == told
