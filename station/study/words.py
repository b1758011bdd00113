"""What is wrong with the labels of each family, in words.

>>> family("worn-void", "en"), family("wrong-lot", "en")
('Worn printer: a hole in the print', 'Wrong lot')
"""

from collections.abc import Mapping

from station import wording
from station.language import sentence
from station.line.challenge import words

FAMILIES: Mapping[str, str] = {
    "good": sentence("Good labels"),
    "good-but-ugly": sentence("Good labels of a printer that is not new"),
    "other-label": sentence("The label of another device"),
    "other-symbol": sentence("The codes of another device under the right text"),
    "any-character": sentence("One wrong character, anywhere"),
    "any-character-small": sentence("One wrong character in small text"),
    "any-look-alike": sentence("One character that looks alike, anywhere"),
    "any-look-alike-small": sentence("One character that looks alike, in small text"),
    "any-character-missing": sentence("One character or piece of it missing, anywhere"),
    "any-line-missing": sentence("One line of text missing, anywhere"),
    "dead-1-in-symbol": sentence("One dead dot, through a code"),
    "dead-2-in-symbol": sentence("Two dead dots, through a code"),
    "dead-1-in-text": sentence("One dead dot, beside all codes"),
    "dead-2-in-text": sentence("Two dead dots, beside all codes"),
    "worn-dead-dot": sentence("Worn printer: one dead dot, anywhere"),
    "worn-dead-dots": sentence("Worn printer: three dead dots, anywhere"),
    "worn-weak-dots": sentence("Worn printer: three weak dots, anywhere"),
    "worn-bold": sentence("Worn printer: too bold"),
    "worn-thin": sentence("Worn printer: too thin"),
    "worn-faint": sentence("Worn printer: too faint"),
    "worn-fade": sentence("Worn printer: fading along the label"),
    "worn-fade-across": sentence("Worn printer: fading to one side"),
    "worn-void": sentence("Worn printer: a hole in the print"),
    "worn-dust": sentence("Worn printer: dust on the paper"),
    "worn-spots": sentence("Worn printer: spots of ink"),
    "worn-smear": sentence("Worn printer: smeared"),
    "worn-wrinkle": sentence("Worn printer: wrinkle of the ribbon"),
    "worn-ghost": sentence("Worn printer: ghost of the label before"),
    "worn-overprint": sentence("Worn printer: printed over the label before"),
    "worn-used-ribbon": sentence("Worn printer: ribbon used twice"),
    "worn-offset": sentence("Worn printer: shifted"),
    "worn-skew": sentence("Worn printer: askew"),
    "worn-stretch": sentence("Worn printer: stretched along the feed"),
    "worn-shrunk": sentence("Worn printer: shrunk along the feed"),
    "worn-half": sentence("Worn printer: half a label"),
    "worn-blank": sentence("Worn printer: nothing printed"),
    "worn-cut": sentence("Worn printer: label cut too short"),
}


def family(name: str, language: str) -> str:
    if name in FAMILIES:
        return wording.word(FAMILIES, name, language)
    return words.family(name, language)
