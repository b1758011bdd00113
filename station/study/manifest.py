"""The list of photographs: which print each of them shows, and what is wrong with that print.

A table with one row for each print, as a spreadsheet saves it:

    file,family,product,level,template,revision,production_date,serials.list
    001.png,good,HAS-MHB-HC,unit,has-mhb-hc-unit,1,2026-03-20,CN010123
    002.png,wrong-serial,HAS-MHB-HC,unit,has-mhb-hc-unit,1,2026-03-20,CN010124

`file` lies in the folder of the photographs. `family` says what is wrong with the print: one of the
study's, or `good`. The other columns are those of a work order in a table, and say what the label
was meant to be. `label` is its number, where the order has several; `specimen` is `yes` for a print
of the challenge's kit, which has a mark on it.

What is photographed twice is no second label. Everything that is wrong with a list is said at once,
before anything is judged.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from station import documents
from station.core.order import WorkOrder
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import Code, Count, Shape, parse
from station.study.families import BY_NAME, GOOD
from station.study.pool import opened
from station.vision.picture import FILE_LIMIT, read_image

LIMIT = 8_000_000
"""Bytes of the list."""

MOST = 20_000
"""Rows."""

MOST_TOLD = 100
"""Problems; more of them help nobody."""

NEEDED = ("file", "family", "product", "level", "template", "revision")


class Row(Shape):
    """What is not the order's."""

    file: Code
    family: Code
    label: Count = 1
    specimen: Literal["yes", "no"] = "no"


COLUMNS = (*Row.model_fields, *WorkOrder.model_fields)


@dataclass(frozen=True, slots=True)
class Print:
    """One print of the list."""

    number: int
    """Of its row, from 1."""

    row: Row
    order: WorkOrder
    """That the label was meant for."""

    path: Path
    digest: str
    """SHA-256 of the file."""

    @property
    def is_specimen(self) -> bool:
        return self.row.specimen == "yes"


@dataclass(frozen=True, slots=True)
class Manifest:
    prints: tuple[Print, ...]
    digest: str
    """SHA-256 of the list."""

    @property
    def pictures(self) -> str:
        """SHA-256 of the digests of all the pictures, in the order of the list."""
        return hashlib.sha256("".join(each.digest for each in self.prints).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    cells: Mapping[str, object]
    folder: Path


def read(path: Path, folder: Path, workers: Executor) -> Manifest:
    """The list in a file; `folder` has its pictures. Raises Refused with everything."""
    data = documents.load(path, limit=LIMIT)
    if len(data) > LIMIT:
        raise Refused(
            problem("The file is too large: at most {limit} bytes are accepted.", limit=LIMIT)
        )
    table = documents.read_csv(data, rows=MOST)
    refuse(_columns(table))
    if not folder.is_dir():
        raise Refused(
            problem("There is no folder {path} with pictures.", where="pictures", path=str(folder))
        )
    tasks = [_Task(number, cells, folder) for number, cells in enumerate(table, start=1)]
    found = tuple(workers.map(_checked, tasks))
    prints = tuple(each for each in found if isinstance(each, Print))
    problems = [one for each in found if not isinstance(each, Print) for one in each]
    _refuse((*problems, *_repeated(prints)))
    return Manifest(prints, hashlib.sha256(data).hexdigest())


def _columns(table: tuple[dict[str, object], ...]) -> Iterator[Problem]:
    given = {name for cells in table for name in cells}
    for name in sorted(given - set(COLUMNS)):
        yield problem(
            "There is no column {got!r}: expected {known}.",
            where="manifest",
            got=name[:40],
            known=", ".join(COLUMNS),
        )
    for name in NEEDED:
        if name not in given:
            yield problem("The list needs the column {name}.", where="manifest", name=name)


def _repeated(prints: tuple[Print, ...]) -> Iterator[Problem]:
    """The same picture, also under another name, and the same label of a family."""
    pictures = Counter(each.digest for each in prints)
    labels = Counter(map(_label, prints))
    for each in prints:
        if pictures[each.digest] > 1 or labels[_label(each)] > 1:
            yield problem(
                "This print stands in the list more than once.", where=f"row {each.number}"
            )


def _label(of: Print) -> tuple[str, str, int]:
    """What no two prints have in common, if they are distinct and have serials."""
    once = of.order.serials is not None
    return of.row.family, of.order.model_dump_json(), of.row.label if once else -of.number


def _refuse(problems: tuple[Problem, ...]) -> None:
    """Raises Refused, if there is anything to refuse."""
    more = len(problems) - MOST_TOLD
    if more > 0:
        refuse((*problems[:MOST_TOLD], problem("And {count} more.", count=more)))
    refuse(problems)


# -- in a process of the pool --------------------------------------------------------------------


def _checked(task: _Task) -> Print | tuple[Problem, ...]:
    """The print of one row, or all that is wrong with it."""
    cells = dict(task.cells)
    own = {name: cells.pop(name) for name in Row.model_fields if name in cells}
    problems: list[Problem] = []
    try:
        row = parse(Row, own)
        problems += _family(row)
        path, digest = _picture(row.file, task.folder)
    except Refused as refused:
        problems += refused.problems
    try:
        order = _order(cells, label=str(own.get("label", "1")))
    except Refused as refused:
        problems += refused.problems
    if problems:
        return tuple(each.within(f"row {task.number}") for each in problems)
    return Print(task.number, row, order, path, digest)


def _order(cells: Mapping[str, object], *, label: str) -> WorkOrder:
    """Of as many labels as the one that is meant asks for. Raises Refused."""
    document = {"id": "STUDY", "quantity": label, **cells}
    return opened().order(document)


def _family(row: Row) -> Iterator[Problem]:
    if row.family not in BY_NAME and row.family not in GOOD:
        yield problem(
            "There is no family {got!r}: expected one of {known}.",
            where="family",
            got=row.family[:40],
            known=", ".join((*GOOD, *BY_NAME)),
        )


def _picture(name: str, folder: Path) -> tuple[Path, str]:
    """Where it is, and its digest. Raises Refused for what is none."""
    path = _inside(folder, name)
    if path is None:
        raise Refused(
            problem(
                "Expected a file in the folder of the pictures, got {got!r}.",
                where="file",
                got=name[:80],
            )
        )
    try:
        read_image(path)
        return path, hashlib.sha256(documents.load(path, limit=FILE_LIMIT)).hexdigest()
    except Refused as refused:
        raise refused.within("file") from None


def _inside(folder: Path, name: str) -> Path | None:
    """None for what lies elsewhere, also behind a link."""
    if PurePath(name).is_absolute():
        return None
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError):  # too long, or links in a circle
        return None
