"""The report of a study on paper: for those who sign it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from station.core.statistics import grouped, percent, plan, sample_size
from station.language import say, sentence
from station.reports.pdf import Paper
from station.study.report import AgreementResult, Bound, DesignResult, Miss, StudyReport
from station.study.words import family

MOST_PICTURES = 24
"""On paper; all that were kept lie beside the file."""

OF_ONE_FAMILY = 4

MOST_MISSES = 400
"""Lines of the list; the rest is in the document."""

_TITLE = sentence("Verification study of label inspection")
_MADE = sentence(
    "Labels of every design, each with codes of its own, are made wrong in one way each, and good"
    " ones are made beside them. Every label is photographed once by a simulated camera."
)
_PRINTED = sentence(
    "Labels were printed, each of them good or wrong in one way, and every one was photographed"
    " once. What each photograph shows was written down by whoever made the labels."
)
_METHOD = (
    sentence(
        "Each picture is judged by the same reading, comparison and verdict as on the line, within"
        " the limits named above: the built-in ones, or those that twelve good labels of each"
        " design have set."
    ),
    sentence(
        "A bad label is found when it is rejected. Whether the reason given is what is wrong with"
        " it is counted as well: a right verdict for a wrong reason would not come again. A picture"
        " of no use stops the line; such labels are counted apart and prove nothing."
    ),
    sentence(
        "Limits are exact (Clopper and Pearson): one-sided for what was missed, and two-sided. Each"
        " family stands for itself; nothing is said of all of them together."
    ),
)
_SIMULATED = sentence(
    "Simulated evidence shows that the station tells such labels apart in pictures of a modelled"
    " printer and camera. It is not a plant's rate: that needs printed labels under the camera of"
    " the line."
)
_PHYSICAL = sentence(
    "Physical evidence holds for the printer, the ribbon, the paper, the camera and the light that"
    " made these pictures."
)
_FAMILY_HEADINGS = (
    sentence("Family"),
    sentence("Labels"),
    sentence("Right reason"),
    sentence("Other reason"),
    sentence("Warned"),
    sentence("Fault"),
    sentence("Missed"),
    sentence("Missed at most"),
    sentence("Missed, two-sided"),
    sentence("Shown"),
)
_GOOD_HEADINGS = (
    sentence("Labels that must pass"),
    sentence("Labels"),
    sentence("Fault"),
    sentence("Rejected"),
    sentence("Rejected at most"),
    sentence("Rejected, two-sided"),
)
_DESIGN_HEADINGS = (
    sentence("Template"),
    sentence("Pixels a dot"),
    sentence("Bad labels"),
    sentence("Missed"),
    sentence("Good labels"),
    sentence("Rejected"),
)
_DESIGNS = sentence(
    "The same labels by their design. Pixels a dot is the least that was measured; a camera wants"
    " two at least, and on a large label a small one gives less."
)
_AGREEMENT_HEADINGS = (
    sentence("Between"),
    sentence("Labels"),
    sentence("The same"),
    "κ",
    sentence("κ, 95 % interval"),
)
_MISS_HEADINGS = (
    sentence("Family"),
    sentence("Template"),
    sentence("Label"),
    sentence("What it says"),
    sentence("What is wrong"),
    sentence("Rejected for"),
)
_SIGNATURE_HEADINGS = (
    sentence("Role"),
    sentence("Name"),
    sentence("Date"),
    sentence("Signature"),
)
_ROLES = (sentence("Made by"), sentence("Checked by"), sentence("Approved by"))
_EVIDENCE = {"simulated": sentence("simulated"), "physical": sentence("physical")}
_LIMITS = {"built-in": sentence("built in"), "calibrated": sentence("calibrated")}
_YES, _NO = sentence("yes"), sentence("NO")


def to_pdf(report: StudyReport, folder: Path, *, at: datetime, language: str, font: Path) -> bytes:
    """`folder` is where the pictures of misses lie; `at` when the study was made."""
    return _Pages(report, folder, language).written(at, font)


class _Pages:
    def __init__(self, report: StudyReport, folder: Path, language: str) -> None:
        self._report = report
        self._folder = folder
        self._language = language

    def written(self, at: datetime, font: Path) -> bytes:
        title = f"{self._say(_TITLE)} · {self._say(_EVIDENCE[self._report.evidence])}"
        paper = Paper(title, at=at, language=self._language, font=font)
        paper.paragraph(self._statement)
        self._plan(paper, at)
        self._method(paper)
        self._results(paper)
        self._misses(paper)
        self._left_out(paper)
        self._environment(paper)
        paper.heading(self._say(sentence("Signatures")))
        paper.signatures(self._all(_SIGNATURE_HEADINGS), self._all(_ROLES))
        return paper.to_bytes()

    def _say(self, text: str, **values: object) -> str:
        return say(text, self._language, **values)

    def _all(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self._say, texts))

    @property
    def _statement(self) -> str:
        return self._say(_SIMULATED if self._report.evidence == "simulated" else _PHYSICAL)

    def _plan(self, paper: Paper, at: datetime) -> None:
        report, needed = self._report, sample_size(plan(self._report.plan))
        shown = sum(each.shown for each in report.tried)
        paper.heading(self._say(sentence("Plan")))
        facts = [
            (sentence("Evidence"), self._say(_EVIDENCE[report.evidence])),
            (sentence("Made"), at.isoformat(sep=" ", timespec="minutes")),
            (sentence("Confidence / reliability"), f"{report.plan} %"),
            (sentence("Labels it needs without a miss"), grouped(needed)),
            (sentence("Labels of each family asked for"), grouped(report.labels)),
            (sentence("Families that show it"), f"{shown} / {len(report.tried)}"),
            (sentence("Limits"), self._say(_LIMITS[report.within])),
        ]
        if report.seed is not None:
            facts += [(sentence("Seed"), str(report.seed)), (sentence("Optics"), report.optics)]
        paper.facts((self._say(name), value) for name, value in facts)

    def _method(self, paper: Paper) -> None:
        paper.heading(self._say(sentence("Method")))
        made = _MADE if self._report.evidence == "simulated" else _PRINTED
        for each in (made, *_METHOD):
            paper.paragraph(self._say(each))

    def _results(self, paper: Paper) -> None:
        report = self._report
        paper.heading(self._say(sentence("Bad labels")))
        paper.table(
            self._all(_FAMILY_HEADINGS),
            tuple(self._families()),
            widths=(30, 8, 9, 9, 9, 7, 9, 10, 20, 8),
        )
        if report.good:
            paper.heading(self._say(sentence("Good labels")))
            paper.table(self._all(_GOOD_HEADINGS), tuple(self._good()), widths=(6, 2, 2, 2, 3, 4))
        paper.heading(self._say(sentence("Designs")))
        paper.paragraph(self._say(_DESIGNS))
        paper.table(
            self._all(_DESIGN_HEADINGS),
            tuple(map(_design, report.designs)),
            widths=(4, 2, 2, 2, 2, 2),
        )
        if report.agreement:
            paper.heading(self._say(sentence("Agreement")))
            rows = tuple(map(self._agreed, report.agreement))
            paper.table(self._all(_AGREEMENT_HEADINGS), rows, widths=(6, 2, 2, 2, 3))

    def _families(self) -> Iterator[tuple[str, ...]]:
        for each in self._report.families:
            counts = (each.labels, each.right, each.other, each.warned, each.faults)
            yield (
                self._named(each.name),
                *map(grouped, counts),
                *_limits(each.passed),
                self._say(_YES if each.shown else _NO) if each.labels else "–",
            )

    def _good(self) -> Iterator[tuple[str, ...]]:
        for each in self._report.good:
            counts = (each.labels, each.faults)
            yield self._named(each.name), *map(grouped, counts), *_limits(each.rejected)

    def _agreed(self, found: AgreementResult) -> tuple[str, ...]:
        interval = f"{_kappa(found.low)} … {_kappa(found.high)}"
        name = self._say(found.name)
        return name, grouped(found.labels), grouped(found.agreed), _kappa(found.kappa), interval

    def _named(self, name: str) -> str:
        return f"{family(name, self._language)}\n{name}"

    def _misses(self, paper: Paper) -> None:
        misses = self._report.misses
        paper.heading(self._say(sentence("Every miss and every false reject")))
        if not misses:
            paper.paragraph(self._say(sentence("There was none.")))
            return
        rows = tuple(
            (
                each.family,
                each.template,
                str(each.number),
                each.says,
                each.what,
                ", ".join(each.codes),
            )
            for each in misses[:MOST_MISSES]
        )
        paper.table(self._all(_MISS_HEADINGS), rows, widths=(6, 6, 2, 9, 8, 5))
        paper.pictures(map(self._picture, _to_be_seen(misses)))

    def _picture(self, miss: Miss) -> tuple[bytes, str]:
        jpeg = (self._folder / miss.picture).read_bytes()
        return jpeg, f"{miss.family} · {miss.template} · {miss.number} · {miss.what}"

    def _left_out(self, paper: Paper) -> None:
        rows = [
            (each.name, design, why)
            for each in self._report.families
            for design, why in each.left_out.items()
        ]
        if rows:
            paper.heading(self._say(sentence("Left out, because they do not apply")))
            headings = (sentence("Family"), sentence("Template"), sentence("Why"))
            paper.table(self._all(headings), rows, widths=(3, 3, 5))

    def _environment(self, paper: Paper) -> None:
        made = self._report.environment
        paper.heading(self._say(sentence("Made with")))
        paper.facts(
            (
                ("labelstation", made.version),
                ("Python", f"{made.python}, {made.machine}"),
                *made.libraries.items(),
                *((f"{name} (SHA-256)", digest) for name, digest in self._report.sources.items()),
            )
        )
        paper.table(
            self._all((sentence("Template"), sentence("Recipe (SHA-256)"))),
            tuple(made.recipes.items()),
            widths=(2, 5),
        )


def _to_be_seen(misses: tuple[Miss, ...]) -> Iterator[Miss]:
    """Some of each family."""
    shown: Counter[str] = Counter()
    for each in misses:
        if each.picture and shown[each.family] < OF_ONE_FAMILY and shown.total() < MOST_PICTURES:
            shown[each.family] += 1
            yield each


def _limits(count: Bound) -> tuple[str, str, str]:
    if count.at_most is None or count.low is None or count.high is None:
        return grouped(count.found), "–", "–"
    low, high, most = (each / 1_000_000 for each in (count.low, count.high, count.at_most))
    return grouped(count.found), percent(most), f"{percent(low)} … {percent(high)}"


def _design(of: DesignResult) -> tuple[str, ...]:
    scale = "–" if of.scale is None else f"{of.scale / 1000:.2f}"
    return of.name, scale, *map(grouped, (of.bad, of.missed, of.good, of.rejected))


def _kappa(thousandths: int | None) -> str:
    return "–" if thousandths is None else f"{thousandths / 1000:.3f}"
