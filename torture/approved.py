"""What happened before anything is tortured, or tested: two people approved the designs."""

from pathlib import Path

from station.core.events import StationStarted, TemplateApproved
from station.line.library import Library
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.records.templates import Templates


def approve(journal: Journal, folder: Path, library: Library) -> None:
    """Every design there is, once, without looking at it; `folder` is that of the data."""
    templates = Templates(journal.db)
    if not journal.head.seq:
        journal.append(StationStarted(version="0", configuration="0" * 64))
    evidence = Evidence(folder / "evidence", spare=0)
    for each in library.templates.values():
        if templates.approval(each.name, each.revision) is None:
            evidence.keep(each.canonical, suffix=".json")
            approved = TemplateApproved(
                name=each.name,
                revision=each.revision,
                digest=each.digest,
                author="author",
                approver="approver",
                reason="before everything",
            )
            journal.append(approved, actor="approver")
