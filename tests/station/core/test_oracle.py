"""An independent linter, BWIPP under ghostscript, agrees with ours or is known not to."""

import random

import numpy as np
import pytest
import treepoem
import zxingcpp

from bench.oracle import CLASSES, Judged, judge, lint, report
from bench.oracle_cases import KINDS, Case, cases
from station.core.gs1 import ElementString, check
from station.core.hibcc import CHARACTERS, check_character

SEED = 20261122

EXAMPLES = {
    "day 00": "(01)06972869182019(11)200200",
    "repeated with the same value": "(01)06972869182019(10)A(10)A",
    "company prefix": "(401)123",
    "lists of other bodies": "(01)06972869182019(424)000",
    "inside coupons": "(8110)9",
    "raw data": "99)A",
    "round bracket as data": "(01)06972869182019(10)A(B)",
    "made-to-order GTIN": "(03)06972869182019(8012)1",
}


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    return list(judge(cases(SEED, 6 * len(KINDS))))


def test_both_linters_agree_or_it_is_known_why_not(judged: list[Judged]) -> None:
    unexplained = [each for each in judged if not each.agree and not each.why]
    assert not unexplained


def test_many_cases_are_good_and_many_are_broken(judged: list[Judged]) -> None:
    """Two linters that refuse everything, or nothing, agree as well."""
    assert sum(each.ours.valid and not each.theirs for each in judged) > len(judged) // 5
    assert sum(not each.ours.valid and bool(each.theirs) for each in judged) > len(judged) // 3
    assert {each.case.kind for each in judged} == {kind for kind, _ in KINDS}


def test_the_same_seed_makes_the_same_cases() -> None:
    assert list(cases(1, 50)) == list(cases(1, 50)) != list(cases(2, 50))


def test_every_class_of_disagreement_has_an_example() -> None:
    found = list(judge([Case("example", text=text) for text in EXAMPLES.values()]))
    assert not [each for each in found if each.agree]
    assert [each.why for each in found] == list(EXAMPLES) == [each.name for each in CLASSES]


def test_a_disagreement_of_no_class_stands_in_the_report() -> None:
    unknown = Judged(Case("good", text="(99)A"), check("(99)A"), "bwipp.Surprise")
    assert unknown.why == ""
    told = "\n".join(report({"at random": [unknown]}, seed=1, seconds=2))
    assert "### Nobody knows: 1" in told
    assert "bwipp.Surprise" in told


@pytest.mark.parametrize(
    "hri",
    [
        "(01)06972869182019(11)200228(21)CN010123",
        "(01)06972869182125(17)281231(10)A1(21)7",
        "(01)26932992137137(10)190101(11)190102(17)211231(91)01A190102(21)0001",
    ],
)
def test_a_symbol_another_program_draws_reads_as_the_bytes_we_encode(hri: str) -> None:
    """Separators stand where an independent encoder puts them, and nowhere else."""
    picture = treepoem.generate_barcode("gs1datamatrix", hri, scale=4).convert("L")
    (symbol,) = zxingcpp.read_barcodes(np.pad(np.asarray(picture), 40, constant_values=255))
    assert symbol.symbology_identifier == "]d2"
    assert symbol.bytes == ElementString.parse_bracketed(hri).encode()


def test_hibc_check_characters_are_those_of_another_program() -> None:
    rng = random.Random(SEED)
    bodies = ["".join(rng.choices(CHARACTERS, k=rng.randint(2, 30))) for _ in range(86)]
    right = [check_character(f"+{each}") for each in bodies]
    wrong = [CHARACTERS[(CHARACTERS.index(each) + rng.randint(1, 42)) % 43] for each in right]
    assert set(lint([_hibc(*each) for each in zip(bodies, right, strict=True)])) == {""}
    told = lint([_hibc(*each) for each in zip(bodies, wrong, strict=True)])
    assert {each.split(" ")[0] for each in told} == {"bwipp.hibccode128badCheckDigit"}


def _hibc(body: str, character: str) -> str:
    return f"<{(body + character).encode().hex()}> (validatecheck) /hibccode128"


def test_without_ghostscript_the_oracle_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="apt-get install ghostscript"):
        lint(["() () /gs1datamatrix"])
