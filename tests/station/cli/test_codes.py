"""`labelstation gs1 …` and `udi …` answer with a line each and an exit code."""

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
    assert RUN.invoke(app, ["gs1", "gtin14", "1", "6972869183016", "--json"]).exit_code == 0


HIBC = "+A99912345/$$52001510X33"
IFA = "9N110375286414"


def test_a_udi_of_another_system_is_named_and_split() -> None:
    result = RUN.invoke(app, ["udi", "check", HIBC, "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "input": HIBC,
        "system": "HIBCC",
        "valid": True,
        "errors": [],
        "doubts": [],
        "facts": [
            {"name": "labeler", "value": "A999"},
            {"name": "product", "value": "1234"},
            {"name": "unit of measure", "value": "5"},
            {"name": "expiry", "value": "20015"},
            {"name": "lot", "value": "10X3"},
        ],
        "hri": f"*{HIBC}*",
    }


def test_what_is_only_recognised_exits_2_and_what_is_wrong_exits_1() -> None:
    assert RUN.invoke(app, ["udi", "check", HIBC, IFA]).exit_code == 2
    result = RUN.invoke(app, ["udi", "check", HIBC, IFA, "hello", "--json"])
    assert result.exit_code == 1
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["valid"] for each in found] == [True, None, False]
    assert [each["system"] for each in found] == ["HIBCC", "IFA", None]


def test_udis_are_told_one_by_one_with_everything_that_is_wrong() -> None:
    lines = (
        b"]d2010697286918201911200229\r\n\n" + b"+A99912345/$$1326A/\nMA.156.M0.100204.13351760\n"
    )
    result = RUN.invoke(
        app, ["udi", "check"], input=lines + f"{IFA}\n".encode(), env={"LC_ALL": "C"}
    )
    assert result.stdout.splitlines() == [
        "valid    GS1: (01)06972869182019(11)200229",
        "         01: 06972869182019",
        "         11: 200229",
        "invalid  HIBCC: +A99912345/$$1326A/",
        "         expiry: Impossible date '1326': expected MM from 1 to 12, got 13.",
        "         Invalid check character: expected 'I', got '/'.",
        "valid    MA (IDcode): MA.156.M0.100204.13351760",
        "         country: 156",
        "         industry: M0",
        "         registrant: 100204",
        "         product: 13351760",
        (
            "         doubt: product: The check character would be 4, as far as it is known how to"
            " compute it; got '0'."
        ),
        "named    IFA: 9N110375286414",
        "         Recognised only: its rules are not known here, so this is not judged.",
    ]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["gs1", "check", "(01)06972869182018"], "(01): '06972869182018' 的校验位错误"),
        (["gs1", "gmn", "697286918303Q6"], "'697286918303Q6' 的校验字符对错误"),
        (["gs1", "gtin14", "9", "6972869183016"], "指示符 9"),
        (["udi", "check", "+A99912345/$1/"], "校验字符错误"),
        (["udi", "check", HIBC], "贴标者: A999"),
        (["udi", "check", IFA], "仅识别出编码体系"),
        (["udi", "check", "MA.156.M0.100204.13351760"], "存疑: product"),
    ],
)
def test_a_chinese_terminal_is_told_in_chinese(command: list[str], reason: str) -> None:
    result = RUN.invoke(app, command, env={"LC_ALL": "zh_CN.UTF-8"})
    assert reason in result.output


@pytest.mark.parametrize("group", ["gs1", "udi"])
def test_nothing_that_is_read_steers_the_terminal(group: str) -> None:
    result = RUN.invoke(app, [group, "check"], input=b"+A99\x1b[2J\x9b\x1d\n(01)\x1b]0;x\x07\n")
    assert result.exit_code == 1
    assert all(each.isprintable() for each in result.output.replace("\n", ""))
