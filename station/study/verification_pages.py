"""The process-verification report on paper: PDF/A-3u, with its document inside."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from station import wording
from station.core.statistics import grouped, percent, plan
from station.language import say, sentence
from station.reports.pdf import Attached, Paper
from station.study.report import Bound, FamilyResult, StudyReport
from station.study.verification import (
    OrderLine,
    StudyPart,
    TrendLine,
    VerificationReport,
)
from station.study.words import family

MOST_ORDERS = 500
"""On paper; all of them are in the document."""

NOTHING = "–"

_TITLE = sentence("Process verification of label inspection")
_WHAT = sentence(
    "What was proved by trying labels known to be bad, and what the line has shown since. Studies"
    " stand beside each other as they were signed; simulated evidence, physical evidence and the"
    " journal are never added up. Intervals are exact (Clopper and Pearson)."
)
_LINE = sentence(
    "Orders of this station's journal up to event {seq}. A rejected label is not a missed one:"
    " what was missed, a journal cannot know. That is what challenges and studies are for."
)
_CHARTS = {
    "p": sentence(
        "p-chart: every order may be expected to have five rejects, so the limit of three standard"
        " deviations means something. An order above it is marked."
    ),
    "g": sentence(
        "Rejects are too rare for a p-chart. What counts are the good labels between one reject"
        " and the next; gaps that chance gives less than once in 740 are counted."
    ),
    "none": sentence("Nothing was rejected: there is no chart to draw."),
}
_MSA = sentence(
    "Measurement system: the same labels looked at again, and by another reader. An attribute study"
    " asks for 50 labels at least and for κ of 0.9."
)
_EVIDENCE = {"simulated": sentence("simulated"), "physical": sentence("physical")}
_FAMILY_HEADINGS = (
    sentence("Family"),
    sentence("Labels"),
    sentence("Missed"),
    sentence("Missed at most"),
    sentence("Missed, two-sided"),
    sentence("Shown"),
)
_GOOD_HEADINGS = (
    sentence("Labels that must pass"),
    sentence("Labels"),
    sentence("Rejected"),
    sentence("Rejected at most"),
    sentence("Rejected, two-sided"),
)
_AGREEMENT_HEADINGS = (
    sentence("Between"),
    sentence("Labels"),
    sentence("The same"),
    "κ",
    sentence("κ, 95 % interval"),
    sentence("Good enough"),
)
_ORDER_HEADINGS = (
    sentence("Order"),
    sentence("Product"),
    sentence("Started"),
    sentence("Judged"),
    sentence("Rejected"),
    sentence("In doubt"),
    sentence("Printed again"),
    sentence("Limit"),
    sentence("Out"),
)
_SIGNATURE_HEADINGS = (
    sentence("Role"),
    sentence("Name"),
    sentence("Date"),
    sentence("Signature"),
)
_ROLES = (sentence("Made by"), sentence("Checked by"), sentence("Approved by"))
_YES, _NO = sentence("yes"), sentence("NO")

GOOD_KAPPA = 900
"""Thousandths."""

LEAST_PARTS = 50


def to_pdf(document: bytes, *, language: str, font: Path) -> bytes:
    """The report in this document. The same document gives the same bytes. Raises Refused."""
    report = VerificationReport.model_validate_json(document)
    title = say(_TITLE, language)
    at = datetime.fromisoformat(report.line.at or "1970-01-01T00:00:00+00:00")
    foot = f"{report.station} · #{report.line.seq} · {report.line.hash[:16]}"
    paper = Paper(title, at=at, language=language, font=font, foot=foot)
    _Pages(report, language).write(paper)
    paper.attach(Attached("verification.json", document, "application/json", title))
    return paper.to_bytes()


class _Pages:
    def __init__(self, report: VerificationReport, language: str) -> None:
        self._report = report
        self._language = language

    def write(self, paper: Paper) -> None:
        paper.paragraph(self._say(_WHAT))
        self._sizes(paper)
        for part in self._report.studies:
            self._study(paper, part)
        self._agreement(paper)
        self._line(paper)
        self._challenges(paper)
        self._trends(paper)
        paper.heading(self._say(sentence("Signatures")))
        paper.signatures(self._all(_SIGNATURE_HEADINGS), self._all(_ROLES))

    def _say(self, text: str, **values: object) -> str:
        return say(text, self._language, **values)

    def _all(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self._say, texts))

    def _sizes(self, paper: Paper) -> None:
        paper.heading(self._say(sentence("Sample sizes")))
        headings = (
            sentence("Confidence / reliability"), sentence("Labels it needs without a miss"),
        )  # fmt: skip
        rows = tuple((f"{each.plan} %", grouped(each.labels)) for each in self._report.sample_sizes)
        paper.table(self._all(headings), rows, widths=(1, 1))

    def _study(self, paper: Paper, part: StudyPart) -> None:
        report = part.report
        evidence = self._say(_EVIDENCE[report.evidence])
        paper.heading(self._say(sentence("Study: {evidence} evidence"), evidence=evidence))
        paper.paragraph(self._say(report.statement))
        shown = sum(each.shown for each in report.tried)
        facts = (
            (sentence("File (SHA-256)"), f"{part.file}\n{part.sha256}"),
            (sentence("Confidence / reliability"), f"{report.plan} %"),
            (sentence("Families that show it"), f"{shown} / {len(report.tried)}"),
            ("labelstation", report.environment.version),
        )
        paper.facts((self._say(name), value) for name, value in facts)
        rows = tuple(self._family(each, report) for each in report.families if each.labels)
        paper.table(self._all(_FAMILY_HEADINGS), rows, widths=(7, 2, 2, 3, 4, 2))
        if report.good:
            good = tuple(
                (family(each.name, self._language), grouped(each.labels), *_limits(each.rejected))
                for each in report.good
            )
            paper.table(self._all(_GOOD_HEADINGS), good, widths=(7, 2, 2, 3, 4))

    def _family(self, found: FamilyResult, report: StudyReport) -> tuple[str, ...]:
        shown = plan(report.plan).shown(found.passed.found, found.passed.labels)
        return (
            family(found.name, self._language),
            grouped(found.labels),
            *_limits(found.passed),
            self._say(_YES if shown and found.shown else _NO),
        )

    def _agreement(self, paper: Paper) -> None:
        rows = [
            (
                f"{self._say(each.name)} ({self._say(_EVIDENCE[part.report.evidence])})",
                grouped(each.labels),
                grouped(each.agreed),
                _kappa(each.kappa),
                f"{_kappa(each.low)} … {_kappa(each.high)}",
                self._say(_YES if _good_enough(each.kappa, each.labels) else _NO),
            )
            for part in self._report.studies
            for each in part.report.agreement
        ]
        if rows:
            paper.heading(self._say(sentence("Agreement")))
            paper.paragraph(self._say(_MSA))
            paper.table(self._all(_AGREEMENT_HEADINGS), rows, widths=(6, 2, 2, 2, 4, 2))

    def _line(self, paper: Paper) -> None:
        line = self._report.line
        paper.heading(self._say(sentence("The line: orders")))
        paper.paragraph(self._say(_LINE, seq=line.seq))
        shares = (
            (sentence("Rejected"), line.rejected),
            (sentence("In doubt"), line.doubted),
            (sentence("Printed again"), line.reprinted),
        )
        headings = (
            sentence("What"), sentence("Labels"), sentence("Count"), sentence("Share at most"),
            sentence("Share, two-sided"),
        )  # fmt: skip
        rows = [
            *((self._say(name), grouped(each.labels), *_limits(each)) for name, each in shares),
            *(
                (f"    {self._code(each.code)}", grouped(each.labels.labels), *_limits(each.labels))
                for each in line.codes
            ),
        ]
        paper.table(self._all(headings), rows, widths=(7, 2, 2, 3, 4))
        self._chart(paper)

    def _code(self, code: str) -> str:
        return f"{wording.title(code, self._language)} ({code})"

    def _chart(self, paper: Paper) -> None:
        line = self._report.line
        paper.paragraph(self._say(_CHARTS[line.chart]))
        if line.chart == "g":
            facts = (
                (sentence("Gaps between rejects"), grouped(line.gaps.count)),
                (sentence("Shortest"), _count(line.gaps.shortest)),
                (sentence("Mean"), _mean(line.gaps.mean)),
                (sentence("Shorter than chance allows"), grouped(line.gaps.rare)),
            )
            paper.facts((self._say(name), value) for name, value in facts)
        rows = tuple(self._order(each) for each in line.orders[:MOST_ORDERS])
        paper.table(self._all(_ORDER_HEADINGS), rows, widths=(5, 4, 4, 2, 2, 2, 2, 2, 2))
        if len(line.orders) > MOST_ORDERS:
            text = sentence("{count} more are in the document that travels inside this file.")
            paper.paragraph(self._say(text, count=grouped(len(line.orders) - MOST_ORDERS)))

    def _order(self, found: OrderLine) -> tuple[str, ...]:
        return (
            found.order,
            found.product,
            found.started_at[:19].replace("T", " ") + " UTC",
            grouped(found.judged),
            grouped(found.rejected),
            grouped(found.doubted),
            grouped(found.reprinted),
            NOTHING if found.upper is None else percent(found.upper / 1_000_000),
            self._say(sentence("OUT")) if found.out else NOTHING,
        )

    def _challenges(self, paper: Paper) -> None:
        paper.heading(self._say(sentence("The line: challenges with bad labels")))
        found = self._report.line.challenges
        if not found:
            paper.paragraph(self._say(sentence("There was none.")))
            return
        rows = tuple(
            (family(each.name, self._language), grouped(each.missed.labels), *_limits(each.missed))
            for each in found
        )
        paper.table(self._all(_FAMILY_HEADINGS[:-1]), rows, widths=(7, 2, 2, 3, 4))

    def _trends(self, paper: Paper) -> None:
        line = self._report.line
        paper.heading(self._say(sentence("The line: trends of print quality")))
        text = sentence("{moved} of {count} indices that were followed did not stay in control.")
        paper.paragraph(self._say(text, moved=len(line.trends), count=line.indices))
        if line.trends:
            headings = (
                sentence("Order"), sentence("Code"), sentence("Index"), sentence("Worst trend"),
                sentence("Trend at the end"),
            )  # fmt: skip
            rows = tuple(self._trend(each) for each in line.trends[:MOST_ORDERS])
            paper.table(self._all(headings), rows, widths=(4, 3, 5, 3, 3))

    def _trend(self, found: TrendLine) -> tuple[str, ...]:
        return (
            found.order,
            found.symbol,
            wording.word(wording.INDICES, found.index, self._language),
            wording.word(wording.TREND_STATES, found.worst, self._language),
            wording.word(wording.TREND_STATES, found.last, self._language),
        )


def _limits(count: Bound) -> tuple[str, str, str]:
    if count.at_most is None or count.low is None or count.high is None:
        return grouped(count.found), NOTHING, NOTHING
    low, high, most = (each / 1_000_000 for each in (count.low, count.high, count.at_most))
    return grouped(count.found), percent(most), f"{percent(low)} … {percent(high)}"


def _good_enough(kappa: int | None, labels: int) -> bool:
    return kappa is not None and kappa >= GOOD_KAPPA and labels >= LEAST_PARTS


def _kappa(thousandths: int | None) -> str:
    return NOTHING if thousandths is None else f"{thousandths / 1000:.3f}"


def _count(value: int | None) -> str:
    return NOTHING if value is None else grouped(value)


def _mean(thousandths: int | None) -> str:
    return NOTHING if thousandths is None else f"{thousandths / 1000:.1f}"
