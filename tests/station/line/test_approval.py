"""Two people let a design print, exactly as they saw it, and anybody can see who."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from drivers.interface import Condition, NotReady
from station.app import Workshop
from station.artwork.template import Template
from station.config import Config
from station.core.approval import DesignState, state_of
from station.core.events import StationStarted, TemplateApproved
from station.core.problem import Refused
from station.line.approval import Approvals, check_approved, requests
from station.line.board import Approve, Retire
from station.line.specimen import Press
from station.records.audit.audit import audit
from station.records.evidence import Evidence
from station.records.journal import FILE, Journal, recorded
from station.records.templates import Templates

NAME, REVISION = "has-mhb-hc-unit", "1"


@pytest.fixture(scope="module")
def press() -> Press:
    return Workshop.open(Config()).press


class Office:
    """Where designs are approved: a journal, the files as they are now, and a second place."""

    def __init__(self, folder: Path, press: Press) -> None:
        self.folder = folder
        self.press = press
        self.journal = Journal(folder)
        if not self.journal.head.seq:
            self.journal.append(StationStarted(version="1", configuration="c"))
        self.signed: list[str] = []
        self.evidence = Evidence(folder / "evidence", spare=0)
        self.approvals = Approvals(
            journal=self.journal,
            evidence=self.evidence,
            press=lambda: self.press,
            sign=self.signed.append,
        )
        self.templates = Templates(self.journal.db)

    @property
    def file(self) -> Template:
        found = self.press.library.template(NAME, REVISION)
        assert isinstance(found, Template)
        return found

    def edit(self, x: str, y: str = "1.375") -> None:
        """Somebody changes the file, and the station is started again."""
        first, *rest = self.file.model_dump(mode="json")["elements"]
        document = self.file.model_dump(mode="json", exclude={"scope"})
        document["scope"] = self.file.model_dump()["scope"]
        document["elements"] = ({**first, "x": x, "y": y}, *rest)
        changed = Template.parse(document)
        self.press.library.templates[NAME, REVISION] = changed

    def approve(self, *, author: str = "李伟", by: str = "王芳", digest: str = "") -> None:
        asked = Approve(NAME, REVISION, digest or self.file.digest, author, "pilot run")
        self.approvals.approve(asked, actor=by)

    def retire(self) -> None:
        self.approvals.retire(Retire(NAME, REVISION, "the address is wrong"), actor="王芳")

    @property
    def state(self) -> DesignState:
        return state_of(self.file.digest, self.templates.approval(NAME, REVISION))

    def why_not(self) -> str:
        """Why nothing prints; empty if it does."""
        try:
            check_approved(self.file, self.templates.approval(NAME, REVISION))
        except Refused as refused:
            return str(refused)
        return ""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, Workshop.open(Config()).press)
    with closing(made.journal):
        yield made


def test_nothing_is_approved_before_there_are_records(tmp_path: Path, press: Press) -> None:
    """A power cut would leave a design beside an empty journal, and no station would start."""
    evidence = Evidence(tmp_path / "evidence", spare=0)
    (asked, *_) = requests(press.library, author="李", reason="pilot")
    with closing(Journal(tmp_path)) as journal:
        approvals = Approvals(journal=journal, evidence=evidence, press=lambda: press)
        with pytest.raises(Refused, match="No station has run here yet"):
            approvals.approve(asked, actor="王")
    assert list((tmp_path / "evidence").iterdir()) == []


def test_two_people_approve_a_design_and_it_is_kept_as_they_saw_it(office: Office) -> None:
    assert "is a draft: nothing is printed from it until two people approve it" in office.why_not()
    assert f"labelstation template approve {NAME} {REVISION} --author" in office.why_not()
    office.approve()
    assert (office.why_not(), office.signed) == ("", ["template"])
    _, event = (each.event for each in recorded(office.journal.db))
    assert isinstance(event, TemplateApproved)
    assert (event.author, event.approver, event.reason) == ("李伟", "王芳", "pilot run")
    assert (event.font, event.dots_per_mm) == (office.press.font.digest, 8)
    kept = office.evidence.path(event.digest, suffix=".json")
    assert kept.read_bytes() == office.file.canonical
    office.journal.close()
    report = audit(office.folder / FILE, evidence=office.folder / "evidence")
    assert (report.good, str(report["evidence"].looked)) == (True, "1 pictures")
    kept.unlink()
    assert not audit(office.folder / FILE, evidence=office.folder / "evidence").good


@pytest.mark.parametrize(
    ("author", "by"),
    [
        ("Li Wei", "li  wei"),
        ("Li Wei", "Wei Li"),
        ("李伟", "李伟 (command line, root)"),
        ("", "王"),
    ],
)
def test_the_author_never_approves(office: Office, author: str, by: str) -> None:
    with pytest.raises(Refused, match=r"somebody else|give the name of the second"):
        office.approve(author=author, by=by)
    assert office.state == DesignState.DRAFT


def test_a_changed_file_is_a_draft_again_and_can_be_put_back(office: Office) -> None:
    office.approve()
    before = office.file
    office.edit("2.5")
    assert f"was changed since it was approved: approved is {before.digest[:12]}" in (
        office.why_not()
    )
    office.press.library.templates[NAME, REVISION] = before
    assert office.why_not() == ""
    office.edit("2.5")
    office.approve()
    assert office.why_not() == ""
    office.press.library.templates[NAME, REVISION] = before
    assert "was changed since" in office.why_not()


def test_a_retired_revision_is_never_approved_again_however_it_looks(office: Office) -> None:
    office.approve()
    office.retire()
    assert "was retired on" in office.why_not()
    assert "by 王芳: the address is wrong" in office.why_not()
    for _ in range(2):
        with pytest.raises(Refused, match="needs another revision"):
            office.approve()
        office.edit("2.5")
    with pytest.raises(Refused, match="was retired on"):
        office.retire()


def test_only_what_was_approved_can_be_retired(office: Office) -> None:
    with pytest.raises(Refused, match="was never approved, so there is nothing to retire"):
        office.retire()


def test_nothing_is_approved_twice(office: Office) -> None:
    office.approve()
    with pytest.raises(Refused, match="is approved already"):
        office.approve()


def test_a_file_that_is_not_the_one_that_was_looked_at_is_not_approved(office: Office) -> None:
    seen = office.file.digest
    office.edit("2.5")
    with pytest.raises(Refused, match="than the file you looked at") as refused:
        office.approve(digest=seen)
    assert "restart the station, then approve" in str(refused.value)
    assert office.state == DesignState.DRAFT


def test_a_design_of_which_no_label_can_be_printed_is_not_approved(office: Office) -> None:
    office.edit("2", y="4.5")  # the product's name runs into its English one
    with pytest.raises(Refused, match="It lies over"):
        office.approve()
    assert office.journal.head.seq == 1


def test_a_disk_that_takes_no_design_refuses_the_approval(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: bytes, *, suffix: str) -> str:
        raise NotReady("disk", f"no space left for {suffix}", Condition.DISK_FULL)

    monkeypatch.setattr(office.evidence, "keep", full)
    with pytest.raises(Refused, match="Still not ready: disk: no space left"):
        office.approve()
    assert office.journal.head.seq == 1


def test_a_name_that_a_shell_would_obey_is_quoted_in_what_to_type(office: Office) -> None:
    named = office.file.model_copy(update={"name": "x; rm -rf ~"})
    with pytest.raises(Refused, match=r"approve 'x; rm -rf ~' 1 --author NAME"):
        check_approved(named, None)


def test_there_is_a_request_for_every_design(press: Press) -> None:
    asked = requests(press.library, author="李", reason="demo")
    assert {(each.template, each.digest) for each in asked} == {
        (each.name, each.digest) for each in press.library.templates.values()
    }


class Lives(RuleBasedStateMachine):
    """Whatever people do with a file, labels print from it only as two people saw it last."""

    def __init__(self) -> None:
        super().__init__()
        self._temporary = tempfile.TemporaryDirectory()
        self._office = Office(Path(self._temporary.name), Workshop.open(Config()).press)
        self._approved = ""
        self._retired = False

    @rule(x=st.sampled_from(("1.5", "2", "2.5")))
    def edit(self, x: str) -> None:
        self._office.edit(x)

    @rule(two=st.booleans())
    def approve(self, *, two: bool) -> None:
        digest = self._office.file.digest
        possible = two and not self._retired and digest != self._approved
        try:
            self._office.approve(by="王芳" if two else "李伟")
        except Refused:
            assert not possible
        else:
            assert possible
            self._approved = digest

    @rule()
    def retire(self) -> None:
        possible = bool(self._approved) and not self._retired
        try:
            self._office.retire()
        except Refused:
            assert not possible
        else:
            assert possible
            self._retired = True

    @rule()
    def start_again(self) -> None:
        self._office.journal.close()
        self._office = Office(Path(self._temporary.name), self._office.press)

    @invariant()
    def only_approved_prints(self) -> None:
        prints = self._office.file.digest == self._approved and not self._retired
        assert (self._office.why_not() == "") == prints

    def teardown(self) -> None:
        self._office.journal.close()
        report = audit(Path(self._temporary.name) / FILE)
        assert not report.problems
        self._temporary.cleanup()


Lives.TestCase.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
test_lives = Lives.TestCase
