"""`labelstation gs1 …` answers with a line each and an exit code."""

import json

import pytest
from typer.testing import CliRunner

from station.__main__ import app

RUN = CliRunner()
GOOD = "(01)06972869182019(11)200228(21)CN010123"


def test_a_good_element_string_is_valid_and_exits_0() -> None:
    result = RUN.invoke(app, ["gs1", "check", GOOD, "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "input": GOOD,
        "valid": True,
        "errors": [],
        "elements": [
            {"ai": "01", "value": "06972869182019"},
            {"ai": "11", "value": "200228"},
            {"ai": "21", "value": "CN010123"},
        ],
        "hri": GOOD,
    }


def test_lines_of_standard_input_are_judged_one_by_one() -> None:
    raw = b"0106972869182019112002282" + b"1CN010123\n" + b"(01)06972869182018\r\n\n"
    result = RUN.invoke(app, ["gs1", "check", "--json"], input=raw)
    assert result.exit_code == 1
    found = [json.loads(line) for line in result.stdout.split("\n") if line]
    assert [each["valid"] for each in found] == [True, False]
    assert "expected 9, got 8" in found[1]["errors"][0]


def test_separators_of_raw_data_survive_standard_input() -> None:
    result = RUN.invoke(app, ["gs1", "check", "--json"], input=b"]d2010697286918212510A1\x1d21B2\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["hri"] == "(01)06972869182125(10)A1(21)B2"


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00\n", b"(" * 5000 + b"\n", b"\x1d\x1d\n"])
def test_no_bytes_on_standard_input_make_a_traceback(raw: bytes) -> None:
    result = RUN.invoke(app, ["gs1", "check", "--json"], input=raw)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["valid"] is False


def test_a_check_pair_is_checked_and_computed() -> None:
    assert RUN.invoke(app, ["gs1", "gmn", "697286918303Q5"]).exit_code == 0
    wrong = RUN.invoke(app, ["gs1", "gmn", "697286918303Q6", "--json"])
    assert wrong.exit_code == 1
    assert "Q5" in json.loads(wrong.stdout)["errors"][0]
    computed = RUN.invoke(app, ["gs1", "gmn", "--compute", "697286918303", "--json"])
    assert json.loads(computed.stdout)["gmn"] == "697286918303Q5"


def test_the_gtin_of_a_packaging_level_has_a_check_digit_of_its_own() -> None:
    result = RUN.invoke(app, ["gs1", "gtin14", "1", "6972869183016"])
    assert (result.exit_code, result.stdout) == (0, "16972869183013\n")
    assert RUN.invoke(app, ["gs1", "gtin14", "9", "6972869183016"]).exit_code == 1
    assert RUN.invoke(app, ["gs1", "gtin14", "one", "6972869183016"]).exit_code == 2
