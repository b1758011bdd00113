"""The protocol on paper: requirement by requirement, with places for two signatures."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from station.language import say, sentence
from station.qualification.protocol import Line, Protocol
from station.qualification.words import OUTCOMES
from station.reports.pdf import Paper

_TITLES = {
    ("IQ",): sentence("Installation qualification"),
    ("OQ",): sentence("Operational qualification"),
    ("IQ", "OQ"): sentence("Installation and operational qualification"),
}
_WHAT = {
    "IQ": sentence(
        "The installation was looked at as it is on this machine: program, libraries, settings,"
        " devices, disk, clock, keys, designs. Nothing was printed and nothing was changed."
    ),
    "OQ": sentence(
        "The operation was tried with the program of this installation on a simulated bench, in a"
        " folder of its own. It shows what the station does with good labels, bad ones and faults;"
        " printer, camera and gate of the line are qualified with printed labels."
    ),
}
_HOW = sentence(
    "Every check was made by itself, whatever came of the others. One that failed is a deviation:"
    " whoever signs writes down what it means and what was done about it."
)
_HEADINGS = (
    sentence("Check"),
    sentence("What is done"),
    sentence("Expected"),
    sentence("Found"),
    sentence("Result"),
)
_EVIDENCE_HEADINGS = (sentence("Check"), sentence("File"), "SHA-256")
_SIGNATURE_HEADINGS = (
    sentence("Role"),
    sentence("Name"),
    sentence("Date"),
    sentence("Signature"),
)
_MOST_FOUND = 6
"""Sentences of one check on paper; all are in the document."""


def to_pdf(protocol: Protocol, *, sha256: str, language: str, font: Path) -> bytes:
    """`sha256` is that of the document, so that paper and file belong together."""
    return _Pages(protocol, sha256, language).written(font)


class _Pages:
    def __init__(self, protocol: Protocol, sha256: str, language: str) -> None:
        self._protocol = protocol
        self._sha256 = sha256
        self._language = language

    def written(self, font: Path) -> bytes:
        protocol = self._protocol
        title = f"{self._say(_TITLES[protocol.parts])} · {protocol.station}"
        at = datetime.fromisoformat(protocol.ended)
        paper = Paper(title, at=at, language=self._language, font=font)
        for part in protocol.parts:
            paper.paragraph(self._say(_WHAT[part]))
        paper.paragraph(self._say(_HOW))
        self._summary(paper)
        self._failed(paper)
        self._requirements(paper)
        self._evidence(paper)
        self._signatures(paper)
        return paper.to_bytes()

    def _say(self, text: str, **values: object) -> str:
        return say(text, self._language, **values)

    def _all(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self._say, texts))

    def _summary(self, paper: Paper) -> None:
        made = self._protocol
        paper.heading(self._say(sentence("Summary")))
        counts = ", ".join(
            f"{made.counted(outcome)} {self._say(word)}" for outcome, word in OUTCOMES.items()
        )
        paper.facts(
            (self._say(name), value)
            for name, value in (
                (sentence("Result"), self._say(OUTCOMES["pass" if made.good else "fail"])),
                (sentence("Checks"), counts),
                (sentence("Station"), made.station),
                (sentence("Program"), made.version),
                (sentence("Configuration"), f"SHA-256 {made.configuration}"),
                (sentence("Machine"), made.machine),
                (sentence("Made by"), made.by),
                (sentence("Begun"), made.begun),
                (sentence("Ended"), made.ended),
                (sentence("Clock"), self._say(_STEERED[made.steered])),
                (sentence("Document"), f"qualification.json, SHA-256 {self._sha256}"),
            )
        )

    def _failed(self, paper: Paper) -> None:
        failed = [each for each in self._protocol.checks if each.outcome == "fail"]
        if failed:
            paper.heading(self._say(sentence("Deviations")))
            rows = tuple((each.id, self._found(each), "\n\n") for each in failed)
            headings = (sentence("Check"), sentence("Found"), sentence("Assessment and action"))
            paper.table(self._all(headings), rows, widths=(3, 6, 6))

    def _requirements(self, paper: Paper) -> None:
        """A check of several requirements stands in full at the first, and is named at others."""
        paper.heading(self._say(sentence("Requirements and checks")))
        told: set[str] = set()
        for each in self._protocol.requirements:
            paper.heading(f"{each.id}  {'; '.join(each.clauses)}")
            paper.paragraph(each.says.in_language(self._language))
            checks = tuple(self._protocol.of(each.id))
            paper.table(
                self._all(_HEADINGS),
                tuple(self._rows(checks, told)),
                widths=(4, 7, 7, 8, 3),
            )

    def _rows(self, checks: tuple[Line, ...], told: set[str]) -> Iterator[tuple[str, ...]]:
        for each in checks:
            result = self._say(OUTCOMES[each.outcome])
            if each.id in told:
                yield each.id, self._say(sentence("see above")), "", "", result
                continue
            told.add(each.id)
            yield (
                each.id,
                each.does.in_language(self._language),
                each.expects.in_language(self._language),
                self._found(each),
                result,
            )

    def _found(self, line: Line) -> str:
        said = [each.in_language(self._language) for each in line.found]
        more = len(said) - _MOST_FOUND
        if more > 0:
            said[_MOST_FOUND:] = [self._say(sentence("and {count} more"), count=more)]
        return "\n".join(said)

    def _evidence(self, paper: Paper) -> None:
        rows = tuple(
            (each.id, f"evidence/{each.evidence}", each.sha256)
            for each in self._protocol.checks
            if each.evidence
        )
        if rows:
            paper.heading(self._say(sentence("Evidence that was kept")))
            paper.table(self._all(_EVIDENCE_HEADINGS), rows, widths=(4, 5, 9))

    def _signatures(self, paper: Paper) -> None:
        paper.heading(self._say(sentence("Signatures")))
        roles = (
            self._say(sentence("Made by {name}"), name=self._protocol.by),
            self._say(sentence("Checked and approved by")),
        )
        paper.signatures(self._all(_SIGNATURE_HEADINGS), roles)


_STEERED = {
    True: sentence("steered by a time source"),
    False: sentence("NOT steered by a time source"),
}
