"""Is an exported order what was recorded? Asked of the folder alone, without any journal."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from station.core.events import Recorded, from_json
from station.core.problem import Problem, Refused, problem
from station.core.state import IllegalStepError
from station.records import projections
from station.records.backup import manifest
from station.records.export.export import HEADER, named, place_of, sheet_json
from station.records.journal import digest, digest_of_header
from station.records.query import Records
from station.records.signed.head import standing
from station.records.signed.heads import read

LONGEST = 8_000_000
"""Characters of a line at most; an order with fifty thousand serials has a fifth of it."""


def check(folder: Path, *, trusted: str = "") -> tuple[Problem, ...]:
    """The first thing that is wrong in each part; nothing if all is as it was recorded.

    `trusted` is the public key or its fingerprint, from somewhere else than the folder. Raises
    Refused when it is no export at all.
    """
    if not (folder / "SHA256SUMS").is_file() or not (folder / "events.jsonl").is_file():
        raise Refused(problem("{path} is not an exported order.", path=str(folder)))
    try:
        return tuple(_problems(folder, trusted))
    except Refused as refused:
        return refused.problems
    except (ValueError, KeyError, TypeError, OSError) as error:
        return (problem("The export cannot be read: {why}.", why=str(error)[:200]),)


def _problems(folder: Path, trusted: str) -> Iterator[Problem]:
    yield from _sums(folder)
    events = list(_lines(folder / "events.jsonl"))
    links = list(_lines(folder / "chain.jsonl"))
    yield from _files(folder, events)
    yield from _chain(events, links)
    yield from _hidden(events, links)
    yield from _signed(folder / "heads.jsonl", links, trusted)
    yield from _sheet(folder, events)


def _sums(folder: Path) -> Iterator[Problem]:
    """Every file is in the list, and is what the list says."""
    listed: dict[str, str] = {}
    text = (folder / "SHA256SUMS").read_bytes().decode()
    for line in text.removesuffix("\n").split("\n"):  # the only line end sha256sum knows
        sha256, _, name = line.partition("  ")
        listed[name] = sha256
    there = {str(each.relative_to(folder)): each for each in folder.rglob("*") if not each.is_dir()}
    for name in sorted(listed.keys() - there.keys()):
        yield problem("{file} is missing.", file=name)
    for name in sorted(there.keys() - listed.keys() - {"SHA256SUMS"}):
        yield problem("{file} does not belong here.", file=name)
    for name in sorted(listed.keys() & there.keys()):
        if manifest.digest(there[name]) != listed[name]:
            yield problem("{file} was changed.", file=name)
        elif name.startswith(("pictures/", "design/")) and Path(name).stem != listed[name]:
            yield problem("{file} is not what its name says.", file=name)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        while line := file.readline(LONGEST):
            found = json.loads(line)
            if not isinstance(found, dict):
                raise TypeError(f"{path.name} has a line that is no record")
            yield found


def _chain(events: list[dict[str, Any]], links: list[dict[str, Any]]) -> Iterator[Problem]:
    """Each link follows from the one before; the order's own from the events themselves."""
    own = {each["seq"]: each for each in events}
    prev = links[0]["prev"]
    for expected, link in enumerate(links, start=links[0]["seq"]):
        seq = link["seq"]
        event = own.pop(seq, None)
        if event:
            chained = digest(*(*(event[name] for name in HEADER), event["body"], prev))
        else:
            header = (link.get(name, "") for name in HEADER)
            chained = digest_of_header(*(*header, link.get("inner", ""), prev))
        if (seq, link["hash"]) != (expected, chained):
            yield problem("The chain is broken at event {seq}.", seq=seq)
            return
        prev = chained
    if own:
        yield problem("Event {seq} is not in the chain.", seq=min(own))


def _files(folder: Path, events: list[dict[str, Any]]) -> Iterator[Problem]:
    """What the events rest on is there, whatever the list of sums says."""
    for name in dict.fromkeys(name for each in events for name in named(each["body"])):
        place = place_of(name)
        if not (folder / place / name).is_file():
            yield problem("{file} is missing.", file=f"{place}/{name}")


def _hidden(events: list[dict[str, Any]], links: list[dict[str, Any]]) -> Iterator[Problem]:
    """One line works on one order at a time: between its start and its end, labels are its own."""
    own = {each["seq"] for each in events}
    start = min((each["seq"] for each in events if each["type"] == "OrderStarted"), default=0)
    end = max((each["seq"] for each in events if each["type"] in _LAST), default=0)
    for link in links:
        if start < link["seq"] < end and link["seq"] not in own and link.get("type") in _OF_LABELS:
            yield problem("Event {seq} of this order is left out.", seq=link["seq"])
            return


_LAST = {"OrderFinished", "OrderEnded"}
_OF_LABELS = {"LabelIssued", "LabelJudged", "LabelReleased", "LabelInDoubt"}


def _signed(heads: Path, links: list[dict[str, Any]], trusted: str) -> Iterator[Problem]:
    """The last link is one whose hash was signed."""
    verified = read(heads, trusted=trusted)
    yield from verified.problems
    last = links[-1]
    if not any(
        (each.seq, each.hash) == (last["seq"], last["hash"]) for each in standing(verified.heads)
    ):
        yield problem("Event {seq}, the end of the chain, was not signed.", seq=last["seq"])


def _sheet(folder: Path, events: list[dict[str, Any]]) -> Iterator[Problem]:
    """What the events say, told once more, and compared with what the folder says of it."""
    db = apsw.Connection(":memory:")
    projections.create(db)
    for each in events:
        at = datetime.fromisoformat(each["at"])
        recorded = Recorded(each["seq"], at, each["actor"], from_json(each["body"]), "")
        try:
            projections.apply(db, recorded)
        except (IllegalStepError, LookupError, apsw.Error) as error:
            yield problem("Event {seq} cannot follow: {why}.", seq=each["seq"], why=str(error))
            return
    rows = Records(db).orders()
    if len(rows) != 1:
        yield problem("Expected the events of one order, got {got}.", got=len(rows))
        return
    sheet = Records(db).sheet(rows[0].order.id)
    assert sheet is not None, "the order was found"
    told = json.loads((folder / "reconciliation.json").read_text(encoding="utf-8"))
    if told != json.loads(json.dumps(sheet_json(sheet))):
        yield problem("The reconciliation is not the one that follows from the events.")
    if rows[0].order.model_dump_json(indent=1) != (folder / "order.json").read_text("utf-8"):
        yield problem("The work order is not the one that was accepted.")
