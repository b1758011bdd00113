"""Where quality verifies the process: every page, in both languages, whatever the records hold."""

import csv
import html
import io
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import httpx
import pytest

from station.app import Workshop, set_up_of
from station.artwork.template import Template
from station.config import Config, ReaderConfig
from station.core.baseline import digest_of
from station.core.events import (
    BackupMade,
    BaselineApproved,
    CredentialSet,
    Event,
    FaultCleared,
    JournalRestored,
    PersonAdded,
    StationStarted,
    TemplateApproved,
)
from station.line.board import Approve, ApproveBaseline, Asked, Board, Retire
from station.records.clock import Instant
from station.records.evidence import Evidence
from station.records.journal import Journal, read_only
from station.records.signed.head import Head
from station.records.trail import Trail, Wanted
from station.web.quality.backups import Plan, safety_of
from station.web.quality.quality import Known
from station.web.quality.words import TITLES, said
from station.web.server import Server
from tests.station.records.audit.test_audit import write_eventful

HOSTILE = "<script>alert('x')</script>&\"'"
PAGES = (
    "/quality",
    "/quality/audit",
    "/quality/audit?order=A",
    "/quality/audit/1",
    "/quality/proof",
    "/quality/designs",
    "/quality/design?name=has-mhb-hc-unit&revision=1",
    "/quality/configuration",
    "/quality/backups",
    "/quality/exports",
)
SECRET = "hunter2"
CONFIG = Config(reader=ReaderConfig(camera=f"rtsp://admin:{SECRET}@192.0.2.8/live"))


class Hours:
    """One hour later at every question, up to a little before now."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) - timedelta(hours=500)

    def __call__(self) -> Instant:
        self.at += timedelta(hours=1)
        return Instant(self.at, offset=480, monotonic=0, steered=True)


class Plant:
    """A station that is known to its pages, and a journal in which everything happened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.board = Board()
        self.workshop = Workshop.open(CONFIG)
        self.evidence = Evidence(folder / "evidence", spare=0)
        self.journal = Journal(folder, clock=Hours())
        self.set_up = set_up_of(CONFIG, self.workshop)
        self._record()
        self.server = Server(
            board=self.board,
            folder=folder,
            evidence=self.evidence,
            language="en",
            station_name="Line 3",
            known=Known(
                heads=lambda: (
                    Head(*self.journal.head, at="2026-11-23T08:00:00+00:00", why="hour"),
                ),
                press=lambda: self.workshop.press,
                set_up=self.set_up,
                backups=Plan("/mnt/backup", 24),
            ),
        )

    def design(self, name: str = "has-mhb-hc-unit") -> Template:
        found = self.workshop.library.template(name, "1")
        assert isinstance(found, Template)
        return found

    def _record(self) -> None:
        write_eventful(self.journal)
        earlier = self._moved(self.design())
        self.evidence.keep(earlier.canonical, suffix=".json")
        other = self.design("outer-carton")
        self.evidence.keep(other.canonical, suffix=".json")
        settings = self.set_up.replace('"hold_after_rejects": 3', '"hold_after_rejects": 4')
        assert settings != self.set_up
        self.journal.append(
            approved(earlier),
            approved(other),
            approved(other).model_copy(update={"name": "lost", "digest": "ab" * 32}),
            BaselineApproved(
                settings=settings, digest=digest_of(settings), reason=HOSTILE, witness=HOSTILE
            ),
            BackupMade(folder="/mnt/1", seq=9, good=True),
            JournalRestored(folder=HOSTILE, seq=9, lost_after=12),
            BackupMade(folder=HOSTILE, seq=0, good=False, detail=HOSTILE),
            FaultCleared(reason=HOSTILE),
            FaultCleared(reason="=HYPERLINK(0)"),
            PersonAdded(
                name="Bo", roles=("admin",), credential="$argon2id$x", badge="ab", reason=""
            ),
            CredentialSet(name="Bo", credential="$argon2id$y", reason="lost"),
            actor=HOSTILE,
        )

    def _moved(self, design: Template) -> Template:
        first, *rest = design.model_dump(mode="json")["elements"]
        document = design.model_dump(mode="json", exclude={"scope"})
        document["scope"] = design.model_dump()["scope"]
        document["elements"] = ({**first, "x": "3"}, *rest)
        return Template.parse(document)


def approved(design: Template) -> TemplateApproved:
    return TemplateApproved(
        name=design.name,
        revision=design.revision,
        digest=design.digest,
        author=HOSTILE,
        approver="王芳",
        reason=HOSTILE,
    )


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    made = Plant(tmp_path_factory.mktemp("plant"))
    made.server.start()
    yield made
    made.server.stop()
    made.journal.close()


@pytest.fixture
def page(plant: Plant) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=plant.server.url, timeout=30) as browser:
        yield browser
    while plant.board.next_asked(seconds=0.0):
        pass


def text_of(found: httpx.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found.text)).split())


# -- all of them ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown_in_both_languages(
    page: httpx.Client, path: str, language: str
) -> None:
    page.cookies.set("language", language)
    found = page.get(path)
    assert found.status_code == 200
    assert ("质量" in found.text) == (language == "zh")


@pytest.mark.parametrize("path", PAGES)
def test_pages_without_a_station_tell_what_the_journal_does(
    client: httpx.Client, path: str
) -> None:
    expected = 404 if "design?" in path else 200
    assert client.get(path.replace("order=A", "order=WO-1")).status_code == expected


@pytest.mark.parametrize("path", PAGES)
def test_what_people_and_files_say_never_becomes_a_part_of_a_page(
    page: httpx.Client, path: str
) -> None:
    assert "<script>alert" not in page.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_secret_in_it(page: httpx.Client, path: str) -> None:
    found = page.get(path).text
    assert SECRET not in found
    assert "argon2id" not in found


def test_every_page_is_reached_from_the_first_one_which_is_in_the_top_bar(
    page: httpx.Client,
) -> None:
    first = page.get("/quality").text
    assert '<a href="/quality" aria-current="page">' in first
    links = set(re.findall(r'href="(/quality/[a-z]+)"', first))
    assert links == {
        f"/quality/{each}"
        for each in ("audit", "proof", "designs", "configuration", "backups", "exports")
    }


def test_the_first_page_says_what_needs_attention_in_colour_shape_and_word(
    page: httpx.Client,
) -> None:
    found = page.get("/quality")
    assert "card card-wrong" in found.text
    said = text_of(found)
    assert "✗ WRONG The last backup failed" in said
    assert "! needs attention Settings that differ from the validated ones: 1." in said
    assert "✓ in order The journal has" in said


# -- the trail -----------------------------------------------------------------------------


def test_every_kind_of_event_has_a_title() -> None:
    kinds = {each.model_fields["type"].default for each in get_args(get_args(Event)[0])}
    assert set(TITLES) == kinds


def test_no_event_breaks_its_words_in_any_language(plant: Plant) -> None:
    with closing(read_only(plant.folder)) as db:
        for entry in Trail(db).page(Wanted(), rows=5_000).rows:
            assert entry.event
            for language in ("en", "zh"):
                assert all(each.text for each in said(entry.event, language))


def test_the_trail_tells_who_did_what_with_links_to_the_order_and_the_reject(
    page: httpx.Client,
) -> None:
    found = page.get("/quality/audit", params={"type": "LabelDisposed"})
    assert '<a href="/orders/A">A</a>' in found.text
    assert re.search(r'<a href="/rejects/\d+">Reject \d+</a>', found.text)
    assert "Rejected label decided about" in found.text


def test_the_state_of_the_chain_is_shown_without_verifying_all_of_it(
    page: httpx.Client, plant: Plant
) -> None:
    said = text_of(page.get("/quality/audit"))
    assert f"#{plant.journal.head.seq}" in said
    assert "✓ each follows from the one before" in said
    assert f"the last one of event {plant.journal.head.seq}" in said
    assert "✓ up to event 9" in said
    assert "labelstation audit" in said


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"since": "2026-02-30"}, "Expected a date as YYYY-MM-DD that exists"),
        ({"until": "yesterday"}, "Expected a date as YYYY-MM-DD that exists"),
        ({"type": "Nothing"}, "There is no kind of event"),
        ({"order": "x" * 201}, "A filter is at most 200 characters."),
        ({"before": "-1"}, "Expected the number of an event, got '-1'."),
        ({"before": "9" * 30}, "Expected the number of an event"),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_and_nothing_typed_is_lost(
    page: httpx.Client, asked: dict[str, str], sentence: str
) -> None:
    found = page.get("/quality/audit", params={"person": HOSTILE, **asked})
    assert found.status_code == 400
    assert sentence in text_of(found)
    assert f'name="person" value="{html.escape(HOSTILE).replace("&#x27;", "&#39;")}' in (
        found.text.replace("&#34;", "&quot;")
    )
    assert page.get("/quality/audit.csv", params=asked).status_code == 400


def test_pages_follow_each_other_without_a_gap(page: httpx.Client, plant: Plant) -> None:
    seen: list[int] = []
    path = "/quality/audit"
    while path:
        text = page.get(path).text
        seen += [int(each) for each in re.findall(r">#(\d+)</a></td>", text)]
        older = re.search(r'href="(/quality/audit\?before=\d+)">Older', text)
        path = older[1] if older else ""
    assert seen == list(range(plant.journal.head.seq, 0, -1))


def test_an_event_is_shown_whole_but_for_what_helps_to_guess_a_secret(
    page: httpx.Client, plant: Plant
) -> None:
    with closing(read_only(plant.folder)) as db:
        (entry,) = Trail(db).newest("CredentialSet", rows=1)
    found = page.get(f"/quality/audit/{entry.seq}")
    assert entry.hash in found.text
    assert "argon2id" not in found.text
    assert "lost" in text_of(found)


@pytest.mark.parametrize(("seq", "status"), [("0", 400), ("999999", 404), ("x", 400)])
def test_an_event_that_is_not_there_is_said_not_to_be(
    page: httpx.Client, seq: str, status: int
) -> None:
    assert page.get(f"/quality/audit/{seq}").status_code == status


def test_the_table_has_every_event_and_no_formula(page: httpx.Client, plant: Plant) -> None:
    found = page.get("/quality/audit.csv").text
    assert found.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(found.removeprefix("\ufeff"))))
    assert [int(each[0]) for each in rows[1:]] == list(range(plant.journal.head.seq, 0, -1))
    assert not [each for row in rows for each in row if each.startswith(("=", "+", "@"))]
    assert "argon2id" not in found


# -- proof ---------------------------------------------------------------------------------


def test_every_challenge_has_its_result_and_its_report(page: httpx.Client) -> None:
    found = page.get("/quality/proof").text
    reports = re.findall(r'href="(/quality/proof/\d+\.html)" download', found)
    assert len(reports) == 2
    assert [each for each in ("✓ passed", "✗ MISSED") if each in found] == ["✓ passed", "✗ MISSED"]
    for each in reports:
        report = page.get(each)
        assert report.status_code == 200
        assert report.headers["content-disposition"].startswith("attachment")
    assert page.get("/quality/proof/1.html").status_code == 404


def test_a_calibration_of_a_design_that_is_gone_is_void(page: httpx.Client) -> None:
    assert "There is no file of this design any more." in page.get("/quality/proof").text


def test_a_study_that_lies_with_the_records_is_listed_and_handed_out(
    page: httpx.Client, plant: Plant
) -> None:
    folder = plant.folder / "studies" / "S 1"
    folder.mkdir(parents=True)
    (folder / "study.json").write_text("nonsense", encoding="utf-8")
    (folder / "study.pdf").write_bytes(b"%PDF-1.7")
    assert "study.json is not the document of a study." in page.get("/quality/proof").text
    assert page.get("/quality/studies/S%201.pdf").content == b"%PDF-1.7"
    assert page.get("/quality/studies/..pdf").status_code == 404


# -- designs -------------------------------------------------------------------------------

DESIGN = {"name": "has-mhb-hc-unit", "revision": "1"}


def test_designs_that_wait_come_first(page: httpx.Client) -> None:
    found = page.get("/quality/designs").text
    states = re.findall(r"state state-(in-doubt|released|voided)\">. (\w+)", found)
    assert states[0][0] == "in-doubt"
    kinds = [kind for kind, _ in states]
    assert kinds.index("released") > max(n for n, each in enumerate(kinds) if each == "in-doubt")


def test_a_changed_design_is_shown_beside_the_approved_one_with_what_differs(
    page: httpx.Client,
) -> None:
    found = page.get("/quality/design", params=DESIGN)
    said = text_of(found)
    assert "draft: changed since it was approved" in said
    assert "elements.0.x" in said
    assert "dots differ" in said
    pictures = re.findall(r'src="(/quality/design/\w+\.png[^"]*)"', found.text)
    assert len(pictures) == 3
    for each in pictures:
        picture = page.get(html.unescape(each))
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")


def test_a_design_that_is_approved_is_only_to_be_retired(page: httpx.Client) -> None:
    found = page.get("/quality/design", params={"name": "outer-carton", "revision": "1"}).text
    assert "/ask/retire-design?" in found
    assert "/ask/approve-design?" not in found


@pytest.mark.parametrize("name", ["nothing", "", "../../etc", HOSTILE])
def test_a_design_that_is_not_there_is_said_not_to_be(page: httpx.Client, name: str) -> None:
    params = {"name": name, "revision": "1"}
    assert page.get("/quality/design", params=params).status_code == 404
    assert page.get("/quality/design/design.png", params=params).status_code == 404


def test_a_design_whose_approved_form_is_lost_is_told_and_not_a_crash(
    page: httpx.Client,
) -> None:
    found = page.get("/quality/design", params={"name": "lost", "revision": "1"})
    assert found.status_code == 200
    assert "The design that was approved is not with the records any more" in found.text


# -- forms ---------------------------------------------------------------------------------


def headers(page: httpx.Client) -> dict[str, str]:
    found = re.search(r'data-token="([^"]+)"', page.get("/quality").text)
    assert found
    return {"Origin": str(page.base_url).rstrip("/"), "X-Station-Token": found[1]}


def ask(page: httpx.Client, plant: Plant, address: str, **fields: str) -> Asked:
    """Open a form as the page does, fill it in, and hand it to the station."""
    form = page.get(html.unescape(address))
    assert form.status_code == 200
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.text)
    step = re.search(r'hx-post="([^"]+)"', form.text)
    assert step
    data = {name: html.unescape(value) for name, value in hidden} | fields
    page.post(step[1], data=data, headers=headers(page))
    asked = plant.board.next_asked(seconds=1.0)
    assert asked
    asked.answer.set_result(None)
    return asked


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers at this station, so nobody waits for it."""
    monkeypatch.setattr("station.web.forms.ANSWER_SECONDS", 0.01)


@pytest.mark.usefixtures("quick")
def test_two_people_approve_exactly_the_design_that_was_shown(
    page: httpx.Client, plant: Plant
) -> None:
    found = re.search(
        r'hx-get="(/ask/approve-design[^"]+)"', page.get("/quality/design", params=DESIGN).text
    )
    assert found
    asked = ask(page, plant, found[1], person="王芳", witness="Anna Li", reason="looked at")
    assert asked.actor == "王芳"
    assert asked.request == Approve(
        "has-mhb-hc-unit", "1", plant.design().digest, "Anna Li", "looked at"
    )


@pytest.mark.usefixtures("quick")
def test_a_design_is_retired_by_name_and_revision(page: httpx.Client, plant: Plant) -> None:
    address = "/ask/retire-design?template=outer-carton&revision=1"
    asked = ask(page, plant, address, person="王芳", reason="replaced")
    assert asked.request == Retire("outer-carton", "1", "replaced")


@pytest.mark.usefixtures("quick")
def test_two_people_vouch_for_the_settings_that_were_shown(
    page: httpx.Client, plant: Plant
) -> None:
    found = re.search(r'hx-get="(/ask/baseline[^"]+)"', page.get("/quality/configuration").text)
    assert found
    asked = ask(page, plant, found[1], person="王芳", witness="Anna Li", reason="qualified")
    assert asked.request == ApproveBaseline(digest_of(plant.set_up), "qualified", "Anna Li")


def test_the_author_never_approves_and_nothing_typed_is_lost(
    page: httpx.Client, plant: Plant
) -> None:
    data = {
        "person": "王芳",
        "witness": "王 芳",
        "reason": "looked at",
        "template": HOSTILE,
        "revision": "1",
        "digest": "ab" * 32,
    }
    found = page.post("/ask/approve-design", data=data, headers=headers(page))
    assert found.status_code == 422
    assert "The second person has to be somebody else" in found.text
    assert "<script>alert" not in found.text
    assert 'value="王 芳"' in found.text
    assert plant.board.next_asked(seconds=0.0) is None


# -- settings, backups, exports ------------------------------------------------------------


def test_each_setting_that_differs_is_one_line(page: httpx.Client) -> None:
    said = text_of(page.get("/quality/configuration"))
    assert "configuration.hold_after_rejects 4 3" in said
    assert "rtsp://…@192.0.2.8/live" in said


def test_backups_are_told_with_their_drill_and_what_failed(page: httpx.Client) -> None:
    said = text_of(page.get("/quality/backups"))
    assert "✗ failed" in said
    assert "✓ came back whole" in said
    assert "! may be lost" in said
    assert "every 24 hours" in said


@pytest.mark.parametrize("hours", [0, 47, 49, 10_000])
def test_a_good_backup_is_overdue_after_twice_its_time(tmp_path: Path, hours: int) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.append(BackupMade(folder="/mnt", seq=0, good=True))
        now = journal.clock().utc + timedelta(hours=hours)
        assert safety_of(Trail(journal.db), Plan("/mnt", 24), now=now).overdue == (hours > 48)
        assert not safety_of(Trail(journal.db), Plan(), now=now).overdue


def test_a_station_without_any_backup_is_overdue(tmp_path: Path) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.append(StationStarted(version="1", configuration="c"))
        now = journal.clock().utc
        found = safety_of(Trail(journal.db), Plan("/mnt", 24), now=now)
    assert (found.overdue, found.since, found.good) == (True, 1, None)


def test_each_order_has_its_events_and_a_closed_one_its_command(page: httpx.Client) -> None:
    found = page.get("/quality/exports")
    assert "labelstation order export A FOLDER" in found.text
    assert 'href="/quality/audit.csv?order=A"' in found.text
    assert "once it is closed" in found.text
