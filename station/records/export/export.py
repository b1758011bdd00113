"""One order as a folder that is complete by itself, to be kept, handed on and checked anywhere.

    order.json              the work order
    events.jsonl            every event of it, as it stands in the journal
    chain.jsonl             from its first event to a signed head: of other orders only the links
    heads.jsonl, *.pub      the signed heads and the public key
    reconciliation.json     the sheet
    reprints.json           the reprint register
    nonconformances.csv     the log of this order
    pictures/, design/      what its events name by digest
    README.txt              what this is, in Chinese and English
    SHA256SUMS              of all of it: sha256sum -c SHA256SUMS

The chain follows from hash to hash to a head that was signed. So the folder proves that these
events are the ones that were recorded and that none is left out, without telling what else was:
of other orders there are only their ids, in the signed heads.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import apsw

from station.core.events import (
    ChallengeSpecimen,
    LabelInDoubt,
    LabelJudged,
    LabelSettled,
    OrderStarted,
    StepSigned,
    from_json,
)
from station.core.problem import Refused, problem
from station.core.reconciliation import Sheet
from station.core.state import OrderState
from station.language import LANGUAGES, tell
from station.records import place
from station.records.backup.manifest import digest
from station.records.query import OrderRow, Records
from station.records.signed.head import standing
from station.records.signed.heads import read
from station.records.table import csv_rows

HEADER = ("seq", "at", "offset", "monotonic", "steered", "type", "actor")

_README = """\
{station_order} {order}
{rule}
This folder is the complete record of one work order of a label station. To check it without any
program of ours: sha256sum -c SHA256SUMS. To check that its events are the ones that were recorded
and signed: labelstation order verify FOLDER.

本文件夹是标签工作站一个工单的完整记录。不用本软件即可检查：sha256sum -c SHA256SUMS。
检查其事件是否为当时记录并签名的事件：labelstation order verify 文件夹。
"""


def export(
    db: apsw.Connection, order_id: str, folder: Path, *, evidence: Path, heads: Path
) -> tuple[str, ...]:
    """Write the folder; returns the names of what was missing, such as a picture that is gone.

    `heads` is the file of the signed heads. Raises Refused when there is no such order, when
    nothing was signed after its last event, or when the folder is there already.
    """
    row = Records(db).order(order_id)
    if row is None:
        raise Refused(problem("There is no order {id!r}.", id=order_id[:60]))
    if row.state not in {OrderState.CLOSED, OrderState.CLOSED_UNBALANCED}:
        raise Refused(
            problem(
                "Order {order} is {state}; only a closed one is exported.",
                order=order_id,
                state=row.state,
            )
        )
    folder = folder.absolute()
    if not folder.name or folder.exists():
        raise Refused(problem("{path} is there already.", path=str(folder)))
    unfinished = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        missing = _fill(db, row, unfinished, evidence=evidence, heads=heads)
        unfinished.rename(folder)
        place.sync(folder.parent)
    except OSError as error:
        raise Refused(
            problem("Cannot write {path}: {why}.", path=str(folder), why=error.strerror or "?")
        ) from None
    return missing


def _fill(
    db: apsw.Connection, row: OrderRow, folder: Path, *, evidence: Path, heads: Path
) -> tuple[str, ...]:
    records, order_id = Records(db), row.order.id
    seqs = events_of(db, order_id)
    until = _signed_after(heads, seqs[-1])
    _write(folder / "order.json", row.order.model_dump_json(indent=1))
    digests = dict.fromkeys(_write_events(db, seqs, folder / "events.jsonl"))
    _lines(folder / "chain.jsonl", _chain(db, seqs[0], until, set(seqs)))
    sheet = records.sheet(order_id)
    assert sheet is not None, "the order was found"
    _write(folder / "reconciliation.json", json.dumps(sheet_json(sheet), indent=1))
    register = [{**asdict(each), "at": each.at.isoformat()} for each in records.reprints(order_id)]
    _write(folder / "reprints.json", json.dumps(register, indent=1, ensure_ascii=False))
    log = "".join(csv_rows(records.nonconformances(order=order_id), "en"))
    _write(folder / "nonconformances.csv", log)
    readme = _README.format(station_order="Work order / 工单", order=order_id, rule="=" * 40)
    _write(folder / "README.txt", readme)
    lines = heads.read_bytes()  # perhaps while the station writes the next one
    (folder / "heads.jsonl").write_bytes(lines[: lines.rfind(b"\n") + 1])
    for public in heads.parent.glob("*.pub"):
        shutil.copyfile(public, folder / public.name)
    missing = tuple(name for name in digests if not _copied(name, evidence, folder))
    _write_sums(folder)
    return missing


def events_of(db: apsw.Connection, order_id: str) -> list[int]:
    """The events of an order, in order."""
    found = {
        int(seq)
        for (seq,) in db.execute("SELECT seq FROM order_event WHERE order_id=?", (order_id,))
    }
    for row in db.execute(
        "SELECT issued, judged, doubted, released, settled FROM label WHERE order_id=?",
        (order_id,),
    ):
        found.update(seq for seq in row if seq is not None)
    return sorted(found)


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """The sheet as plain data."""
    return {
        "quantity": sheet.balance.quantity,
        "issued": sheet.balance.issued,
        "states": {str(state): n for state, n in sorted(sheet.states.items())},
        "stock": {str(kind): n for kind, n in sorted(sheet.stock.items())},
        "odometer": list(sheet.odometer),
        "expected": list(sheet.expected),
        "balanced": sheet.balanced,
        "differences": [
            {language: tell(each, language) for language in LANGUAGES} for each in sheet.differences
        ],
    }


def _signed_after(heads: Path, seq: int) -> int:
    """The first signed event that stands for the whole order."""
    later = [each.seq for each in standing(read(heads).heads) if each.seq >= seq]
    if not later:
        raise Refused(problem("No head was signed after event {seq} yet.", seq=seq))
    return min(later)


def _write_events(db: apsw.Connection, seqs: list[int], path: Path) -> Iterator[str]:
    """Writes them, and gives the digests they name."""
    found: list[str] = []
    with path.open("w", encoding="utf-8") as file:
        for seq in seqs:
            row = db.execute(f"SELECT {', '.join(HEADER)}, body FROM event WHERE seq=?", (seq,)).get  # noqa: S608 - constants
            file.write(_line(dict(zip((*HEADER, "body"), row, strict=True))))
            found.extend(named(row[-1]))
    return iter(found)


def named(body: str) -> Iterator[str]:
    """Files an event names by digest, as they lie in the folder of evidence."""
    event = from_json(body)
    seen = LabelJudged | LabelInDoubt | LabelSettled | ChallengeSpecimen
    if isinstance(event, seen) and event.evidence:
        yield f"{event.evidence}.jpg"
    if isinstance(event, StepSigned) and event.evidence:
        yield f"{event.evidence}.png"
    if isinstance(event, OrderStarted):
        recipe = event.recipe
        for name in (recipe.template, recipe.product, *filter(None, (recipe.printer,))):
            yield f"{name}.json"


def _chain(db: apsw.Connection, first: int, last: int, own: set[int]) -> Iterator[dict[str, Any]]:
    """Each link with what its hash is made of; of this order's events only the hash."""
    rows = db.execute(
        f"SELECT {', '.join(HEADER)}, body, prev, hash FROM event"  # noqa: S608 - constants
        " WHERE seq BETWEEN ? AND ? ORDER BY seq",
        (first, last),
    )
    for *header, body, prev, chained in rows:
        link = {"seq": header[0], "hash": chained.hex()}
        if header[0] == first:
            link["prev"] = prev.hex()
        if header[0] not in own:
            link |= dict(zip(HEADER, header, strict=True))
            link["inner"] = hashlib.sha256(body.encode()).hexdigest()
        yield link


def place_of(name: str) -> str:
    """The folder of an export that a file goes into."""
    return "pictures" if name.endswith((".jpg", ".png")) else "design"


def _copied(name: str, evidence: Path, folder: Path) -> bool:
    source = evidence / name[:2] / name
    if not source.is_file():
        return False
    target = folder / place_of(name) / name
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    return True


def _write_sums(folder: Path) -> None:
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    sums = "".join(f"{digest(each)}  {each.relative_to(folder)}\n" for each in files)
    _write(folder / "SHA256SUMS", sums)


def _lines(path: Path, documents: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for each in documents:
            file.write(_line(each))


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
